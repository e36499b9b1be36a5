import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import { casMissed } from '../model.ts'
import type { Detector, Phenomenon } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { inSeconds, named, plain } from '../wording.ts'
import { calledIn, completedIn, isRead } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** How far an open operation got at one server. `answered`: a reply left the server and has not arrived. */
type Contact = 'asked' | 'received' | 'answered' | 'heard'

interface Open {
  readonly client: NodeId
  readonly invokedUs: number
  readonly contacts: ReadonlyMap<NodeId, Contact>
}

interface Refusals {
  readonly open: ReadonlyMap<RequestId, Open>
  /** For each server the last moment at which it was not up. */
  readonly troubledUs: ReadonlyMap<NodeId, number>
  readonly closed: boolean
  readonly sightings: Sightings
}

const withContact = (open: Refusals['open'], op: RequestId | undefined, node: NodeId, contact: Contact) => {
  const request = op === undefined ? undefined : open.get(op)
  if (op === undefined || request === undefined || request.contacts.get(node) === contact) return open
  return new Map(open).set(op, { ...request, contacts: new Map(request.contacts).set(node, contact) })
}

/** Follows the requests of clients to servers, and the replies back. */
const followContacts = (open: Refusals['open'], event: TraceEvent, scene: Scene): Refusals['open'] => {
  const { cause } = event
  let next = open
  // One that arrives and waits at a busy node has reached it as well.
  const reached = cause.type === 'arrive' && event.effects.every(effect => effect.type !== 'lost')
  if (cause.type === 'deliver' || (cause.type === 'arrive' && reached)) {
    const { from, to, info } = cause.message
    const request = info.op === undefined ? undefined : open.get(info.op)
    if (request?.client === from && scene.servers.includes(to)) next = withContact(next, info.op, to, 'received')
    if (request?.client === to && request.contacts.has(from)) next = withContact(next, info.op, from, 'heard')
  }
  for (const effect of event.effects) {
    if (effect.type !== 'sent' && effect.type !== 'lost') continue
    const { from, to, info } = effect.message
    const request = info.op === undefined ? undefined : next.get(info.op)
    if (request === undefined) continue
    if (request.client === from && scene.servers.includes(to) && !request.contacts.has(to)) {
      next = withContact(next, info.op, to, 'asked')
    }
    if (request.client === to && request.contacts.get(from) === 'received')
      next = withContact(next, info.op, from, 'answered')
  }
  return next
}

/** The server that the client says it is talking to: for clients whose messages do not name their operation. */
const askedBy = (client: NodeId, scene: Scene): NodeId | undefined => {
  const target = scene.view(client).facts.find(fact => fact.label === 'asks')?.value
  return scene.servers.find(server => server === target)
}

const what = (op: Operation): string => `${op.kind === 'txn' ? 'transaction' : op.kind} of ${plain(op.key)}`

/** The servers up ever since the call that could have answered and did not; the one that said no first. */
const refusers = (op: Operation, open: Open, state: Refusals, scene: Scene): readonly NodeId[] => {
  const live = (node: NodeId) => scene.status(node) === 'up' && (state.troubledUs.get(node) ?? -1) < open.invokedUs
  if (op.outcome === 'fail' && op.servedBy !== undefined && scene.servers.includes(op.servedBy)) {
    return live(op.servedBy) ? [op.servedBy] : []
  }
  const contacts = [...open.contacts]
  // A reply that was lost on the way is the network's doing, and a request that never arrived is nobody's refusal.
  const told = contacts.filter(([, contact]) => contact === 'received' || contact === 'heard').map(([node]) => node)
  if (contacts.length > 0) return told.filter(live)
  const asked = askedBy(op.client, scene)
  return asked !== undefined && live(asked) ? [asked] : []
}

const judge = (op: Operation, open: Open, state: Refusals, scene: Scene, atIndex: number): Phenomenon | undefined => {
  const [node] = refusers(op, open, state, scene)
  if (node === undefined) return undefined
  const gaveUp = op.gaveUpUs ?? null
  const how =
    op.outcome === 'fail'
      ? `got a no ${inSeconds.at(op.returnedUs ?? scene.nowUs)}${op.reason === undefined ? '' : ` (${plain(op.reason)})`}`
      : gaveUp !== null || !scene.ended
        ? `got no answer until ${named(op.client)} gave up ${inSeconds.at(gaveUp ?? scene.nowUs)}`
        : `had no answer at the end of the run, ${inSeconds.at(scene.nowUs)}`
  return {
    name: 'refused-at-live-node',
    atUs: scene.nowUs,
    atIndex,
    by: op.client,
    nodes: [node],
    key: op.key,
    ops: [op.id],
    final: true,
    evidence: `${named(op.client)}'s ${what(op)}, asked ${inSeconds.at(op.invokedUs)}, ${how}. ${named(node)} was up all along${isRead(op) ? ' and could not say' : ''}.`,
  }
}

const without = (open: Refusals['open'], id: RequestId): Refusals['open'] => {
  const rest = new Map(open)
  rest.delete(id)
  return rest
}

/** A server that was up throughout left a request unserved: what availability in the sense of the CAP theorem forbids. */
export const refusedAtLiveNode: Detector<Refusals> = {
  name: 'refused-at-live-node',
  definition:
    'A request reached a server that was up the whole time, and got a no, or no answer by the time the client gave up or the run ended.',
  initial: { open: new Map(), troubledUs: new Map(), closed: false, sightings: noSightings },
  observe(state, event, scene) {
    let { open, troubledUs, closed, sightings } = state
    const called = calledIn(event)
    if (called !== undefined && event.cause.type === 'invoke' && scene.clients.includes(event.cause.node)) {
      const request = { client: event.cause.node, invokedUs: event.atUs, contacts: new Map() }
      open = new Map(open).set(called.id, request)
    }
    for (const effect of event.effects) {
      if (effect.type === 'status') troubledUs = new Map(troubledUs).set(effect.node, event.atUs)
    }
    open = followContacts(open, event, scene)
    const now = { open, troubledUs, closed, sightings }
    for (const op of completedIn(event, scene)) {
      const request = open.get(op.id)
      if (request === undefined) continue
      open = without(open, op.id)
      if (op.outcome === 'ok' || casMissed(op)) continue
      const found = judge(op, request, now, scene, event.index)
      if (found !== undefined) sightings = withSighting(sightings, found)
    }
    if (scene.ended && !closed) {
      closed = true
      for (const [id, request] of open) {
        const op = scene.history.findLast(one => one.id === id)
        const found = op === undefined ? undefined : judge(op, request, now, scene, event.index)
        if (found !== undefined) sightings = withSighting(sightings, found)
      }
    }
    const same =
      open === state.open && troubledUs === state.troubledUs && closed === state.closed && sightings === state.sightings
    return same ? state : { open, troubledUs, closed, sightings }
  },
  report: state => listed(state.sightings),
}
