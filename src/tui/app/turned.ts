import type { LessonTurn } from '../screens/lesson-turn.ts'
import type { Effect } from './message.ts'
import { closed, type Model, withShown } from './model.ts'

/** The program after a message, and what is to be done at the edge. */
export type Updated = readonly [Model, readonly Effect[]]

/** The lesson after a turn: what happened is recorded first, then the screen goes on. */
export const turned = (model: Model, { state, happenings, leaves }: LessonTurn): Updated => {
  const next = leaves ? closed(model) : withShown(model, { kind: 'lesson', state })
  return [next, happenings.length === 0 ? [] : [{ type: 'record', happenings }]]
}
