import { conditionHolds } from './condition-holds.ts'
import type { Lab, Prediction } from './lab.ts'
import { runLab } from './run-lab.ts'

/** The options whose truth holds at the end of the prediction's run, by number. A sound prediction has exactly one. */
export const trueOptions = (lab: Lab, prediction: Prediction): readonly number[] => {
  const { run } = prediction
  const { scene } = runLab(lab, run.seed, run.commands, {
    settings: run.settings,
    endUs: run.untilUs,
    budget: 0,
    judging: false,
  })
  return prediction.options.flatMap(({ truth }, index) =>
    truth !== null && conditionHolds(truth, scene) ? [index] : [],
  )
}

/** The option that the run proves right; -1 when none is. The truth is computed, never written down. */
export const predictionTruth = (lab: Lab, prediction: Prediction): number => trueOptions(lab, prediction)[0] ?? -1
