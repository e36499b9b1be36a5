import type { Phenomenon } from '../check/phenomenon.ts'
import type { Verdict } from '../check/verdict.ts'
import type { History } from '../kernel/operation.ts'
import type { Trace } from '../kernel/trace.ts'

/** A goal of the lab, and whether the run reached it. */
export interface GoalReport {
  readonly id: string
  readonly say: string
  readonly reached: boolean
  /** When it was reached; null where it was not. */
  readonly atUs: number | null
}

/** What `netsplit run --format json` prints, a stable form: members are added, never changed. */
export interface RunReport {
  /** The run code that repeats this run. */
  readonly code: string
  readonly lab: string
  readonly seed: number
  /** Simulated time at the end of the run, microseconds. */
  readonly nowUs: number
  readonly trace: Trace
  readonly history: History
  readonly phenomena: readonly Phenomenon[]
  readonly verdicts: readonly Verdict[]
  readonly goals: readonly GoalReport[]
}
