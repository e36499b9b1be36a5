import type { PhenomenonName } from '../check/phenomenon.ts'
import type { Lab, LabRun } from './lab.ts'
import { type RunResult, runLab } from './run-lab.ts'

/** What of a run a question needs: what is left out is not computed. */
export interface Needs {
  readonly phenomena: readonly PhenomenonName[]
  readonly judging: boolean
}

/** Makes a run of the lab's definition, by this seed or its own. Verdicts are asked for through the result's scene. */
export const runOf = (lab: Lab, run: LabRun, needs: Needs, seed: number = run.seed): RunResult =>
  runLab(lab, seed, run.commands, {
    settings: run.settings,
    endUs: run.untilUs,
    hashing: false,
    budget: 0,
    judging: needs.judging,
    phenomena: needs.phenomena,
  })
