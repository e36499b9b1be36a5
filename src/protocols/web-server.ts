/**
 * A server of the web, with texts by key. It is of a version, reads some encodings, and answers over the transport of `transport.ts`.
 *
 * Version 2 has added a field to a PUT. A server of version 1 refuses what it does not know, or passes over it: a tolerant reader (Fowler,
 * "TolerantReader", 2011; Postel's principle in RFC 761; its price in RFC 9413: what is passed over is lost without a word).
 *
 * Bytes without a charset are taken for letters of its own encoding, which is how text turns into other text with no error at all. A charset
 * that it does not read is refused with 415, and the answer names those that it does read (RFC 9110, sections 15.5.16 and 12.5.1).
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import { describePacket, type Packet, type WebRequest, type WebResponse } from './packet.ts'
import { decode, type Encoding, encode } from './text-encoding.ts'
import {
  acknowledged,
  type Connection,
  newConnection,
  payloadOf,
  received,
  say,
  sendSegment,
  silence,
  tooBig,
} from './transport.ts'
import { type WebServerConfig, webServerConfig } from './web-server-config.ts'

type Text = { readonly text: string; readonly op: RequestId; readonly n: number }

export type WebServerDisk = { texts: { [key: string]: Text }; puts: number; gifts: number }
export type WebServerMemory = {
  readonly self: NodeId
  config: WebServerConfig
  ends: { [flow: string]: Connection }
  refused: number
  /** The largest payload of the connection that it last used. */
  payload: number
}
export type WebServerTimer = `rto:${string}`
type WebServerState = State<WebServerDisk, WebServerMemory>
type Out = Outbox<Packet, WebServerTimer>

/** Headers of an answer, bytes. */
const responseBytes = 200

const plain = (op: RequestId): WebResponse => ({
  is: 'response',
  op,
  status: 200,
  reason: 'OK',
  body: null,
  charset: null,
  reads: null,
  size: 0,
})

const refusal = (op: RequestId, status: 400 | 406 | 415, reason: string): WebResponse => ({
  ...plain(op),
  status,
  reason,
})

const put = ({ disk, memory }: WebServerState, request: WebRequest, out: Out): WebResponse => {
  const { config } = memory
  const { op, key, body, charset, newField } = request
  if (newField && config.version < 2) {
    if (config.unknownFields === 'refused') return refusal(op, 400, 'unknown field')
    out.note('field ignored', { op })
  }
  if (charset !== null && !config.reads.includes(charset))
    return { ...refusal(op, 415, `reads ${config.reads.join(', ')}`), reads: [...config.reads] }
  const over = Object.hasOwn(disk.texts, key) ? (disk.texts[key]?.op ?? null) : null
  disk.puts += 1
  disk.texts[key] = { text: decode(body ?? [], charset ?? config.charset), op, n: disk.puts }
  if (newField && config.version >= 2) disk.gifts += 1
  out.note('applied', { key, op, over })
  return plain(op)
}

/** In an encoding that the client accepts, where it says so: its own if it can, else one that both have, else it refuses. */
const get = ({ disk, memory }: WebServerState, { op, key, accepts }: WebRequest): WebResponse => {
  const { config } = memory
  if (key === 'report') return { ...plain(op), size: config.largeBytes }
  const stored = Object.hasOwn(disk.texts, key) ? disk.texts[key] : undefined
  if (stored === undefined) return plain(op)
  const own = accepts === null || accepts.includes(config.charset)
  const encoding: Encoding | undefined = own ? config.charset : accepts.find(each => config.reads.includes(each))
  if (encoding === undefined) return refusal(op, 406, `writes ${config.charset}`)
  const body = encode(stored.text, encoding)
  return { ...plain(op), body, charset: config.declares || accepts !== null ? encoding : null, size: body.length }
}

const requested = (state: WebServerState, end: Connection, request: WebRequest, out: Out): void => {
  const { memory } = state
  const response = request.method === 'PUT' ? put(state, request, out) : get(state, request)
  if (response.status !== 200) memory.refused += 1
  say(end, response, responseBytes + response.size, memory.config, out)
  memory.payload = payloadOf(end)
}

/** The end of a connection, opened by a SYN. A packet of none that it knows is answered with a reset (RFC 9293, section 3.10.7.1). */
const endFor = ({ memory }: WebServerState, packet: Packet, out: Out): Connection | null => {
  const { flow, client, via, segment } = packet
  const known = memory.ends[flow]
  if (known !== undefined) return known
  const end = newConnection({ flow, client, via, server: memory.self, up: false }, memory.config)
  if (segment.k === 'syn') {
    memory.ends[flow] = end
    return end
  }
  if (segment.k !== 'rst' && segment.k !== 'fin' && segment.k !== 'too-big') sendSegment(end, { k: 'rst' }, out)
  return null
}

const drop = ({ memory }: WebServerState, flow: string, out: Out): void => {
  delete memory.ends[flow]
  out.cancelTimer(`rto:${flow}`)
}

const receive = (state: WebServerState, packet: Packet, out: Out): void => {
  const { memory } = state
  const { segment, flow, client, via } = packet
  if (segment.k === 'echo') {
    sendSegment({ flow, client, via, server: memory.self, up: false }, { k: 'echo-reply', op: segment.op }, out)
    return
  }
  const end = endFor(state, packet, out)
  if (end === null) return
  const { config } = memory
  switch (segment.k) {
    case 'syn':
      end.mss = Math.min(config.mtu - 40, segment.mss)
      sendSegment(end, { k: 'syn-ack', mss: config.mtu - 40, version: config.version }, out)
      break
    case 'data': {
      const message = received(end, segment, out)
      if (message?.is === 'request') requested(state, end, message, out)
      break
    }
    case 'ack':
      acknowledged(end, segment.m, segment.next, config, out)
      break
    case 'keep-alive':
      sendSegment(end, { k: 'keep-alive-ack' }, out)
      break
    case 'too-big':
      tooBig(end, segment.mtu, config, out)
      memory.payload = payloadOf(end)
      break
    case 'rst':
    case 'fin':
      drop(state, flow, out)
      break
    default:
      break
  }
}

const fired = (state: WebServerState, timer: WebServerTimer, out: Out): void => {
  const { memory } = state
  const end = memory.ends[timer.slice('rto:'.length)]
  if (end === undefined) return
  if (!silence(end, memory.config, out)) {
    out.note('gave a connection up', { flow: end.flow })
    drop(state, end.flow, out)
  }
  memory.payload = payloadOf(end)
}

const on = (
  state: WebServerState,
  event: NodeEvent<Packet, WebServerTimer, Partial<WebServerConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message':
      receive(state, event.message, out)
      break
    case 'timer':
      fired(state, event.timer, out)
      break
    case 'configured':
      state.memory.config = webServerConfig(event.config)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'a web server asks for nothing' })
      break
    case 'started':
      break
    case 'synced':
      return
    default:
      assertNever(event)
  }
  out.sync()
}

const view = ({ disk, memory }: WebServerState): NodeView => {
  const { config, refused, payload } = memory
  const values: { [key: string]: Copy } = {}
  for (const [key, { text, op, n }] of Object.entries(disk.texts)) values[key] = { value: text, op, version: `#${n}` }
  return {
    role: 'server',
    values,
    facts: [
      { label: 'version', value: `v${config.version}` },
      { label: 'stored', value: String(disk.puts) },
      { label: 'gifts', value: String(disk.gifts) },
      { label: 'refused', value: String(refused) },
      { label: 'payload', value: payload === 0 ? '-' : String(payload) },
    ],
  }
}

export const webServer: Protocol<WebServerDisk, WebServerMemory, Packet, WebServerTimer, Partial<WebServerConfig>> = {
  name: 'web-server',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { texts: {}, puts: 0, gifts: 0 },
    memory: { self, config: webServerConfig(config), ends: {}, refused: 0, payload: 0 },
  }),
  on,
  view,
  describe: describePacket,
}
