import type { MessageId, NodeId } from '../../kernel/ids.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import { lightCone } from '../../lab/causality.ts'
import type { Session } from '../../lab/session.ts'
import type { AxisWindow } from '../panes/axis.ts'
import type { CausalCones, Lane, LaneStretch, SpaceTimeView } from '../panes/space-time-view.ts'
import { eventWords } from './event-words.ts'
import { recordOf } from './run-records.ts'

/** How the diagram is looked at. */
export interface SpaceTimeLook {
  readonly window: AxisWindow
  /** Index of the event under the cursor; null for none. */
  readonly cursor: number | null
  /** Whether its causal past and future are lit. */
  readonly lit: boolean
  readonly heartbeats: boolean
  readonly selected: MessageId | null
}

/** Servers in the lab's order, each client above the server beside which it stands, and clients that stand nowhere on top. */
export const lanesOf = (session: Pick<Session, 'servers' | 'clients' | 'lab'>): readonly Lane[] => {
  const { servers, clients, lab } = session
  const at = new Map<NodeId, NodeId | null>(lab.nodes.map(node => [node.id, node.at]))
  const lane =
    (kind: Lane['kind']) =>
    (node: NodeId): Lane => ({ node, kind })
  const beside = (server: NodeId): readonly NodeId[] => clients.filter(client => at.get(client) === server)
  const loose = clients.filter(client => !servers.some(server => server === at.get(client)))
  return [
    ...loose.map(lane('client')),
    ...servers.flatMap(server => [...beside(server).map(lane('client')), lane('server')(server)]),
  ]
}

interface Lit {
  readonly last: TraceEvent | undefined
  readonly index: number
  readonly cones: CausalCones
}
let lit: Lit | null = null

/** The cones of an event, computed anew only when the event or the trace is another. The event belongs to both. */
const conesOf = (trace: readonly TraceEvent[], index: number): CausalCones => {
  const last = trace.at(-1)
  if (lit !== null && lit.last === last && lit.index === index) return lit.cones
  const { past, future } = lightCone(trace, index)
  const cones = { past: new Set([...past, index]), future: new Set([...future, index]) }
  lit = { last, index, cones }
  return cones
}

/** Authority that began before the events at hand. */
const olderAuthority = (session: Session, stretches: readonly LaneStretch[], fromUs: number): readonly LaneStretch[] =>
  session.servers
    .filter(
      node =>
        session.view(node).authority !== undefined &&
        session.status(node) !== 'down' &&
        !stretches.some(each => each.node === node && each.kind === 'authority' && each.toUs === null),
    )
    .map(node => ({ node, fromUs, toUs: null, kind: 'authority' }))

/** What the space-time diagram shows of a session. */
export const spaceTimeScene = (session: Session, look: SpaceTimeLook): SpaceTimeView => {
  const { trace } = session
  const record = recordOf(session)
  const first = trace[0]
  const event = look.cursor === null || !first ? undefined : trace[look.cursor - first.index]
  return {
    lanes: lanesOf(session),
    messages: record.messages.strokes,
    spans: record.spans,
    marks: record.marks,
    stretches: [...olderAuthority(session, record.stretches, first?.atUs ?? 0), ...record.stretches],
    bands: record.bands.bands,
    nowUs: session.nowUs,
    window: look.window,
    cursor: event
      ? { atUs: event.atUs, node: event.cause.type === 'act' ? null : event.cause.node, label: eventWords(event) }
      : null,
    cones: event && look.lit ? conesOf(trace, event.index) : null,
    heartbeats: look.heartbeats,
    selected: look.selected,
  }
}
