import type { MessageRecord } from '../../src/kernel/trace.ts'
import { fencedStore } from '../../src/protocols/fenced-store.ts'
import { leaseHolder } from '../../src/protocols/lease-holder.ts'
import { lockService } from '../../src/protocols/lock-service.ts'
import { Laboratory, type Setup } from './laboratory.ts'

export interface LeaseSetup extends Partial<Omit<Setup, 'protocol' | 'config'>> {
  readonly termMs?: number
  readonly fence?: 'off' | 'writes' | 'all'
  readonly holder?: object
  /** What is different about single holders. */
  readonly own?: { readonly [node: string]: object }
}

/** Alice works through n1 and Bob through n2, on one store under one lock. A message takes 5 ms, a piece of work 100. */
export const leases = ({ termMs = 1000, fence = 'off', holder = {}, own = {}, ...more }: LeaseSetup = {}): Laboratory =>
  new Laboratory({
    protocol: leaseHolder,
    servers: ['n1', 'n2', 'locks', 'store'],
    config: {},
    special: {
      n1: { config: { workMs: 100, ...holder, ...own.n1 } },
      n2: { config: { workMs: 100, ...holder, ...own.n2 } },
      locks: { protocol: lockService, config: { termMs } },
      store: { protocol: fencedStore, config: { fence } },
    },
    clients: ['alice', 'bob'],
    at: { alice: 'n1', bob: 'n2' },
    clientConfig: { stick: true, timeoutMs: 60_000 },
    deadlineMs: 60_000,
    ...more,
  })

export const fact = (run: Laboratory, node: string, label: string): string | undefined =>
  run.view(node).facts.find(one => one.label === label)?.value

export const add = (run: Laboratory, who: string): string => run.ask(who, 'add', 'x', 1)

const startsWith = (text: string) => (message: MessageRecord) => message.info.label.startsWith(text)

/** Runs until such a message leaves, and gives its id. */
export const sent = (run: Laboratory, from: string, to: string, text: string): never => {
  const before = run.sent(from, to).filter(startsWith(text)).length
  run.until(() => run.sent(from, to).filter(startsWith(text)).length > before)
  return run.sent(from, to).findLast(startsWith(text))?.id as never
}
