import { describe, expect, it } from 'vitest'
import { checkClaim, claimFigure } from '../../src/lab/claim.ts'
import type { ClaimDefinition, LabDefinition } from '../../src/lab/definition.ts'
import { attempt, goalTroubles } from '../../src/lab/goal.ts'
import type { Goal, Lab } from '../../src/lab/lab.ts'
import { outcomeOf, predictionTruth } from '../../src/lab/prediction.ts'
import { resolveLab } from '../../src/lab/resolve-lab.ts'
import { Session } from '../../src/lab/session.ts'
import { wilsonInterval } from '../../src/lab/wilson.ts'
import { raftDefinition, raftLab, registerDefinition, registry } from './mini-labs.ts'

const first = <T>(list: readonly T[]): T => {
  const [one] = list
  if (one === undefined) throw new Error('the list is empty')
  return one
}

const withGoal = (definition: LabDefinition, when: Goal['when'] | object | string, solution = ''): Lab =>
  resolveLab({ ...definition, goals: [{ id: 'goal', say: 'Do it.', when: when as never, solution }] }, registry)

const quiet: LabDefinition = Object.fromEntries(
  Object.entries(registerDefinition).filter(([name]) => name !== 'workloads'),
) as unknown as LabDefinition

describe('a goal', () => {
  it('is reached by its solution and by none of its wrong attempts', () => {
    expect(goalTroubles(raftLab, first(raftLab.goals))).toEqual([])
  })

  it('says what was missing in words', () => {
    const goal = first(raftLab.goals)
    expect(attempt(raftLab, goal, 'w@1000')).toEqual({
      reached: false,
      at: null,
      reason: 'no refused-at-live-node was seen',
    })
    expect(attempt(raftLab, goal, 'w@1000 drop(n1>n2#9999)@1200').reason).toContain(
      '"drop(n1>n2#9999)@1200" was skipped: no message "n1>n2#9999" is under way',
    )
    expect(attempt(raftLab, goal, 'z@5').reason).toContain('this lab has no key "z"')
  })

  it('is told of when its solution fails or a wrong attempt succeeds', () => {
    const lab = resolveLab(
      {
        ...raftDefinition,
        goals: [{ id: 'g', say: 'x', when: 'alice ok', solution: 'b@1000', wrong: [{ do: 'w@1000', because: 'no' }] }],
      },
      registry,
    )
    expect(goalTroubles(lab, first(lab.goals))).toEqual([
      'the solution "b@1000" of the goal g does not reach it: there was no alice.',
      'the wrong attempt "w@1000" of the goal g reaches it.',
    ])
  })

  it.each([
    ['alice ok', 'w@100', true],
    ['alice.write#2 ok =B', 'w@100 w@200', true],
    ['bob.read ok =A from store', 'w@100 r@200', true],
    ['bob.read ok =A', 'r@100 w@200', false],
    [{ write: 'alice', is: 'unknown' }, 'crash(store)@50 w@100', true],
    [{ all: [{ did: 'crash' }, { node: 'store', is: 'down' }] }, 'crash(store)@50', true],
    ['store has x=A and not bob invoked', 'w@100', true],
    ['store shows asked=2', 'w@100 r@200', true],
    ['measure calls of store >= 3', 'w@100 r@200', false],
    ['measure attempts of alice max >= 2', 'drop(reply alice#1) w@100', true],
    ['lost reply alice#1', 'drop(reply alice#1) w@100', true],
    ['delivered reply alice#1', 'drop(reply alice.write#1) w@100', true],
    [{ verdict: 'linearizable', is: 'violated' }, 'w@100 r@300 corrupt(store disk/values/x/value Z)@200', true],
    [{ see: 'stale-read', by: 'bob' }, 'w@100 r@300', false],
    ['faulty', 'pause(store 100)@100', true],
  ])('%j is judged after %s', (when, script, reached) => {
    const lab = withGoal(quiet, when)
    const result = attempt(lab, first(lab.goals), script)
    expect({ ...result, at: null }).toEqual({ reached, at: null, reason: reached ? '' : expect.stringMatching(/./) })
  })

  it('counts only with the knobs that it asks for', () => {
    const lab = resolveLab(
      {
        ...raftDefinition,
        goals: [{ id: 'g', say: 'x', when: 'bob.read ok', knobs: { reads: 'local' }, solution: 'r@1000' }],
      },
      registry,
    )
    expect(goalTroubles(lab, first(lab.goals))).toEqual([])
    expect(Session.create(lab).advanceTo(1_000_000).press('r').advanceTo(2_000_000).goals).toEqual({})
    expect(Session.create(lab).advanceTo(900_000).press('m').press('r').advanceTo(2_000_000).goals.g).toMatchObject({
      atUs: expect.any(Number),
    })
  })
})

describe('a prediction', () => {
  it('has exactly the option right that its run makes true', () => {
    expect(outcomeOf(raftLab, first(raftLab.predictions))).toMatchObject({ right: 1, trouble: null })
    expect(predictionTruth(raftLab, first(raftLab.predictions))).toBe(1)
  })

  it('says so when no option, or more than one, comes true', () => {
    const predict = (truths: readonly string[]) => {
      const options = truths.map((truth, at) => ({ say: `option ${at}`, why: 'because', truth }))
      const lab = resolveLab(
        { ...quiet, predictions: [{ id: 'p', ask: '?', run: { do: 'w@100' }, options }] },
        registry,
      )
      return outcomeOf(lab, first(lab.predictions)).trouble
    }
    expect(predict(['alice fail', 'bob ok'])).toContain('no option of the prediction p holds')
    expect(predict(['alice ok', 'store has x=A'])).toContain('"option 0" and "option 1" of the prediction p all hold')
  })
})

const claimIn = (definition: LabDefinition, claim: Omit<ClaimDefinition, 'id'>) => {
  const lab = resolveLab({ ...definition, claims: [{ id: 'c', ...claim }] }, registry)
  return checkClaim(lab, first(lab.claims))
}

describe('a claim', () => {
  it('holds over all its seeds', () => {
    const results = raftLab.claims.map(claim => checkClaim(raftLab, claim))
    expect(results.map(result => [result.id, result.holds])).toEqual([
      ['majority-goes-on', true],
      ['minority-never', true],
      ['fast', true],
    ])
    expect(first(results).sentence).toBe('the claim majority-goes-on holds: wanted always, and it held in 8 of 8 runs.')
  })

  it('names a seed that refutes it', () => {
    const result = claimIn(quiet, { run: { do: 'link(alice>store loss=0.5) w@100' }, seeds: 20, expect: 'alice ok' })
    expect(result.holds).toBe(false)
    expect(result.sentence).toMatch(
      /held in \d+ of 20 runs, not for seed \d+: alice#1 \(write x\) has no answer and gave up/,
    )
  })

  it('measures a share with its interval, and holds when the share lies where it is said to', () => {
    const run = { do: 'link(alice>store loss=0.5) w@100' }
    const result = claimIn(quiet, { run, seeds: 200, expect: 'alice ok', in: [0.6, 0.9] })
    expect(result.holds).toBe(true)
    const [low, high] = first(result.variants).interval
    // One attempt and one retry, each lost half of the time.
    expect(low).toBeLessThan(0.75)
    expect(high).toBeGreaterThan(0.75)
    expect(claimFigure(result, 'percent')).toBe(first(result.variants).share * 100)
    expect(claimIn(quiet, { run, seeds: 200, expect: 'alice ok', in: 'sometimes' }).holds).toBe(true)
    expect(claimIn(quiet, { run, seeds: 200, expect: 'alice ok', in: [0.95, 1] }).holds).toBe(false)
  })

  it('is made for every variant', () => {
    const result = claimIn(quiet, {
      run: { do: 'crash($who)@50 w@100', over: { who: ['store', 'bob'] } },
      expect: 'alice ok',
    })
    expect(result.variants.map(({ label, holds }) => [label, holds])).toEqual([
      ['who=store', false],
      ['who=bob', true],
    ])
    expect(claimFigure(result, 'hits', 'who=bob')).toBe(1)
  })

  it('measures numbers over all its runs', () => {
    const result = claimIn(registerDefinition, {
      run: {},
      seeds: 5,
      measure: 'operations of carol',
      atLeast: 10,
      atMost: 10,
    })
    expect(result.holds).toBe(true)
    expect(claimFigure(result, 'value')).toBe(10)
    const rate = claimIn(registerDefinition, { run: {}, seeds: 20, measure: 'operations of bob' })
    // 20 a second for two seconds, Poisson.
    expect(claimFigure(rate, 'value')).toBeGreaterThan(36)
    expect(claimFigure(rate, 'value')).toBeLessThan(44)
  })
})

describe('the Wilson interval', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published one', (hits, trials, low, high) => {
    const [a, b] = wilsonInterval(hits, trials)
    expect(a).toBeCloseTo(low, 4)
    expect(b).toBeCloseTo(high, 4)
  })
})
