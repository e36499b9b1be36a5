import { readCommands } from './lab/check-commands.ts'
import type { Command } from './lab/command.ts'
import type { Lab, Settings } from './lab/lab.ts'
import { LabError, suggestion } from './lab/lab-error.ts'
import { labNames } from './lab/lab-names.ts'

/** Commands in the lab's vocabulary, as `--do` takes them. Throws LabError for what cannot be read. */
export const readLabCommands = (lab: Lab, text: string): readonly Command[] => {
  const read = readCommands(text, labNames(lab))
  if ('trouble' in read) throw new LabError([], read.trouble ?? `"${text}" cannot be read`)
  return read.commands
}

/** Knobs as `--set` takes them, `policy=AP conflict=siblings`. Throws LabError for a knob or a value that is not there. */
export const readLabSettings = (lab: Lab, text: string): Settings => {
  const words = text.split(/[\s,]+/).filter(word => word !== '')
  const entries = words.map((word): readonly [string, string] => {
    const at = word.indexOf('=')
    const knob = lab.knobs.find(candidate => candidate.name === word.slice(0, at))
    if (at < 1 || knob === undefined) {
      const names = lab.knobs.map(({ name }) => name)
      throw new LabError(
        [],
        `"${word}" sets no knob of ${lab.id}; write knob=value, ${suggestion(word.split('=')[0] ?? '', names)}`,
      )
    }
    const value = word.slice(at + 1)
    const values = knob.values.map(({ name }) => name)
    if (!values.includes(value))
      throw new LabError([], `the knob ${knob.name} has no value "${value}"; ${suggestion(value, values)}`)
    return [knob.name, value]
  })
  return Object.fromEntries(entries)
}
