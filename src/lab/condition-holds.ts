import type { Phenomenon, PhenomenonName } from '../check/phenomenon.ts'
import type { Scene } from '../check/scene.ts'
import type { Consistency, Verdict } from '../check/verdict.ts'
import { assertNever } from '../kernel/assert-never.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { History, Operation } from '../kernel/operation.ts'
import type { MessageRecord, TraceEvent } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import type { Condition, OperationStatus } from './condition.ts'
import type { Settings } from './lab.ts'
import type { MeasurePick } from './measure-pick.ts'
import { type OperationKinds, picksMessage } from './message-pick.ts'
import { type NodeScene, type NodeSet, resolveNodeSet } from './node-set.ts'

/** The run just after an event, as conditions see it. */
export interface ConditionScene extends Scene, Pick<NodeScene, 'groups'> {
  readonly event: TraceEvent | null
  /** False in a batch run, where the history is one list that changes in place. */
  readonly immutable: boolean
  readonly settings: Settings
  /** The verbs of the commands that were carried out. */
  readonly verbs: readonly string[]
  sightings(name: PhenomenonName): readonly Phenomenon[]
  verdict(consistency: Consistency): Verdict['answer']
  /** The measured number; null where there is nothing to measure. */
  measure(pick: MeasurePick): number | null
}

type Of<Type extends Condition['type']> = Extract<Condition, { readonly type: Type }>

const same = (a: Json | undefined, b: Json): boolean => canonicalJson(a) === canonicalJson(b)

/** Which of a client's operations of a kind each one is, counted from 1. */
export const operationKinds =
  (history: Scene['history']): OperationKinds =>
  id => {
    const own = history.find(operation => operation.id === id)
    if (own === undefined) return undefined
    const before = history.filter(other => other.client === own.client && other.kind === own.kind)
    return { kind: own.kind, nthOfKind: before.findIndex(other => other.id === id) + 1 }
  }

/** A phenomenon's sightings that pass the condition's filters. */
export const sightingsOf = (c: Of<'see'>, scene: ConditionScene): readonly Phenomenon[] =>
  scene
    .sightings(c.phenomenon)
    .filter(
      one =>
        (c.by === undefined || one.by === c.by) &&
        (c.at === undefined || one.nodes.some(node => node === c.at)) &&
        (c.key === undefined || one.key === c.key) &&
        (c.beforeMs === undefined || one.atUs < c.beforeMs * 1000) &&
        (c.afterMs === undefined || one.atUs > c.afterMs * 1000),
    )

const stands = (operation: Operation, is: OperationStatus, ended: boolean): boolean => {
  const answered = operation.returnedUs !== null
  const gaveUp = operation.gaveUpUs !== null && operation.gaveUpUs !== undefined
  switch (is) {
    case 'ok':
    case 'fail':
      return operation.outcome === is
    case 'unknown':
      return operation.outcome === 'unknown' && (gaveUp || ended)
    case 'open':
      return operation.outcome === 'unknown' && !gaveUp
    case 'returned':
      return answered
    case 'invoked':
      return true
    default:
      return assertNever(is)
  }
}

/** The operations that the condition is about and that stand as it says. */
export const operationsOf = (c: Of<'operation'>, scene: ConditionScene): readonly Operation[] => {
  const { client, kind, nth } = c.pick
  if (!scene.clients.some(one => one === client)) return []
  const found: Operation[] = []
  let count = 0
  // Counted on the way: asked after every event, this must not go through a long history once for each of its operations.
  for (const operation of scene.history) {
    if (operation.client !== client || (kind !== undefined && operation.kind !== kind)) continue
    count++
    if (nth !== undefined && count !== nth) continue
    const value = operation.kind === 'read' || operation.kind === 'get' ? operation.output : operation.input
    const fits =
      stands(operation, c.is, scene.ended) &&
      (c.key === undefined || operation.key === c.key) &&
      (c.servedBy === undefined || operation.servedBy === c.servedBy) &&
      (c.value === undefined || same(value, c.value))
    if (fits) found.push(operation)
    if (count === nth) break
  }
  return found
}

interface Asked {
  readonly history: History
  readonly ended: boolean
  readonly holds: boolean
}
const asked = new WeakMap<Of<'operation'>, Asked>()

/** On the screen histories are immutable, and most events leave the history as it was. */
const operationsHold = (c: Of<'operation'>, scene: ConditionScene): boolean => {
  const { history, ended } = scene
  const known = asked.get(c)
  if (scene.immutable && known?.history === history && known.ended === ended) return known.holds
  const holds = operationsOf(c, scene).length >= (c.min ?? 1)
  if (scene.immutable) asked.set(c, { history, ended, holds })
  return holds
}

const everyNode = (
  set: NodeSet,
  scene: ConditionScene,
  holds: (view: NodeView, status: string) => boolean,
): boolean => {
  const found = resolveNodeSet(set, scene)
  return 'nodes' in found && found.nodes.every(node => holds(scene.view(node), scene.status(node)))
}

const hasValue = (view: NodeView, key: string, value: Json): boolean => {
  const copy = view.values[key]
  return (
    copy !== undefined && (same(copy.value, value) || (copy.siblings ?? []).some(sibling => same(sibling.value, value)))
  )
}

const messagesOf = (event: TraceEvent | null, happened: Of<'message'>['happened']): readonly MessageRecord[] => {
  if (event === null) return []
  if (happened === 'delivered') return event.cause.type === 'deliver' ? [event.cause.message] : []
  return event.effects.flatMap(effect => (effect.type === happened ? [effect.message] : []))
}

const compares = (c: Of<'measure'>, number: number | null): boolean => {
  if (number === null) return false
  switch (c.compare) {
    case '>=':
      return number >= c.number
    case '<=':
      return number <= c.number
    case '=':
      return number === c.number
    default:
      return assertNever(c.compare)
  }
}

/** Whether the condition holds of the run at this moment. */
export const conditionHolds = (c: Condition, scene: ConditionScene): boolean => {
  switch (c.type) {
    case 'see':
      return sightingsOf(c, scene).length >= (c.min ?? 1)
    case 'operation':
      return operationsHold(c, scene)
    case 'is':
      return everyNode(c.nodes, scene, (view, status) => view.role === c.is || status === c.is)
    case 'has':
      return everyNode(c.nodes, scene, view => hasValue(view, c.key, c.value))
    case 'shows':
      return everyNode(c.nodes, scene, view => view.facts.some(fact => fact.label === c.fact && fact.value === c.value))
    case 'message': {
      const kinds = operationKinds(scene.history)
      return messagesOf(scene.event, c.happened).some(message => picksMessage(c.pick, message, scene, kinds))
    }
    case 'verdict':
      return scene.verdict(c.consistency) === c.answer
    case 'knob':
      return scene.settings[c.knob] === c.value
    case 'measure':
      return compares(c, scene.measure(c.measure))
    case 'did':
      return scene.verbs.includes(c.verb)
    case 'faulty':
      return scene.faulty === c.is
    case 'ended':
      return scene.ended
    case 'all':
      return c.of.every(part => conditionHolds(part, scene))
    case 'any':
      return c.of.some(part => conditionHolds(part, scene))
    case 'not':
      return !conditionHolds(c.of, scene)
    default:
      return assertNever(c)
  }
}

/** The phenomena that a condition asks about. */
export const phenomenaIn = (c: Condition): readonly PhenomenonName[] => {
  if (c.type === 'see') return [c.phenomenon]
  if (c.type === 'all' || c.type === 'any') return c.of.flatMap(phenomenaIn)
  return c.type === 'not' ? phenomenaIn(c.of) : []
}
