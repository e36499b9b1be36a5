import { readCommands } from '../../lab/check-commands.ts'
import type { Lab } from '../../lab/lab.ts'
import { labNames } from '../../lab/lab-names.ts'
import { type RunResult, runLab } from '../../lab/run-lab.ts'

/** Makes a run for a question. Throws when the commands cannot be read: they are the generator's own. */
export const madeRun = (lab: Lab, commands: string, seed: number): RunResult => {
  const read = readCommands(commands, labNames(lab))
  if ('trouble' in read) throw new Error(`${lab.id}: ${read.trouble}`)
  return runLab(lab, seed, read.commands, { budget: 0, phenomena: [], judging: false, hashing: false })
}
