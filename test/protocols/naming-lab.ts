import type { AnyProtocol } from '../../src/kernel/protocol.ts'
import { instance } from '../../src/protocols/instance.ts'
import { locator } from '../../src/protocols/locator.ts'
import { nameRegistry } from '../../src/protocols/name-registry.ts'
import { resolver } from '../../src/protocols/resolver.ts'
import type { LinkSpec } from '../../src/sim/spec.ts'
import { Laboratory } from './laboratory.ts'

/** What is told to the nodes of the little town. */
export interface Town {
  readonly app?: object
  readonly registry?: object
  readonly resolver?: object
  readonly pods?: object
  readonly balancer?: object
  readonly network?: Partial<LinkSpec>
  readonly seed?: number
  readonly bothModes?: boolean
}

const trust = ['cart=n1', 'cart=n2', 'cart=n3', 'cart=lb']

/** Two apps that want `cart`, a resolver, a registry, three instances of cart at a1, a2, a3, one of mail, and a balancer. */
export const town = (setup: Town = {}): Laboratory => {
  const app = { name: 'cart', directory: 'dns', addresses: ['a1', 'a2'], trust, timeoutMs: 100, ...setup.app }
  const pod = (n: number): { protocol: AnyProtocol; config: object } => ({
    protocol: instance,
    config: { name: 'cart', address: `a${n}`, ...setup.pods },
  })
  const special = {
    app: { protocol: locator, config: app },
    job: { protocol: locator, config: app },
    dns: { protocol: resolver, config: { upstream: 'names', timeoutMs: 20, ...setup.resolver } },
    names: {
      protocol: nameRegistry,
      config: { records: ['cart=a1', 'cart=a2'], ttlMs: 5000, negativeTtlMs: 2000, ...setup.registry },
    },
    n1: pod(1),
    n2: pod(2),
    n3: pod(3),
    mail: { protocol: instance, config: { name: 'mail' } },
    lb: {
      protocol: locator,
      config: { name: 'cart', finds: 'watches', directory: 'names', timeoutMs: 40, ...setup.balancer },
    },
  }
  const run = new Laboratory({
    protocol: instance,
    servers: Object.keys(special),
    special,
    clients: [],
    ...(setup.network === undefined ? {} : { network: setup.network }),
    ...(setup.seed === undefined ? {} : { seed: setup.seed }),
    ...(setup.bothModes ? { bothModes: true } : {}),
  })
  for (const n of [1, 2, 3]) lead(run, `a${n}`, `n${n}`)
  return run
}

/** From now on the address leads to this node. */
export const lead = (run: Laboratory, address: string, node: string): Laboratory =>
  run.act({ act: 'address', address, node: node as never })

/** Asks for so many calls, one every `everyMs`, and gives what came of each. */
export const calls = (run: Laboratory, count: number, everyMs = 200, who = 'app'): string[] => {
  const ops = Array.from({ length: count }, () => {
    const op = run.ask(who, 'add', 'orders', 1)
    run.run(everyMs)
    return op
  })
  return ops.map(op => run.operation(op).outcome)
}

/** How many of the calls a node carried out. */
export const served = (run: Laboratory, node: string): number => run.applied(node).length
