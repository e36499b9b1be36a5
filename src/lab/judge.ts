import { checkLinearizable } from '../check/linearizable.ts'
import { models } from '../check/model.ts'
import { modelFor } from '../check/partition.ts'
import type { Consistency, Verdict } from '../check/verdict.ts'
import type { Json } from '../kernel/json.ts'
import type { History } from '../kernel/operation.ts'

/** Asks a checker about a whole history, with at most `budget` steps. */
export const judge = (consistency: Consistency, history: History, initial: Json, budget: number): Verdict => {
  const model = modelFor(history) ?? models.register
  switch (consistency) {
    case 'linearizable':
      return checkLinearizable(history, model, { ...(initial === null ? {} : { initial }), budget })
    default:
      return { answer: 'unknown', consistency, steps: 0, why: 'No checker for it is at hand.' }
  }
}
