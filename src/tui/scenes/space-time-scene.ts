import type { MessageId, NodeId } from '../../kernel/ids.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import { lightCone } from '../../lab/causality.ts'
import type { Session } from '../../lab/session.ts'
import type { AxisWindow } from '../panes/axis.ts'
import type { CausalCones, Lane, LaneStretch, RunBand, SpaceTimeView } from '../panes/space-time-view.ts'
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

/** How a node stands just now, for what began before the events at hand. */
const standsAs = (session: Session, node: NodeId): LaneStretch['kind'] | null => {
  const status = session.status(node)
  if (status !== 'up') return status
  return session.view(node).authority === undefined ? null : 'authority'
}

const olderStretches = (session: Session, known: readonly LaneStretch[], fromUs: number): readonly LaneStretch[] =>
  [...session.servers, ...session.clients].flatMap(node => {
    const kind = standsAs(session, node)
    const isKnown = known.some(each => each.node === node && each.kind === kind && each.toUs === null)
    return kind === null || isKnown || session.index === 0 ? [] : [{ node, fromUs, toUs: null, kind }]
  })

const isAnyCut = ({ world }: Session): boolean =>
  Object.values(world.links).some(row => Object.values(row).some(link => link.cut))

const olderBands = (session: Session, known: readonly RunBand[], fromUs: number): readonly RunBand[] =>
  known.some(({ kind, toUs }) => kind === 'cut' && toUs === null) || !isAnyCut(session)
    ? []
    : [{ fromUs, toUs: null, kind: 'cut', label: 'cut' }]

/** What the space-time diagram shows of a session. */
export const spaceTimeScene = (session: Session, look: SpaceTimeLook): SpaceTimeView => {
  const { trace } = session
  const record = recordOf(session)
  const first = trace[0]
  const fromUs = first?.atUs ?? 0
  const event = look.cursor === null || !first ? undefined : trace[look.cursor - first.index]
  return {
    lanes: lanesOf(session),
    messages: record.messages.since(look.window.fromUs),
    purposes: record.messages.purposes,
    spans: record.spans,
    marks: record.marks,
    stretches: [...olderStretches(session, record.stretches, fromUs), ...record.stretches],
    bands: [...olderBands(session, record.bands.bands, fromUs), ...record.bands.bands],
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
