import type { RequestId } from '../kernel/ids.ts'
import type { Operation } from '../kernel/operation.ts'

/** What a checker was asked. */
export type Consistency =
  | 'linearizable'
  | 'sequential'
  | 'causal'
  | 'read-your-writes'
  | 'monotonic-reads'
  | 'monotonic-writes'
  | 'writes-follow-reads'

/** The operations that clash, and what is wrong with them in words that a learner can follow. */
export interface Evidence {
  readonly ops: readonly Operation[]
  readonly key: string
  /** The operations that cannot all be explained; the first is the one that broke it. */
  readonly clash: readonly RequestId[]
  readonly explanation: string
}

/** A checker's answer. `unknown` is honest: the budget of steps ran out, or the question does not fit the history. */
export type Verdict =
  | { readonly answer: 'holds'; readonly consistency: Consistency; readonly steps: number }
  | {
      readonly answer: 'violated'
      readonly consistency: Consistency
      readonly steps: number
      readonly evidence: Evidence
    }
  | { readonly answer: 'unknown'; readonly consistency: Consistency; readonly steps: number; readonly why: string }
