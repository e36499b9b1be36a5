import { describe, expect, test } from 'vitest'
import { fact, path } from './domain-lab.ts'

const shop = (duty: object, cdn: object = {}) => path({ special: { cdn: { ruleFromH: 5, replyH: 2, ...cdn } }, duty })

/** Its hour at which the first note of this text was made, or null. */
const firstH = (run: ReturnType<typeof path>, text: string): number | null => {
  const event = run.trace.find(({ effects }) => effects.some(effect => effect.type === 'note' && effect.text === text))
  return event === undefined ? null : Math.floor(event.atUs / 1_000_000)
}

describe('a probe', () => {
  test('inside never meets what happens at the door; outside it rings after two bad answers', () => {
    const inside = shop({ probes: 'shop' }).run(20_000)
    expect(fact(inside, 'duty', 'alarm')).toBe('quiet')
    const outside = shop({ probes: 'cdn' }).run(20_000)
    expect(fact(outside, 'duty', 'alarm')).toBe('ringing')
    expect(firstH(outside, 'alarm')).toBe(6)
  })

  test('takes silence for a bad answer', () => {
    const run = path({ duty: { probes: 'cdn' } }).run(3000)
    run.crash('cdn').run(3000)
    expect(fact(run, 'duty', 'probe')).toBe('cdn fails')
    run.restart('cdn').run(2000)
    expect(fact(run, 'duty', 'probe')).toBe('cdn ok')
    expect(firstH(run, 'alarm over')).toBe(6)
  })

  test('counts a single bad answer for no alarm', () => {
    const run = path({ duty: { probes: 'cdn' } }).run(3000)
    run.crash('cdn').run(1000)
    run.restart('cdn').run(3000)
    expect(firstH(run, 'alarm')).toBeNull()
  })
})

describe('a ticket', () => {
  const over = (duty: object, cdn: object = {}) =>
    firstH(shop({ probes: 'cdn', owner: 'cdn', ...duty }, cdn).run(45_000), 'alarm over')

  test('is answered in the working hours of support, wherever it is', () => {
    // Found at once: rings at 6, support begins at 9 and takes two of its hours.
    expect(over({})).toBe(11)
    expect(over({}, { zoneH: -8 })).toBe(19)
    // Found nine hours later, near the end of the day: one hour counts today, the other tomorrow.
    expect(over({ findH: 9 })).toBe(34)
  })

  test('is sent later where nobody knows whom to call', () => {
    expect(over({ findH: 9 })).toBeGreaterThan(over({ findH: 0 }) as number)
  })

  test('is answered no sooner for a penalty, which counts the hours into money', () => {
    expect(over({ penaltyUsd: 500 })).toBe(over({}))
    const run = shop({ probes: 'cdn', owner: 'cdn', penaltyUsd: 500 }).run(15_000)
    expect(Number(fact(run, 'duty', 'credit usd'))).toBe(500 * Number(fact(run, 'duty', 'outage h')))
    expect(Number(fact(run, 'duty', 'outage h'))).toBeGreaterThan(4)
  })
})
