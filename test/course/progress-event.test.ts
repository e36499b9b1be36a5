import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventId, isUnderstood, type StoredEvent, uniteEvents } from '../../src/course/progress-event.ts'
import { canonicalJson } from '../../src/kernel/json.ts'
import { storedEvents } from './stored-events.ts'

const setOf = (events: readonly StoredEvent[]): string[] => events.map(canonicalJson).sort()

describe('uniting sets of events', () => {
  const laws = { seed: 20_260_131, numRuns: 300 }

  test('is idempotent, and hands back the same set when nothing is new', () => {
    fc.assert(
      fc.property(storedEvents, events => {
        const once = uniteEvents(events, events)
        expect(uniteEvents(once, once)).toBe(once)
        expect(uniteEvents(once, events)).toBe(once)
      }),
      laws,
    )
  })

  test('is commutative, even when two copies tell one id differently', () => {
    fc.assert(
      fc.property(storedEvents, storedEvents, (left, right) => {
        expect(setOf(uniteEvents(left, right))).toEqual(setOf(uniteEvents(right, left)))
      }),
      laws,
    )
  })

  test('is associative', () => {
    fc.assert(
      fc.property(storedEvents, storedEvents, storedEvents, (a, b, c) => {
        const left = uniteEvents(uniteEvents(a, b), c)
        const right = uniteEvents(a, uniteEvents(b, c))
        expect(setOf(left)).toEqual(setOf(right))
      }),
      laws,
    )
  })

  test('loses no id and invents none', () => {
    fc.assert(
      fc.property(storedEvents, storedEvents, (left, right) => {
        const ids = new Set([...left, ...right].map(event => event.id))
        expect(new Set(uniteEvents(left, right).map(event => event.id))).toEqual(ids)
      }),
      laws,
    )
  })
})

describe('ids', () => {
  test('what can happen only once names itself, everything else takes the given id', () => {
    expect(eventId({ kind: 'goal-reached', lesson: 'cap/cp-or-ap', goal: 'refused', code: 'c' }, 'u')).toBe(
      'goal-reached cap/cp-or-ap refused',
    )
    expect(eventId({ kind: 'page-read', lesson: 'a/b', page: 'hook' }, 'u')).toBe('page-read a/b hook')
    expect(eventId({ kind: 'tip-used', lesson: 'a/b', goal: 'g', level: 2 }, 'u')).toBe('tip-used a/b g 2')
    expect(eventId({ kind: 'lesson-finished', lesson: 'a/b' }, 'u')).toBe('lesson-finished a/b')
    expect(eventId({ kind: 'reflected', lesson: 'a/b', text: 'x' }, 'u')).toBe('u')
  })
})

describe('understanding a stored event', () => {
  const stamp = { id: 'e', at: '2026-01-31T09:30:00.000Z', by: 'me', v: 1 }
  const understood: readonly StoredEvent[] = [
    { ...stamp, kind: 'lesson-finished', lesson: 'a/b' },
    { ...stamp, kind: 'observed', lesson: 'a/b', prediction: 'p', option: 'o' },
    {
      ...stamp,
      kind: 'answered',
      lesson: 'a/b',
      item: 'q',
      answer: { kind: 'order', order: [2, 0, 1] },
      right: false,
      certainty: 3,
      attempt: 1,
    },
    { ...stamp, kind: 'setting-changed', name: 'speed', value: 2 },
  ]
  test.each(understood)('$kind is understood', event => {
    expect(isUnderstood(event)).toBe(true)
  })

  const kept: readonly [string, StoredEvent][] = [
    ['a later version', { ...stamp, v: 2, kind: 'lesson-finished', lesson: 'a/b' }],
    ['an unknown kind', { ...stamp, kind: 'reviewed', lesson: 'a/b' }],
    ['a kind that is a member of every object', { ...stamp, kind: 'constructor' }],
    ['a time that is none', { ...stamp, at: 'yesterday', kind: 'lesson-finished', lesson: 'a/b' }],
    ['a lesson that is no text', { ...stamp, kind: 'lesson-finished', lesson: 7 }],
    [
      'a certainty out of range',
      { ...stamp, kind: 'predicted', lesson: 'a/b', prediction: 'p', option: 'o', certainty: 4 },
    ],
    ['nothing but an id', { id: 'e' }],
  ]
  test.each(kept)('%s is not', (_, event) => {
    expect(isUnderstood(event)).toBe(false)
  })
})
