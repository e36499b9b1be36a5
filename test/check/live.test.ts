import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { followLive, type Live, liveAnswer, liveStart, liveVerdict } from '../../src/check/live.ts'
import { type Model, type ModelName, models } from '../../src/check/model.ts'
import type { History, Operation } from '../../src/kernel/operation.ts'
import type { TraceEvent } from '../../src/kernel/trace.ts'
import { atomicHistory, op, randomHistory } from './histories.ts'

interface Moment {
  readonly atUs: number
  readonly event: TraceEvent
  readonly history: History
}

/** A history as the screen would live through it, event by event. Operations without an answer are given up at `gaveUpUs`, if at all. */
const momentsOf = (history: History): readonly Moment[] => {
  const edges = history.flatMap(one => {
    const id = one.id
    const { kind, key, input } = one
    const call = {
      atUs: one.invokedUs,
      order: 0,
      cause: { type: 'invoke' as const, node: one.client, request: { id, kind, key, input } },
    }
    const endUs = one.returnedUs ?? one.gaveUpUs ?? null
    const completed = { type: 'completed' as const, node: one.client, op: id, outcome: one.outcome, output: one.output }
    return endUs === null
      ? [{ ...call, completed: undefined }]
      : [
          { ...call, completed: undefined },
          { atUs: endUs, order: 1, cause: undefined, completed },
        ]
  })
  edges.sort((a, b) => a.atUs - b.atUs || a.order - b.order)
  const known: Operation[] = []
  return edges.map(({ atUs, cause, completed }, index) => {
    const id = cause?.request.id ?? completed?.op
    const full = history.find(one => one.id === id) as Operation
    if (completed === undefined)
      known.push({ ...full, outcome: 'unknown', output: null, returnedUs: null, gaveUpUs: null })
    else
      known.splice(
        known.findIndex(one => one.id === id),
        1,
        full,
      )
    const effects = completed === undefined ? [] : [completed]
    const event: TraceEvent = { index, atUs, cause: cause ?? { type: 'timer', node: full.client, timer: 't' }, effects }
    return { atUs, event, history: [...known] }
  })
}

const follow = (history: History, model: Model): Live =>
  momentsOf(history).reduce((live, moment) => followLive(live, moment.event, moment, model), liveStart)

/** Gives up what was not answered, here and there. */
const givingUp = (history: History): History =>
  history.map((one, at) => (one.outcome === 'unknown' && at % 2 === 0 ? { ...one, gaveUpUs: one.invokedUs + 3 } : one))

for (const [at, name] of (Object.keys(models) as ModelName[]).entries()) {
  test(`at every moment the live verdict on a ${name} is that of the checker`, () => {
    const model = models[name]
    fc.assert(
      fc.property(randomHistory(name, 3, 4), drawn => {
        let live = liveStart
        const moments = momentsOf(givingUp(drawn))
        for (const [nth, moment] of moments.entries()) {
          live = followLive(live, moment.event, moment, model)
          // Within one moment a later call may still explain an answer.
          if (moments[nth + 1]?.atUs === moment.atUs) continue
          expect(liveAnswer(live)).toBe(checkLinearizable(moment.history, model).answer)
        }
      }),
      { numRuns: 800, seed: 61 + at },
    )
  })
}

test('longer runs of an atomic register hold all the way', () => {
  fc.assert(
    fc.property(atomicHistory(5, 30), history => {
      expect(liveAnswer(follow(givingUp(history), models.register))).toBe('holds')
    }),
    { numRuns: 60, seed: 67 },
  )
})

test('what is settled is forgotten: ten thousand operations leave a state as small as ten', () => {
  const turns = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      at % 2 === 0 ? op('a', 'write', at, [at * 10, at * 10 + 5]) : op('b', 'read', at - 1, [at * 10, at * 10 + 5]),
    )
  const size = (live: Live) => JSON.stringify([...live.objects]).length
  let live = liveStart
  const sizes: number[] = []
  for (const one of turns(2000)) {
    for (const moment of momentsOf([one])) live = followLive(live, moment.event, moment, models.register)
    sizes.push(size(live))
  }
  expect(liveAnswer(live)).toBe('holds')
  expect(Math.max(...sizes)).toBeLessThan(1500)
  expect(live.steps).toBeLessThan(12_000)
})

test('one call that stays open for long does not make every answer dearer than a bound', () => {
  const long = op('c', 'write', 'late', [1, 100_000])
  const turns = Array.from({ length: 300 }, (_, at) => op('a', 'write', at, [at * 10 + 2, at * 10 + 7]))
  const live = follow([long, ...turns], models.register)
  expect(liveAnswer(live)).toBe('holds')
  expect(live.steps).toBeLessThan(300 * 400)
})

test('an old state is the verdict of an old moment, and stays as it was', () => {
  const history = [op('a', 'write', 1, [0, 10]), op('b', 'read', 1, [20, 30]), op('b', 'read', null, [40, 50])]
  const states: Live[] = []
  for (const moment of momentsOf(history)) {
    states.push(followLive(states.at(-1) ?? liveStart, moment.event, moment, models.register))
  }
  expect(states.map(liveAnswer)).toEqual(['holds', 'holds', 'holds', 'holds', 'holds', 'violated'])
  const verdict = liveVerdict(states.at(-1) as Live, history, models.register)
  expect(verdict).toMatchObject({ answer: 'violated', evidence: { key: 'x', clash: ['b#40', 'a#0'] } })
})

test('a violation stays, whatever happens later', () => {
  const history = [
    op('a', 'write', 1, [0, 10]),
    op('b', 'read', null, [20, 30]),
    op('a', 'write', 2, [40, 50]),
    op('b', 'read', 2, [60, 70]),
  ]
  expect(liveAnswer(follow(history, models.register))).toBe('violated')
})

test('a call that its own busy client takes up later is no second call', () => {
  const history = [op('a', 'write', 1, [0, 10]), op('b', 'read', 1, [20, 30])]
  const moments = momentsOf(history)
  let live = liveStart
  for (const moment of moments) live = followLive(live, moment.event, moment, models.register)
  const last = moments.at(-1) as Moment
  const { id, kind, key, input } = history[0] as Operation
  const cause = {
    type: 'invoke' as const,
    node: history[0]?.client as never,
    request: { id, kind, key, input },
    waited: true,
  }
  expect(followLive(live, { index: 9, atUs: 40, cause, effects: [] }, last, models.register)).toBe(live)
})
