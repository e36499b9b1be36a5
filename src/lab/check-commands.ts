import { assertNever } from '../kernel/assert-never.ts'
import type { Command, Deed } from './command.ts'
import { parseCommands } from './command-text.ts'
import type { Condition } from './condition.ts'
import { suggestion } from './lab-error.ts'
import type { MeasurePick } from './measure-pick.ts'
import type { MessagePick } from './message-pick.ts'
import { knownWords, type NodeSet, unknownWord } from './node-set.ts'
import { ScriptError } from './scanner.ts'

/** The names that commands and conditions of a lab may use. */
export interface LabNames {
  readonly nodes: readonly string[]
  readonly clients: readonly string[]
  readonly groups: readonly string[]
  readonly keys: readonly string[]
  readonly knobs: { readonly [knob: string]: readonly string[] }
  readonly prices: readonly string[]
}

type Trouble = string | null

const nodesTrouble = (set: NodeSet, names: LabNames): Trouble => {
  const word = unknownWord(set, names)
  return word === undefined ? null : `"${word}" is no node of this lab; ${suggestion(word, knownWords(names))}`
}

const nodeTrouble = (node: string | undefined, names: LabNames): Trouble =>
  node === undefined || names.nodes.includes(node)
    ? null
    : `there is no node "${node}"; ${suggestion(node, names.nodes)}`

const clientTrouble = (client: string | undefined, names: LabNames): Trouble =>
  client === undefined || names.clients.includes(client)
    ? null
    : `there is no client "${client}"; ${suggestion(client, names.clients)}`

const knobTrouble = (knob: string, value: string, names: LabNames): Trouble => {
  const values = Object.hasOwn(names.knobs, knob) ? names.knobs[knob] : undefined
  if (values === undefined) return `there is no knob "${knob}"; ${suggestion(knob, Object.keys(names.knobs))}`
  return values.includes(value) ? null : `the knob ${knob} has no value "${value}"; ${suggestion(value, values)}`
}

const pickTrouble = (pick: MessagePick, names: LabNames): Trouble => {
  if ('id' in pick) {
    const [, from, to] = /^(.+)>(.+)#/.exec(pick.id) ?? []
    return nodeTrouble(from, names) ?? nodeTrouble(to, names)
  }
  return (
    nodesTrouble(pick.from ?? [], names) ?? nodesTrouble(pick.to ?? [], names) ?? clientTrouble(pick.op?.client, names)
  )
}

const measureTrouble = ({ name, of }: MeasurePick, names: LabNames): Trouble => {
  if (of === undefined) return null
  if (name !== 'cost') return nodesTrouble([of], names)
  return names.prices.includes(of) ? null : `there is no price "${of}"; ${suggestion(of, names.prices)}`
}

/** What in the condition this lab does not know, or null. */
export const conditionTrouble = (c: Condition, names: LabNames): Trouble => {
  switch (c.type) {
    case 'see':
      return clientTrouble(c.by, names) ?? nodeTrouble(c.at, names)
    case 'operation':
      return clientTrouble(c.pick.client, names) ?? nodeTrouble(c.servedBy, names)
    case 'is':
    case 'has':
    case 'shows':
      return nodesTrouble(c.nodes, names)
    case 'message':
      return pickTrouble(c.pick, names)
    case 'knob':
      return knobTrouble(c.knob, c.value, names)
    case 'measure':
      return measureTrouble(c.measure, names)
    case 'verdict':
    case 'did':
    case 'faulty':
    case 'ended':
      return null
    case 'all':
    case 'any':
      return c.of.map(part => conditionTrouble(part, names)).find(trouble => trouble !== null) ?? null
    case 'not':
      return conditionTrouble(c.of, names)
    default:
      return assertNever(c)
  }
}

const deedTrouble = (deed: Deed, names: LabNames): Trouble => {
  switch (deed.verb) {
    case 'key':
      return names.keys.includes(deed.key)
        ? null
        : `this lab has no key "${deed.key}"; ${suggestion(deed.key, names.keys)}`
    case 'cut':
    case 'heal':
    case 'link':
      return deed.sides.map(side => nodesTrouble(side, names)).find(trouble => trouble !== null) ?? null
    case 'set':
      return knobTrouble(deed.knob, deed.value, names)
    case 'request':
      return nodesTrouble(deed.clients, names)
    case 'message':
      return pickTrouble(deed.pick, names)
    case 'address':
      return deed.node === null ? null : nodeTrouble(deed.node, names)
    default:
      return nodesTrouble(deed.nodes, names)
  }
}

/** What in the command this lab does not know, or null. */
export const commandTrouble = ({ do: deed, when }: Command, names: LabNames): Trouble =>
  deedTrouble(deed, names) ?? (when.type === 'when' ? conditionTrouble(when.condition, names) : null)

/** Reads the text and checks it against the names of the lab. A complaint is one sentence with the remedy. */
export const readCommands = (
  text: string,
  names: LabNames,
): { readonly commands: readonly Command[] } | { readonly trouble: string } => {
  try {
    const commands = parseCommands(text)
    const trouble = commands.map(command => commandTrouble(command, names)).find(one => one !== null) ?? null
    return trouble === null ? { commands } : { trouble }
  } catch (error) {
    if (error instanceof ScriptError) return { trouble: error.message }
    throw error
  }
}
