import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { Detector, PhenomenonName } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { inSeconds, plain } from '../wording.ts'
import { agree, copiesOf, type Held, touchedKeys } from './agreement.ts'
import { appliedIn } from './run-notes.ts'
import { sharedFold } from './shared-fold.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/**
 * How copies of a key differ: some lag behind (since when nothing is under way that could change it, and the writes that the copies were
 * when they were compared), or they have diverged.
 */
type Difference =
  | { readonly how: 'behind'; readonly quietUs: number | null; readonly writes: string }
  | { readonly how: 'diverged' }

/** The writes that each write was put on top of, the newest writes last. */
type Links = ReadonlyMap<RequestId, readonly RequestId[]>

/** One state serves both detectors, so that the work is done once. */
interface Agreement {
  /** Keys whose copies differ just now. */
  readonly differing: ReadonlyMap<string, Difference>
  /** For each key which write was put on top of which, lately. */
  readonly links: ReadonlyMap<string, Links>
  readonly diverged: Sightings
  readonly converged: Sightings
}

const kept = 48

/** The same links when this one is known. */
const withLink = (links: Links, op: RequestId, over: RequestId): Links => {
  const known = links.get(op) ?? []
  if (known.includes(over)) return links
  const next = new Map(links).set(op, [...known, over])
  for (const oldest of next.keys()) {
    if (next.size <= kept) break
    next.delete(oldest)
  }
  return next
}

const reaches = (links: Links, from: RequestId, to: RequestId): boolean => {
  const known = new Set([from])
  for (const op of known) {
    if (op === to) return true
    for (const earlier of links.get(op) ?? []) known.add(earlier)
  }
  return false
}

/** Two copies whose writes were made without knowing of one another: neither was put on top of the other. */
const conflict = (copies: readonly Held[], links: Links): boolean =>
  copies.some((a, at) =>
    copies.slice(at + 1).some(b => {
      if (a.value === b.value) return false
      const builds = (x: Held, y: Held) => y.ops.every(old => x.ops.some(op => reaches(links, op, old)))
      return !builds(a, b) && !builds(b, a)
    }),
  )

const describe = (copies: readonly Held[]): string => {
  const holders = new Map<string, NodeId[]>()
  for (const { node, value } of copies) holders.set(value, [...(holders.get(value) ?? []), node])
  return [...holders].map(([value, nodes]) => `${plain(value)} on ${nodes.join(', ')}`).join('; ')
}

const sighting = (name: PhenomenonName, key: string, copies: readonly Held[], scene: Scene, atIndex: number) => ({
  name,
  atUs: scene.nowUs,
  atIndex,
  nodes: copies.map(copy => copy.node),
  key,
  ops: [...new Set(copies.flatMap(copy => copy.ops))],
  final: true,
  evidence:
    name === 'diverged'
      ? `The copies of ${plain(key)} differ ${inSeconds.at(scene.nowUs)}: ${describe(copies)}.`
      : `All live copies of ${plain(key)} are equal again ${inSeconds.at(scene.nowUs)}: ${describe(copies)}.`,
})

/**
 * A copy that lags is given the time to settle: in between, news may wait for a timer (a commit index travels with the next heartbeat).
 * Writes that know nothing of one another are a divergence at once.
 */
const differenceOf = (
  before: Difference | undefined,
  copies: readonly Held[],
  links: Links,
  scene: Scene,
): Difference => {
  if (before?.how === 'diverged') return before
  const writes = copies.map(({ node, ops }) => `${node} ${ops.join(' ')}`).join(' | ')
  // The same copies cannot have come into conflict by what was put on top of them elsewhere.
  if (before?.writes !== writes && conflict(copies, links)) return { how: 'diverged' }
  const quiet = scene.inFlight === 0 && !scene.faulty
  const quietUs = quiet ? (before?.quietUs ?? scene.nowUs) : null
  if (quietUs !== null && scene.nowUs - quietUs >= scene.settlingUs) return { how: 'diverged' }
  return before?.quietUs === quietUs && before.writes === writes ? before : { how: 'behind', quietUs, writes }
}

const noLinks: Links = new Map()

/** The keys to look at: those that the event may have changed, and those that differ and whose time may have come. */
const keysToLookAt = (state: Agreement, event: TraceEvent, scene: Scene): Iterable<string> => {
  const touched = touchedKeys(event, scene)
  if (state.differing.size === 0) return touched
  const keys = new Set(touched)
  const quiet = scene.inFlight === 0 && !scene.faulty
  for (const [key, { how }] of state.differing) if (how === 'behind' || quiet) keys.add(key)
  return keys
}

const withLinks = (links: Agreement['links'], event: TraceEvent): Agreement['links'] => {
  let next = links
  for (const { key, op, over } of appliedIn(event)) {
    if (over === null) continue
    const known = next.get(key) ?? noLinks
    const longer = withLink(known, op, over)
    if (longer !== known) next = new Map(next).set(key, longer)
  }
  return next
}

const observe = sharedFold<Agreement>((state, event, scene) => {
  const links = withLinks(state.links, event)
  let next = links === state.links ? state : { ...state, links }
  for (const key of keysToLookAt(state, event, scene)) {
    const copies = copiesOf(key, scene)
    const before = next.differing.get(key)
    if (agree(copies)) {
      if (before === undefined) continue
      // A copy that is out of sight (a node down, a message under way) may still disagree.
      if (before.how === 'diverged' && (scene.inFlight > 0 || scene.faulty)) continue
      const differing = new Map(next.differing)
      differing.delete(key)
      next = { ...next, differing }
      if (before.how === 'behind') continue
      const seen = sighting('converged', key, copies, scene, event.index)
      next = { ...next, converged: withSighting(next.converged, seen) }
      continue
    }
    const now = differenceOf(before, copies, links.get(key) ?? noLinks, scene)
    if (now === before) continue
    next = { ...next, differing: new Map(next.differing).set(key, now) }
    if (now.how === 'behind') continue
    const seen = sighting('diverged', key, copies, scene, event.index)
    next = { ...next, diverged: withSighting(next.diverged, seen) }
  }
  return next
})

const initial: Agreement = {
  differing: new Map(),
  links: new Map(),
  diverged: noSightings,
  converged: noSightings,
}

/** Live copies of one key differ, and not only because news is still on its way. */
export const diverged: Detector<Agreement> = {
  name: 'diverged',
  definition:
    'Live servers hold different values of one key, and not just because an update is on its way: they took writes that know nothing of one another, or without faults and with nothing under way one stayed behind for as long as settling takes.',
  initial,
  observe,
  report: state => listed(state.diverged),
}

/** After a divergence all live copies are equal again, and nothing is under way that could change them. */
export const converged: Detector<Agreement> = {
  name: 'converged',
  definition:
    'After a divergence all live servers hold equal values again, no fault is in force and no message is under way that could change them.',
  initial,
  observe,
  report: state => listed(state.converged),
}
