/**
 * The transport under the web labs: TCP (RFC 9293) reduced to what the size of packets and their loss change. A side cuts a message into
 * segments of at most the smaller of two sizes: what the other side said it takes (its MSS), and what the path is believed to take. All are
 * sent at once; acknowledgements are cumulative; after a silence of `rtoMs`, doubled each time, the first unacknowledged segment goes again,
 * and after `tries` of those the connection is given up. Messages of a side go one after the other. No window, no congestion control.
 *
 * The path's size starts at the own link's and is learned in two ways. A router may say that a packet was too big (path MTU discovery: RFC
 * 1191 for IPv4, RFC 8201 for IPv6). Where such words are filtered the large segments vanish, a black hole (RFC 2923, section 2.1). With
 * `probing` the second silence in a row is taken for one, and the size falls to `baseMtu` (packetization-layer discovery: RFC 4821, section
 * 7.7; RFC 8899, section 4.3). The search upwards from there is left out.
 */
import type { NodeId } from '../kernel/ids.ts'
import type { Outbox } from '../kernel/protocol.ts'
import type { ConfigDoc } from './config-doc.ts'
import { type Packet, packetHeader, type Segment, type WebMessage } from './packet.ts'

export type TransportConfig = {
  /** What the own link takes, bytes. */
  readonly mtu: number
  readonly rtoMs: number
  readonly tries: number
  readonly probing: boolean
  readonly baseMtu: number
}

export const transportDefaults: TransportConfig = { mtu: 1500, rtoMs: 300, tries: 5, probing: false, baseMtu: 1024 }

export const transportDocs: readonly ConfigDoc[] = [
  {
    key: 'mtu',
    kind: 'number',
    integer: true,
    min: 100,
    default: 1500,
    doc: 'The largest packet on its own link, bytes.',
  },
  {
    key: 'rtoMs',
    kind: 'number',
    min: 1,
    default: 300,
    doc: 'After such a silence a segment goes again; doubled each time.',
  },
  {
    key: 'tries',
    kind: 'number',
    integer: true,
    min: 0,
    default: 5,
    doc: 'So often, and then the connection is given up.',
  },
  {
    key: 'probing',
    kind: 'boolean',
    default: false,
    doc: 'Two silences in a row are taken for a black hole; packets shrink.',
  },
  { key: 'baseMtu', kind: 'number', integer: true, min: 100, default: 1024, doc: 'What they shrink to, bytes.' },
]

/** A message under way: so much of it is acknowledged; so many silences in a row. */
type Sending = {
  readonly m: number
  readonly total: number
  readonly message: WebMessage
  acked: number
  silences: number
}

/** One side's end of a connection. */
export type Connection = {
  readonly flow: string
  readonly client: NodeId
  readonly via: readonly NodeId[]
  readonly server: NodeId | null
  /** It is the client's end. */
  readonly up: boolean
  /** The largest payload that the other side takes. */
  mss: number
  /** What the path is believed to take. */
  pathMtu: number
  said: number
  sending: Sending | null
  waiting: { readonly total: number; readonly message: WebMessage }[]
  heard: { m: number; next: number }
}

// biome-ignore lint/suspicious/noExplicitAny: the timers of whoever uses the transport
type Out = Outbox<Packet, any>

export const newConnection = (
  end: Pick<Connection, 'flow' | 'client' | 'via' | 'server' | 'up'>,
  config: TransportConfig,
): Connection => ({
  ...end,
  via: [...end.via],
  mss: config.mtu - packetHeader,
  pathMtu: config.mtu,
  said: 0,
  sending: null,
  waiting: [],
  heard: { m: 0, next: 0 },
})

/** Puts a segment on its way, to the neighbour on the path. */
export const sendSegment = (
  end: Pick<Connection, 'flow' | 'client' | 'via' | 'server' | 'up'>,
  segment: Segment,
  out: Out,
): void => {
  const { flow, client, via, server, up } = end
  const to = up ? via[0] : (via.at(-1) ?? client)
  if (to !== undefined) out.send(to, { t: 'packet', flow, client, via: [...via], server, up, segment })
}

/** The largest payload that it sends in one packet. */
export const payloadOf = ({ mss, pathMtu }: Connection): number => Math.min(mss, pathMtu - packetHeader)

const setRto = ({ flow, sending }: Connection, { rtoMs }: TransportConfig, out: Out): void => {
  const us = Math.round(rtoMs * 1000) * (1 << (sending?.silences ?? 0))
  out.setTimer(`rto:${flow}`, { minUs: us, maxUs: us })
}

/** Sends what is not acknowledged, all of it or the first segment. */
const sendRest = (end: Connection, config: TransportConfig, most: 'all' | 'first', out: Out): void => {
  const { sending } = end
  if (sending === null) return
  const { m, total, message } = sending
  const step = payloadOf(end)
  for (let from = sending.acked; from < total; from += step) {
    sendSegment(end, { k: 'data', m, from, length: Math.min(step, total - from), total, message: { ...message } }, out)
    if (most === 'first') break
  }
  setRto(end, config, out)
}

const startNext = (end: Connection, config: TransportConfig, out: Out): void => {
  const [next, ...rest] = end.waiting
  if (end.sending !== null || next === undefined) return
  end.waiting = rest
  end.said += 1
  end.sending = { m: end.said, total: next.total, message: next.message, acked: 0, silences: 0 }
  sendRest(end, config, 'all', out)
}

/** Says a message of so many bytes. */
export const say = (end: Connection, message: WebMessage, total: number, config: TransportConfig, out: Out): void => {
  end.waiting.push({ total, message })
  startNext(end, config, out)
}

/** An acknowledgement came. After a silence what followed the lost segment is sent again too. */
export const acknowledged = (end: Connection, m: number, next: number, config: TransportConfig, out: Out): void => {
  const { sending, flow } = end
  if (sending === null || m !== sending.m || next <= sending.acked) return
  const wasSilent = sending.silences > 0
  sending.acked = next
  sending.silences = 0
  if (next >= sending.total) {
    end.sending = null
    out.cancelTimer(`rto:${flow}`)
    startNext(end, config, out)
  } else if (wasSilent) sendRest(end, config, 'all', out)
  else setRto(end, config, out)
}

/** A data segment came: acknowledges, and gives the message when it is whole for the first time. */
export const received = (end: Connection, segment: Extract<Segment, { k: 'data' }>, out: Out): WebMessage | null => {
  const { m, from, length, total, message } = segment
  // The other side begins a message when the one before is acknowledged, so this one begins.
  if (m === end.heard.m + 1) end.heard = { m, next: 0 }
  const { heard } = end
  if (m > heard.m) return null
  if (m < heard.m) {
    sendSegment(end, { k: 'ack', m, next: total }, out)
    return null
  }
  const before = heard.next
  if (from <= heard.next) heard.next = Math.max(heard.next, from + length)
  sendSegment(end, { k: 'ack', m, next: heard.next }, out)
  return before < total && heard.next >= total ? message : null
}

/** The silence was long enough. False when the connection is given up. */
export const silence = (end: Connection, config: TransportConfig, out: Out): boolean => {
  const { sending } = end
  if (sending === null) return true
  if (sending.silences >= config.tries) return false
  sending.silences += 1
  const large =
    payloadOf(end) + packetHeader > config.baseMtu && sending.total - sending.acked > config.baseMtu - packetHeader
  if (config.probing && sending.silences === 2 && large) {
    end.pathMtu = config.baseMtu
    out.note('black hole suspected', { packets: end.pathMtu })
  }
  sendRest(end, config, 'first', out)
  return true
}

/** A router said that a packet was too big. The size never grows by such words, and never falls below what every path takes. */
export const tooBig = (end: Connection, mtu: number, config: TransportConfig, out: Out): void => {
  if (mtu >= end.pathMtu || mtu < 100) return
  end.pathMtu = mtu
  out.note('path takes less', { mtu })
  sendRest(end, config, 'all', out)
}
