import type { LabNames } from './check-commands.ts'
import { readCommands } from './check-commands.ts'
import type { RunDefinition } from './definition.ts'
import type { Lab, LabRun, Settings } from './lab.ts'
import { type DefinitionPath, LabError, suggestion } from './lab-error.ts'

type LabCore = Pick<Lab, 'seed' | 'untilUs'>

/** Checks that every knob and value exists. */
export const checkedSettings = (settings: Settings, names: LabNames, path: DefinitionPath): Settings => {
  for (const [knob, value] of Object.entries(settings)) {
    const values = Object.hasOwn(names.knobs, knob) ? names.knobs[knob] : undefined
    if (values === undefined) {
      throw new LabError([...path, knob], `there is no knob "${knob}"; ${suggestion(knob, Object.keys(names.knobs))}`)
    }
    if (!values.includes(value)) {
      throw new LabError([...path, knob], `the knob ${knob} has no value "${value}"; ${suggestion(value, values)}`)
    }
  }
  return settings
}

/** Every combination of the values, the first name varying slowest. */
const combinations = (over: { readonly [name: string]: readonly string[] }): readonly Settings[] =>
  Object.entries(over).reduce<readonly Settings[]>(
    (sofar, [name, values]) => sofar.flatMap(one => values.map(value => ({ ...one, [name]: value }))),
    [{}],
  )

const resolveVariant = (
  run: RunDefinition,
  chosen: Settings,
  core: LabCore,
  names: LabNames,
  path: DefinitionPath,
): LabRun => {
  const isKnob = (name: string): boolean => Object.hasOwn(names.knobs, name)
  const knobs = Object.fromEntries(Object.entries(chosen).filter(([name]) => isKnob(name)))
  const settings = checkedSettings({ ...run.knobs, ...knobs }, names, [...path, 'knobs'])
  let text = run.do ?? ''
  for (const [name, value] of Object.entries(chosen)) if (!isKnob(name)) text = text.replaceAll(`$${name}`, value)
  const read = readCommands(text, names)
  if ('trouble' in read) throw new LabError([...path, 'do'], read.trouble)
  return {
    label: Object.entries(chosen)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    settings,
    commands: read.commands,
    text,
    seed: run.seed ?? core.seed,
    untilUs: run.untilMs === undefined ? core.untilUs : Math.round(run.untilMs * 1000),
  }
}

/** A run of a definition, once for every variant. */
export const resolveRuns = (
  run: RunDefinition,
  core: LabCore,
  names: LabNames,
  path: DefinitionPath,
): readonly LabRun[] => {
  for (const [name, values] of Object.entries(run.over ?? {})) {
    if (values.length === 0) throw new LabError([...path, 'over', name], `"${name}" has no values; list at least one.`)
  }
  return combinations(run.over ?? {}).map(chosen => resolveVariant(run, chosen, core, names, path))
}

/** A run that has no variants. */
export const resolveRun = (run: RunDefinition, core: LabCore, names: LabNames, path: DefinitionPath): LabRun => {
  const [only, ...more] = resolveRuns(run, core, names, path)
  if (only === undefined || more.length > 0) {
    throw new LabError([...path, 'over'], 'only claims may have variants; give this run its knobs directly.')
  }
  return only
}
