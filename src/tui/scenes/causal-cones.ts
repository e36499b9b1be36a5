import type { NodeId } from '../../kernel/ids.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { CausalCones } from '../panes/space-time-view.ts'

/** The nodes at which an event took place: one, but for acts, which take place at every node they touch. */
const nodesOf = ({ cause }: TraceEvent): readonly NodeId[] => (cause.type === 'act' ? cause.nodes : [cause.node])

/** The index of the event that sent what this one received. */
const senderOf = ({ cause }: TraceEvent): number | undefined =>
  cause.type === 'deliver' ? cause.message.sentAt : undefined

const pastOf = (events: readonly TraceEvent[], place: number, of: TraceEvent): ReadonlySet<number> => {
  const past = new Set([of.index])
  const nodes = new Set<NodeId>(nodesOf(of))
  const senders = new Set([senderOf(of)])
  for (let i = place - 1; i >= 0; i--) {
    const event = events[i]
    if (!event || !(senders.has(event.index) || nodesOf(event).some(node => nodes.has(node)))) continue
    past.add(event.index)
    for (const node of nodesOf(event)) nodes.add(node)
    senders.add(senderOf(event))
  }
  return past
}

const futureOf = (events: readonly TraceEvent[], place: number, of: TraceEvent): ReadonlySet<number> => {
  const future = new Set([of.index])
  const nodes = new Set<NodeId>(nodesOf(of))
  for (const event of events.slice(place + 1)) {
    const sender = senderOf(event)
    const reached = sender !== undefined && future.has(sender)
    if (!reached && !nodesOf(event).some(node => nodes.has(node))) continue
    future.add(event.index)
    for (const node of nodesOf(event)) nodes.add(node)
  }
  return future
}

/**
 * The causal past and future of one event among these, itself in both: happened-before as of Lamport, "Time, clocks, and the ordering
 * of events in a distributed system", 1978: the order at each node, and sending before receiving. `from` is the index of the
 * first event at hand; what lies before that is not known.
 */
export const causalCones = (events: readonly TraceEvent[], from: number, index: number): CausalCones | null => {
  const place = index - from
  const of = events[place]
  return of ? { past: pastOf(events, place, of), future: futureOf(events, place, of) } : null
}
