import type { Consistency, Verdict } from '../../check/verdict.ts'
import type { History } from '../../kernel/operation.ts'
import type { Session } from '../../lab/session.ts'

/** Steps of the checkers for one look at a growing history; where they do not suffice the answer is honestly unknown. */
const LIVE_BUDGET = 20_000

/** So short a history is judged anew with every change. */
const SHORT = 64
/** A longer one, while it plays, only when it has grown by this part since. */
const GROWTH = 1 / 16

interface Told {
  readonly history: History
  readonly verdict: Verdict
}

/** The last answer of each checker that goes through the whole history. */
const told = new Map<Consistency, Told>()

/** Whether the history goes on from the other and is hardly longer. An operation is the same object only in the same run. */
const hardlyGrown = (history: History, since: History): boolean =>
  since.length > SHORT &&
  since.length <= history.length &&
  history[0] === since[0] &&
  history.length - since.length < since.length * GROWTH

const verdictOf = (session: Session, consistency: Consistency, playing: boolean): Verdict => {
  if (consistency === 'linearizable') return session.verdict(consistency, LIVE_BUDGET)
  const { history } = session
  const last = told.get(consistency)
  if (playing && last !== undefined && hardlyGrown(history, last.history)) return last.verdict
  const verdict = session.verdict(consistency, LIVE_BUDGET)
  told.set(consistency, { history, verdict })
  return verdict
}

/**
 * The checkers' answers for the verdict pane. Linearizability is followed live. Whatever has to go through the whole history is asked
 * again, in a long run that plays, only when there is enough that is new; as soon as the run stands still, the answer is exact.
 */
export const verdictsOf = (session: Session, playing: boolean): readonly Verdict[] =>
  session.lab.verdicts.map(each => verdictOf(session, each, playing))
