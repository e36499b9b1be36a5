/**
 * A client of the web: an app, a browser, a library in a service. It opens a connection, asks, and keeps the connection for the next request
 * (RFC 9112, section 9.3). How long is its own affair: nobody on the way has agreed to it.
 *
 * A request without an answer ends as unknown: it may have been carried out. A reset of a connection that had been kept is different, for
 * most clients then ask once more, if the method is idempotent (RFC 9110, section 9.2.2).
 *
 * What it sends is bytes. Whether it says which letters they are (`declares`), changes to an encoding that the server reads when a 415 names
 * some (`negotiates`; content negotiation, RFC 9110, section 12), and sends a new field to servers that do not know it (`newField`) are
 * knobs of their own. A read of the key `ping` is a ping: one small packet there and back.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { ClientRequest, Completion } from '../kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { describePacket, type Packet, type WebRequest, type WebResponse } from './packet.ts'
import { canWrite, decode, ENCODINGS, type Encoding, encode } from './text-encoding.ts'
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
import { type WebClientConfig, webClientConfig } from './web-client-config.ts'

/** Its end of a connection: what it is doing for which operation, and what the server said of itself. */
type Kept = Connection & {
  phase: 'opening' | 'open'
  op: RequestId | null
  version: number
  uses: number
  idleSinceUs: number
}

type Asked = { readonly request: ClientRequest; charset: Encoding; retried: boolean }

export type WebClientDisk = { flows: number }
export type WebClientMemory = {
  readonly self: NodeId
  config: WebClientConfig
  kept: { [flow: string]: Kept }
  asked: { [op: string]: Asked }
  /** The encodings that the service reads, where it has said so. */
  serviceReads: readonly Encoding[] | null
}
export type WebClientTimer = `rto:${string}` | `timeout:${string}` | `probe:${string}`
type WebClientState = State<WebClientDisk, WebClientMemory>
type Out = Outbox<Packet, WebClientTimer>

/** Headers of a request, bytes. */
const requestBytes = 400

const close = ({ memory }: WebClientState, op: string, result: Completion, out: Out): void => {
  delete memory.asked[op]
  out.cancelTimer(`timeout:${op}`)
  out.complete(op as RequestId, result)
}

const forget = ({ memory }: WebClientState, flow: string, out: Out): void => {
  delete memory.kept[flow]
  out.cancelTimer(`rto:${flow}`)
  out.cancelTimer(`probe:${flow}`)
}

/** Its own encoding first; one that agrees to others reads all that it knows. */
const accepted = ({ charset, negotiates }: WebClientConfig): readonly Encoding[] =>
  negotiates ? [charset, ...ENCODINGS.filter(each => each !== charset)] : [charset]

const requestFor = ({ memory }: WebClientState, { request, charset }: Asked, { version }: Kept): WebRequest => {
  const { config } = memory
  const { id: op, kind, key, input } = request
  const reads = kind === 'get' || kind === 'read'
  const knows = config.newField && (!config.detects || version >= 2)
  return {
    is: 'request',
    op,
    method: reads ? 'GET' : 'PUT',
    key,
    body: reads ? null : encode(String(input ?? ''), charset),
    charset: config.declares && !reads ? charset : null,
    accepts: config.declares ? accepted(config) : null,
    newField: !reads && knows,
  }
}

const send = (state: WebClientState, kept: Kept, asked: Asked, out: Out): void => {
  const request = requestFor(state, asked, kept)
  kept.op = request.op
  kept.uses += 1
  out.cancelTimer(`probe:${kept.flow}`)
  say(kept, request, requestBytes + (request.body?.length ?? 0), state.memory.config, out)
}

const open = (state: WebClientState, op: RequestId, out: Out): void => {
  const { disk, memory } = state
  const { self, config } = memory
  disk.flows += 1
  out.sync()
  const flow = `${self}:${disk.flows}`
  const end = newConnection({ flow, client: self, via: config.via, server: null, up: true }, config)
  memory.kept[flow] = { ...end, phase: 'opening', op, version: 1, uses: 0, idleSinceUs: 0 }
  sendSegment(end, { k: 'syn', mss: config.mtu - 40 }, out)
  const us = Math.round(config.rtoMs * 1000)
  out.setTimer(`rto:${flow}`, { minUs: us, maxUs: us })
}

/** Takes a connection that it kept, if one is free and not too old; closes those that are. */
const begin = (state: WebClientState, asked: Asked, now: number, out: Out): void => {
  const { memory } = state
  for (const kept of Object.values(memory.kept)) {
    if (kept.op !== null || kept.phase !== 'open') continue
    if (now - kept.idleSinceUs < memory.config.keepAliveMs * 1000) {
      send(state, kept, asked, out)
      return
    }
    sendSegment(kept, { k: 'fin' }, out)
    forget(state, kept.flow, out)
  }
  open(state, asked.request.id, out)
}

const ask = (state: WebClientState, asked: Asked, now: number, out: Out): void => {
  const { memory } = state
  const { id, kind, key, input } = asked.request
  memory.asked[id] = asked
  const us = Math.round(memory.config.timeoutMs * 1000)
  out.setTimer(`timeout:${id}`, { minUs: us, maxUs: us })
  if (kind === 'read' && key === 'ping') {
    const { self, config } = memory
    sendSegment(
      { flow: `${self}:ping`, client: self, via: config.via, server: null, up: true },
      { k: 'echo', op: id },
      out,
    )
  } else if (kind === 'put' && !canWrite(String(input ?? ''), asked.charset)) {
    close(state, id, { outcome: 'fail', reason: `${asked.charset} lacks a letter` }, out)
  } else begin(state, asked, now, out)
}

const request = (state: WebClientState, { id, kind, key, input }: ClientRequest, now: number, out: Out): void => {
  const { config, serviceReads } = state.memory
  // What the service has said before is used at once.
  const known = config.negotiates && serviceReads !== null && !serviceReads.includes(config.charset)
  const charset = known ? (serviceReads[0] ?? config.charset) : config.charset
  ask(state, { request: { id, kind, key, input }, charset, retried: false }, now, out)
}

/** The server does not read this encoding. Where it has named one that it reads, the same text goes again in that. */
const unsupported = (state: WebClientState, kept: Kept, { op, reads, reason }: WebResponse, out: Out): void => {
  const { memory } = state
  const asked = memory.asked[op]
  if (asked === undefined) return
  if (reads !== null) memory.serviceReads = [...reads]
  const other = reads?.find(encoding => encoding !== asked.charset)
  if (!memory.config.negotiates || other === undefined || asked.retried) {
    close(state, op, { outcome: 'fail', reason: `415 ${reason}` }, out)
  } else if (!canWrite(String(asked.request.input ?? ''), other)) {
    close(state, op, { outcome: 'fail', reason: `${other} lacks a letter` }, out)
  } else {
    asked.charset = other
    asked.retried = true
    send(state, kept, asked, out)
  }
}

const setProbe = ({ memory }: WebClientState, flow: string, out: Out): void => {
  const us = Math.round(memory.config.probeMs * 1000)
  if (us > 0) out.setTimer(`probe:${flow}`, { minUs: us, maxUs: us })
}

const answered = (state: WebClientState, kept: Kept, response: WebResponse, now: number, out: Out): void => {
  const { memory } = state
  const { op, status, reason, body, charset } = response
  kept.op = null
  kept.idleSinceUs = now
  if (status === 200) {
    const text = body === null ? null : decode(body, charset ?? memory.config.charset)
    if (memory.asked[op] !== undefined) close(state, op, { outcome: 'ok', output: text }, out)
  } else if (status === 415) unsupported(state, kept, response, out)
  else if (memory.asked[op] !== undefined) close(state, op, { outcome: 'fail', reason: `${status} ${reason}` }, out)
  if (kept.op === null) setProbe(state, kept.flow, out)
}

/** The connection is gone. */
const wasReset = (state: WebClientState, kept: Kept, now: number, out: Out): void => {
  const { memory } = state
  const asked = kept.op === null ? undefined : memory.asked[kept.op]
  forget(state, kept.flow, out)
  if (asked === undefined) return
  const { id } = asked.request
  if (memory.config.retriesReset && kept.uses > 1 && !asked.retried) {
    asked.retried = true
    out.note('asks again on a new connection', { op: id })
    begin(state, asked, now, out)
  } else close(state, id, { outcome: 'unknown', reason: 'connection reset' }, out)
}

const opened = (state: WebClientState, kept: Kept, mss: number, version: number, out: Out): void => {
  if (kept.phase !== 'opening') return
  kept.phase = 'open'
  kept.mss = Math.min(kept.mss, mss)
  kept.version = version
  out.cancelTimer(`rto:${kept.flow}`)
  const asked = kept.op === null ? undefined : state.memory.asked[kept.op]
  if (asked !== undefined) send(state, kept, asked, out)
}

const receive = (state: WebClientState, { flow, segment }: Packet, now: number, out: Out): void => {
  const { memory } = state
  if (segment.k === 'echo-reply') {
    if (memory.asked[segment.op] !== undefined) close(state, segment.op, { outcome: 'ok', output: null }, out)
    return
  }
  const kept = memory.kept[flow]
  if (kept === undefined) return
  switch (segment.k) {
    case 'syn-ack':
      opened(state, kept, segment.mss, segment.version, out)
      break
    case 'data': {
      const message = received(kept, segment, out)
      if (message?.is === 'response') answered(state, kept, message, now, out)
      break
    }
    case 'ack':
      acknowledged(kept, segment.m, segment.next, memory.config, out)
      break
    case 'too-big':
      tooBig(kept, segment.mtu, memory.config, out)
      break
    case 'rst':
    case 'fin':
      wasReset(state, kept, now, out)
      break
    default:
      break
  }
}

/** The server has said nothing for long. Whether it did what it was asked is not known. */
const waitedLong = (state: WebClientState, op: string, out: Out): void => {
  const kept = Object.values(state.memory.kept).find(each => each.op === op)
  if (state.memory.asked[op] === undefined) return
  if (kept !== undefined) {
    sendSegment(kept, { k: 'rst' }, out)
    forget(state, kept.flow, out)
  }
  close(state, op, { outcome: 'unknown', reason: 'no answer' }, out)
}

const fired = (state: WebClientState, timer: WebClientTimer, now: number, out: Out): void => {
  const { memory } = state
  const [kind, ...rest] = timer.split(':')
  const name = rest.join(':')
  if (kind === 'timeout') {
    waitedLong(state, name, out)
    return
  }
  const kept = memory.kept[name]
  if (kept === undefined) return
  if (kind === 'probe') {
    sendSegment(kept, { k: 'keep-alive' }, out)
    setProbe(state, name, out)
  } else if (kept.phase === 'opening') {
    sendSegment(kept, { k: 'syn', mss: memory.config.mtu - 40 }, out)
    const us = Math.round(memory.config.rtoMs * 1000)
    out.setTimer(`rto:${name}`, { minUs: us, maxUs: us })
  } else if (!silence(kept, memory.config, out)) wasReset(state, kept, now, out)
}

const on = (
  state: WebClientState,
  event: NodeEvent<Packet, WebClientTimer, Partial<WebClientConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'request':
      request(state, event.request, event.now, out)
      break
    case 'message':
      receive(state, event.message, event.now, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured': {
      const { memory } = state
      memory.config = webClientConfig(event.config)
      for (const { flow, op, phase } of Object.values(memory.kept))
        if (op === null && phase === 'open') setProbe(state, flow, out)
      break
    }
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: WebClientState): NodeView => {
  const all = Object.values(memory.kept)
  const waiting = Object.keys(memory.asked).length
  const idle = all.filter(({ op, phase }) => op === null && phase === 'open').length
  return {
    role: 'client',
    values: {},
    facts: [
      { label: 'waits', value: waiting === 0 ? 'no' : String(waiting) },
      { label: 'keeps', value: `${idle} idle` },
      { label: 'opened', value: String(disk.flows) },
      { label: 'payload', value: all[0] === undefined ? '-' : String(payloadOf(all[0])) },
      ...(memory.serviceReads === null ? [] : [{ label: 'service reads', value: memory.serviceReads.join(', ') }]),
    ],
  }
}

export const webClient: Protocol<WebClientDisk, WebClientMemory, Packet, WebClientTimer, Partial<WebClientConfig>> = {
  name: 'web-client',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { flows: 0 },
    memory: { self, config: webClientConfig(config), kept: {}, asked: {}, serviceReads: null },
  }),
  on,
  view,
  describe: describePacket,
}
