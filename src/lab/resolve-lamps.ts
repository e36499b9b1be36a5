import { conditionTrouble, type LabNames } from './check-commands.ts'
import type { LabDefinition } from './definition.ts'
import type { Lamp } from './lab.ts'
import { LabError } from './lab-error.ts'
import { readCondition } from './read-condition.ts'

/** The promises that a lab keeps in sight. Throws LabError. */
export const resolveLamps = ({ lamps = [] }: LabDefinition, names: LabNames): readonly Lamp[] =>
  lamps.map(({ say, out }, index) => {
    const path = ['lamps', index, 'out']
    const condition = readCondition(out, path)
    const trouble = conditionTrouble(condition, names)
    if (trouble !== null) throw new LabError(path, trouble)
    return { say, out: condition }
  })
