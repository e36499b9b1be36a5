import type { NodeId, RequestId } from '../../kernel/ids.ts'
import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { Copy } from '../../kernel/view.ts'
import type { Scene } from '../scene.ts'
import { appliedIn } from './run-notes.ts'

/** One server's copy of a key, as far as it matters for agreement. */
export interface Held {
  readonly node: NodeId
  readonly value: string
  readonly ops: readonly RequestId[]
}

const signature = (copy: Copy): string => {
  const values: Json[] = copy.siblings?.map(one => one.value) ?? [copy.value]
  return values.map(canonicalJson).sort().join(' | ')
}

/** The copies of `key` on servers that are up. What may still be rolled back does not count. */
export const copiesOf = (key: string, scene: Scene): readonly Held[] =>
  scene.servers.flatMap(node => {
    const copy = scene.status(node) === 'up' ? scene.view(node).values[key] : undefined
    if (copy === undefined || copy.tentative) return []
    const ops = [copy.op, ...(copy.siblings ?? []).map(one => one.op)].filter(op => op !== null)
    return [{ node, value: signature(copy), ops }]
  })

export const agree = (copies: readonly Held[]): boolean => copies.every(copy => copy.value === copies[0]?.value)

/** The keys that any server up holds. */
export const heldKeys = (scene: Scene): readonly string[] => [
  ...new Set(scene.servers.flatMap(node => (scene.status(node) === 'up' ? Object.keys(scene.view(node).values) : []))),
]

/** What convergence over the views says now. */
export interface Convergence {
  /** All copies of every key on live servers are equal, and no message is under way that could change them. */
  readonly converged: boolean
  /** Keys with copies that differ. */
  readonly differing: readonly string[]
}

/** Do all live copies agree, now? */
export const convergence = (scene: Scene): Convergence => {
  const differing = heldKeys(scene).filter(key => !agree(copiesOf(key, scene)))
  return { converged: differing.length === 0 && scene.inFlight === 0, differing }
}

/** The keys whose copies the event may have changed; all of them where it touched more than single writes. */
export const touchedKeys = (event: TraceEvent, scene: Scene): readonly string[] => {
  const { type } = event.cause
  if (type === 'start' || type === 'act') return heldKeys(scene)
  return [...new Set(appliedIn(event).map(note => note.key))]
}
