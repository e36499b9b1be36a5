import { assertNever } from '../kernel/assert-never.ts'
import type { Answer, Certainty } from './grade.ts'
import { isUnderstood, type ProgressEvent, type StoredEvent } from './progress-event.ts'

export type LessonStatus = 'new' | 'started' | 'finished'

/** A prediction that was stored before its run. The first one counts: a second is no prediction any more. */
export interface PredictionState {
  readonly option: string
  readonly certainty: Certainty
  readonly at: string
  /** What the learner last said to have seen; null before. */
  readonly observed: string | null
  /** What the run showed; null while it is not known. */
  readonly truth: string | null
}

export interface AnswerState {
  readonly answer: Answer
  readonly right: boolean
  readonly certainty: Certainty
  /** How often the item was answered. */
  readonly attempts: number
  readonly at: string
}

export interface LessonProgress {
  readonly lesson: string
  readonly status: LessonStatus
  /** Ids of pages, in the order of reading. */
  readonly pagesRead: readonly string[]
  readonly predictions: ReadonlyMap<string, PredictionState>
  /** The run code that first reached each goal. */
  readonly goals: ReadonlyMap<string, { readonly code: string; readonly at: string }>
  /** The latest answer to each item. */
  readonly answers: ReadonlyMap<string, AnswerState>
  /** The strongest tip that was opened for each goal, from 1. */
  readonly tips: ReadonlyMap<string, number>
  /** The latest reflection; null for none. */
  readonly reflection: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

/** Of the predictions and first answers given with one certainty, how many were right. */
export interface CalibrationCount {
  readonly asked: number
  readonly right: number
}

export type Calibration = { readonly [C in Certainty]: CalibrationCount }

/** All that is shown of a learner's progress: a fold over the events, whatever their order. */
export interface Progress {
  /** Lessons that were begun. Use `lessonProgress` for any lesson. */
  readonly lessons: ReadonlyMap<string, LessonProgress>
  /** Where to continue; null at the very start. */
  readonly position: { readonly lesson: string; readonly page: string; readonly at: string } | null
  readonly calibration: Calibration
  readonly settings: ReadonlyMap<string, string | number | boolean>
  /** Events that this version keeps without understanding them. */
  readonly notUnderstood: number
}

interface Draft {
  readonly lesson: string
  status: LessonStatus
  readonly pagesRead: string[]
  readonly predictions: Map<string, PredictionState>
  readonly goals: Map<string, { code: string; at: string }>
  readonly answers: Map<string, AnswerState>
  readonly tips: Map<string, number>
  reflection: string | null
  startedAt: string | null
  finishedAt: string | null
}

const freshLesson = (lesson: string): Draft => ({
  lesson,
  status: 'new',
  pagesRead: [],
  predictions: new Map(),
  goals: new Map(),
  answers: new Map(),
  tips: new Map(),
  reflection: null,
  startedAt: null,
  finishedAt: null,
})

const earlier = (left: ProgressEvent, right: ProgressEvent): number => {
  if (left.at !== right.at) return left.at < right.at ? -1 : 1
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
}

/** Folds events into what is shown. The result depends on the set of events alone, not on their order. */
export const foldProgress = (events: readonly StoredEvent[]): Progress => {
  const understood = events.filter(isUnderstood).sort(earlier)
  const lessons = new Map<string, Draft>()
  const settings = new Map<string, string | number | boolean>()
  let position: Progress['position'] = null
  for (const event of understood) {
    if (event.kind === 'setting-changed') {
      settings.set(event.name, event.value)
      continue
    }
    const draft = lessons.get(event.lesson) ?? freshLesson(event.lesson)
    lessons.set(event.lesson, draft)
    if (event.kind === 'position') position = { lesson: event.lesson, page: event.page, at: event.at }
    else applyToLesson(draft, event)
    draft.startedAt ??= event.at
    if (draft.status === 'new') draft.status = 'started'
  }
  return {
    lessons,
    position,
    calibration: calibrate(understood, lessons),
    settings,
    notUnderstood: events.length - understood.length,
  }
}

type LessonEvent = Exclude<ProgressEvent, { kind: 'position' | 'setting-changed' }>

const applyToLesson = (draft: Draft, event: LessonEvent): void => {
  switch (event.kind) {
    case 'answered': {
      const attempts = (draft.answers.get(event.item)?.attempts ?? 0) + 1
      const { answer, right, certainty, at } = event
      draft.answers.set(event.item, { answer, right, certainty, attempts, at })
      return
    }
    case 'predicted': {
      if (draft.predictions.has(event.prediction)) return
      const { option, certainty, at } = event
      draft.predictions.set(event.prediction, { option, certainty, at, observed: null, truth: null })
      return
    }
    case 'observed': {
      const predicted = draft.predictions.get(event.prediction)
      if (!predicted) return
      const truth = event.truth ?? predicted.truth
      draft.predictions.set(event.prediction, { ...predicted, observed: event.option, truth })
      return
    }
    case 'goal-reached':
      if (!draft.goals.has(event.goal)) draft.goals.set(event.goal, { code: event.code, at: event.at })
      return
    case 'tip-used':
      draft.tips.set(event.goal, Math.max(event.level, draft.tips.get(event.goal) ?? 0))
      return
    case 'page-read':
      if (!draft.pagesRead.includes(event.page)) draft.pagesRead.push(event.page)
      return
    case 'lesson-finished':
      draft.status = 'finished'
      draft.finishedAt ??= event.at
      return
    case 'reflected':
      draft.reflection = event.text
      return
    default:
      assertNever(event)
  }
}

/** Counts first answers, and predictions whose truth is known. */
const calibrate = (
  events: readonly ProgressEvent[],
  lessons: ReadonlyMap<string, Pick<LessonProgress, 'predictions'>>,
): Calibration => {
  const counts = { 1: { asked: 0, right: 0 }, 2: { asked: 0, right: 0 }, 3: { asked: 0, right: 0 } }
  const count = (certainty: Certainty, right: boolean): void => {
    counts[certainty].asked += 1
    if (right) counts[certainty].right += 1
  }
  const seen = new Set<string>()
  for (const event of events) {
    if (event.kind !== 'answered') continue
    const item = `${event.lesson} ${event.item}`
    if (seen.has(item)) continue
    seen.add(item)
    count(event.certainty, event.right)
  }
  for (const { predictions } of lessons.values())
    for (const { certainty, option, truth } of predictions.values())
      if (truth !== null) count(certainty, option === truth)
  return counts
}

/** The progress of any lesson, begun or not. */
export const lessonProgress = (progress: Progress, lesson: string): LessonProgress =>
  progress.lessons.get(lesson) ?? freshLesson(lesson)

/** How many of some lessons (a track's) were begun and finished. */
export interface Tally {
  readonly lessons: number
  /** Begun, finished ones among them. */
  readonly started: number
  readonly finished: number
}

export const tally = (progress: Progress, lessons: readonly string[]): Tally => {
  const statuses = lessons.map(lesson => lessonProgress(progress, lesson).status)
  return {
    lessons: lessons.length,
    started: statuses.filter(status => status !== 'new').length,
    finished: statuses.filter(status => status === 'finished').length,
  }
}
