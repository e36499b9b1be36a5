import { api } from '../../src/protocols/api.ts'
import { apiClient } from '../../src/protocols/api-client.ts'
import { Laboratory, type Setup } from './laboratory.ts'

// A page of items behind an API, 10 ms there and back; the fixed parts weigh and cost nothing unless a test says so.

const bare = { headBytes: 0, callUs: 0, itemUs: 0 }

export const shop = (client: object, server: object = {}, setup: Partial<Setup> = {}): Laboratory =>
  new Laboratory({
    protocol: api,
    servers: ['store', 'app', 'bob'],
    clients: [],
    config: { ...bare, ...server },
    special: {
      app: { protocol: apiClient, config: { servers: ['store'], headBytes: 0, localNs: 100, ...client } },
      bob: { protocol: apiClient, config: { servers: ['store'], headBytes: 0 } },
    },
    ...setup,
  })

/** How long the page took, ms. */
export const load = (lab: Laboratory, who = 'app'): number => {
  const op = lab.ask(who, 'read', 'page')
  lab.until(() => lab.operation(op).outcome === 'ok')
  const { invokedUs, returnedUs } = lab.operation(op)
  return ((returnedUs ?? 0) - invokedUs) / 1000
}

export const replies = (lab: Laboratory): readonly string[] =>
  lab.trace.flatMap(({ effects }) =>
    effects.flatMap(effect =>
      effect.type === 'sent' && effect.message.from === 'store' && effect.message.info.purpose === 'reply'
        ? [effect.message.info.label]
        : [],
    ),
  )

export const bytesTo = (lab: Laboratory, who: string): number =>
  lab.trace
    .flatMap(({ effects }) => effects)
    .reduce(
      (sum, effect) => (effect.type === 'sent' && effect.message.to === who ? sum + effect.message.info.bytes : sum),
      0,
    )
