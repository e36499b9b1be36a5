import type { NodeId } from '../../kernel/ids.ts'
import { canonicalJson } from '../../kernel/json.ts'
import type { Operation } from '../../kernel/operation.ts'
import { casInput, casMissed } from '../model.ts'
import type { Detector, Phenomenon } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { accesses } from '../transaction.ts'
import { inSeconds, named, plain, shown } from '../wording.ts'
import { completedIn, isRead, overwritesWith, writersOf } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** A value that was read, changed and written back. */
interface Update {
  readonly key: string
  /** The value that it is based on, as canonical text. */
  readonly base: string
  readonly op: Operation
}

interface Updates {
  /** The last value each client read of each key and has not used yet, by `alice x`. */
  readonly held: ReadonlyMap<string, string>
  readonly updates: readonly Update[]
  readonly sightings: Sightings
}

const kept = 64

/** The updates that a completed operation made, given what its client held. */
const updatesOf = (op: Operation, held: string | undefined): readonly Update[] => {
  if (op.outcome !== 'ok') return []
  if (op.kind === 'cas') return casMissed(op) ? [] : [{ key: op.key, base: canonicalJson(casInput(op).from), op }]
  if (op.kind !== 'txn')
    return overwritesWith(op) === undefined || held === undefined ? [] : [{ key: op.key, base: held, op }]
  const list = accesses(op)
  return list.flatMap(({ f, key, value }, at) =>
    f === 'r' && list.slice(at + 1).some(later => later.f === 'w' && later.key === key)
      ? [{ key, base: canonicalJson(value), op }]
      : [],
  )
}

const judge = (update: Update, earlier: readonly Update[], scene: Scene, atIndex: number): Phenomenon | undefined => {
  const { key, base, op } = update
  const rival = earlier.find(one => one.key === key && one.base === base && one.op.client !== op.client)
  if (rival === undefined) return undefined
  // A value that was written more than once may rightly be the base of more than one update.
  if (writersOf(scene.history, key, base).length > (base === 'null' ? 0 : 1)) return undefined
  return {
    name: 'lost-update',
    atUs: scene.nowUs,
    atIndex,
    by: rival.op.client,
    nodes: [],
    key,
    ops: [rival.op.id, op.id],
    final: true,
    evidence:
      `${named(rival.op.client)} and ${named(op.client)} both built on ${plain(key)}=${shown(JSON.parse(base))}, and both were told that their update was done ` +
      `(${inSeconds.at(rival.op.returnedUs ?? 0)} and ${inSeconds.at(op.returnedUs ?? 0)}): one of the two is lost.`,
  }
}

/** Two clients changed the same value, neither seeing the other's change. */
export const lostUpdate: Detector<Updates> = {
  name: 'lost-update',
  definition:
    'Two clients read the same value, changed it and wrote it back, and both were told that it was done: the later write wiped out the other change.',
  initial: { held: new Map(), updates: [], sightings: noSightings },
  observe(state, event, scene) {
    let { held, updates, sightings } = state
    for (const op of completedIn(event, scene)) {
      const lane = `${op.client satisfies NodeId} ${op.key}`
      if (op.outcome === 'ok' && isRead(op)) {
        held = new Map(held).set(lane, canonicalJson(op.output))
        continue
      }
      for (const update of updatesOf(op, held.get(lane))) {
        const found = judge(update, updates, scene, event.index)
        if (found !== undefined) sightings = withSighting(sightings, found)
        updates = [...updates, update].slice(-kept)
      }
      if (held.has(lane)) {
        held = new Map(held)
        ;(held as Map<string, string>).delete(lane)
      }
    }
    const same = held === state.held && updates === state.updates && sightings === state.sightings
    return same ? state : { held, updates, sightings }
  },
  report: state => listed(state.sightings),
}
