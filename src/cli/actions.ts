import type { LessonStatus } from '../course/progress.ts'
import type { RunReport } from './run-report.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly ascii: boolean
  readonly color: boolean
  /** Another folder of lessons; null for the course. */
  readonly lessons: string | null
  readonly verbose: boolean
}

/** Where the tutor opens. */
export type TutorStart =
  | { readonly kind: 'home' }
  | { readonly kind: 'lesson'; readonly lesson: string }
  /** Null: the sandbox as it comes, the lab's own seed. */
  | { readonly kind: 'lab'; readonly lab: string | null; readonly seed: number | null }
  | { readonly kind: 'quiz'; readonly topic: string | null }

/** One row of `netsplit list --json`, a stable form: members are added, never changed. */
export interface LessonRow {
  readonly id: string
  readonly track: string
  readonly title: string
  readonly minutes: number
  /** How many of each the lesson has. */
  readonly goals: number
  readonly quizItems: number
  readonly predictions: number
  readonly claims: number
  readonly status: LessonStatus
}

export interface TrackRow {
  readonly id: string
  readonly title: string
  readonly lessons: readonly LessonRow[]
}

/** A lab that `lab` and `run` know by name. */
export interface LabRow {
  /** A lesson's id, a protocol's name, later an atlas preset's. */
  readonly name: string
  readonly kind: 'lesson' | 'protocol' | 'preset'
  readonly title: string
}

export type RunRequest =
  | { readonly kind: 'code'; readonly code: string }
  /** `settings` as in `policy=AP`, `commands` as in `p@500 w@1000`; null for the lab's own. */
  | {
      readonly kind: 'lab'
      readonly lab: string
      readonly seed: number | null
      readonly settings: string | null
      readonly commands: string | null
    }

/** How `netsplit run` prints: for people, for programs, or the clients' history alone as a file for `netsplit check`. */
export const runFormats = ['text', 'json', 'history'] as const
export type RunFormat = (typeof runFormats)[number]

export interface RunOutcome {
  readonly report: RunReport
  /** Sentences to tell beside the report: a command that was skipped, a lab that changed since the code was made. */
  readonly notices: readonly string[]
}

/**
 * The work behind the commands, wired by the composition root. Each method may throw `UsageError`, or an error of the
 * layer that refuses (`ContentError`, `LabError`, `ScriptError`, `RunCodeError`), whose message is a sentence for the user.
 */
export interface Actions {
  /** Opens the screen; resolves when it was left. */
  openTutor(start: TutorStart): Promise<void>
  /** The course with the learner's progress. */
  tracks(): Promise<readonly TrackRow[]>
  /** What `netsplit quiz` can be about. */
  topics(): Promise<readonly string[]>
  labs(): Promise<readonly LabRow[]>
  run(request: RunRequest): Promise<RunOutcome>
}
