import { primaryBackup } from '../../src/protocols/primary-backup.ts'
import { Laboratory, type Setup } from './laboratory.ts'

/** Servers n1 to n3 with Alice beside n1 and Bob beside n2, who ask nobody else. Every message takes 5 ms. */
export const lab = (config: object, more: Partial<Setup> = {}): Laboratory =>
  new Laboratory({
    protocol: primaryBackup,
    config,
    at: { alice: 'n1', bob: 'n2' },
    clientConfig: { timeoutMs: 20_000, failover: false },
    ...more,
  })

const nodes = ['n1', 'n2', 'n3'] as const

export const values = (run: Laboratory) => nodes.map(node => run.value(node, 'x'))
export const roles = (run: Laboratory) => nodes.map(node => run.view(node).role)
