import { describe, expect, test } from 'vitest'
import { server } from '../../src/protocols/server.ts'
import type { Laboratory } from './laboratory.ts'
import { failing, playStore } from './store-faults.ts'

// One server, a network that loses, copies and reorders, and clients that retry.

const lossy = {
  latencyMs: { uniform: { min: 1, max: 30 } },
  loss: 0.2,
  duplicate: 0.2,
  reorder: 0.3,
  reorderMs: 80,
} as const

const play = (seed: number, config: object, clientConfig: object = {}): Laboratory =>
  playStore({
    seed,
    setup: {
      protocol: server,
      servers: 1,
      config,
      network: lossy,
      clients: ['alice', 'bob'],
      clientConfig: {
        idempotencyKeys: true,
        retries: 4,
        timeoutMs: 50,
        backoff: 'exponential',
        jitter: 'full',
        ...clientConfig,
      },
    },
    faults: ['crash', 'pause'],
    operation: (_choices, ordinal) => ({ kind: 'append', key: 'log', input: `${ordinal} ` }),
    operations: 25,
    calmMs: 5000,
  })

const twice = (run: Laboratory): string | null => {
  const applied = run.applied('n1')
  const again = applied.find((op, i) => applied.indexOf(op) !== i)
  return again === undefined ? null : `${again} was carried out twice`
}

const disorder = (run: Laboratory): string | null => {
  for (const client of ['alice', 'bob']) {
    const ordinals = run
      .applied('n1')
      .filter(op => op.startsWith(client))
      .map(op => Number(op.split('#')[1]))
    const at = ordinals.findIndex((ordinal, i) => ordinal <= (ordinals[i - 1] ?? 0))
    if (at > 0) return `${client}#${ordinals[at]} was carried out after ${client}#${ordinals[at - 1]}`
  }
  return null
}

const missing = (run: Laboratory): string | null => {
  const applied = run.applied('n1')
  const lost = run.history.find(({ id, outcome }) => outcome === 'ok' && !applied.includes(id))
  return lost === undefined ? null : `${lost.id} was acknowledged and not carried out`
}

describe('with deduplication', () => {
  test('no operation is carried out twice, and none acknowledged without', () => {
    expect(
      failing(300, seed => ((run: Laboratory) => twice(run) ?? missing(run))(play(seed, { deduplicate: true }))),
    ).toEqual([])
  })

  test('without it many are (the test of the test)', () => {
    expect(failing(20, seed => twice(play(seed, {}))).length).toBeGreaterThan(15)
  })

  test('without keys it recognises nothing (the test of the test)', () => {
    const runs = failing(20, seed => twice(play(seed, { deduplicate: true }, { idempotencyKeys: false })))
    expect(runs.length).toBeGreaterThan(15)
  })
})

describe('with order', () => {
  test('operations are carried out in the order in which their client asked, each once', () => {
    expect(
      failing(300, seed => {
        const run = play(seed, { inOrder: true, deduplicate: seed % 2 === 0, gapMs: seed % 3 === 0 ? 300 : 0 })
        return disorder(run) ?? twice(run) ?? missing(run)
      }),
    ).toEqual([])
  })

  test('without it they are not (the test of the test)', () => {
    expect(failing(20, seed => disorder(play(seed, { deduplicate: true }))).length).toBeGreaterThan(10)
  })
})

test('the value is what the server says it carried out, and a failure was not', () => {
  expect(
    failing(150, seed => {
      const run = play(seed, { workers: 1, processingMs: 20, queueLimit: 2, loadShedding: true })
      const refused = run.history.find(({ id, outcome }) => outcome === 'fail' && run.applied('n1').includes(id))
      return refused === undefined ? null : `${refused.id} failed and was carried out`
    }),
  ).toEqual([])
})
