import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { Detector, Phenomenon } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { deed, inSeconds, named } from '../wording.ts'
import { type Authorities, followAuthority, nobody, type Rivals } from './authority.ts'
import { appliedIn, completedIn } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** What a node did while it had a rival. */
interface Deed {
  readonly rivals: Rivals
  readonly node: NodeId
}

/** A deed with the operation that it was. */
interface Done extends Deed {
  readonly op: Operation
}

interface SplitBrain {
  readonly authorities: Authorities
  /** Rivalries that are over; the oldest are let go. */
  readonly past: readonly Rivals[]
  /** Replies of rivals to operations that are still open, sent to the client or to a node that passes them on; the oldest are let go. */
  readonly replied: ReadonlyMap<RequestId, readonly Deed[]>
  /** Operations that rivals have done, the first of each side; the oldest are let go. */
  readonly acted: readonly Done[]
  readonly sightings: Sightings
}

const kept = 64

const concerns = (rivals: Rivals, op: Operation): boolean => rivals.over === '*' || rivals.over === op.key

const noReplies: SplitBrain['replied'] = new Map()

/** A deed is done when the node replies; by the time the reply has reached the client the node may have stepped down. */
const withReplies = (replied: SplitBrain['replied'], event: TraceEvent, rivals: readonly Rivals[]) => {
  let next = replied
  for (const effect of rivals.length === 0 ? [] : event.effects) {
    if (effect.type !== 'sent') continue
    const { from: node, info } = effect.message
    const own = rivals.filter(({ a, b }) => a === node || b === node)
    if (info.op === undefined || info.purpose !== 'reply' || own.length === 0) continue
    const before = (next.get(info.op) ?? []).filter(deed => deed.node !== node)
    const longer = new Map(next).set(info.op, [...before, ...own.map(one => ({ rivals: one, node }))])
    const [oldest] = longer.keys()
    if (longer.size > kept && oldest !== undefined) longer.delete(oldest)
    next = longer
  }
  return next
}

/**
 * The deeds that the operation was: of the node that answered its client, or of the one whose reply that node passed on. What was asked
 * for before the two were rivals is none: it may have been agreed on before, and be answered by either.
 */
const deedsOf = (op: Operation, replied: SplitBrain['replied'], rivals: readonly Rivals[]): readonly Deed[] => {
  const known = replied.get(op.id) ?? []
  const node = known.length === 0 || known.some(deed => deed.node === op.servedBy) ? op.servedBy : known.at(-1)?.node
  if (node === undefined) return []
  // Where messages do not name their operation, all that is known is who answered.
  const deeds = known.length === 0 ? rivals.map(one => ({ rivals: one, node })) : known.filter(one => one.node === node)
  return deeds.filter(one => (one.rivals.a === node || one.rivals.b === node) && op.invokedUs >= one.rivals.sinceUs)
}

const withoutOp = (replied: SplitBrain['replied'], op: RequestId): SplitBrain['replied'] => {
  if (!replied.has(op)) return replied
  const rest = new Map(replied)
  rest.delete(op)
  return rest
}

const keptPast = 16

/** Whether the node still acts on the authority with which it once had a rival. */
const goesOn = ({ holders }: Authorities, { a, terms }: Rivals, node: NodeId): boolean =>
  holders.get(node)?.term === (node === a ? terms[0] : terms[1])

/**
 * What a store carried out on the authority of rivals, whenever it was asked for: there and then they have acted. Each may act as long as
 * its own authority lasts, though the other's is over by then.
 */
const onAuthority = (event: TraceEvent, state: Pick<SplitBrain, 'authorities' | 'past'>, scene: Scene): Done[] => {
  const { authorities, past } = state
  const { rivals } = authorities
  return (rivals.length + past.length === 0 ? [] : appliedIn(event)).flatMap(({ op: id, by }) => {
    const op = by === null ? undefined : scene.history.findLast(one => one.id === id)
    if (by === null || op === undefined) return []
    return [...rivals, ...past.filter(one => goesOn(authorities, one, by))]
      .filter(one => one.a === by || one.b === by)
      .map(one => ({ rivals: one, node: by, op }))
  })
}

type Act = Omit<Done, 'rivals'>

const sightingOf = (rivals: Rivals, first: Act, second: Act, event: TraceEvent): Phenomenon => ({
  name: 'split-brain',
  atUs: event.atUs,
  atIndex: event.index,
  nodes: [first.node, second.node],
  ...(first.op.key === second.op.key ? { key: second.op.key } : {}),
  ops: [first.op.id, second.op.id],
  final: true,
  evidence:
    `${named(first.node)} and ${second.node} were both in charge from ${inSeconds.at(rivals.sinceUs).slice(3)} on, and both acted: ` +
    `${named(first.op.client)} ${deed(first.op)} through ${first.node}, ${named(second.op.client)} ${deed(second.op)} through ${second.node}.`,
})

/** Two nodes in charge of the same thing at once, and both completed operations meanwhile, or had them carried out by others. */
export const splitBrain: Detector<SplitBrain> = {
  name: 'split-brain',
  definition:
    'Two live nodes were in charge of the same thing at once, and both completed operations of clients meanwhile, or had a store carry them out: two leaders that acted.',
  initial: { authorities: nobody, past: [], replied: noReplies, acted: [], sightings: noSightings },
  observe(state, event, scene) {
    const authorities = followAuthority(state.authorities, event, scene)
    const { rivals: current } = authorities
    let replied = withReplies(state.replied, event, current)
    const over = state.authorities.rivals.filter(one => !current.includes(one))
    const past = over.length === 0 ? state.past : [...state.past, ...over].slice(-keptPast)
    const done = onAuthority(event, { authorities, past }, scene)
    for (const op of current.length === 0 && replied.size === 0 ? [] : completedIn(event, scene)) {
      if (op.outcome === 'ok') done.push(...deedsOf(op, replied, current).map(one => ({ ...one, op })))
      replied = withoutOp(replied, op.id)
    }
    let { sightings, acted } = state
    for (const { rivals, node, op } of done) {
      if (!concerns(rivals, op) || acted.some(one => one.rivals === rivals && one.node === node)) continue
      const other = acted.find(one => one.rivals === rivals)
      acted = [...acted, { rivals, node, op }].slice(-kept)
      if (other !== undefined) sightings = withSighting(sightings, sightingOf(rivals, other, { node, op }, event))
    }
    const same =
      authorities === state.authorities &&
      past === state.past &&
      acted === state.acted &&
      replied === state.replied &&
      sightings === state.sightings
    return same ? state : { authorities, past, acted, replied, sightings }
  },
  report: state => listed(state.sightings),
}
