import fc from 'fast-check'
import type { StoredEvent } from '../../src/course/progress-event.ts'

const lesson = fc.constantFrom('cap/cp-or-ap', 'start/how-to-use-the-lab', '__proto__')
const name = fc.constantFrom('p', 'q', 'constructor')
const certainty = fc.constantFrom(1, 2, 3)
const at = fc.integer({ min: 0, max: 9 }).map(second => `2026-01-31T09:30:0${second}.000Z`)
const id = fc.integer({ min: 0, max: 30 }).map(number => `e${number}`)

const happening = fc.oneof(
  fc.record({
    kind: fc.constant('answered'),
    lesson,
    item: name,
    answer: fc.constant({ kind: 'choices', choices: [1] }),
    right: fc.boolean(),
    certainty,
    attempt: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('predicted'), lesson, prediction: name, option: name, certainty }),
  fc.record({ kind: fc.constant('observed'), lesson, prediction: name, option: name, truth: name }),
  fc.record({ kind: fc.constant('goal-reached'), lesson, goal: name, code: fc.string() }),
  fc.record({ kind: fc.constant('tip-used'), lesson, goal: name, level: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('page-read'), lesson, page: name }),
  fc.record({ kind: fc.constant('lesson-finished'), lesson }),
  fc.record({ kind: fc.constant('reflected'), lesson, text: fc.string() }),
  fc.record({ kind: fc.constant('position'), lesson, page: name }),
  fc.record({ kind: fc.constant('setting-changed'), name, value: fc.boolean() }),
  fc.record({ kind: fc.constant('of-a-later-version'), weather: fc.string() }),
)

/** A set of events; ids repeat among sets with different contents, as damaged or doctored files may have it. */
export const storedEvents: fc.Arbitrary<StoredEvent[]> = fc.uniqueArray(
  fc
    .tuple(happening, id, at, fc.constantFrom(1, 1, 1, 2))
    .map(([what, eventId, time, v]): StoredEvent => ({ id: eventId, at: time, by: 'me', v, ...what })),
  { selector: event => event.id, maxLength: 20 },
)
