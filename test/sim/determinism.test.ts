import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageId } from '../../src/kernel/ids.ts'
import {
  advanceTo,
  applyAct,
  applyActDraft,
  createWorld,
  emptyTraceHash,
  flights,
  freeze,
  hashEvent,
  nextEventUs,
  step,
  stepDraft,
  thaw,
  worldHash,
} from '../../src/sim/simulator.ts'
import type { Act, Distribution } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'
import { n, type PingLab, pingLab } from './lab.ts'

const node = fc.integer({ min: 1, max: 4 }).map(n)
const link = fc.tuple(node, node).filter(([a, b]) => a !== b)
const latency = fc.constantFrom<Distribution>(5, { uniform: { min: 1, max: 30 } }, { exponential: { mean: 9 } })

const act = fc.oneof(
  fc.record({ act: fc.constant('cut' as const), from: fc.tuple(node), to: fc.tuple(node), oneWay: fc.boolean() }),
  fc.constant<Act>({ act: 'heal' }),
  fc.record({
    act: fc.constant('link' as const),
    links: fc.tuple(link),
    set: fc.record({
      loss: fc.constantFrom(0, 0.5),
      latencyMs: latency,
      fifo: fc.boolean(),
      duplicate: fc.constantFrom(0, 1),
    }),
  }),
  fc.record({ act: fc.constant('crash' as const), node }),
  fc.record({ act: fc.constant('restart' as const), node, disk: fc.constantFrom('kept' as const, 'lost' as const) }),
  fc.record({ act: fc.constant('pause' as const), node, forUs: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ act: fc.constant('pause' as const), node }),
  fc.record({ act: fc.constant('resume' as const), node }),
  fc.record({ act: fc.constant('slow' as const), node, costUs: fc.constantFrom(0, 300, 20_000) }),
  fc.record({
    act: fc.constant('omit' as const),
    node,
    direction: fc.constantFrom('send' as const, 'receive' as const),
    probability: fc.constantFrom(0, 0.5, 1),
  }),
  fc.record({
    act: fc.constant('clock' as const),
    node,
    stepUs: fc.integer({ min: -50_000, max: 50_000 }),
    ratePpm: fc.integer({ min: -300_000, max: 300_000 }),
  }),
  fc.record({ act: fc.constant('corrupt' as const), node, path: fc.constant(['disk', 'pings']), value: fc.nat(99) }),
  fc.record({
    act: fc.constant('byzantine' as const),
    node,
    strategy: fc.constantFrom('silent', 'equivocate', 'corrupt-values', 'delay-replay', 'twins', null),
  }),
  fc.record({
    act: fc.constant('configure' as const),
    node,
    config: fc.record({ everyUs: fc.integer({ min: 5000, max: 50_000 }), sync: fc.boolean() }),
  }),
  fc.record({
    act: fc.constant('request' as const),
    node,
    request: fc.record({ kind: fc.constant('add' as const), key: fc.constant('k'), input: fc.nat(9) }),
  }),
  fc.record({
    act: fc.constant('message' as const),
    message: fc.nat(20).map(at => messageId(n(1), n(2), at)),
    do: fc.constantFrom('hold' as const, 'release' as const, 'deliver' as const, 'drop' as const, 'duplicate' as const),
  }),
  fc.record({ act: fc.constant('address' as const), address: node, node: fc.option(node) }),
) as fc.Arbitrary<Act>

/** After so many events, the act; hands on messages are aimed at whatever is under way. */
const script = fc.array(fc.tuple(fc.nat(25), act, fc.nat(9)), { maxLength: 14 })
const lab = fc.record({
  seed: fc.nat(),
  syncMs: fc.constantFrom<Distribution>(0, 4, { uniform: { min: 0, max: 20 } }),
  inboxLimit: fc.constantFrom(2, 100),
  bandwidth: fc.constantFrom(null, 20_000),
  latencyMs: latency,
  duplicate: fc.constantFrom(0, 0.3),
  reorder: fc.constantFrom(0, 0.3),
})

const labOf = (chosen: typeof lab extends fc.Arbitrary<infer T> ? T : never): PingLab => ({
  seed: chosen.seed,
  nodes: 4,
  config: { everyUs: 12_000, jitterUs: 9000, sync: true },
  node: { syncMs: chosen.syncMs, inboxLimit: chosen.inboxLimit },
  network: {
    latencyMs: chosen.latencyMs,
    duplicate: chosen.duplicate,
    reorder: chosen.reorder,
    reorderMs: 7,
    bandwidth: chosen.bandwidth,
    queueBytes: 600,
  },
})

const aimed = (world: World, given: Act, choice: number): Act => {
  const flight = flights(world)[choice]
  return given.act === 'message' && flight !== undefined ? { ...given, message: flight.message.id } : given
}

describe('a run in place and a run on immutable worlds', () => {
  it('pass through equal worlds and tell equal traces, whatever is done to them', () => {
    fc.assert(
      fc.property(lab, script, (chosen, acts) => {
        const spec = pingLab(labOf(chosen))
        const plain = createWorld(spec)
        let frozen = freeze(createWorld(spec))
        const same = () => expect(worldHash(spec, frozen)).toBe(worldHash(spec, plain))
        for (const [wait, given, choice] of [...acts, [40, undefined, 0] as const]) {
          for (let i = 0; i < wait; i++) {
            const due = nextEventUs(plain)
            const before = i % 8 === 0 ? worldHash(spec, frozen) : undefined
            const old = frozen
            const event = step(spec, plain)
            const stepped = stepDraft(spec, frozen)
            expect(stepped?.event).toEqual(event)
            if (stepped === undefined) break
            expect(event?.atUs).toBe(due)
            frozen = stepped.world
            same()
            if (before !== undefined) expect(worldHash(spec, old)).toBe(before)
          }
          if (given === undefined) continue
          const target = aimed(plain, given, choice)
          const result = applyActDraft(spec, frozen, target)
          const inPlace = applyAct(spec, plain, target)
          if ('refused' in result) expect(inPlace).toEqual(result)
          else {
            expect(inPlace).toEqual(result.event)
            frozen = result.world
          }
          same()
        }
      }),
      { numRuns: 25, seed: 20_261_122 },
    )
  })

  it('goes on the same way from a thawed checkpoint', () => {
    const spec = pingLab({ nodes: 3, seed: 5, config: { everyUs: 9000, jitterUs: 4000 }, network: { duplicate: 0.2 } })
    const straight = createWorld(spec)
    let frozen = freeze(createWorld(spec))
    for (let i = 0; i < 100; i++) {
      step(spec, straight)
      frozen = stepDraft(spec, frozen)?.world ?? frozen
    }
    const thawed = thaw(frozen)
    for (let i = 0; i < 100; i++) expect(step(spec, thawed)).toEqual(step(spec, straight))
    expect(worldHash(spec, thawed)).toBe(worldHash(spec, straight))
  })

  it('survive a round trip through JSON text', () => {
    const spec = pingLab({ nodes: 3, config: { everyUs: 9000, sync: true }, node: { syncMs: 2 } })
    const world = createWorld(spec)
    for (let i = 0; i < 200; i++) step(spec, world)
    const again: World = JSON.parse(JSON.stringify(world))
    expect(again).toEqual(world)
    for (let i = 0; i < 50; i++) expect(step(spec, again)).toEqual(step(spec, world))
  })

  it('lets time pass between events, and not past one', () => {
    const spec = pingLab({ config: { everyUs: 9000 } })
    const world = createWorld(spec)
    step(spec, world)
    step(spec, world)
    advanceTo(world, 8000)
    expect(applyAct(spec, world, { act: 'crash', node: n(1) })).toMatchObject({ atUs: 8000, index: 2 })
    const frozen = freeze(thaw(world))
    expect(advanceTo(frozen, 8500).nowUs).toBe(8500)
    expect(frozen.nowUs).toBe(8000)
    expect(() => advanceTo(world, 9001)).toThrow('an event is due at 9000 µs')
  })
})

const traceHash = (seed: number, acts: readonly Act[]): string => {
  const spec = pingLab({
    seed,
    nodes: 3,
    config: { everyUs: 10_000, jitterUs: 10_000, sync: true },
    node: { syncMs: { exponential: { mean: 2 } } },
    network: {
      latencyMs: {
        mixture: [
          { weight: 3, of: { normal: { mean: 10, sd: 3 } } },
          { weight: 1, of: { pareto: { scale: 8, shape: 2 } } },
        ],
      },
      minMs: 1,
      loss: 0.05,
      duplicate: 0.05,
      reorder: 0.1,
      reorderMs: 20,
    },
  })
  const world = createWorld(spec)
  let hash = emptyTraceHash
  for (let i = 0; i < 3000; i++) {
    const due = i % 50 === 49 ? acts[(i - 49) / 50] : undefined
    const event = due === undefined ? step(spec, world) : applyAct(spec, world, due)
    if (event !== undefined && !('refused' in event)) hash = hashEvent(hash, event)
  }
  return hash
}

const perturbations: readonly Act[] = [
  { act: 'cut', from: [n(1)], to: [n(2), n(3)], oneWay: false },
  { act: 'request', node: n(2), request: { kind: 'add', key: 'k', input: 3 } },
  { act: 'heal' },
  { act: 'crash', node: n(3) },
  { act: 'clock', node: n(1), stepUs: -5000, ratePpm: 12_345 },
  { act: 'restart', node: n(3), disk: 'kept' },
  { act: 'byzantine', node: n(2), strategy: 'delay-replay' },
  { act: 'pause', node: n(1), forUs: 40_000 },
  { act: 'slow', node: n(3), costUs: 700 },
]

describe('the trace hash', () => {
  it('is the same for the same seed and acts', () => {
    expect(traceHash(7, perturbations)).toBe(traceHash(7, perturbations))
  })

  it('is another for another seed, and for other acts', () => {
    expect(new Set([traceHash(7, perturbations), traceHash(8, perturbations), traceHash(7, [])]).size).toBe(3)
  })

  it('has not changed since these were pinned', async () => {
    const lines = [1, 2, 3, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].flatMap(seed => [
      `seed ${seed} undisturbed ${traceHash(seed, [])}`,
      `seed ${seed} perturbed ${traceHash(seed, perturbations)}`,
    ])
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/trace-hashes.txt')
  })
})
