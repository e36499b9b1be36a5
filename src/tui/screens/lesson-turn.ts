import type { Happening } from '../../course/progress-event.ts'
import type { LessonState } from './lesson-state.ts'

/** A lesson after a key: what is to be recorded before anything of it is shown, and whether the learner leaves. */
export interface LessonTurn {
  readonly state: LessonState
  readonly happenings: readonly Happening[]
  readonly leaves: boolean
}

/** A key and what it types. */
export interface KeyPress {
  readonly id: string
  readonly text?: string
}

/** A turn that may have nothing to record. */
export const turn = (state: LessonState, happenings: readonly Happening[] = [], leaves = false): LessonTurn => ({
  state,
  happenings,
  leaves,
})
