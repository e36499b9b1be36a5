import { checkCausal } from '../check/causal.ts'
import { checkLinearizable } from '../check/linearizable.ts'
import { models } from '../check/model.ts'
import { modelFor } from '../check/partition.ts'
import { checkSequential } from '../check/sequential.ts'
import { checkSession } from '../check/sessions.ts'
import type { Consistency, Verdict } from '../check/verdict.ts'
import { assertNever } from '../kernel/assert-never.ts'
import type { Json } from '../kernel/json.ts'
import type { History } from '../kernel/operation.ts'

/** Asks a checker about a whole history, with at most `budget` steps where it counts them. */
export const judge = (consistency: Consistency, history: History, initial: Json, budget: number): Verdict => {
  const model = modelFor(history) ?? models.register
  const start = initial === null ? {} : { initial }
  switch (consistency) {
    case 'linearizable':
      return checkLinearizable(history, model, { ...start, budget })
    case 'sequential':
      return checkSequential(history, model, { ...start, budget })
    case 'causal':
      return checkCausal(history, model, start)
    case 'read-your-writes':
    case 'monotonic-reads':
    case 'monotonic-writes':
    case 'writes-follow-reads':
      return initial === null
        ? checkSession(history, model, consistency)
        : checkSession(history, model, consistency, initial)
    default:
      return assertNever(consistency)
  }
}
