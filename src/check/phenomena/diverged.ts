import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Detector, PhenomenonName } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { inSeconds, plain } from '../wording.ts'
import { agree, copiesOf, type Held, touchedKeys } from './agreement.ts'
import { appliedIn } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** How copies of a key differ: some lag behind (and since when nothing is under way that could change it), or they have diverged. */
type Difference = { readonly how: 'behind'; readonly quietUs: number | null } | { readonly how: 'diverged' }

interface Agreement {
  /** Keys whose copies differ just now. */
  readonly differing: ReadonlyMap<string, Difference>
  /** For each key which write was put on top of which, lately. */
  readonly links: ReadonlyMap<string, readonly (readonly [op: RequestId, over: RequestId])[]>
  readonly sightings: Sightings
}

const kept = 48

const reaches = (links: readonly (readonly [RequestId, RequestId])[], from: RequestId, to: RequestId): boolean => {
  const known = new Set([from])
  for (const op of known) for (const [later, earlier] of links) if (later === op) known.add(earlier)
  return known.has(to)
}

/** Two copies whose writes were made without knowing of one another: neither was put on top of the other. */
const conflict = (copies: readonly Held[], links: readonly (readonly [RequestId, RequestId])[]): boolean =>
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
  links: readonly (readonly [RequestId, RequestId])[],
  scene: Scene,
): Difference => {
  if (before?.how === 'diverged' || conflict(copies, links)) return { how: 'diverged' }
  const quiet = scene.inFlight === 0 && !scene.faulty
  const quietUs = quiet ? (before?.quietUs ?? scene.nowUs) : null
  return quietUs !== null && scene.nowUs - quietUs >= scene.settlingUs
    ? { how: 'diverged' }
    : { how: 'behind', quietUs }
}

const fold =
  (watched: 'diverged' | 'converged'): Detector<Agreement>['observe'] =>
  (state, event, scene) => {
    let { differing, links, sightings } = state
    for (const { key, op, over } of appliedIn(event)) {
      const known = links.get(key) ?? []
      if (over === null || known.some(([later, earlier]) => later === op && earlier === over)) continue
      links = new Map(links).set(key, [...known, [op, over] as const].slice(-kept))
    }
    const still = [...differing].filter(([, { how }]) => how === 'behind' || (scene.inFlight === 0 && !scene.faulty))
    for (const key of new Set([...touchedKeys(event, scene), ...still.map(([name]) => name)])) {
      const copies = copiesOf(key, scene)
      const before = differing.get(key)
      if (agree(copies)) {
        if (before === undefined) continue
        // A copy that is out of sight (a node down, a message under way) may still disagree.
        if (before.how === 'diverged' && (scene.inFlight > 0 || scene.faulty)) continue
        if (before.how === 'diverged' && watched === 'converged') {
          sightings = withSighting(sightings, sighting('converged', key, copies, scene, event.index))
        }
        differing = new Map([...differing].filter(([name]) => name !== key))
        continue
      }
      const now = differenceOf(before, copies, links.get(key) ?? [], scene)
      const same =
        before?.how === now.how &&
        (now.how === 'diverged' || (before.how === 'behind' && before.quietUs === now.quietUs))
      if (same) continue
      differing = new Map(differing).set(key, now)
      if (now.how === 'diverged' && watched === 'diverged') {
        sightings = withSighting(sightings, sighting('diverged', key, copies, scene, event.index))
      }
    }
    const same = differing === state.differing && links === state.links && sightings === state.sightings
    return same ? state : { differing, links, sightings }
  }

const initial: Agreement = { differing: new Map(), links: new Map(), sightings: noSightings }

/** Live copies of one key differ, and not only because news is still on its way. */
export const diverged: Detector<Agreement> = {
  name: 'diverged',
  definition:
    'Live servers hold different values of one key, and not just because an update is on its way: they took writes that know nothing of one another, or without faults and with nothing under way one stayed behind for as long as settling takes.',
  initial,
  observe: fold('diverged'),
  report: state => listed(state.sightings),
}

/** After a divergence all live copies are equal again, and nothing is under way that could change them. */
export const converged: Detector<Agreement> = {
  name: 'converged',
  definition:
    'After a divergence all live servers hold equal values again, no fault is in force and no message is under way that could change them.',
  initial,
  observe: fold('converged'),
  report: state => listed(state.sightings),
}
