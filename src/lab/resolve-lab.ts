import type { Consistency } from '../check/verdict.ts'
import { type LabNames, readCommands } from './check-commands.ts'
import { CONSISTENCIES } from './condition-text.ts'
import type { LabDefinition } from './definition.ts'
import type { Knob, Lab, LabKey } from './lab.ts'
import { LabError, suggestion } from './lab-error.ts'
import { labHash } from './lab-hash.ts'
import { labNames } from './lab-names.ts'
import { resolvePrices } from './price.ts'
import type { ProtocolRegistry } from './protocol-registry.ts'
import { resolveCharts } from './resolve-charts.ts'
import { resolveKnobs } from './resolve-knobs.ts'
import { resolveLamps } from './resolve-lamps.ts'
import { resolveModel } from './resolve-model.ts'
import { resolveNetwork } from './resolve-network.ts'
import { knownNode, resolveGroups, resolveNodes } from './resolve-nodes.ts'
import { resolveRoles } from './resolve-roles.ts'
import { resolveTasks } from './resolve-tasks.ts'
import { resolveWorkloads } from './resolve-workloads.ts'

const ms = (value: number | undefined, otherwise: number, member: string): number => {
  const time = value ?? otherwise
  if (!(time > 0) || !Number.isSafeInteger(Math.round(time * 1000))) {
    throw new LabError([member], `${member} is a time in ms above 0.`)
  }
  return Math.round(time * 1000)
}

const checkLetters = (definition: LabDefinition, knobs: readonly Knob[]): void => {
  const taken = new Set(Object.keys(definition.keys ?? {}))
  for (const letter of taken) {
    if (!/^[A-Za-z0-9]$/.test(letter))
      throw new LabError(['keys', letter], `"${letter}" is no key; a key is one letter or digit.`)
  }
  for (const { name, key } of knobs) {
    if (key === null) continue
    if (!/^[A-Za-z0-9]$/.test(key))
      throw new LabError(['knobs', name, 'key'], `"${key}" is no key; a key is one letter or digit.`)
    if (taken.has(key)) throw new LabError(['knobs', name, 'key'], `the key ${key} is taken; choose another letter.`)
    taken.add(key)
  }
}

const resolveKeys = (definition: LabDefinition, names: LabNames): readonly LabKey[] =>
  Object.entries(definition.keys ?? {}).map(([letter, own]) => {
    const text = typeof own === 'string' ? own : own.do
    const read = readCommands(text, names)
    const path = typeof own === 'string' ? ['keys', letter] : ['keys', letter, 'do']
    if ('trouble' in read) throw new LabError(path, read.trouble)
    if (read.commands.length === 0)
      throw new LabError(path, `the key ${letter} does nothing; write commands like crash(n1).`)
    if (read.commands.some(command => command.do.verb === 'key')) {
      throw new LabError(path, 'a key cannot press another key; write out what it does.')
    }
    return { letter, label: typeof own === 'string' ? text : own.label, commands: read.commands }
  })

const resolveScript = (definition: LabDefinition, names: LabNames): Lab['script'] => {
  const read = readCommands(definition.script ?? '', names)
  if ('trouble' in read) throw new LabError(['script'], read.trouble)
  return read.commands
}

const resolveVerdicts = (definition: LabDefinition): readonly Consistency[] =>
  (definition.verdicts ?? ['linearizable']).map((word, index) => {
    const found = CONSISTENCIES.find(one => one === word)
    if (found === undefined)
      throw new LabError(['verdicts', index], `"${word}" is no consistency; ${suggestion(word, CONSISTENCIES)}`)
    return found
  })

/**
 * Looks up every name and reads every text of a definition. Throws LabError for the first thing that is wrong, with the path to it.
 */
export const resolveLab = (definition: LabDefinition, registry: ProtocolRegistry): Lab => {
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(definition.id)) {
    throw new LabError(['id'], `"${definition.id}" is no id; use lower-case letters, digits, "-" and "/".`)
  }
  const roles = resolveRoles(definition, registry)
  const nodes = resolveNodes(definition, roles)
  const groups = resolveGroups(definition, nodes)
  const { network, links } = resolveNetwork(definition, nodes)
  const knobs = resolveKnobs({ definition, nodes, roles, registry })
  checkLetters(definition, knobs)
  const letters = Object.keys(definition.keys ?? {}).map(letter => ({ letter, label: '', commands: [] }))
  const prices = resolvePrices(definition, nodes)
  const names = labNames({ nodes, groups, knobs, prices, keys: letters })
  const core = { seed: definition.seed ?? 1, untilUs: ms(definition.untilMs, 0, 'untilMs') }
  const parts = {
    keys: resolveKeys(definition, names),
    script: resolveScript(definition, names),
    workloads: resolveWorkloads(definition, nodes),
    ...resolveTasks(definition, core, names),
  }
  return {
    id: definition.id,
    title: definition.title,
    definition,
    nodes,
    roles,
    network,
    links,
    groups,
    addresses: Object.fromEntries(
      Object.entries(definition.addresses ?? {}).map(([name, node]) => [
        name,
        knownNode(node, nodes, ['addresses', name]),
      ]),
    ),
    ...core,
    settlingUs: ms(definition.settlingMs, 2000, 'settlingMs'),
    deadlineUs: ms(definition.deadlineMs, 2000, 'deadlineMs'),
    values: definition.values ?? 'numbers',
    initial: definition.initial ?? null,
    model: resolveModel(definition, parts),
    ...parts,
    knobs,
    views: definition.views ?? ['cluster', 'space-time', 'verdict'],
    lamps: resolveLamps(definition, names),
    show: definition.show ?? {},
    cards: definition.cards ?? [],
    charts: resolveCharts(definition),
    prices,
    verdicts: resolveVerdicts(definition),
    hash: labHash(definition, registry),
  }
}
