import type { RequestId } from '../../kernel/ids.ts'
import { canonicalJson } from '../../kernel/json.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { Detector, Phenomenon } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { inSeconds, named, plain, shown } from '../wording.ts'
import { appliedIn, calledIn, completedIn, isRead, overwritesWith, precedes } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** A value as readers saw it: by the read that returned first, and by the one that was invoked last. */
interface Seen {
  readonly value: string
  readonly first: Operation
  readonly latest: Operation
}

/** `op` was put on top of `over` by some copy. */
interface Link {
  readonly op: RequestId
  readonly over: RequestId
}

/** A write as it was asked for. */
interface Asked {
  readonly value: string
  readonly id: RequestId
}

interface ReadOrder {
  readonly asked: ReadonlyMap<string, readonly Asked[]>
  readonly seen: ReadonlyMap<string, readonly Seen[]>
  readonly links: ReadonlyMap<string, readonly Link[]>
  readonly sightings: Sightings
}

// What lies further back than so many values or writes of one key is forgotten.
const valuesKept = 24
const linksKept = 48

/** True when some copy put `later` on top of `earlier`, and none the other way round. */
const builtOn = (links: readonly Link[], later: RequestId, earlier: RequestId): boolean => {
  const reaches = (from: RequestId, to: RequestId): boolean => {
    const known = new Set([from])
    for (const op of known) for (const link of links) if (link.op === op) known.add(link.over)
    return known.has(to)
  }
  return reaches(later, earlier) && !reaches(earlier, later)
}

const isOlder = (old: string, fresh: Seen, state: ReadOrder, key: string, scene: Scene): boolean => {
  const asked = state.asked.get(key) ?? []
  const before = asked.filter(one => one.value === old)
  const after = asked.filter(one => one.value === fresh.value)
  if (before.length > 1 || after.length !== 1) return false
  const [source, overwriting] = [before[0], after[0]].map(one => scene.history.findLast(op => op.id === one?.id))
  if (overwriting === undefined) return false
  if (source === undefined) return old === 'null' || old === '""'
  if (precedes(source, overwriting)) return true
  // Old, new, old again: each was written once, so the return to the old one cannot be explained.
  const earlier = state.seen.get(key)?.find(one => one.value === old)
  if (earlier !== undefined && precedes(earlier.first, fresh.latest)) return true
  return builtOn(state.links.get(key) ?? [], overwriting.id, source.id)
}

const judge = (state: ReadOrder, read: Operation, scene: Scene, atIndex: number): Phenomenon | undefined => {
  const value = canonicalJson(read.output)
  const fresh = (state.seen.get(read.key) ?? []).findLast(
    one => one.value !== value && precedes(one.first, read) && isOlder(value, one, state, read.key, scene),
  )
  if (fresh === undefined) return undefined
  const first = precedes(fresh.latest, read) ? fresh.latest : fresh.first
  const servers = [first.servedBy, read.servedBy].filter(node => node !== undefined)
  return {
    name: 'new-then-old',
    atUs: scene.nowUs,
    atIndex,
    by: read.client,
    nodes: [...new Set(servers)],
    key: read.key,
    ops: [first.id, read.id],
    final: true,
    evidence:
      `${named(first.client)} read ${plain(read.key)}=${shown(first.output)} ${inSeconds.at(first.returnedUs ?? 0)}. ` +
      `${named(read.client)} asked after that, ${inSeconds.at(read.invokedUs)}, and read the older ${shown(read.output)} ${inSeconds.at(read.returnedUs ?? scene.nowUs)}.`,
  }
}

const withRead = (seen: readonly Seen[], read: Operation): readonly Seen[] => {
  const value = canonicalJson(read.output)
  const known = seen.find(one => one.value === value)
  const latest = known !== undefined && known.latest.invokedUs > read.invokedUs ? known.latest : read
  const entry = { value, first: known?.first ?? read, latest }
  return [...seen.filter(one => one !== known), entry].slice(-valuesKept)
}

/** Two reads one after the other, the second of which saw the older value. */
export const newThenOld: Detector<ReadOrder> = {
  name: 'new-then-old',
  definition: 'Two reads, one after the other: the first saw the new value, the second saw the old one again.',
  initial: { asked: new Map(), seen: new Map(), links: new Map(), sightings: noSightings },
  observe(state, event, scene) {
    let next = state
    const called = calledIn(event)
    if (called !== undefined) {
      const { id, key } = called
      const op = scene.history.findLast(one => one.id === id)
      const value = op === undefined ? undefined : overwritesWith(op)
      if (value !== undefined) {
        const asked = [...(next.asked.get(key) ?? []), { value, id }].slice(-linksKept)
        next = { ...next, asked: new Map(next.asked).set(key, asked) }
      }
    }
    for (const { key, op, over } of appliedIn(event)) {
      const links = next.links.get(key) ?? []
      if (over === null || links.some(link => link.op === op && link.over === over)) continue
      next = { ...next, links: new Map(next.links).set(key, [...links, { op, over }].slice(-linksKept)) }
    }
    for (const op of completedIn(event, scene)) {
      if (op.outcome !== 'ok' || !isRead(op)) continue
      const found = judge(next, op, scene, event.index)
      const seen = new Map(next.seen).set(op.key, withRead(next.seen.get(op.key) ?? [], op))
      next = { ...next, seen, sightings: found === undefined ? next.sightings : withSighting(next.sightings, found) }
    }
    return next
  },
  report: state => listed(state.sightings),
}
