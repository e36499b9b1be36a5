import type { NodeId } from '../../kernel/ids.ts'
import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { Detector } from '../phenomenon.ts'
import { inSeconds, named, plain, shown } from '../wording.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** What was decided first about something, and by whom. */
interface Decision {
  readonly node: NodeId
  readonly value: Json
  readonly atUs: number
}

interface Decisions {
  readonly first: ReadonlyMap<string, Decision>
  /** Nodes that lied at some time, or whose memory was tampered with: what they decide binds nobody. */
  readonly faulty: ReadonlySet<NodeId>
  readonly sightings: Sightings
}

/** So many things to decide on are remembered; the oldest are let go. */
const kept = 256

const withFaulty = (faulty: ReadonlySet<NodeId>, { cause }: TraceEvent): ReadonlySet<NodeId> => {
  if (cause.type !== 'act' || (cause.kind !== 'byzantine' && cause.kind !== 'corrupt')) return faulty
  return cause.nodes.every(node => faulty.has(node)) ? faulty : new Set([...faulty, ...cause.nodes])
}

const withDecision = (first: Decisions['first'], about: string, decision: Decision): Decisions['first'] => {
  const next = new Map(first).set(about, decision)
  for (const oldest of next.keys()) {
    if (next.size <= kept) break
    next.delete(oldest)
  }
  return next
}

/** Two nodes that keep to their protocol decided differently about one thing. */
export const disagreement: Detector<Decisions> = {
  name: 'disagreement',
  definition:
    'Two nodes that keep to their protocol decided differently about one and the same thing: the order of a battle, the request with a number. What liars and nodes with a tampered memory decide does not count.',
  initial: { first: new Map(), faulty: new Set(), sightings: noSightings },
  observe(state, event) {
    const faulty = withFaulty(state.faulty, event)
    let { first, sightings } = state
    for (const effect of event.effects) {
      if (effect.type !== 'note' || effect.text !== 'decided' || faulty.has(effect.node)) continue
      const data = effect.data as { readonly about?: Json; readonly value?: Json } | null
      if (typeof data?.about !== 'string') continue
      const { about, value = null } = data
      const before = first.get(about)
      if (before === undefined || faulty.has(before.node)) {
        first = withDecision(first, about, { node: effect.node, value, atUs: event.atUs })
        continue
      }
      if (canonicalJson(before.value) === canonicalJson(value)) continue
      sightings = withSighting(sightings, {
        name: 'disagreement',
        atUs: event.atUs,
        atIndex: event.index,
        nodes: [before.node, effect.node],
        ops: [],
        final: true,
        evidence: `${named(before.node)} decided ${shown(before.value)} for ${plain(about)} ${inSeconds.at(before.atUs)}, and ${effect.node} decided ${shown(value)} ${inSeconds.at(event.atUs)}. Both kept to the protocol.`,
      })
    }
    const same = faulty === state.faulty && first === state.first && sightings === state.sightings
    return same ? state : { first, faulty, sightings }
  },
  report: state => listed(state.sightings),
}
