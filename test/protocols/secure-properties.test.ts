import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Laboratory } from './laboratory.ts'
import { type WireSetup, wire } from './secure-lab.ts'

// Whatever the one on the wire does, and whatever the network does besides.

type Step = {
  readonly who: 'alice' | 'mallory'
  readonly key: string
  readonly amount: number
  readonly waitMs: number
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    who: fc.constant('alice' as const),
    key: fc.constant('kiosk'),
    amount: fc.constant(100),
    waitMs: fc.integer({ min: 0, max: 60 }),
  }),
  fc.record({
    who: fc.constant('mallory' as const),
    key: fc.constantFrom('change', 'replay', 'forge'),
    amount: fc.integer({ min: 1, max: 4 }),
    waitMs: fc.integer({ min: 0, max: 1500 }),
  }),
)

const network = { latencyMs: { uniform: { min: 1, max: 20 } }, loss: 0.05, duplicate: 0.1 }

const play = (setup: WireSetup, steps: readonly Step[], seed: number): Laboratory => {
  const run = wire({ network, seed, ...setup })
  steps.forEach(({ who, key, amount, waitMs }, at) => {
    run.ask(who, 'add', key, amount)
    run.run(waitMs)
    if (at % 5 === 4) run.crash('bank').restart('bank')
  })
  return run.run(3000)
}

const bank = { freshness: 'both', windowMs: 1000, rememberMs: 1500, policy: ['alice:add'] }

test.each(['none', 'box', 'any', 'checked'] as const)(
  'signed and fresh, every payment of hers counts at most once and nothing else counts, over the channel "%s"',
  channel => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.integer({ min: 1, max: 1e6 }), (steps, seed) => {
        const run = play({ channel, signed: true, bank }, steps, seed)
        const hers = run.history.filter(one => one.client === 'alice')
        const applied = run.applied('bank')
        expect(new Set(applied).size).toBe(applied.length)
        expect(applied.every(op => hers.some(({ id }) => id === op))).toBe(true)
        expect(run.value('bank', 'kiosk') ?? 0).toBe(100 * applied.length)
        // What she was told: done is done, and a no stays a no.
        for (const { id, outcome } of hers) {
          if (outcome === 'ok' && channel === 'checked') expect(applied).toContain(id)
          if (outcome === 'fail' && channel === 'checked') expect(applied).not.toContain(id)
        }
      }),
      { numRuns: 40 },
    )
  },
)

test('the same attacks succeed somewhere with one bolt open', () => {
  const takes = (setup: WireSetup, steps: readonly Step[]): boolean => {
    const run = play({ ...setup, network: {} }, steps, 1)
    return (run.value('bank', 'kiosk') ?? 0) !== 100
  }
  const pay: Step = { who: 'alice', key: 'kiosk', amount: 100, waitMs: 100 }
  const again: Step = { who: 'mallory', key: 'replay', amount: 1, waitMs: 100 }
  const forge: Step = { who: 'mallory', key: 'forge', amount: 1, waitMs: 100 }
  expect(takes({ channel: 'box', signed: true, bank }, [pay, again, forge])).toBe(false)
  expect(takes({ channel: 'box', signed: true, bank: { ...bank, freshness: 'none' } }, [pay, again])).toBe(true)
  expect(takes({ channel: 'box', signed: false, bank }, [pay, forge])).toBe(true)
})

test.each([...(['none', 'box', 'any', 'checked'] as const).map(channel => ({ channel, seed: 3 }))])(
  'worlds are equal in place and on drafts, over the channel "$channel"',
  ({ channel, seed }) => {
    const steps: Step[] = Array.from({ length: 12 }, (_, at) => ({
      who: at % 3 === 0 ? ('mallory' as const) : ('alice' as const),
      key: at % 3 === 0 ? (['change', 'replay', 'forge'][(at / 3) % 3] as string) : 'kiosk',
      amount: 1 + at,
      waitMs: 15 * at,
    }))
    const run = play({ channel, signed: true, bank, bothModes: true }, steps, seed)
    expect(run.differing).toEqual([])
    expect(run.trace.length).toBeGreaterThan(60)
  },
)

test.each(['box', 'any', 'checked'] as const)('a recording sent again, over the channel "%s"', async channel => {
  const run = wire({ channel, signed: true })
  run.ask('alice', 'add', 'kiosk', 100)
  run.run(200).ask('mallory', 'add', 'replay', 1)
  await expect(run.run(200).transcript).toMatchFileSnapshot(`golden/secure-replay-${channel}.txt`)
})
