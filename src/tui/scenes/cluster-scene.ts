import type { MessageId, NodeId } from '../../kernel/ids.ts'
import type { NodeView } from '../../kernel/view.ts'
import type { Session } from '../../lab/session.ts'
import type { ClockState, NodeState } from '../../sim/world.ts'
import type {
  ClusterClient,
  ClusterFlight,
  ClusterLink,
  ClusterNode,
  ClusterView,
  LinkWay,
  Selection,
  ShownCopy,
} from '../panes/cluster-view.ts'
import { sanitizeLine } from '../plain.ts'
import { requestLabels, valueText } from './operation-label.ts'

/** How far a node's clock is off real time at `nowUs`, microseconds: its own monotonic clock, its steps included. */
const skewUs = (clock: ClockState, nowUs: number): number =>
  clock.ownUs + (nowUs - clock.realUs) * (1 + clock.ratePpm / 1_000_000) + clock.offsetUs - nowUs

const milliseconds = (us: number): string => {
  const ms = us / 1000
  return `${Math.abs(ms) < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
}

const troublesOf = (state: NodeState | undefined, nowUs: number): readonly string[] => {
  if (!state) return []
  const troubles: string[] = []
  const skew = skewUs(state.clock, nowUs)
  if (state.byzantine) troubles.push(`lies: ${state.byzantine.strategy}`)
  if (state.sendOmission > 0) troubles.push(`loses ${Math.round(state.sendOmission * 100)} % of what it sends`)
  if (state.receiveOmission > 0) troubles.push(`loses ${Math.round(state.receiveOmission * 100)} % of what it gets`)
  if (state.slowUs > 0) troubles.push(`slow ${milliseconds(state.slowUs)}`)
  if (Math.abs(skew) >= 50) troubles.push(`clock ${skew > 0 ? '+' : ''}${milliseconds(skew)}`)
  return troubles
}

const copiesOf = (view: NodeView, freshOp: ReadonlySet<string>): readonly ShownCopy[] =>
  Object.entries(view.values).map(([key, copy]) => ({
    key: sanitizeLine(key),
    value: copy.siblings?.length
      ? copy.siblings.map(({ value }) => valueText(value)).join('|')
      : valueText(copy.value) || 'none',
    version: sanitizeLine(copy.version),
    tentative: copy.tentative === true,
    fresh: copy.op !== null && freshOp.has(copy.op),
  }))

/** Server, and the operations whose writes it took at the latest event. */
const freshOf = (session: Session): { readonly node: NodeId | null; readonly ops: ReadonlySet<string> } => {
  const { event } = session
  if (!event) return { node: null, ops: new Set() }
  const ops = event.effects.flatMap(effect => {
    if (effect.type !== 'note' || effect.text !== 'applied') return []
    const { data } = effect
    const op = data !== null && typeof data === 'object' && 'op' in data ? data.op : null
    return typeof op === 'string' ? [op] : []
  })
  return { node: event.cause.type === 'act' ? (event.cause.nodes[0] ?? null) : event.cause.node, ops: new Set(ops) }
}

/** The clients that the lab wants drawn as cards. */
const cardsOf = ({ lab, clients }: Session): readonly NodeId[] =>
  clients.filter(id => lab.cards.includes(lab.nodes.find(node => node.id === id)?.role ?? ''))

const nodesOf = (session: Session): readonly ClusterNode[] => {
  const fresh = freshOf(session)
  const { lab, world, nowUs } = session
  const cards = cardsOf(session)
  const drawn = lab.nodes.map(({ id }) => id).filter(id => session.servers.includes(id) || cards.includes(id))
  return drawn.map((id): ClusterNode => {
    const view = session.view(id)
    const role = lab.nodes.find(node => node.id === id)?.role ?? ''
    const shown = lab.show[role]
    return {
      id,
      role: view.role,
      term: view.term ?? view.authority?.term ?? null,
      authority: view.authority !== undefined,
      status: session.status(id),
      troubles: troublesOf(world.nodes[id], nowUs),
      copies: copiesOf(view, fresh.node === id ? fresh.ops : new Set()),
      facts: shown ? view.facts.filter(({ label }) => shown.includes(label)) : view.facts,
      ...(shown ? { factsChosen: true } : {}),
      fresh: fresh.node === id,
      ...(cards.includes(id) ? { client: clientOf(session, id) } : {}),
    }
  })
}

const clientsOf = (session: Session): readonly ClusterClient[] => {
  const cards = cardsOf(session)
  return session.clients.filter(id => !cards.includes(id)).map(id => clientOf(session, id))
}

const clientOf = (session: Session, id: NodeId): ClusterClient => {
  const { history } = session
  const at = session.lab.nodes.find(node => node.id === id)?.at ?? null
  const status = session.status(id)
  const last = history.findLast(operation => operation.client === id)
  if (!last) return { id, at, status, doing: '', outcome: null }
  const label = requestLabels(last)[1] ?? last.kind
  const read = last.outcome === 'ok' && last.kind === 'read' ? ` ${valueText(last.output) || 'none'}` : ''
  const open = last.returnedUs === null && (last.gaveUpUs ?? null) === null
  return { id, at, status, doing: `${label}${read}`, outcome: open ? 'open' : last.outcome }
}

const wayOf = (session: Session, from: NodeId, to: NodeId): LinkWay => {
  const set = session.world.links[from]?.[to]?.set
  const troubles: string[] = []
  if (set?.loss) troubles.push(`loss ${Number((set.loss * 100).toPrecision(3))} %`)
  if (set?.duplicate) troubles.push(`twice ${Math.round(set.duplicate * 100)} %`)
  if (set?.reorder) troubles.push(`reorder ${Math.round(set.reorder * 100)} %`)
  if (set?.latencyMs !== undefined || set?.minMs) troubles.push(`latency changed`)
  if (set?.bandwidth) troubles.push(`${Math.round(set.bandwidth / 1000)} kB/s`)
  return { cut: session.isCut(from, to), troubles }
}

const linksOf = (session: Session): readonly ClusterLink[] => {
  const { servers, clients } = session
  const pairs = servers.flatMap((a, i) => servers.slice(i + 1).map(b => [a, b] as const))
  const between = pairs.map(([a, b]) => ({ a, b, forth: wayOf(session, a, b), back: wayOf(session, b, a) }))
  const outside = clients.flatMap(a =>
    servers.map(b => ({ a, b, forth: wayOf(session, a, b), back: wayOf(session, b, a) })),
  )
  const isWrong = ({ forth, back }: ClusterLink): boolean =>
    forth.troubles.length > 0 || back.troubles.length > 0 || forth.cut !== back.cut
  const cards = cardsOf(session)
  const among = cards.flatMap((a, i) =>
    cards.slice(i + 1).map(b => ({ a, b, forth: wayOf(session, a, b), back: wayOf(session, b, a) })),
  )
  return [
    ...between,
    ...outside.filter(link => isWrong(link) || (cards.includes(link.a) && isUsed(session, link))),
    ...among.filter(link => isUsed(session, link)),
  ]
}

const isUsed = ({ world }: Session, { a, b }: ClusterLink): boolean =>
  (world.links[a]?.[b]?.sent ?? 0) > 0 || (world.links[b]?.[a]?.sent ?? 0) > 0

/** Servers that are joined by links open at least one way, in the lab's order. */
const groupsOf = (servers: readonly NodeId[], links: readonly ClusterLink[]): readonly (readonly NodeId[])[] => {
  const group = new Map(servers.map(id => [id, id]))
  for (const { a, b, forth, back } of links) {
    const [from, to] = [group.get(a), group.get(b)]
    if ((forth.cut && back.cut) || from === undefined || to === undefined || from === to) continue
    for (const [id, of] of group) if (of === to) group.set(id, from)
  }
  return [...new Set(group.values())].map(name => servers.filter(id => group.get(id) === name))
}

const flightsOf = (session: Session): readonly ClusterFlight[] =>
  session.flights.map(({ message, arrivesUs }) => {
    const { id, from, to, info, sentUs } = message
    const whole = arrivesUs === null ? 0 : arrivesUs - sentUs
    const part = whole > 0 ? Math.max(0, Math.min(1, (session.nowUs - sentUs) / whole)) : 0.5
    const label = sanitizeLine(info.label.replace(/ null$/, ''))
    return { id: id as MessageId, from, to, purpose: info.purpose, label, part, held: arrivesUs === null }
  })

/** What the cluster pane shows of a session. */
export const clusterScene = (session: Session, selection: Selection | null): ClusterView => {
  const links = linksOf(session)
  const cards = cardsOf(session)
  const groups = groupsOf(session.servers, links)
  const [first = [], ...others] = groups
  return {
    nodes: nodesOf(session),
    clients: clientsOf(session),
    links,
    flights: flightsOf(session),
    // Clients drawn as cards stand with the first group: which sides they reach, their links say.
    groups: cards.length === 0 ? groups : [[...cards, ...first], ...others],
    selection,
    factsFirst: session.lab.definition.factsFirst ?? false,
  }
}
