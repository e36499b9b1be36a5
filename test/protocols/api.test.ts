import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { api } from '../../src/protocols/api.ts'
import { apiClient } from '../../src/protocols/api-client.ts'
import { edge } from '../../src/protocols/edge.ts'
import { encode } from '../../src/protocols/payload.ts'
import { bytesTo, load, replies, shop } from './api-lab.ts'
import { Laboratory } from './laboratory.ts'

describe('a page of 100 items', () => {
  test('takes 100 round trips when it is fetched one by one', () => {
    expect(load(shop({ items: 100 }))).toBeCloseTo(1000, 1)
  })

  test('takes as many round trips as there are batches', () => {
    expect(load(shop({ items: 100, itemsPerCall: 30 }))).toBeCloseTo(40, 1)
    expect(load(shop({ items: 100, itemsPerCall: 0 }))).toBeCloseTo(10, 0)
  })

  test('shares round trips among calls that do not wait for one another', () => {
    expect(load(shop({ items: 100, callsInFlight: 25 }))).toBeCloseTo(40, 1)
  })

  test('whose items name one another gains nothing by batches and by calls under way', () => {
    expect(load(shop({ items: 10, chained: true, itemsPerCall: 0, callsInFlight: 100 }))).toBeCloseTo(100, 1)
    expect(load(shop({ items: 10, chained: true, coarse: true }))).toBeCloseTo(10, 1)
  })

  test('asks once for what it needs more than once', () => {
    expect(load(shop({ items: 100, distinct: 20, coalesce: true }))).toBeCloseTo(200, 1)
  })

  test('takes 100 ns an item where everything is at hand', () => {
    expect(load(shop({ items: 1000, atHand: true }))).toBeCloseTo(0.1, 3)
  })

  test('is as long as a screenful where only that is fetched', () => {
    const lab = shop({ items: 100, screenful: 20, itemsPerCall: 0 }, { fields: ['all'], fieldBytes: [100] })
    load(lab)
    expect(bytesTo(lab, 'app')).toBe(2000)
  })
})

describe('a page that is kept', () => {
  test('is used again until it is too old, and shows nothing that was written since', () => {
    const lab = shop({ cacheMs: 1000 })
    load(lab)
    lab.ask('bob', 'write', 'page', 'new')
    lab.run(20)
    const early = lab.ask('app', 'read', 'page')
    lab.run(1000)
    const late = lab.ask('app', 'read', 'page')
    lab.run(20)
    expect([lab.result(early), lab.result(late)]).toEqual(['ok', 'ok "new"'])
    expect(replies(lab).filter(label => label.startsWith('200'))).toHaveLength(2)
  })

  test('is asked for under the condition that it has changed (RFC 9110, section 13.1.2)', () => {
    const lab = shop({ conditional: true }, { fieldBytes: [5000] })
    load(lab)
    load(lab)
    lab.ask('bob', 'write', 'page', 'new')
    lab.run(20)
    load(lab)
    expect(replies(lab).map(label => label.slice(0, 3))).toEqual(['200', '304', '204', '200'])
  })

  test('is brought up to date by the difference (RFC 3229)', () => {
    const lab = shop({ delta: true }, { fieldBytes: [5000], deltaBytes: 70 })
    load(lab)
    lab.ask('bob', 'write', 'page', 'a')
    lab.run(20)
    lab.ask('bob', 'write', 'page', 'b')
    lab.run(20)
    const op = lab.ask('app', 'read', 'page')
    lab.run(20)
    expect(lab.result(op)).toBe('ok "b"')
    expect(replies(lab).at(-1)).toBe('226 delta 140 B')
  })
})

describe('the server', () => {
  test('sends the fields that were asked for, and no others', () => {
    const fields = { fields: ['name', 'posts'], fieldBytes: [20, 200_000], fieldContents: ['text', 'json'] }
    const all = shop({}, fields)
    load(all)
    const one = shop({ fields: ['name'] }, fields)
    load(one)
    expect([bytesTo(all, 'app'), bytesTo(one, 'app')]).toEqual([200_020, 20])
  })

  test('makes requests wait when its cores are busy', () => {
    const lab = shop({ items: 4, callsInFlight: 4 }, { cores: 2, callUs: 5000 })
    expect(load(lab)).toBeCloseTo(20, 1)
  })

  test('counts the processor time of encoding, and not again for what it keeps', () => {
    const cpu = (keepEncoded: boolean): number => {
      const lab = shop({ gzip: true }, { fieldBytes: [200_000], keepEncoded })
      load(lab)
      load(lab)
      return Number.parseFloat(lab.view('store').facts.find(({ label }) => label === 'cpu')?.value ?? '')
    }
    const once = encode([{ content: 'json', bytes: 200_000 }], 'json', true).writeNs / 1e6
    expect(cpu(false)).toBeCloseTo(2 * once, 1)
    expect(cpu(true)).toBeCloseTo(once, 1)
  })

  test('refuses a client that has had its share, and serves it again later (RFC 6585, section 4)', () => {
    const lab = shop({}, { fieldBytes: [1000], limitBytesPerS: 1000, limitBurstBytes: 1500 })
    const results = [0, 0, 0].map(() => {
      const op = lab.ask('app', 'read', 'page')
      lab.run(20)
      return lab.operation(op).outcome
    })
    lab.run(1000)
    load(lab)
    expect(results).toEqual(['ok', 'ok', 'fail'])
  })
})

describe('a new connection', () => {
  test('costs a round trip for each handshake', () => {
    expect(load(shop({ connection: 'new', handshakes: 2 }))).toBeCloseTo(30, 1)
  })

  test('starts with ten segments and doubles with each round trip (RFC 6928)', () => {
    const time = (bytes: number): number =>
      load(shop({ connection: 'new', handshakes: 0 }, { fieldBytes: [bytes], fieldContents: ['sealed'] }))
    const trips = [14_600, 14_601, 43_800, 43_801].map(bytes => Math.round(time(bytes) / 10))
    expect(trips).toEqual([1, 2, 2, 3])
  })
})

describe('what an answer weighs', () => {
  test('gzip makes a long list of records small, a short message hardly smaller, a sealed one larger', () => {
    const size = (content: 'json' | 'sealed', bytes: number) => encode([{ content, bytes }], 'json', true).bytes
    expect(size('json', 200_000)).toBeLessThan(200_000 / 5)
    expect(size('json', 200)).toBeGreaterThan(150)
    expect(size('sealed', 200)).toBeGreaterThan(200)
    expect(size('sealed', 200_000)).toBeGreaterThan(200_000)
  })

  test('more bytes never weigh less, and compression never costs nothing', () => {
    const content = fc.constantFrom('json' as const, 'text' as const, 'base64' as const, 'sealed' as const)
    const size = fc.integer({ min: 1, max: 2_000_000 })
    fc.assert(
      fc.property(content, size, size, fc.boolean(), (what, a, b, gzip) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map(bytes =>
          encode([{ content: what, bytes }], 'json', gzip),
        )
        expect(small?.bytes ?? 0).toBeLessThanOrEqual(large?.bytes ?? 0)
        const plain = encode([{ content: what, bytes: a }], 'json', false)
        expect(encode([{ content: what, bytes: a }], 'json', true).writeNs).toBeGreaterThan(plain.writeNs)
      }),
    )
  })
})

test('every page is answered whatever the switches and the delays, with what was in the store at some time since it was asked', () => {
  const config = fc.record({
    items: fc.integer({ min: 1, max: 30 }),
    itemsPerCall: fc.integer({ min: 0, max: 7 }),
    callsInFlight: fc.integer({ min: 1, max: 9 }),
    distinct: fc.integer({ min: 0, max: 30 }),
    coalesce: fc.boolean(),
    chained: fc.boolean(),
    coarse: fc.boolean(),
    gzip: fc.boolean(),
    format: fc.constantFrom('json', 'binary'),
    connection: fc.constantFrom('kept', 'new'),
    conditional: fc.boolean(),
    delta: fc.boolean(),
  })
  const server = fc.record({ cores: fc.integer({ min: 0, max: 2 }), callUs: fc.integer({ min: 0, max: 900 }) })
  fc.assert(
    fc.property(config, server, fc.integer({ min: 1, max: 1000 }), (client, own, seed) => {
      const lab = shop(
        client,
        { ...own, fieldBytes: [9000] },
        { seed, network: { latencyMs: { uniform: { min: 1, max: 30 } } } },
      )
      const ops = [1, 2, 3, 4].map(round => {
        lab.ask('bob', 'write', 'page', round)
        lab.run(round * 20)
        return lab.ask('app', 'read', 'page')
      })
      lab.run(5000)
      const values = ops.map(op => lab.operation(op))
      for (const { outcome } of values) expect(outcome).toBe('ok')
      expect(lab.operation(ops.at(-1) as string).output).toBeGreaterThanOrEqual(2)
      expect(lab.operation(ops.at(-1) as string).output).toBeLessThanOrEqual(4)
    }),
    { numRuns: 60 },
  )
})

test.each([1, 2, 3])('the world is the same in place and on drafts, seed %i', seed => {
  const lab = new Laboratory({
    protocol: api,
    servers: ['store', 'app', 'bob', 'edge'],
    clients: [],
    seed,
    bothModes: true,
    config: { cores: 1, callUs: 300, fieldBytes: [20_000], keepEncoded: true, limitBytesPerS: 2_000_000 },
    special: {
      app: {
        protocol: apiClient,
        config: { servers: ['edge'], items: 6, itemsPerCall: 2, callsInFlight: 2, conditional: true, gzip: true },
      },
      bob: { protocol: apiClient, config: { servers: ['store'], connection: 'new', delta: true } },
      edge: { protocol: edge, config: { origin: 'store', ttlMs: 50 } },
    },
    network: { latencyMs: { uniform: { min: 1, max: 30 } }, loss: 0.02, duplicate: 0.1 },
  })
  for (let round = 1; round <= 12; round += 1) {
    lab.ask('app', 'read', 'page')
    if (round % 3 === 0) lab.ask('bob', 'write', 'page', { round })
    lab.ask('bob', 'read', 'page')
    lab.run(40)
    if (round === 5) lab.attempt({ act: 'crash', node: nodeId('store') })
    if (round === 6) lab.restart('store')
    if (round === 9) for (const { id, config } of lab.spec.nodes) lab.configure(id, config as object)
  }
  lab.run(1000)
  expect(lab.differing).toEqual([])
  expect(lab.world.nextIndex).toBeGreaterThan(150)
})
