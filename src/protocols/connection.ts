/**
 * A connection in the manner of TCP (RFC 9293), reduced to what it promises: within one connection the receiver gets everything in order and
 * once, however the network loses, copies and reorders. Segments are numbered from the opening on; the receiver puts them in order, drops
 * those it has had, and acknowledges; what is not acknowledged is sent again.
 *
 * The promise ends with the connection. A sender whose connection broke does not know which of the unacknowledged messages arrived. If it
 * opens another one and sends them again, those that did arrive arrive twice, and nothing in the transport can tell: the numbers begin
 * anew. Only the ends can, with an id of their own (`deduplicate`): Saltzer, Reed and Clark, "End-to-End Arguments in System Design", 1984.
 *
 * The sender keeps its unacknowledged messages on disk and opens a new connection after a crash. A receiver that knows nothing of a
 * connection resets it. The window is unlimited; congestion control is left out.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import { headerBytes, jsonBytes } from './client-message.ts'
import type { ConfigDoc } from './config-doc.ts'

export type ConnectionConfig = {
  /** To whom it sends. Empty in a node that only receives. */
  readonly to: NodeId | ''
  /** What is not acknowledged by then is sent again. */
  readonly retransmitMs: number
  /** Without any acknowledgement for so long the connection counts as broken; 0 for never. */
  readonly giveUpMs: number
  /** Raise it to break the connection by hand. */
  readonly breaks: number
  /** Opens another connection when one is broken, and sends again what was not acknowledged. */
  readonly reconnect: boolean
  /** The receiver recognises messages by an id of the sender's, across connections. */
  readonly deduplicate: boolean
}

export const connectionDefaults: ConnectionConfig = {
  to: '',
  retransmitMs: 200,
  giveUpMs: 0,
  breaks: 0,
  reconnect: true,
  deduplicate: false,
}

export const connectionDocs: readonly ConfigDoc[] = [
  { key: 'to', kind: 'text', default: '', doc: 'To whom it sends; empty in a node that only receives.' },
  { key: 'retransmitMs', kind: 'number', min: 0.001, default: 200, doc: 'What is not acknowledged is sent again.' },
  { key: 'giveUpMs', kind: 'number', min: 0, default: 0, doc: 'The connection breaks after such a silence; 0: never.' },
  { key: 'breaks', kind: 'number', integer: true, min: 0, default: 0, doc: 'Raise it to break the connection.' },
  {
    key: 'reconnect',
    kind: 'boolean',
    default: true,
    doc: 'After a break it opens another connection and sends again what was not acknowledged.',
  },
  {
    key: 'deduplicate',
    kind: 'boolean',
    default: false,
    doc: 'The receiver recognises messages by an id of the sender, across connections.',
  },
]

/** A message of the application. */
type Item = { readonly op: RequestId; readonly key: string; readonly body: Json }
/** `c` numbers the connections of one sender, `seq` the segments of one connection, from 1. */
export type ConnectionMessage =
  | { readonly t: 'open' | 'opened' | 'reset'; readonly c: number }
  | { readonly t: 'segment'; readonly c: number; readonly seq: number; readonly item: Item; readonly again: boolean }
  /** All below `next` has been delivered. */
  | { readonly t: 'ack'; readonly c: number; readonly next: number }

type Incoming = { readonly c: number; next: number; early: { [seq: string]: Item } }

export type ConnectionDisk = {
  /** The latest connection that it opened. */
  c: number
  /** Sent and not acknowledged, in order. */
  unacked: Item[]
  delivered: { [key: string]: { readonly body: Json; readonly op: RequestId }[] }
}
export type ConnectionMemory = {
  readonly self: NodeId
  config: ConnectionConfig
  phase: 'closed' | 'opening' | 'open'
  /** The sequence number of the first of `unacked`. */
  firstSeq: number
  /** When the other side last acknowledged something, or was first asked to. */
  progressUs: number
  incoming: { [peer: string]: Incoming }
}
export type ConnectionTimer = 'retransmit'
type ConnectionState = State<ConnectionDisk, ConnectionMemory>
type Out = Outbox<ConnectionMessage, ConnectionTimer>

const configOf = (config: Partial<ConnectionConfig> | null | undefined): ConnectionConfig => ({
  ...connectionDefaults,
  ...config,
})

const armRetransmit = ({ config }: ConnectionMemory, out: Out): void => {
  const us = Math.round(config.retransmitMs * 1000)
  out.setTimer('retransmit', { minUs: us, maxUs: us })
}

const open = ({ disk, memory }: ConnectionState, now: number, out: Out): void => {
  const { to } = memory.config
  if (to === '') return
  disk.c += 1
  out.sync()
  memory.phase = 'opening'
  memory.firstSeq = 1
  memory.progressUs = now
  out.send(to, { t: 'open', c: disk.c })
  armRetransmit(memory, out)
}

const sendSegment = ({ disk, memory }: ConnectionState, at: number, again: boolean, out: Out): void => {
  const item = disk.unacked[at]
  const { to } = memory.config
  if (item === undefined || to === '') return
  out.send(to, { t: 'segment', c: disk.c, seq: memory.firstSeq + at, item, again })
}

const request = (state: ConnectionState, { id: op, key, input }: ClientRequest, now: number, out: Out): void => {
  const { disk, memory } = state
  if (memory.config.to === '') {
    out.complete(op, { outcome: 'fail', reason: 'it has nobody to send to' })
    return
  }
  if (disk.unacked.length === 0) memory.progressUs = now
  disk.unacked.push({ op, key, body: input })
  out.sync()
  if (memory.phase === 'closed') open(state, now, out)
  else if (memory.phase === 'open') {
    sendSegment(state, disk.unacked.length - 1, false, out)
    armRetransmit(memory, out)
  }
}

/** The connection is gone, and with it the knowledge of what arrived. */
const breakConnection = (state: ConnectionState, why: string, now: number, out: Out): void => {
  const { disk, memory } = state
  if (memory.phase === 'closed') return
  memory.phase = 'closed'
  out.cancelTimer('retransmit')
  out.note('connection broken', { connection: disk.c, why })
  if (memory.config.reconnect) {
    if (disk.unacked.length > 0) open(state, now, out)
    return
  }
  const lost = disk.unacked
  disk.unacked = []
  out.sync()
  for (const { op } of lost) out.complete(op, { outcome: 'unknown', reason: 'connection broken' })
}

const retransmit = (state: ConnectionState, now: number, out: Out): void => {
  const { disk, memory } = state
  const { to, giveUpMs } = memory.config
  const waits = memory.phase === 'opening' || (memory.phase === 'open' && disk.unacked.length > 0)
  if (!waits || to === '') return
  if (giveUpMs > 0 && now - memory.progressUs >= giveUpMs * 1000) {
    breakConnection(state, 'no acknowledgement', now, out)
    return
  }
  if (memory.phase === 'opening') out.send(to, { t: 'open', c: disk.c })
  else for (let at = 0; at < disk.unacked.length; at += 1) sendSegment(state, at, true, out)
  armRetransmit(memory, out)
}

const opened = (state: ConnectionState, now: number, out: Out): void => {
  const { disk, memory } = state
  if (memory.phase !== 'opening') return
  memory.phase = 'open'
  memory.progressUs = now
  for (let at = 0; at < disk.unacked.length; at += 1) sendSegment(state, at, false, out)
  armRetransmit(memory, out)
}

const acknowledged = ({ disk, memory }: ConnectionState, next: number, from: NodeId, now: number, out: Out): void => {
  if (memory.phase !== 'open' || next <= memory.firstSeq) return
  const done = disk.unacked.slice(0, next - memory.firstSeq)
  disk.unacked = disk.unacked.slice(done.length)
  out.sync()
  memory.firstSeq += done.length
  memory.progressUs = now
  for (const { op } of done) out.complete(op, { outcome: 'ok', output: null, servedBy: from })
  if (disk.unacked.length === 0) out.cancelTimer('retransmit')
}

/** The transport hands a message to the application. */
const deliver = ({ disk, memory }: ConnectionState, { op, key, body }: Item, out: Out): void => {
  const had = Object.hasOwn(disk.delivered, key) ? (disk.delivered[key] ?? []) : []
  if (memory.config.deduplicate && had.some(one => one.op === op)) {
    out.note('duplicate recognised', { op })
    return
  }
  disk.delivered[key] = [...had, { body, op }]
  out.sync()
  out.note('applied', { key, op, over: had.at(-1)?.op ?? null, index: had.length + 1 })
}

const receiveSegment = (
  state: ConnectionState,
  from: NodeId,
  { c, seq, item }: { readonly c: number; readonly seq: number; readonly item: Item },
  out: Out,
): void => {
  const incoming = state.memory.incoming[from]
  if (incoming === undefined || incoming.c < c) {
    out.send(from, { t: 'reset', c })
    return
  }
  // A segment of a connection that is over.
  if (incoming.c > c) return
  if (seq >= incoming.next) incoming.early[seq] = item
  for (;;) {
    const next = incoming.early[incoming.next]
    if (next === undefined) break
    deliver(state, next, out)
    delete incoming.early[incoming.next]
    incoming.next += 1
  }
  out.send(from, { t: 'ack', c, next: incoming.next })
}

const receive = (state: ConnectionState, from: NodeId, m: ConnectionMessage, now: number, out: Out): void => {
  const { disk, memory } = state
  switch (m.t) {
    case 'open': {
      const known = memory.incoming[from]
      if (known === undefined || known.c < m.c) memory.incoming[from] = { c: m.c, next: 1, early: {} }
      if (known === undefined || known.c <= m.c) out.send(from, { t: 'opened', c: m.c })
      break
    }
    case 'opened':
      if (m.c === disk.c) opened(state, now, out)
      break
    case 'reset':
      if (m.c === disk.c) breakConnection(state, 'reset by the receiver', now, out)
      break
    case 'segment':
      receiveSegment(state, from, m, out)
      break
    case 'ack':
      if (m.c === disk.c) acknowledged(state, m.next, from, now, out)
      break
    default:
      assertNever(m)
  }
}

const configured = (state: ConnectionState, config: Partial<ConnectionConfig>, now: number, out: Out): void => {
  const { breaks } = state.memory.config
  state.memory.config = configOf(config)
  if (state.memory.config.breaks !== breaks) breakConnection(state, 'by hand', now, out)
}

const on = (
  state: ConnectionState,
  event: NodeEvent<ConnectionMessage, ConnectionTimer, Partial<ConnectionConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      if (event.restarted && state.disk.unacked.length > 0) open(state, event.now, out)
      break
    case 'request':
      request(state, event.request, event.now, out)
      break
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      retransmit(state, event.now, out)
      break
    case 'configured':
      configured(state, event.config, event.now, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: ConnectionState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const [key, had] of Object.entries(disk.delivered))
    values[key] = { value: had.map(({ body }) => body), version: `${had.length} delivered`, op: had.at(-1)?.op ?? null }
  const { to } = memory.config
  if (to === '') return { role: 'receiver', values, facts: [] }
  const facts = [
    { label: 'connection', value: disk.c === 0 ? 'none' : `${disk.c} ${memory.phase}` },
    { label: 'unacknowledged', value: String(disk.unacked.length) },
  ]
  return { role: 'sender', values, facts }
}

const describe = (m: ConnectionMessage): MessageInfo => {
  const short = (label: string, purpose: MessageInfo['purpose']): MessageInfo => ({
    label,
    purpose,
    bytes: headerBytes,
    costUs: 0,
  })
  switch (m.t) {
    case 'open':
    case 'opened':
    case 'reset':
      return short(`${m.t} connection ${m.c}`, 'control')
    case 'ack':
      return short(`ack ${m.next - 1} (connection ${m.c})`, 'acknowledge')
    case 'segment':
      return {
        ...short(`${m.seq}: ${JSON.stringify(m.item.body)}${m.again ? ' again' : ''} (connection ${m.c})`, 'request'),
        bytes: headerBytes + jsonBytes(m.item.body),
        op: m.item.op,
      }
    default:
      return assertNever(m)
  }
}

export const connection: Protocol<
  ConnectionDisk,
  ConnectionMemory,
  ConnectionMessage,
  ConnectionTimer,
  Partial<ConnectionConfig>
> = {
  name: 'connection',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { c: 0, unacked: [], delivered: {} },
    memory: { self, config: configOf(config), phase: 'closed', firstSeq: 1, progressUs: 0, incoming: {} },
  }),
  on,
  view,
  describe,
}
