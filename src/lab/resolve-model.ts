import { type ModelName, models } from '../check/model.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { Command } from './command.ts'
import type { LabDefinition } from './definition.ts'
import type { Lab } from './lab.ts'
import { LabError, suggestion } from './lab-error.ts'

const NAMES: readonly ModelName[] = ['register', 'kv', 'counter', 'set']

const kindsOf = (commands: readonly Command[]): readonly OperationKind[] =>
  commands.flatMap(command => (command.do.verb === 'request' ? [command.do.kind] : []))

/** The object that the checkers take each key for: the one named, or the first that has all kinds of operations of the lab. */
export const resolveModel = (
  definition: LabDefinition,
  lab: Pick<Lab, 'keys' | 'script' | 'workloads' | 'goals' | 'claims' | 'predictions'>,
): ModelName => {
  const { model } = definition
  if (model !== undefined) {
    if (NAMES.includes(model)) return model
    throw new LabError(['model'], `"${model}" is no model of an object; ${suggestion(model, NAMES)}`)
  }
  const runs = [
    ...lab.goals.map(goal => goal.solution),
    ...lab.claims.flatMap(claim => claim.runs),
    ...lab.predictions.map(prediction => prediction.run),
  ]
  const kinds = [
    ...lab.keys.flatMap(key => kindsOf(key.commands)),
    ...kindsOf(lab.script),
    ...lab.workloads.flatMap(load => load.mix.map(({ kind }) => kind)),
    ...runs.flatMap(run => kindsOf(run.commands)),
  ]
  return NAMES.find(name => kinds.every(kind => models[name].kinds.includes(kind))) ?? 'register'
}
