import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { type ModelName, models } from '../../src/check/model.ts'
import { linearizableByDefinition } from './brute-force.ts'
import { op, randomHistory } from './histories.ts'

const register = models.register
const answer = (...history: Parameters<typeof checkLinearizable>[0]) => checkLinearizable(history, register).answer

describe('the checker agrees with the definition on small random histories', () => {
  for (const [at, name] of (Object.keys(models) as ModelName[]).entries()) {
    test(`of a ${name}`, () => {
      const counts = { holds: 0, violated: 0 }
      fc.assert(
        fc.property(randomHistory(name), history => {
          const model = models[name]
          const expected = linearizableByDefinition(history, model, model.init()) ? 'holds' : 'violated'
          counts[expected] += 1
          expect(checkLinearizable(history, model).answer).toBe(expected)
        }),
        { numRuns: 3000, seed: 20 + at },
      )
      expect(Math.min(counts.holds, counts.violated)).toBeGreaterThan(100)
    })
  }
})

describe('pitfalls', () => {
  test('a new register holds nil', () => {
    expect(answer(op('a', 'read', null, [0, 1]))).toBe('holds')
    expect(answer(op('a', 'read', 1, [0, 1]))).toBe('violated')
  })

  test('an answer and a call of the same moment are concurrent', () => {
    expect(answer(op('a', 'write', 1, [0, 10]), op('b', 'read', null, [10, 20]))).toBe('holds')
    expect(answer(op('a', 'write', 1, [0, 10]), op('b', 'read', null, [11, 20]))).toBe('violated')
  })

  test('a write that was never answered may take effect long after its client went on', () => {
    const late = op('a', 'write', 1, [0])
    expect(answer(late, op('b', 'write', 2, [5, 6]), op('a', 'read', 2, [7, 8]), op('b', 'read', 1, [90, 91]))).toBe(
      'holds',
    )
    expect(answer(late, op('b', 'write', 2, [5, 6]), op('b', 'read', 1, [7, 8]), op('b', 'read', 2, [9, 10]))).toBe(
      'violated',
    )
  })

  test('two unanswered writes of one value can be seen twice, but not three times', () => {
    const twice = [op('a', 'write', 1, [0]), op('b', 'write', 1, [1])]
    const seen = (from: number) => [op('c', 'write', 2, [from, from + 1]), op('d', 'read', 1, [from + 2, from + 3])]
    expect(answer(...twice, ...seen(10), ...seen(20))).toBe('holds')
    expect(answer(...twice, ...seen(10), ...seen(20), ...seen(30))).toBe('violated')
  })

  test('a cas that failed tells that the register did not hold what it expected', () => {
    const missed = op('b', 'cas', { from: 1, to: 2 }, [20, 21], { outcome: 'fail' })
    expect(answer(op('a', 'write', 1, [0, 10]), missed)).toBe('violated')
    expect(answer(op('a', 'write', 3, [0, 10]), missed)).toBe('holds')
  })

  test('a cas that was refused for a reason tells nothing', () => {
    const refused = op('b', 'cas', { from: 1, to: 2 }, [20, 21], { outcome: 'fail', reason: 'no leader' })
    expect(answer(op('a', 'write', 1, [0, 10]), refused)).toBe('holds')
  })

  test('a write that failed did not happen', () => {
    expect(answer(op('a', 'write', 1, [0, 10], { outcome: 'fail' }), op('b', 'read', 1, [11, 12]))).toBe('violated')
  })

  test('a write hidden right before an unanswered one that a swap builds on', () => {
    const history = [
      op('a', 'write', 1, [0, 1]),
      op('b', 'write', 1, [2]),
      op('c', 'write', 7, [3, 20]),
      op('d', 'cas', { from: 1, to: 2 }, [4, 10], { output: true }),
      op('d', 'read', 2, [21, 22]),
    ]
    expect(answer(...history)).toBe('holds')
  })
})

describe('the verdict does not depend on luck', () => {
  test('thirty clients that append at once and one read that fixes the order', () => {
    const many = Array.from({ length: 30 }, (_, at) => op(`c${at}`, 'append', `<${at}>`, [at, 100 + at]))
    const order = Array.from({ length: 30 }, (_, at) => `<${(at * 7) % 30}>`).join('')
    const check = (text: string) => checkLinearizable([...many, op('r', 'get', text, [200, 201])], models.kv)
    expect(check(order).answer).toBe('holds')
    expect(check(order.replace('<5>', '<77>')).answer).toBe('violated')
  })

  test('forty writes that were never answered and a value that nobody wrote', () => {
    const lost = Array.from({ length: 40 }, (_, at) => op(`c${at}`, 'write', at, [at]))
    const reads = Array.from({ length: 40 }, (_, at) => op('r', 'read', (at * 7) % 40, [100 + 2 * at, 101 + 2 * at]))
    expect(answer(...lost, ...reads)).toBe('holds')
    expect(answer(...lost, ...reads, op('r', 'read', 3, [300, 301]))).toBe('violated')
  })

  test('twenty-five clients write one register at once, and one reads a value that was overwritten', () => {
    const round = (from: number) =>
      Array.from({ length: 25 }, (_, at) => op(`c${at}`, 'write', from + at, [from + at, from + 50 + at]))
    const history = [...round(0), ...round(1000), op('r', 'read', 5, [2000, 2001])]
    expect(answer(...history)).toBe('violated')
  })

  test('a set with sixty adds under way and reads that see parts of them', () => {
    const adds = Array.from({ length: 60 }, (_, at) => op(`c${at}`, 'add', at, [at, 1000 + at]))
    const upTo = (count: number) => Array.from({ length: count }, (_, at) => at)
    const reads = [10, 20, 30].map((count, at) => op('r', 'read', upTo(count), [100 + 10 * at, 105 + 10 * at]))
    expect(checkLinearizable([...adds, ...reads], models.set).answer).toBe('holds')
    const other = op('s', 'read', [40, 41], [100, 400])
    expect(checkLinearizable([...adds, ...reads, other], models.set).answer).toBe('violated')
  })

  test('a budget that is too small is told honestly', () => {
    const many = Array.from({ length: 12 }, (_, at) => op(`c${at}`, 'add', 2 * at, [at, 100 + at]))
    const verdict = checkLinearizable([...many, op('r', 'read', 33, [50, 60])], models.counter, { budget: 50 })
    expect(verdict).toMatchObject({ answer: 'unknown', why: expect.stringContaining('50 steps') })
  })
})

describe('evidence', () => {
  test('names the read, the write that overwrote, and when', () => {
    const verdict = answerOf(
      op('alice', 'write', 1, [100_000, 900_000]),
      op('alice', 'write', 2, [1_000_000, 1_100_000]),
      op('bob', 'read', 1, [1_200_000, 1_420_000]),
      op('bob', 'read', 2, [1_500_000, 1_600_000]),
    )
    expect(verdict.explanation).toBe(
      "Bob read 1 (key x) at 1.42 s, asked at 1.20 s. Alice's write of 2 had finished at 1.10 s, before the read was asked for, " +
        "and Alice's write of 1 had finished before that one began, at 0.90 s: it was already overwritten.",
    )
    expect(verdict.clash).toEqual(['bob#1200000', 'alice#100000', 'alice#1000000'])
    expect(verdict.ops).toHaveLength(3)
  })

  test('leaves out whatever does not matter', () => {
    const noise = Array.from({ length: 20 }, (_, at) => op('n', 'write', 100 + at, [at * 10, at * 10 + 5]))
    const verdict = answerOf(...noise, op('a', 'write', 1, [300, 310]), op('b', 'read', 105, [400, 410]))
    expect(verdict.clash).toEqual(['b#400', 'n#50', 'a#300'])
  })

  test('says so when nobody wrote what was read', () => {
    expect(answerOf(op('bob', 'read', 7, [0, 1_000_000])).explanation).toContain('Nobody had asked for 7 to be written')
  })

  test('a value from nowhere is told as such, whatever else there was', () => {
    const noise = Array.from({ length: 30 }, (_, at) => op('n', 'write', at % 3, [at * 10, at * 10 + 5]))
    expect(answerOf(...noise, op('b', 'read', 9, [400, 410]))).toMatchObject({ clash: ['b#400'] })
  })

  test('carries no control characters out of a file', () => {
    const verdict = answerOf(op('b\u001b[31m', 'read', 'x\u0007\u202ey', [0, 10], { key: '\u009bk' }))
    expect(verdict.explanation).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})

const answerOf = (...history: Parameters<typeof checkLinearizable>[0]) => {
  const verdict = checkLinearizable(history, register)
  if (verdict.answer !== 'violated') throw new Error(`expected a violation, got ${verdict.answer}`)
  return verdict.evidence
}
