import type { Json } from '../kernel/json.ts'
import { conditionTrouble, type LabNames } from './check-commands.ts'
import type { Condition } from './condition.ts'
import type { ClaimDefinition, GoalDefinition, LabDefinition, PredictionDefinition } from './definition.ts'
import type { Claim, Goal, Lab, Prediction } from './lab.ts'
import { type DefinitionPath, LabError } from './lab-error.ts'
import { readCondition } from './read-condition.ts'
import { readMeasure } from './read-measure.ts'
import { checkedSettings, resolveRun, resolveRuns } from './resolve-runs.ts'

type Core = Pick<Lab, 'seed' | 'untilUs'>

const condition = (definition: Json, names: LabNames, path: DefinitionPath): Condition => {
  const read = readCondition(definition, path)
  const trouble = conditionTrouble(read, names)
  if (trouble !== null) throw new LabError(path, trouble)
  return read
}

const checkIds = (list: readonly { readonly id: string }[], where: string): void => {
  const seen = new Set<string>()
  for (const [index, { id }] of list.entries()) {
    if (!/^[a-z0-9-]+$/.test(id))
      throw new LabError([where, index, 'id'], `"${id}" is no id; use lower-case letters, digits and dashes.`)
    if (seen.has(id))
      throw new LabError(
        [where, index, 'id'],
        `the id "${id}" is there twice; ids name saved progress, so each is used once.`,
      )
    seen.add(id)
  }
}

const prediction = (own: PredictionDefinition, core: Core, names: LabNames, path: DefinitionPath): Prediction => ({
  id: own.id,
  ask: own.ask,
  run: resolveRun(own.run, core, names, [...path, 'run']),
  watch: own.watch ?? 'space-time',
  options: own.options.map((option, index) => ({
    say: option.say,
    why: option.why,
    truth: option.truth === undefined ? null : condition(option.truth, names, [...path, 'options', index, 'truth']),
    misconceptions: option.misconceptions ?? [],
  })),
})

const goal = (own: GoalDefinition, core: Core, names: LabNames, path: DefinitionPath): Goal => {
  const settings = checkedSettings(own.knobs ?? {}, names, [...path, 'knobs'])
  const solution = typeof own.solution === 'string' ? { do: own.solution } : own.solution
  return {
    id: own.id,
    say: own.say,
    when: condition(own.when, names, [...path, 'when']),
    settings,
    tips: own.tips ?? [],
    solution: resolveRun({ ...solution, knobs: { ...settings, ...solution.knobs } }, core, names, [
      ...path,
      'solution',
    ]),
    wrong: (own.wrong ?? []).map(({ because, ...run }, index) => ({
      because,
      run: resolveRun({ ...run, knobs: { ...settings, ...run.knobs } }, core, names, [...path, 'wrong', index]),
    })),
  }
}

const claim = (own: ClaimDefinition, core: Core, names: LabNames, path: DefinitionPath): Claim => {
  if (own.expect === undefined && own.measure === undefined) {
    throw new LabError(path, `the claim ${own.id} says nothing; give it expect (a condition) or measure (a number).`)
  }
  const seeds = own.seeds ?? 1
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new LabError([...path, 'seeds'], 'seeds is a whole number from 1 on.')
  return {
    id: own.id,
    say: own.say ?? '',
    runs: resolveRuns(own.run, core, names, [...path, 'run']),
    seeds,
    expect: own.expect === undefined ? null : condition(own.expect, names, [...path, 'expect']),
    share: own.in ?? 'always',
    measure: own.measure === undefined ? null : readMeasure(own.measure, [...path, 'measure']),
    atLeast: own.atLeast ?? null,
    atMost: own.atMost ?? null,
  }
}

/** The predictions, goals and claims of a lab. */
export const resolveTasks = (
  definition: LabDefinition,
  core: Core,
  names: LabNames,
): Pick<Lab, 'predictions' | 'goals' | 'claims'> => {
  const { predictions = [], goals = [], claims = [] } = definition
  checkIds(predictions, 'predictions')
  checkIds(goals, 'goals')
  checkIds(claims, 'claims')
  return {
    predictions: predictions.map((own, index) => prediction(own, core, names, ['predictions', index])),
    goals: goals.map((own, index) => goal(own, core, names, ['goals', index])),
    claims: claims.map((own, index) => claim(own, core, names, ['claims', index])),
  }
}
