import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CausalVariant, checkCausal } from '../../src/check/causal.ts'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { checkSequential } from '../../src/check/sequential.ts'
import { checkSession, type SessionGuarantee, sessionGuarantees } from '../../src/check/sessions.ts'
import type { History, Operation } from '../../src/kernel/operation.ts'
import { sequentialByDefinition } from './brute-force.ts'
import { atomicHistory, op, randomHistory, uniqueHistory } from './histories.ts'

const register = models.register

/** Clients' programs in one line each: `alice: w x 1, r y 2`. Operations of different clients take place side by side. */
const programs = (text: string): History =>
  text
    .trim()
    .split('\n')
    .flatMap(line => {
      const [client = '', body = ''] = line.trim().split(': ')
      return body.split(', ').map((one, at) => {
        const [f, key = 'x', value] = one.split(' ')
        const read = value === 'nil' ? null : Number(value)
        return op(client, f === 'w' ? 'write' : 'read', read, [at * 10, at * 10 + 5], { key })
      })
    })
    .sort((a, b) => a.invokedUs - b.invokedUs)

const causal = (text: string) =>
  (['CC', 'CCv', 'CM'] as const satisfies readonly CausalVariant[])
    .filter(variant => checkCausal(programs(text), register, { variant }).answer === 'holds')
    .join(' ')

describe('sequential consistency', () => {
  test("the clock does not matter, each client's own order does", () => {
    const late = [op('a', 'write', 1, [0, 1]), op('b', 'read', null, [5, 6]), op('b', 'read', 1, [7, 8])]
    expect(checkSequential(late, register).answer).toBe('holds')
    const back = [...late, op('b', 'read', null, [9, 10])]
    expect(checkSequential(back, register).answer).toBe('violated')
  })

  test("a client's call at the moment of its last answer follows that answer", () => {
    const before = [op('a', 'read', 1, [0, 10]), op('a', 'write', 1, [10, 20])]
    expect(checkSequential(before, register).answer).toBe('violated')
    // Of another client's call nobody knows.
    const beside = [op('a', 'read', 1, [0, 10]), op('b', 'write', 1, [10, 20])]
    expect(checkSequential(beside, register).answer).toBe('holds')
  })

  test('is not a property of single keys', () => {
    const both = programs('a: w x 1, w y 1, r y 2\nb: w y 2, w x 2, r x 1')
    for (const key of ['x', 'y']) {
      expect(
        checkSequential(
          both.filter(one => one.key === key),
          register,
        ).answer,
      ).toBe('holds')
    }
    expect(checkSequential(both, register).answer).toBe('violated')
  })

  test('the evidence is a minimal set, told client by client', () => {
    const noise = Array.from({ length: 10 }, (_, at) =>
      op('n', 'write', 100 + at, [at * 10, at * 10 + 5], { key: 'z' }),
    )
    const verdict = checkSequential([...noise, ...programs('a: w x 1, r y nil\nb: w y 1, r x nil')], register)
    if (verdict.answer !== 'violated') throw new Error(verdict.answer)
    expect(verdict.evidence.clash).toHaveLength(4)
    expect(verdict.evidence.explanation).toBe(
      "A wrote 1 (x), then read nil (y); B wrote 1 (y), then read nil (x). No single order that keeps each client's own order explains all of these answers.",
    )
  })

  test('agrees with the definition on small random histories', () => {
    const counts = { holds: 0, violated: 0 }
    fc.assert(
      fc.property(randomHistory('register', 3, 3, 1), history => {
        const expected = sequentialByDefinition(history, register, register.init()) ? 'holds' : 'violated'
        counts[expected] += 1
        expect(checkSequential(history, register).answer).toBe(expected)
      }),
      { numRuns: 2000, seed: 31 },
    )
    expect(Math.min(counts.holds, counts.violated)).toBeGreaterThan(100)
  })

  test('a search that runs out still finds what is not even causal', () => {
    const history = programs('a: w x 1, w y 1, r z 5\nb: r y 1, w x 2, w z 5\nc: r x 2, r x 1')
    expect(checkSequential(history, register, { budget: 2 }).answer).toBe('violated')
  })

  test('says so when it cannot tell', () => {
    const many = Array.from({ length: 10 }, (_, at) => op(`c${at}`, 'add', 2 * at + 2, [at, at + 1]))
    const history = [...many, op('r', 'read', 33, [50, 60])]
    expect(checkSequential(history, models.counter, { budget: 20 }).answer).toBe('unknown')
  })
})

// The five histories of figure 3 of Bouajjani et al. (POPL 2017), which tell the three variants apart.
describe('causal consistency', () => {
  test('(a) CM but not CCv', () => {
    expect(causal('a: w x 1, r x 2\nb: w x 2, r x 1')).toBe('CC CM')
  })

  test('(b) CCv but not CM', () => {
    expect(causal('a: w z 1, w x 1, w y 1\nb: w x 2, r z nil, r y 1, r x 2')).toBe('CC CCv')
  })

  test('(c) CC but neither CM nor CCv', () => {
    expect(causal('a: w x 1\nb: w x 2, r x 1, r x 2')).toBe('CC')
  })

  test('(d) all three, though not sequentially consistent', () => {
    const text = 'a: w x 1, r y nil, w y 1, r x 1\nb: w x 2, r y nil, w y 2, r x 2'
    expect(causal(text)).toBe('CC CCv CM')
    expect(checkSequential(programs(text), register).answer).toBe('violated')
  })

  test('(e) not even CC', () => {
    expect(causal('a: w x 1, w y 1\nb: r y 1, w x 2\nc: r x 2, r x 1')).toBe('')
  })

  test('each bad pattern has its name and its words', () => {
    const why = (text: string) => {
      const verdict = checkCausal(programs(text), register)
      return verdict.answer === 'violated' ? verdict.evidence.explanation : verdict.answer
    }
    expect(why('a: r x 7')).toContain('A read x=7, which nobody had written (ThinAirRead)')
    expect(why('a: r x 1, w y 1\nb: r y 1, w x 1')).toContain('(CyclicCO)')
    expect(why('a: w x 1, w y 1\nb: r y 1, r x nil')).toContain('A wrote x=1 (WriteCOInitRead)')
    expect(why('a: w x 1, w x 2\nb: r x 2, r x 1')).toContain(
      'B read x=1, although its causal past holds that A wrote x=2',
    )
  })

  test('needs unique values and says so', () => {
    const verdict = checkCausal(programs('a: w x 1\nb: w x 1, r x 1'), register)
    expect(verdict).toMatchObject({
      answer: 'unknown',
      why: expect.stringContaining('1 was written to x more than once'),
    })
    expect(checkCausal([op('a', 'append', 'u', [0, 1])], models.kv).answer).toBe('unknown')
    expect(checkCausal([op('a', 'add', 1, [0, 1])], models.counter).answer).toBe('unknown')
  })

  test('a read of what nobody wrote is certain even where values are not unique', () => {
    expect(checkCausal(programs('a: w x 1\nb: w x 1, r x 1, r x 7'), register).answer).toBe('violated')
  })

  test('a write without an answer precedes nothing, even of its own client', () => {
    const history = [
      op('a', 'write', 1, [0]),
      op('a', 'write', 2, [10, 11]),
      op('b', 'read', 2, [20, 21]),
      op('b', 'read', 1, [30, 31]),
    ]
    expect(checkCausal(history, register).answer).toBe('holds')
  })
})

describe('session guarantees', () => {
  const broken = (text: string): readonly SessionGuarantee[] =>
    sessionGuarantees.filter(guarantee => checkSession(programs(text), register, guarantee).answer === 'violated')

  test('read your writes', () => {
    expect(broken('a: w x 1, r x nil')).toEqual(['read-your-writes'])
    expect(broken('a: w x 1, w x 2, r x 1')).toEqual(['read-your-writes'])
    expect(broken('a: w x 1, r x 2\nb: w x 2')).toEqual([])
  })

  test('monotonic reads', () => {
    expect(broken('a: w x 1\nb: r x 1, r x nil')).toEqual(['monotonic-reads'])
    expect(broken('a: w x 1, w x 2\nb: r x 2, r x 1')).toEqual(['monotonic-reads'])
    expect(broken('a: w x 1\nb: w x 2\nc: r x 2, r x 1')).toEqual([])
  })

  test('monotonic writes', () => {
    expect(broken('a: w x 1, w y 1\nb: r y 1, r x nil')).toEqual(['monotonic-writes'])
  })

  test('writes follow reads', () => {
    expect(broken('a: w x 1\nb: r x 1, w y 1\nc: r y 1, r x nil')).toEqual(['writes-follow-reads'])
  })

  test('is told in a sentence', () => {
    const verdict = checkSession(programs('a: w x 1, w x 2, r x 1'), register, 'read-your-writes')
    expect(verdict.answer === 'violated' && verdict.evidence.explanation).toBe(
      'A wrote x=2 and afterwards read the older x=1.',
    )
  })
})

describe('laws', () => {
  test('a history of a real atomic register is linearizable, sequential, causal, and keeps every session guarantee', () => {
    fc.assert(
      fc.property(atomicHistory(4, 6), history => {
        expect(checkLinearizable(history, register).answer).toBe('holds')
        expect(checkSequential(history, register).answer).toBe('holds')
        for (const variant of ['CC', 'CCv', 'CM'] as const) {
          expect(checkCausal(history, register, { variant }).answer).toBe('holds')
        }
        for (const guarantee of sessionGuarantees)
          expect(checkSession(history, register, guarantee).answer).toBe('holds')
      }),
      { numRuns: 300, seed: 41 },
    )
  })

  test('linearizable implies sequential implies causal implies the session guarantees', () => {
    const chain = (history: History) => [
      checkLinearizable(history, register).answer,
      checkSequential(history, register).answer,
      checkCausal(history, register, { variant: 'CM' }).answer,
      checkCausal(history, register, { variant: 'CCv' }).answer,
      checkCausal(history, register).answer,
      ...sessionGuarantees.map(guarantee => checkSession(history, register, guarantee).answer),
    ]
    const seen = new Set<string>()
    fc.assert(
      fc.property(uniqueHistory(3, 4), history => {
        const [linearizable, sequential, memory, convergent, plain, ...sessions] = chain(history)
        seen.add(`${linearizable} ${sequential} ${plain}`)
        if (linearizable === 'holds') expect(sequential).toBe('holds')
        if (sequential === 'holds') expect([memory, convergent]).toEqual(['holds', 'holds'])
        if (memory === 'holds' || convergent === 'holds') expect(plain).toBe('holds')
        if (plain === 'holds') for (const answer of sessions) expect(answer).toBe('holds')
      }),
      { numRuns: 3000, seed: 43 },
    )
    expect([...seen].sort()).toEqual([
      'holds holds holds',
      'violated holds holds',
      'violated violated holds',
      'violated violated violated',
    ])
  })

  test('a write that was never answered can only excuse, never accuse', () => {
    fc.assert(
      fc.property(randomHistory('register'), fc.nat(12), fc.nat(2), (history, at, value) => {
        const more = [...history, op('z', 'write', value, [at])].sort((a, b) => a.invokedUs - b.invokedUs)
        for (const check of [checkLinearizable, checkSequential]) {
          if (check(history, register).answer === 'holds') expect(check(more, register).answer).toBe('holds')
        }
      }),
      { numRuns: 1000, seed: 47 },
    )
  })

  test('what happens to other keys does not matter for linearizability', () => {
    fc.assert(
      fc.property(randomHistory('register'), randomHistory('register'), fc.nat(20), (x, y, shift) => {
        const moved = y.map((one): Operation => {
          const returnedUs = one.returnedUs === null ? null : one.returnedUs + shift
          return { ...one, key: 'y', invokedUs: one.invokedUs + shift, returnedUs }
        })
        const both = checkLinearizable([...x, ...moved], register).answer
        const alone = [x, y].map(one => checkLinearizable(one, register).answer)
        expect(both).toBe(alone.includes('violated') ? 'violated' : 'holds')
      }),
      { numRuns: 1000, seed: 53 },
    )
  })

  test('a read of a value that nobody wrote is always found', () => {
    fc.assert(
      fc.property(atomicHistory(4, 6), fc.nat(), (history, pick) => {
        const reads = history.filter(one => one.kind === 'read' && one.outcome === 'ok')
        fc.pre(reads.length > 0)
        const victim = reads[pick % reads.length] as Operation
        const mutated = history.map(one => (one === victim ? { ...one, output: 'never' } : one))
        const verdict = checkLinearizable(mutated, register)
        expect(verdict.answer === 'violated' && verdict.evidence.clash[0]).toBe(victim.id)
        expect(checkSequential(mutated, register).answer).toBe('violated')
        expect(checkCausal(mutated, register).answer).toBe('violated')
      }),
      { numRuns: 300, seed: 59 },
    )
  })
})
