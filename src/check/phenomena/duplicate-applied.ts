import type { NodeId, RequestId } from '../../kernel/ids.ts'
import { canonicalJson } from '../../kernel/json.ts'
import type { Detector } from '../phenomenon.ts'
import { inSeconds, named, plain } from '../wording.ts'
import { type AppliedNote, appliedIn, rolledBackIn } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

interface Taken {
  readonly key: string
  readonly op: RequestId
  /** The place in the log, as text; null where the node has no log. */
  readonly index: string | null
}

interface Duplicates {
  readonly taken: ReadonlyMap<NodeId, readonly Taken[]>
  readonly sightings: Sightings
}

// A retry comes within moments; what a node took longer ago than so many writes is forgotten.
const kept = 96

const takenOf = ({ key, op, index }: AppliedNote): Taken => ({
  key,
  op,
  index: index === undefined ? null : canonicalJson(index),
})

/** One copy took one operation twice. */
export const duplicateApplied: Detector<Duplicates> = {
  name: 'duplicate-applied',
  definition:
    'One server carried out the same operation twice: a retry, or a message that arrived twice, was taken for a new request.',
  initial: { taken: new Map(), sightings: noSightings },
  observe(state, event, scene) {
    let { taken, sightings } = state
    if (event.cause.type === 'start' && taken.has(event.cause.node)) {
      // After a restart a log is played again. Only what has a place in the log can still be told from a new request.
      const placed = (taken.get(event.cause.node) ?? []).filter(one => one.index !== null)
      taken = new Map(taken).set(event.cause.node, placed)
    }
    for (const undone of rolledBackIn(event)) {
      const before = taken.get(undone.node) ?? []
      taken = new Map(taken).set(
        undone.node,
        before.filter(one => one.key !== undone.key || one.op !== undone.op),
      )
    }
    for (const note of appliedIn(event)) {
      const now = takenOf(note)
      const before = taken.get(note.node) ?? []
      const same = before.filter(one => one.key === now.key && one.op === now.op)
      const replay = now.index !== null && same.some(one => one.index === now.index)
      if (replay) continue
      taken = new Map(taken).set(note.node, [...before, now].slice(-kept))
      if (same.length === 0) continue
      const op = scene.history.findLast(one => one.id === now.op)
      sightings = withSighting(sightings, {
        name: 'duplicate-applied',
        atUs: event.atUs,
        atIndex: event.index,
        ...(op === undefined ? {} : { by: op.client }),
        nodes: [note.node],
        key: now.key,
        ops: [now.op],
        final: true,
        evidence: `${named(note.node)} carried out ${plain(now.op)} on ${plain(now.key)} ${same.length === 1 ? 'a second' : 'one more'} time ${inSeconds.at(event.atUs)}.`,
      })
    }
    return taken === state.taken && sightings === state.sightings ? state : { taken, sightings }
  },
  report: state => listed(state.sightings),
}
