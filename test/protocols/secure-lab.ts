import type { AnyProtocol } from '../../src/kernel/protocol.ts'
import { interceptor } from '../../src/protocols/interceptor.ts'
import { secureClient } from '../../src/protocols/secure-client.ts'
import { secureServer } from '../../src/protocols/secure-server.ts'
import type { LinkSpec } from '../../src/sim/spec.ts'
import { Laboratory } from './laboratory.ts'

/** How the payment travels: the channel as lessons name it, and what the three are told besides. */
export interface WireSetup {
  readonly channel?: 'none' | 'box' | 'any' | 'checked'
  readonly signed?: boolean
  readonly bank?: object
  readonly alice?: object
  readonly mallory?: object
  readonly network?: Partial<LinkSpec>
  readonly seed?: number
  readonly bothModes?: boolean
}

const encryption = { none: 'none', box: 'box', any: 'connection', checked: 'connection' } as const

/** Alice pays the bank over a wire that mallory holds. */
export const wire = (setup: WireSetup = {}): Laboratory => {
  const { channel = 'none', signed = false } = setup
  const common = { encryption: encryption[channel] }
  const nodes: { readonly [node: string]: { readonly protocol: AnyProtocol; readonly config: object } } = {
    alice: {
      protocol: secureClient,
      config: { ...common, server: 'mallory', name: 'bank', verify: channel !== 'any', signs: signed, ...setup.alice },
    },
    mallory: {
      protocol: interceptor,
      config: {
        ...common,
        passTo: 'bank',
        victim: 'alice',
        account: 'kiosk',
        impersonates: channel === 'any',
        signs: signed,
        ...setup.mallory,
      },
    },
    bank: { protocol: secureServer, config: { ...common, signatures: signed, ...setup.bank } },
  }
  return new Laboratory({
    protocol: secureServer,
    servers: Object.keys(nodes),
    special: nodes,
    clients: [],
    network: { fifo: true, ...setup.network },
    ...(setup.seed === undefined ? {} : { seed: setup.seed }),
    ...(setup.bothModes ? { bothModes: true } : {}),
  })
}

/** A fact that a node shows, or undefined. */
export const fact = (run: Laboratory, node: string, label: string): string | undefined =>
  run.view(node).facts.find(one => one.label === label)?.value
