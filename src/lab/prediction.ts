import { conditionHolds, phenomenaIn } from './condition-holds.ts'
import { whyNot } from './explain-condition.ts'
import type { Lab, Prediction } from './lab.ts'
import type { RunResult } from './run-lab.ts'
import { runOf } from './run-of.ts'

/** What a prediction's run says about its options. */
export interface Outcome {
  /** The option that came true, by its place from 0; null unless exactly one did. */
  readonly right: number | null
  /** All options whose truth holds at the end of the run. */
  readonly holding: readonly number[]
  /** What is wrong with the prediction as its author wrote it, or null. */
  readonly trouble: string | null
  readonly run: RunResult
}

const troubleOf = (prediction: Prediction, holding: readonly number[], run: RunResult): string | null => {
  if (holding.length === 1) return null
  if (holding.length > 1) {
    const said = holding.map(at => `"${prediction.options[at]?.say}"`).join(' and ')
    return `${said} of the prediction ${prediction.id} all hold at the end of its run; only one option may be true.`
  }
  const reasons = prediction.options.flatMap(option =>
    option.truth === null ? [] : [`"${option.say}": ${whyNot(option.truth, run.scene)}`],
  )
  return reasons.length === 0
    ? `no option of the prediction ${prediction.id} says what is true of its run; give the right one a truth.`
    : `no option of the prediction ${prediction.id} holds at the end of its run; ${reasons.join('; ')}.`
}

/** Makes the prediction's run and looks which option came true. The truth is checked against the run, never trusted. */
export const outcomeOf = (lab: Lab, prediction: Prediction): Outcome => {
  const phenomena = prediction.options.flatMap(({ truth }) => (truth === null ? [] : phenomenaIn(truth)))
  const run = runOf(lab, prediction.run, { phenomena, judging: false })
  const holding = prediction.options.flatMap(({ truth }, at) =>
    truth !== null && conditionHolds(truth, run.scene) ? [at] : [],
  )
  const right = holding.length === 1 ? (holding[0] ?? null) : null
  return { right, holding, trouble: troubleOf(prediction, holding, run), run }
}

/** The options whose truth holds at the end of the prediction's run, by number. A sound prediction has exactly one. */
export const trueOptions = (lab: Lab, prediction: Prediction): readonly number[] => outcomeOf(lab, prediction).holding

/** The option that the run proves right; -1 when none is. The truth is computed, never written down. */
export const predictionTruth = (lab: Lab, prediction: Prediction): number => trueOptions(lab, prediction)[0] ?? -1
