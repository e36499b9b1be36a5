import { type DefinitionPath, LabError } from './lab-error.ts'
import { type MeasurePick, scanMeasurePick } from './measure-pick.ts'
import { Scanner, ScriptError } from './scanner.ts'

/** Reads a measure of a lab's file, `latency of alice p99`. Throws LabError with the path to it. */
export const readMeasure = (text: string, path: DefinitionPath): MeasurePick => {
  try {
    const scanner = new Scanner(text)
    const pick = scanMeasurePick(scanner)
    if (!scanner.ended) scanner.fail('the measure ends here; a statistic like p99 comes last.')
    return pick
  } catch (error) {
    if (error instanceof ScriptError) throw new LabError(path, error.message)
    throw error
  }
}
