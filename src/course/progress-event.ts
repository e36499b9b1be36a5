import { canonicalJson, type Json } from '../kernel/json.ts'
import type { Answer, Certainty } from './grade.ts'

/** The version of the event vocabulary that this netsplit writes. Events with a higher `v` are kept and not understood. */
export const eventVersion = 1

/** What happened, as the learner's side of the course tells it. Lessons, items, goals and pages are named by stable ids. */
export type Happening =
  | {
      readonly kind: 'answered'
      readonly lesson: string
      readonly item: string
      readonly answer: Answer
      readonly right: boolean
      readonly certainty: Certainty
      /** 1 for the first time that this item was answered. Only first attempts count for calibration. */
      readonly attempt: number
    }
  | {
      readonly kind: 'predicted'
      readonly lesson: string
      readonly prediction: string
      readonly option: string
      readonly certainty: Certainty
    }
  | {
      readonly kind: 'observed'
      readonly lesson: string
      readonly prediction: string
      /** What the learner says to have seen. */
      readonly option: string
      /** What the run showed, where it decides among the options. */
      readonly truth?: string
    }
  /** `code` is the run code of the run that reached it. */
  | { readonly kind: 'goal-reached'; readonly lesson: string; readonly goal: string; readonly code: string }
  | { readonly kind: 'tip-used'; readonly lesson: string; readonly goal: string; readonly level: number }
  | { readonly kind: 'page-read'; readonly lesson: string; readonly page: string }
  | { readonly kind: 'lesson-finished'; readonly lesson: string }
  | { readonly kind: 'reflected'; readonly lesson: string; readonly text: string }
  /** Where to continue. The latest one counts. */
  | { readonly kind: 'position'; readonly lesson: string; readonly page: string }
  | { readonly kind: 'setting-changed'; readonly name: string; readonly value: string | number | boolean }

/** Who tells an event, and when. */
export type Stamp = {
  readonly id: string
  /** Time of the wall clock, ISO 8601 in UTC with milliseconds: `2026-01-31T09:30:00.000Z`. */
  readonly at: string
  /** The installation's own id. */
  readonly by: string
  readonly v: number
}

export type ProgressEvent = Stamp & Happening

/** An event as it is stored: perhaps of a later version, of which nothing is known but that it has an id. */
export interface StoredEvent {
  readonly id: string
  readonly [member: string]: Json | undefined
}

/**
 * The id of an event. What can only happen once in a course (a page read, a goal reached, a tip opened, a lesson
 * finished) is named by itself, so that the same thing told twice, or by two installations, is one event; everything
 * else takes `unique`, which the caller never uses twice.
 */
export const eventId = (happening: Happening, unique: string): string => {
  switch (happening.kind) {
    case 'page-read':
      return `page-read ${happening.lesson} ${happening.page}`
    case 'goal-reached':
      return `goal-reached ${happening.lesson} ${happening.goal}`
    case 'tip-used':
      return `tip-used ${happening.lesson} ${happening.goal} ${happening.level}`
    case 'lesson-finished':
      return `lesson-finished ${happening.lesson}`
    default:
      return unique
  }
}

type Check = (value: unknown) => boolean

const isText: Check = value => typeof value === 'string'
const isCount: Check = value => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isCertainty: Check = value => value === 1 || value === 2 || value === 3
const isTruthValue: Check = value => typeof value === 'boolean'
const isSetting: Check = value => isText(value) || isTruthValue(value) || Number.isFinite(value)
const isCounts: Check = value => Array.isArray(value) && value.every(isCount)

const isAnswer: Check = value => {
  if (typeof value !== 'object' || value === null) return false
  const answer = value as Record<string, unknown>
  switch (answer.kind) {
    case 'choices':
      return isCounts(answer.choices)
    case 'order':
      return isCounts(answer.order)
    case 'number':
      return Number.isFinite(answer.value)
    default:
      return false
  }
}

type Members<H> = H extends Happening ? { readonly [M in Exclude<keyof H, 'kind'>]-?: Check } : never
type Table = { readonly [K in Happening['kind']]: Members<Extract<Happening, { kind: K }>> }

const table: Table = {
  answered: {
    lesson: isText,
    item: isText,
    answer: isAnswer,
    right: isTruthValue,
    certainty: isCertainty,
    attempt: isCount,
  },
  predicted: { lesson: isText, prediction: isText, option: isText, certainty: isCertainty },
  observed: {
    lesson: isText,
    prediction: isText,
    option: isText,
    truth: value => value === undefined || isText(value),
  },
  'goal-reached': { lesson: isText, goal: isText, code: isText },
  'tip-used': { lesson: isText, goal: isText, level: isCount },
  'page-read': { lesson: isText, page: isText },
  'lesson-finished': { lesson: isText },
  reflected: { lesson: isText, text: isText },
  position: { lesson: isText, page: isText },
  'setting-changed': { name: isText, value: isSetting },
}

const checks: ReadonlyMap<unknown, readonly (readonly [string, Check])[]> = new Map(
  Object.entries(table).map(([kind, members]) => [kind, Object.entries(members as { [member: string]: Check })]),
)

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Tells an event that this version understands from one that it only keeps. */
export const isUnderstood = (event: StoredEvent): event is ProgressEvent & StoredEvent => {
  if (typeof event.v !== 'number' || event.v > eventVersion) return false
  if (typeof event.at !== 'string' || !isoTime.test(event.at) || typeof event.by !== 'string') return false
  return checks.get(event.kind)?.every(([member, check]) => check(event[member])) ?? false
}

const orderOf = (event: StoredEvent): string => (typeof event.at === 'string' ? event.at : '')

/** Of two events with one id, the one that every copy keeps: the earlier; at the same time the lesser text. */
const survivor = (left: StoredEvent, right: StoredEvent): StoredEvent => {
  if (left === right) return left
  const leftTime = orderOf(left)
  const rightTime = orderOf(right)
  if (leftTime !== rightTime) return leftTime < rightTime ? left : right
  // Equal texts: the left one, so that nothing seems to have changed.
  return canonicalJson(left) <= canonicalJson(right) ? left : right
}

/**
 * The union of two grow-only sets of events: idempotent, commutative, associative, whatever the events hold.
 * `left` holds every id once (it is a union itself, or empty) and is returned as it is when `right` brings nothing new.
 * The order is that of first appearance and has no meaning.
 */
export const uniteEvents = (left: readonly StoredEvent[], right: readonly StoredEvent[]): readonly StoredEvent[] => {
  const incoming = new Map<string, StoredEvent>()
  for (const event of right) incoming.set(event.id, survivor(incoming.get(event.id) ?? event, event))
  let united: StoredEvent[] | undefined
  left.forEach((event, index) => {
    const other = incoming.get(event.id)
    if (other === undefined) return
    incoming.delete(event.id)
    if (survivor(event, other) === event) return
    united ??= [...left]
    united[index] = other
  })
  return incoming.size === 0 ? (united ?? left) : [...(united ?? left), ...incoming.values()]
}
