/**
 * An API whose answers have a size and cost processor time: the server's half of HTTP as far as transport goes. A key stands for a page of
 * items, each with the same fields; the page has a value that clients write and a version that goes up with each write.
 *
 * - A read names the items it wants, one or many (a batch), and the fields (a sparse fieldset, a projection). The body is encoded
 *   (`payload.ts`), which takes a core `writeNs`; requests wait where all `cores` are busy.
 * - A read may say which version the asker has. If that is the present one the answer is 304 without a body (RFC 9110, sections 13.1.2 and
 *   15.4.5); if not, and the asker takes deltas, it is 226 with the difference alone (RFC 3229).
 * - A token bucket for each client limits the bytes that it gets; beyond, the answer is 429 (RFC 6585, section 4).
 * - On a new connection the sender starts with ten segments and doubles with every round trip that was acknowledged: TCP's slow start (RFC
 *   9293 with RFC 6928's initial window). No loss, no congestion avoidance; the link's own bandwidth limits the rest.
 *
 * Reads answer with the value at the moment work on them begins.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import { type ApiConfig, apiConfig } from './api-config.ts'
import { type ApiMessage, type Ask, describeApi, type Reply, shortBytes } from './api-wire.ts'
import { type Content, type Encoded, encode } from './payload.ts'

type Page = { value: Json; version: number; op: RequestId | null }
/** A request that waits or is worked on; `holds` is what its answer takes in memory. */
type Job = { readonly from: NodeId; readonly ask: Ask; readonly reply: Reply | null; readonly holds: number }
/** An answer under way on a new connection: what is left of it, and what may be sent without an acknowledgement. */
type Sending = { readonly to: NodeId; readonly reply: Reply; left: number; window: number }
type Bucket = { level: number; atUs: number }

export type ApiDisk = { pages: { [key: string]: Page } }
export type ApiMemory = {
  config: ApiConfig
  cpuNs: number
  calls: number
  waiting: Job[]
  working: { [core: string]: Job }
  sending: { [id: string]: Sending }
  /** Shapes of answers that are kept encoded, by key and version. */
  encoded: { [shape: string]: Encoded }
  buckets: { [client: string]: Bucket }
  /** The most that answers under work have held, bytes. */
  peakBytes: number
}
export type ApiTimer = `work:${string}`
type ApiState = State<ApiDisk, ApiMemory>
type Out = Outbox<ApiMessage, ApiTimer>

/** RFC 6928: ten segments of 1460 bytes. */
const initialWindow = 14_600

const pageOf = ({ pages }: ApiDisk, key: string): Page =>
  (Object.hasOwn(pages, key) ? pages[key] : undefined) ?? { value: null, version: 0, op: null }

const bodyOf = ({ config, encoded }: ApiMemory, ask: Ask, version: number): { body: Encoded; isKept: boolean } => {
  const shape = JSON.stringify([ask.key, version, ask.from, ask.count, ask.fields, ask.format, ask.gzip])
  const kept = config.keepEncoded && Object.hasOwn(encoded, shape) ? encoded[shape] : undefined
  if (kept !== undefined) return { body: kept, isKept: true }
  const parts = config.fields.flatMap((field, at) =>
    ask.fields.length === 0 || ask.fields.includes(field)
      ? [
          {
            content: (config.fieldContents[at] ?? 'json') as Content,
            bytes: (config.fieldBytes[at] ?? 0) * ask.count,
          },
        ]
      : [],
  )
  const body = encode(parts, ask.format, ask.gzip)
  if (config.keepEncoded) encoded[shape] = { ...body }
  return { body, isKept: false }
}

/** Answers of older versions are of no more use. */
const forgetEncoded = (memory: ApiMemory, key: string): void => {
  for (const shape of Object.keys(memory.encoded)) if (JSON.parse(shape)[0] === key) delete memory.encoded[shape]
}

/** Whether the client's bucket has anything left; takes these bytes out, into debt if need be. */
const mayGet = ({ config, buckets }: ApiMemory, client: NodeId, bytes: number, now: number): boolean => {
  const { limitBytesPerS, limitBurstBytes } = config
  if (limitBytesPerS === 0) return true
  const bucket = buckets[client] ?? { level: limitBurstBytes, atUs: now }
  const level = Math.min(limitBurstBytes, bucket.level + (Math.max(0, now - bucket.atUs) * limitBytesPerS) / 1e6)
  buckets[client] = { level: level > 0 ? level - bytes : level, atUs: now }
  return level > 0
}

/** What the answer to a read is, and the processor time of making it, nanoseconds. */
const plan = (
  { disk, memory }: ApiState,
  from: NodeId,
  ask: Ask,
  now: number,
): { reply: Reply; ns: number; holds: number } => {
  const { config } = memory
  const { id, op, key, count } = ask
  const { value, version } = pageOf(disk, key)
  const plain = (status: Reply['status'], bytes: number, readNs = 0): Reply => ({
    t: 'reply',
    id,
    op,
    status,
    key,
    value,
    version,
    count,
    bytes: config.headBytes + bytes,
    readNs,
  })
  const callNs = config.callUs * 1000
  if (ask.have === version) return { reply: plain(304, 0), ns: callNs, holds: 0 }
  const findNs = callNs + config.itemUs * 1000 * count
  if (ask.delta && ask.have !== null) {
    const { bytes, readNs, writeNs } = encode(
      [{ content: 'json', bytes: config.deltaBytes * (version - ask.have) }],
      ask.format,
      false,
    )
    return { reply: plain(226, bytes, readNs), ns: findNs + writeNs, holds: bytes }
  }
  const { body, isKept } = bodyOf(memory, ask, version)
  if (!mayGet(memory, from, config.headBytes + body.bytes, now)) return { reply: plain(429, 0), ns: callNs, holds: 0 }
  const holds = body.raw === body.bytes ? body.raw : body.raw + body.bytes
  return { reply: plain(200, body.bytes, body.readNs), ns: isKept ? callNs : findNs + body.writeNs, holds }
}

const carryOut = ({ disk, memory }: ApiState, ask: Ask, out: Out): Reply => {
  const { id, op, key, input } = ask
  const before = pageOf(disk, key)
  const version = before.version + 1
  disk.pages[key] = { value: input, version, op }
  forgetEncoded(memory, key)
  out.sync()
  out.note('applied', { key, op, over: before.op, index: version })
  const bytes = memory.config.headBytes
  return { t: 'reply', id, op, status: 204, key, value: null, version, count: 0, bytes, readNs: 0 }
}

const transmit = (memory: ApiMemory, { from, ask }: Job, reply: Reply, out: Out): void => {
  if (!ask.cold || reply.bytes <= initialWindow) {
    out.send(from, reply)
    return
  }
  memory.sending[ask.id] = { to: from, reply: { ...reply }, left: reply.bytes, window: initialWindow }
  sendWindow(memory, ask.id, out)
}

/** As much of the answer as the window takes; the last stretch carries what it says. */
const sendWindow = (memory: ApiMemory, id: string, out: Out): void => {
  const one = memory.sending[id]
  if (one === undefined) return
  const { to, reply, left, window } = one
  if (left <= window) {
    delete memory.sending[id]
    out.send(to, { ...reply, bytes: left })
    return
  }
  one.left = left - window
  one.window = window * 2
  out.send(to, { t: 'chunk', id, op: reply.op, bytes: window })
}

const freeCore = ({ working, config }: ApiMemory): string | undefined => {
  for (let core = 0; config.cores === 0 || core < config.cores; core += 1)
    if (working[core] === undefined) return String(core)
  return undefined
}

const heldBytes = ({ working }: ApiMemory): number =>
  Object.values(working).reduce((total, { holds }) => total + holds, 0)

const startWork = (state: ApiState, now: number, out: Out): void => {
  const { memory } = state
  for (;;) {
    const core = memory.waiting.length === 0 ? undefined : freeCore(memory)
    const job = core === undefined ? undefined : memory.waiting.shift()
    if (core === undefined || job === undefined) return
    const { reply, ns, holds } =
      job.ask.kind === 'read'
        ? plan(state, job.from, job.ask, now)
        : { reply: null, ns: memory.config.callUs * 1000, holds: 0 }
    memory.cpuNs += ns
    const us = Math.round(ns / 1000)
    const begun = { from: job.from, ask: { ...job.ask }, reply, holds }
    if (us === 0) transmit(memory, begun, reply ?? carryOut(state, job.ask, out), out)
    else {
      memory.working[core] = begun
      memory.peakBytes = Math.max(memory.peakBytes, heldBytes(memory))
      out.setTimer(`work:${core}`, { minUs: us, maxUs: us })
    }
  }
}

const worked = (state: ApiState, core: string, now: number, out: Out): void => {
  const { memory } = state
  const job = memory.working[core]
  if (job === undefined) return
  const done = { from: job.from, ask: { ...job.ask }, reply: job.reply, holds: job.holds }
  delete memory.working[core]
  transmit(memory, done, job.reply === null ? carryOut(state, job.ask, out) : { ...job.reply }, out)
  startWork(state, now, out)
}

const received = (state: ApiState, from: NodeId, message: ApiMessage, now: number, out: Out): void => {
  const { memory } = state
  switch (message.t) {
    case 'hello':
      out.send(from, { t: 'welcome', op: message.op, n: message.n })
      break
    case 'ask':
      memory.calls += 1
      memory.waiting.push({ from, ask: message, reply: null, holds: 0 })
      startWork(state, now, out)
      break
    case 'more':
      sendWindow(memory, message.id, out)
      break
    case 'welcome':
    case 'reply':
    case 'chunk':
      break
    default:
      assertNever(message)
  }
}

const on = (state: ApiState, event: NodeEvent<ApiMessage, ApiTimer, Partial<ApiConfig>>, out: Out): void => {
  switch (event.type) {
    case 'message':
      received(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      worked(state, event.timer.slice('work:'.length), event.now, out)
      break
    case 'configured':
      state.memory.config = apiConfig(event.config)
      state.memory.encoded = {}
      startWork(state, event.now, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'an API is asked by its clients' })
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: ApiState): NodeView => {
  const { config, waiting, working, cpuNs, calls, peakBytes } = memory
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, version, op }] of Object.entries(disk.pages))
    values[key] = { value, op, version: `v${version}` }
  const busy = Object.keys(working).length
  return {
    role: 'server',
    values,
    facts: [
      ...(config.cores > 0 ? [{ label: 'busy', value: `${busy}/${config.cores}` }] : []),
      ...(config.cores > 0 ? [{ label: 'queue', value: String(waiting.length) }] : []),
      { label: 'calls', value: String(calls) },
      { label: 'cpu', value: `${(cpuNs / 1e6).toFixed(cpuNs < 1e8 ? 2 : 0)} ms` },
      { label: 'buffers', value: shortBytes(heldBytes(memory)) },
      { label: 'buffers at most', value: `${peakBytes} B` },
    ],
  }
}

export const api: Protocol<ApiDisk, ApiMemory, ApiMessage, ApiTimer, Partial<ApiConfig>> = {
  name: 'api',
  revision: 1,
  boot: (_self, _peers, disk, config) => ({
    disk: disk ?? { pages: {} },
    memory: {
      config: apiConfig(config),
      cpuNs: 0,
      calls: 0,
      waiting: [],
      working: {},
      sending: {},
      encoded: {},
      buckets: {},
      peakBytes: 0,
    },
  }),
  on,
  view,
  describe: describeApi,
}
