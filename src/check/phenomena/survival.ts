import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Scene } from '../scene.ts'
import { appliedIn } from './run-notes.ts'
import { sharedFold } from './shared-fold.ts'

/** A write that some copy took: on top of what, and when first so. */
interface Taken {
  readonly op: RequestId
  readonly over: RequestId | null
  readonly atUs: number
  readonly node: NodeId
  /** The place in the node's log; null where it has none. */
  readonly index: number | null
  /** The node carried it out once more, further on in its log: a retry taken for a new request. It stands on all that came before. */
  readonly again: boolean
  /** The write had been answered before, and was not merely added. */
  readonly late: boolean
}

/**
 * Which writes are still reflected in the copies of live servers. A write is reflected while some live copy is that write, or was
 * built on it: link by link, each later write was put on top of the earlier one by a copy that did so before the later write was
 * answered (or at any time if it never was, or if that copy carried it out a second time, or if it was added to what the copy holds on to). So a write overwritten by one that was accepted on top of it is not lost; one
 * that was accepted elsewhere, in ignorance, and then thrown away is.
 */
export interface Survival {
  readonly taken: ReadonlyMap<string, readonly Taken[]>
  /** For each key up to when links have been forgotten; writes that old are no longer judged. */
  readonly forgottenUs: ReadonlyMap<string, number>
  /** When the last fault ended; null while one is in force. */
  readonly calmSinceUs: number | null
}

export const unharmed: Survival = { taken: new Map(), forgottenUs: new Map(), calmSinceUs: 0 }

/** How many links of one key are remembered. */
const kept = 96

/** Keeps track through one event. The detectors that need it begin alike, so it is done once for all of them. */
export const followSurvival = sharedFold<Survival>((state, event, scene) => {
  let { taken, forgottenUs } = state
  for (const { key, op, over, node, index: place, keeps } of appliedIn(event)) {
    const known = taken.get(key) ?? []
    const index = typeof place === 'number' ? place : null
    const again = known.some(one => one.op === op && one.node === node && (one.index ?? index ?? 0) < (index ?? 0))
    // Otherwise the first time counts: a link made later cannot be older.
    if (!again && known.some(one => one.op === op && one.over === over)) continue
    const answeredUs = scene.history.findLast(one => one.id === op)?.returnedUs ?? Number.POSITIVE_INFINITY
    const late = event.atUs > answeredUs && !keeps
    const links = [...known, { op, over, atUs: event.atUs, node, index, again, late }]
    if (links.length > kept) forgottenUs = new Map(forgottenUs).set(key, links.shift()?.atUs ?? 0)
    taken = new Map(taken).set(key, links)
  }
  const calmSinceUs = scene.faulty ? null : (state.calmSinceUs ?? event.atUs)
  return taken === state.taken && calmSinceUs === state.calmSinceUs ? state : { taken, forgottenUs, calmSinceUs }
})

/** From when on an operation closed at `closedUs` can be judged, or undefined while faults are in force. */
export const settledFrom = (state: Survival, closedUs: number, scene: Scene): number | undefined => {
  if (state.calmSinceUs === null || scene.faulty) return undefined
  return scene.ended ? Math.min(scene.nowUs, closedUs) : Math.max(state.calmSinceUs, closedUs) + scene.settlingUs
}

/** The writes of `key` that live copies hold or were built on. */
export const reflected = (state: Survival, key: string, scene: Scene): ReadonlySet<RequestId> => {
  const kept = new Set<RequestId>()
  for (const node of scene.servers) {
    const copy = scene.status(node) === 'up' ? scene.view(node).values[key] : undefined
    for (const op of [copy?.op, ...(copy?.siblings ?? []).map(one => one.op)]) {
      if (op !== null && op !== undefined) kept.add(op)
    }
  }
  const below = new Map<RequestId, RequestId[]>()
  for (const { op, over, again, late } of state.taken.get(key) ?? []) {
    if (over === null || (late && !again)) continue
    const known = below.get(op)
    if (known === undefined) below.set(op, [over])
    else known.push(over)
  }
  for (const op of kept) for (const over of below.get(op) ?? []) kept.add(over)
  return kept
}

/** True when enough is remembered to tell what became of a write of `key` that was asked for at `invokedUs`. */
export const canJudge = (state: Survival, key: string, invokedUs: number): boolean =>
  state.taken.has(key) && invokedUs > (state.forgottenUs.get(key) ?? -1)

/** True when nothing that is out of sight could bring a write back. */
export const nothingHidden = (scene: Scene): boolean =>
  scene.inFlight === 0 && !scene.faulty && scene.servers.every(node => scene.status(node) === 'up')
