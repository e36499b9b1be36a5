/** What is known of a question so far: it holds, it is violated, or nothing certain can be said (yet). */
export type Answer = 'holds' | 'violated' | 'unknown'

/** A question put to a checker, and its answer. */
export interface Judgement {
  /** `linearizable`, `converged`, ... */
  readonly question: string
  readonly answer: Answer
  /** A few words behind the sign: `so far`, `n1 n2`, `too many open operations`; empty for none. */
  readonly words: string
}

/** One number of the score board. */
export interface Score {
  readonly label: string
  readonly count: number
  /** A count above zero is harm: shown in the colour of violations. */
  readonly harm: boolean
  /** Changed at the latest event. */
  readonly fresh: boolean
}

/** One thing that was seen to happen. */
export interface Finding {
  readonly name: string
  readonly atUs: number
  /** One or two sentences with names, values and times. */
  readonly evidence: string
  /** False while later events could take it back. */
  readonly final: boolean
  readonly harm: boolean
}

/** What the checkers say of the run so far. */
export interface VerdictView {
  readonly judgements: readonly Judgement[]
  readonly scores: readonly Score[]
  /** Earliest first. */
  readonly findings: readonly Finding[]
  /** Which finding is explained; null for the latest. */
  readonly selected: number | null
}
