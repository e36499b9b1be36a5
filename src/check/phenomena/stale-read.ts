import { canonicalJson } from '../../kernel/json.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { Detector, Phenomenon } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { inSeconds, named, plain, shown } from '../wording.ts'
import { calledIn, completedIn, isRead, overwritesWith, precedes, writerOf, writersOf } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

interface StaleReads {
  /** For each key the answered overwriting write that was invoked last: it is the hardest to have missed. */
  readonly newest: ReadonlyMap<string, readonly Operation[]>
  /** For each open read the write that it must not have missed. */
  readonly mustSee: ReadonlyMap<string, Operation>
  readonly sightings: Sightings
}

/** The newest two: one that returned in the very moment of a read's call does not count for that read. */
const withWrite = (newest: StaleReads['newest'], write: Operation): StaleReads['newest'] => {
  const known = newest.get(write.key) ?? []
  const sorted = [...known, write].sort((a, b) => b.invokedUs - a.invokedUs)
  return new Map(newest).set(write.key, sorted.slice(0, 2))
}

const judge = (read: Operation, over: Operation, scene: Scene, atIndex: number): Phenomenon | undefined => {
  const value = canonicalJson(read.output)
  if (value === overwritesWith(over)) return undefined
  const latest = writerOf(scene.history, read.key, value)
  if (latest !== undefined && !precedes(latest, over)) return undefined
  const sources = writersOf(scene.history, read.key, value)
  // Only if every write that the value can have come from was over before the overwriting one began.
  if (sources.some(source => !precedes(source, over))) return undefined
  if (sources.length === 0 && read.output !== null && read.output !== '') return undefined
  const source = sources.at(-1)
  const gone =
    source === undefined
      ? 'the start value was gone by then'
      : `that write began after the write of ${shown(read.output)} was over`
  return {
    name: 'stale-read',
    atUs: scene.nowUs,
    atIndex,
    by: read.client,
    nodes: read.servedBy === undefined ? [] : [read.servedBy],
    key: read.key,
    ops: [read.id, over.id, ...(source === undefined ? [] : [source.id])],
    final: true,
    evidence:
      `${named(read.client)} read ${plain(read.key)}=${shown(read.output)} ${inSeconds.at(read.returnedUs ?? scene.nowUs)}, asked ${inSeconds.at(read.invokedUs)}. ` +
      `${named(over.client)}'s write of ${shown(JSON.parse(overwritesWith(over) ?? 'null'))} had finished ${inSeconds.at(over.returnedUs ?? 0)}, and ${gone}.`,
  }
}

/** A read that returned a value whose overwriting write had returned before the read was asked for. */
export const staleRead: Detector<StaleReads> = {
  name: 'stale-read',
  definition:
    'A read returned a value that had already been overwritten: the overwriting write had been answered before the read was asked for.',
  initial: { newest: new Map(), mustSee: new Map(), sightings: noSightings },
  observe(state, event, scene) {
    let { newest, mustSee, sightings } = state
    const called = calledIn(event)
    if (called !== undefined) {
      const { id, key, kind } = called
      const over = newest.get(key)?.find(write => (write.returnedUs ?? event.atUs) < event.atUs)
      if ((kind === 'read' || kind === 'get') && over !== undefined) mustSee = new Map(mustSee).set(id, over)
    }
    for (const op of completedIn(event, scene)) {
      if (op.outcome === 'ok' && overwritesWith(op) !== undefined) newest = withWrite(newest, op)
      const over = isRead(op) ? mustSee.get(op.id) : undefined
      if (over === undefined) continue
      const rest = new Map(mustSee)
      rest.delete(op.id)
      mustSee = rest
      const found = op.outcome === 'ok' ? judge(op, over, scene, event.index) : undefined
      if (found !== undefined) sightings = withSighting(sightings, found)
    }
    const same = newest === state.newest && mustSee === state.mustSee && sightings === state.sightings
    return same ? state : { newest, mustSee, sightings }
  },
  report: state => listed(state.sightings),
}
