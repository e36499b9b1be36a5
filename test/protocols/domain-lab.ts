import { domain } from '../../src/protocols/domain.ts'
import { onCall } from '../../src/protocols/on-call.ts'
import { Laboratory, type Setup } from './laboratory.ts'

/** Owners of a path, the first at the door. An hour takes a second. */
export const OWNERS = ['cdn', 'shop', 'pay'] as const

export interface PathSetup {
  /** For all owners. */
  readonly config?: object
  readonly special?: { readonly [owner: string]: object }
  /** A desk named duty with these options. */
  readonly duty?: object
  readonly more?: Partial<Setup>
}

/** alice, bob > cdn > shop > pay; connections keep their order. */
export const path = ({ config = {}, special = {}, duty, more = {} }: PathSetup = {}): Laboratory => {
  const behind = { cdn: 'shop', shop: 'pay', pay: '' } as const
  return new Laboratory({
    protocol: domain,
    servers: [...OWNERS, ...(duty === undefined ? [] : ['duty'])],
    config,
    special: {
      ...Object.fromEntries(OWNERS.map(name => [name, { config: { next: behind[name], ...special[name] } }])),
      ...(duty === undefined ? {} : { duty: { protocol: onCall, config: duty } }),
    },
    clientConfig: { servers: ['cdn'], timeoutMs: 600 },
    deadlineMs: 900,
    ...more,
    network: { latencyMs: 5, fifo: true, ...more.network },
  })
}

/** A purchase now, and what came of it. */
export const buy = (run: Laboratory): string => {
  const id = run.ask('alice', 'add', 'paid', 1)
  run.run(950)
  return `${run.operation(id).outcome} ${run.operation(id).reason ?? ''}`.trim()
}

export const fact = (run: Laboratory, node: string, label: string): string | undefined =>
  run.view(node).facts.find(one => one.label === label)?.value
