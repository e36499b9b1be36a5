import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldProgress, lessonProgress, tally } from '../../src/course/progress.ts'
import { type Happening, type StoredEvent, uniteEvents } from '../../src/course/progress-event.ts'
import { storedEvents } from './stored-events.ts'

/** Events one second apart, in the order told. */
const told = (...happenings: readonly Happening[]): StoredEvent[] =>
  happenings.map((happening, index) => ({
    id: `e${index}`,
    at: new Date(Date.UTC(2026, 0, 31, 9, 30, index)).toISOString(),
    by: 'me',
    v: 1,
    ...happening,
  }))

const lesson = 'cap/cp-or-ap'

describe('the fold over events', () => {
  test('does not depend on their order', () => {
    const shuffled = storedEvents.chain(events =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([events, others]) => {
        const left = foldProgress(events)
        const right = foldProgress(others)
        expect([...right.lessons.keys()]).toEqual([...left.lessons.keys()])
        expect(right).toEqual(left)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  test('never takes back a goal, a page or a finished lesson when more events come', () => {
    fc.assert(
      fc.property(storedEvents, storedEvents, (events, more) => {
        const fresh = more.map(event => ({ ...event, id: `more ${event.id}` }))
        const before = foldProgress(events)
        const after = foldProgress(uniteEvents(events, fresh))
        for (const [name, { goals, pagesRead, status }] of before.lessons) {
          const now = lessonProgress(after, name)
          expect([...now.goals.keys()]).toEqual(expect.arrayContaining([...goals.keys()]))
          expect(now.pagesRead).toEqual(expect.arrayContaining([...pagesRead]))
          if (status === 'finished') expect(now.status).toBe('finished')
        }
      }),
      { seed: 8, numRuns: 200 },
    )
  })

  test('a lesson is new, then started by anything that happens in it, then finished', () => {
    const events = told({ kind: 'page-read', lesson, page: 'hook' }, { kind: 'lesson-finished', lesson })
    expect(lessonProgress(foldProgress([]), lesson).status).toBe('new')
    expect(lessonProgress(foldProgress(events.slice(0, 1)), lesson).status).toBe('started')
    const done = lessonProgress(foldProgress(events), lesson)
    expect(done).toMatchObject({ status: 'finished', finishedAt: '2026-01-31T09:30:01.000Z' })
  })

  test('the first prediction counts; the observation and the truth of its run join it', () => {
    const progress = foldProgress(
      told(
        { kind: 'predicted', lesson, prediction: 'who', option: 'neither', certainty: 3 },
        { kind: 'predicted', lesson, prediction: 'who', option: 'the three', certainty: 3 },
        { kind: 'observed', lesson, prediction: 'who', option: 'the two', truth: 'the three' },
        { kind: 'observed', lesson, prediction: 'who', option: 'the three' },
      ),
    )
    expect(lessonProgress(progress, lesson).predictions.get('who')).toEqual({
      option: 'neither',
      certainty: 3,
      at: '2026-01-31T09:30:00.000Z',
      observed: 'the three',
      truth: 'the three',
    })
    expect(progress.calibration[3]).toEqual({ asked: 1, right: 0 })
  })

  test('the latest answer is shown, the first counts for calibration', () => {
    const answer = (choice: number, right: boolean, certainty: 1 | 2 | 3, attempt: number): Happening => ({
      kind: 'answered',
      lesson,
      item: 'q1',
      answer: { kind: 'choices', choices: [choice] },
      right,
      certainty,
      attempt,
    })
    const progress = foldProgress(told(answer(2, false, 3, 1), answer(0, true, 2, 2)))
    expect(lessonProgress(progress, lesson).answers.get('q1')).toMatchObject({
      answer: { kind: 'choices', choices: [0] },
      right: true,
      attempts: 2,
    })
    expect(progress.calibration).toEqual({
      1: { asked: 0, right: 0 },
      2: { asked: 0, right: 0 },
      3: { asked: 1, right: 0 },
    })
  })

  test('the first run code of a goal, the strongest tip, the latest reflection and the latest position stand', () => {
    const progress = foldProgress(
      told(
        { kind: 'goal-reached', lesson, goal: 'refused', code: 'first' },
        { kind: 'goal-reached', lesson, goal: 'refused', code: 'second' },
        { kind: 'tip-used', lesson, goal: 'refused', level: 2 },
        { kind: 'tip-used', lesson, goal: 'refused', level: 1 },
        { kind: 'reflected', lesson, text: 'old' },
        { kind: 'reflected', lesson, text: 'new' },
        { kind: 'position', lesson, page: 'predict who' },
        { kind: 'position', lesson: 'fallacies/reliable', page: 'hook' },
      ),
    )
    const { goals, tips, reflection } = lessonProgress(progress, lesson)
    expect(goals.get('refused')?.code).toBe('first')
    expect(tips.get('refused')).toBe(2)
    expect(reflection).toBe('new')
    expect(progress.position).toMatchObject({ lesson: 'fallacies/reliable', page: 'hook' })
  })

  test('events of a later version are counted and otherwise ignored', () => {
    const later: StoredEvent = {
      id: 'x',
      at: '2030-01-01T00:00:00.000Z',
      by: 'me',
      v: 9,
      kind: 'lesson-finished',
      lesson,
    }
    const progress = foldProgress([later, ...told({ kind: 'setting-changed', name: 'speed', value: 2 })])
    expect(progress.notUnderstood).toBe(1)
    expect(progress.lessons.size).toBe(0)
    expect(progress.settings.get('speed')).toBe(2)
  })

  test('a track is told by how many of its lessons were begun and finished', () => {
    const progress = foldProgress(
      told({ kind: 'lesson-finished', lesson: 'a/1' }, { kind: 'page-read', lesson: 'a/2', page: 'hook' }),
    )
    expect(tally(progress, ['a/1', 'a/2', 'a/3'])).toEqual({ lessons: 3, started: 2, finished: 1 })
  })
})
