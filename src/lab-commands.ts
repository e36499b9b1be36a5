import { readCommands } from './lab/check-commands.ts'
import type { Command } from './lab/command.ts'
import type { Lab } from './lab/lab.ts'
import { LabError } from './lab/lab-error.ts'
import { labNames } from './lab/lab-names.ts'

/** Commands in the lab's vocabulary, as `--do` takes them. Throws LabError for what cannot be read. */
export const readLabCommands = (lab: Lab, text: string): readonly Command[] => {
  const read = readCommands(text, labNames(lab))
  if ('trouble' in read) throw new LabError([], read.trouble ?? `"${text}" cannot be read`)
  return read.commands
}
