import { detectors } from '../check/phenomena/detectors.ts'
import type { PhenomenonName } from '../check/phenomenon.ts'
import type { Command } from './command.ts'
import type { Engine } from './engine.ts'
import type { Lab, Settings } from './lab.ts'
import { completeSettings, labSpec } from './lab-spec.ts'
import type { Play } from './moment.ts'

/** How a lab is to be run; what is not said is the lab's own. */
export interface PlayOptions {
  readonly seed?: number
  readonly settings?: Settings
  /** Commands given from the start, on top of the lab's own script. */
  readonly script?: readonly Command[]
  readonly endUs?: number | null
  /** Whether the trace is hashed; true where not said. */
  readonly hashing?: boolean
  /** Whether goals are looked for; true where not said. */
  readonly judging?: boolean
  /** The phenomena to look for; all where not said. */
  readonly phenomena?: readonly PhenomenonName[]
}

/** Makes a lab ready to run. */
export const playLab = (lab: Lab, engine: Engine, options: PlayOptions): Play => {
  const seed = options.seed ?? lab.seed
  const settings = completeSettings(lab, options.settings ?? {})
  const { phenomena } = options
  return {
    lab,
    spec: labSpec(lab, settings, seed),
    seed,
    settings,
    script: options.script ?? [],
    engine,
    detectors: phenomena === undefined ? detectors : detectors.filter(detector => phenomena.includes(detector.name)),
    endUs: options.endUs ?? null,
    hashing: options.hashing ?? true,
    judging: options.judging ?? true,
  }
}
