import type { NodeId } from '../kernel/ids.ts'
import type { TraceEvent } from '../kernel/trace.ts'

/** The events, by index, that can have influenced an event, and those that it can have influenced. Neither holds the event itself. */
export interface LightCone {
  readonly past: ReadonlySet<number>
  readonly future: ReadonlySet<number>
}

/** The nodes in whose own order the event stands. A message that only arrived, and waits, is not yet an event of its receiver. */
const processesOf = ({ cause }: TraceEvent): readonly NodeId[] => {
  if (cause.type === 'act') return cause.nodes
  return cause.type === 'arrive' ? [] : [cause.node]
}

const sentAt = ({ cause }: TraceEvent): number | null =>
  cause.type === 'deliver' || cause.type === 'arrive' ? cause.message.sentAt : null

/** For each event the events right before it: the last one of the same process, and the one that sent the message that it delivers. */
const predecessors = (events: readonly TraceEvent[]): ReadonlyMap<number, readonly number[]> => {
  const last = new Map<NodeId, number>()
  const before = new Map<number, readonly number[]>()
  const known = new Set(events.map(event => event.index))
  for (const event of events) {
    const own = processesOf(event)
    const sender = sentAt(event)
    const direct = own.flatMap(node => last.get(node) ?? [])
    before.set(event.index, sender !== null && known.has(sender) ? [...direct, sender] : direct)
    for (const node of own) last.set(node, event.index)
  }
  return before
}

const reach = (from: number, edges: ReadonlyMap<number, readonly number[]>): ReadonlySet<number> => {
  const reached = new Set<number>()
  const todo = [...(edges.get(from) ?? [])]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    todo.push(...(edges.get(next) ?? []))
  }
  return reached
}

/**
 * The causal past and future of an event within a window of the trace, by happened-before: the order of each process, and a message's
 * sending before its receipt. Lamport, "Time, clocks, and the ordering of events in a distributed system", CACM 21(7), 1978.
 */
export const lightCone = (events: readonly TraceEvent[], index: number): LightCone => {
  const before = predecessors(events)
  const after = new Map<number, number[]>()
  for (const [event, sources] of before) {
    for (const source of sources) after.set(source, [...(after.get(source) ?? []), event])
  }
  return { past: reach(index, before), future: reach(index, after) }
}
