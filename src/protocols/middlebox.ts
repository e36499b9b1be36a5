/**
 * A box on the way: a router, the end of a tunnel, a firewall, a balancer. It passes packets on along their path, and does what boxes do.
 *
 * A link of its may take only small packets. One that does not fit and may not be fragmented is lost, and the box says so to the sender, with
 * the size that would fit (RFC 1191, section 4; RFC 8201). Firewalls are often set to drop such ICMP messages (RFC 2923, section 2.1; RFC
 * 4890, section 4.3.1 asks to let them pass). `clampsMss` is the usual way around: it rewrites the size that the ends offer each other.
 *
 * Before servers it keeps a table of flows, and a flow that has been idle for long is forgotten (RFC 5382, section 5, asks for two hours and
 * four minutes at least; many balancers take a minute or a few). What comes for a flow that is not in the table is dropped, or answered
 * with a reset. The ends are not told when an entry goes.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type MiddleboxConfig, middleboxConfig } from './middlebox-config.ts'
import { describePacket, type Packet, packetHeader, type Segment, sizeOf } from './packet.ts'

type Flow = { readonly server: NodeId; lastUs: number }

export type MiddleboxDisk = Record<string, never>
export type MiddleboxMemory = {
  readonly self: NodeId
  config: MiddleboxConfig
  flows: { [flow: string]: Flow }
  /** Whose turn it is among the servers. */
  turn: number
  forgotten: number
  dropped: number
}
export type MiddleboxTimer = 'sweep'
type Out = Outbox<Packet, MiddleboxTimer>

/** The neighbour towards the server or the client; null where the path ends. */
const neighbour = ({ self }: MiddleboxMemory, { via, client, server }: Packet, up: boolean): NodeId | null => {
  const at = via.indexOf(self)
  return up ? (via[at + 1] ?? server) : (via[at - 1] ?? client)
}

const expired = ({ idleTimeoutMs }: MiddleboxConfig, { lastUs }: Flow, now: number): boolean =>
  idleTimeoutMs > 0 && now - lastUs >= idleTimeoutMs * 1000

/** Forgets what has been idle, and wakes when the next would be. */
const sweep = (memory: MiddleboxMemory, now: number, out: Out): void => {
  const { config, flows } = memory
  out.cancelTimer('sweep')
  let nextUs = Number.POSITIVE_INFINITY
  for (const [name, flow] of Object.entries(flows)) {
    if (expired(config, flow, now)) {
      delete flows[name]
      memory.forgotten += 1
      out.note('flow forgotten', { flow: name })
    } else nextUs = Math.min(nextUs, flow.lastUs + config.idleTimeoutMs * 1000)
  }
  if (config.idleTimeoutMs === 0 || nextUs === Number.POSITIVE_INFINITY) return
  const us = Math.max(1, Math.round(nextUs - now))
  out.setTimer('sweep', { minUs: us, maxUs: us })
}

const back = (memory: MiddleboxMemory, packet: Packet, segment: Segment, out: Out): void => {
  const to = neighbour(memory, packet, !packet.up)
  if (to !== null) out.send(to, { ...packet, via: [...packet.via], up: !packet.up, segment })
}

/** Passes a packet on. What does not fit goes onto the link all the same, which loses it, and its sender may hear of it. */
const pass = (memory: MiddleboxMemory, packet: Packet, out: Out): void => {
  const { config } = memory
  const to = neighbour(memory, packet, packet.up)
  if (to === null) return
  const narrow = config.narrowTo !== ''
  const { segment } = packet
  const clamps = config.clampsMss && narrow && (segment.k === 'syn' || segment.k === 'syn-ack')
  const passed = clamps ? { ...segment, mss: Math.min(segment.mss, config.linkMtu - packetHeader) } : { ...segment }
  out.send(to, { ...packet, via: [...packet.via], segment: passed })
  if (to !== config.narrowTo || sizeOf(segment) <= config.linkMtu) return
  memory.dropped += 1
  out.note('too big', { bytes: sizeOf(segment), mtu: config.linkMtu })
  if (config.saysTooBig) back(memory, packet, { k: 'too-big', mtu: config.linkMtu }, out)
}

/** Looks a packet up in the table. Null: it goes no further. */
const lookUp = (memory: MiddleboxMemory, packet: Packet, now: number, out: Out): Packet | null => {
  const { config, flows } = memory
  const { flow, segment } = packet
  if (segment.k === 'echo' || segment.k === 'echo-reply') {
    const server = packet.server ?? config.servers[0] ?? null
    return server === null ? null : { ...packet, server }
  }
  if (segment.k === 'syn' && flows[flow] === undefined) {
    const server = config.servers[memory.turn % config.servers.length]
    if (server === undefined) return null
    memory.turn += 1
    flows[flow] = { server, lastUs: now }
  }
  const known = flows[flow]
  if (known === undefined) {
    memory.dropped += 1
    out.note('unknown flow', { flow, segment: segment.k })
    if (config.tells && segment.k !== 'rst') back(memory, packet, { k: 'rst' }, out)
    return null
  }
  known.lastUs = now
  if (segment.k === 'rst' || segment.k === 'fin') delete flows[flow]
  return { ...packet, server: known.server }
}

const receive = (memory: MiddleboxMemory, packet: Packet, now: number, out: Out): void => {
  const { config } = memory
  if (packet.segment.k === 'too-big' && config.filtersTooBig) {
    memory.dropped += 1
    out.note('filtered', { what: 'too big' })
    return
  }
  if (config.servers.length === 0) {
    pass(memory, packet, out)
    return
  }
  sweep(memory, now, out)
  const known = lookUp(memory, packet, now, out)
  if (known !== null) pass(memory, known, out)
  sweep(memory, now, out)
}

const on = (
  { memory }: State<MiddleboxDisk, MiddleboxMemory>,
  event: NodeEvent<Packet, MiddleboxTimer, Partial<MiddleboxConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message':
      receive(memory, event.message, event.now, out)
      break
    case 'timer':
      sweep(memory, event.now, out)
      break
    case 'configured':
      memory.config = middleboxConfig(event.config)
      sweep(memory, event.now, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'a box on the way takes no requests' })
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: State<MiddleboxDisk, MiddleboxMemory>): NodeView => {
  const { config, flows, forgotten, dropped } = memory
  const known = Object.keys(flows).length
  return {
    role: config.servers.length > 0 ? 'balancer' : 'router',
    values: {},
    facts: [
      ...(config.servers.length > 0 ? [{ label: 'knows', value: `${known} flow${known === 1 ? '' : 's'}` }] : []),
      ...(forgotten > 0 ? [{ label: 'forgot', value: String(forgotten) }] : []),
      ...(config.narrowTo === '' ? [] : [{ label: 'mtu', value: `${config.linkMtu} to ${config.narrowTo}` }]),
      { label: 'dropped', value: String(dropped) },
    ],
  }
}

export const middlebox: Protocol<MiddleboxDisk, MiddleboxMemory, Packet, MiddleboxTimer, Partial<MiddleboxConfig>> = {
  name: 'middlebox',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? {},
    memory: { self, config: middleboxConfig(config), flows: {}, turn: 0, forgotten: 0, dropped: 0 },
  }),
  on,
  view,
  describe: describePacket,
}
