import type { NodeId, RequestId } from '../../kernel/ids.ts'
import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { ClientRequest, History, Operation } from '../../kernel/operation.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import { casInput, casMissed } from '../model.ts'
import type { Scene } from '../scene.ts'

/** A copy took a write: what the note `applied` says (kernel/protocol.ts). */
export interface AppliedNote {
  readonly node: NodeId
  readonly key: string
  readonly op: RequestId
  readonly over: RequestId | null
  /** Place in the node's log, where it has one: the same place again is a replay. */
  readonly index: Json | undefined
  /** It was added to what was there, which the copy still holds: the record of a log. */
  readonly keeps: boolean
  /** The node on whose authority it was done, where that is another one than the copy's: the holder of a lease. */
  readonly by: NodeId | null
}

/** The notes `applied` of an event, in order. */
export const appliedIn = (event: TraceEvent): readonly AppliedNote[] => {
  const notes: AppliedNote[] = []
  for (const effect of event.effects) {
    if (effect.type !== 'note' || effect.text !== 'applied') continue
    const data = effect.data as { readonly [name in 'key' | 'op' | 'over' | 'index' | 'keeps' | 'by']?: Json }
    if (typeof data?.key !== 'string' || typeof data.op !== 'string') continue
    const over = typeof data.over === 'string' ? (data.over as RequestId) : null
    const by = typeof data.by === 'string' ? (data.by as NodeId) : null
    const { key, index } = data
    notes.push({ node: effect.node, key, op: data.op as RequestId, over, index, keeps: data.keeps === true, by })
  }
  return notes
}

/** What a client called in this event. A busy client takes its own call up later, which is another event but no other call. */
export const calledIn = ({ cause }: TraceEvent): ClientRequest | undefined =>
  cause.type === 'invoke' && cause.waited !== true ? cause.request : undefined

/** The notes `rolled back` of an event: what a copy did was undone. */
export const rolledBackIn = (event: TraceEvent): readonly Pick<AppliedNote, 'node' | 'key' | 'op'>[] =>
  event.effects.flatMap(effect => {
    if (effect.type !== 'note' || effect.text !== 'rolled back') return []
    const data = effect.data as { readonly key?: Json; readonly op?: Json } | null
    if (typeof data?.key !== 'string' || typeof data.op !== 'string') return []
    return [{ node: effect.node, key: data.key, op: data.op as RequestId }]
  })

/** The operations that the event closed, as the history has them now. */
export const completedIn = (event: TraceEvent, scene: Scene): History => {
  const closed: Operation[] = []
  for (const effect of event.effects) {
    if (effect.type !== 'completed') continue
    const op = scene.history.findLast(one => one.id === effect.op)
    if (op !== undefined) closed.push(op)
  }
  return closed
}

/** True for an operation that reads one value. */
export const isRead = (op: Operation): boolean => op.kind === 'read' || op.kind === 'get'

/** What an operation leaves in its key, as canonical text; undefined where it does not overwrite or did not happen. */
export const overwritesWith = (op: Operation): string | undefined => {
  if (op.outcome === 'fail') return undefined
  if (op.kind === 'write' || op.kind === 'put') return canonicalJson(op.input)
  return op.kind === 'cas' && !casMissed(op) ? canonicalJson(casInput(op).to) : undefined
}

/** The operations that may have written `value` (canonical text) to `key`. */
export const writersOf = (history: History, key: string, value: string): History =>
  history.filter(op => op.key === key && overwritesWith(op) === value)

/** The latest operation that may have written `value` to `key`; looks back only as far as it must. */
export const writerOf = (history: History, key: string, value: string): Operation | undefined =>
  history.findLast(op => op.key === key && overwritesWith(op) === value)

/** `a` returned strictly before `b` was invoked. */
export const precedes = (a: Operation, b: Operation): boolean =>
  a.outcome === 'ok' && a.returnedUs !== null && a.returnedUs < b.invokedUs
