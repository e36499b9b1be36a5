/**
 * The client of every store. It performs one operation by one or more attempts: it sends a call, waits `timeoutMs`, and asks again, the
 * same node or the next, after a pause (`retry-policy.ts` has the sources).
 *
 * What a client may conclude is little (Saltzer, Reed and Clark, "End-to-End Arguments in System Design", 1984). An answer `ok` closes the
 * operation, whichever attempt it answers. No answer says nothing: call or answer was lost, or is late, so the outcome is `unknown` and
 * never `fail`. A refusal closes it as `fail` only if no other attempt can still take effect.
 *
 * With `idempotencyKeys` every operation carries the client's name and a number, the same in all attempts; a server that remembers them
 * can do it once however often it is asked (Ongaro's dissertation, 2014, section 6.3, calls it a session). The counter is on disk, for a
 * number must not come back after a crash. Operations that were open when the client crashed stay unknown.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ClientRequest, Completion } from '../kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Fact, NodeView } from '../kernel/view.ts'
import { type ClientConfig, clientConfig } from './client-config.ts'
import { describeClientMessage } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import {
  admit,
  attemptTimeoutUs,
  backoffRange,
  earnRetry,
  freshRetryState,
  type RetryState,
  recordAnswer,
  recordFailure,
  recordTook,
  recordWaited,
  spendRetry,
} from './retry-policy.ts'

/** An operation that is not closed. */
type Open = {
  readonly request: ClientRequest
  /** Its number where operations are numbered, else null. */
  readonly seq: number | null
  /** Its place among this client's requests. */
  readonly order: number
  readonly stampUs: number
  phase: 'queued' | 'asking' | 'pausing'
  /** The attempt under way, counted from 1, and the node that was asked. */
  attempt: number
  to: NodeId
  /** When that attempt was sent, and how long it may take. */
  sentUs: number
  timeoutUs: number
  /** Attempts made after a failure; redirects do not count. */
  retries: number
  /** Redirects followed since the last failure. */
  redirects: number
  /** Attempts that may still take effect: sent, and not refused. */
  pending: number[]
}

export type ClientDisk = { seq: number }
export type ClientMemory = {
  readonly self: NodeId
  config: ClientConfig
  /** Whom it asks at present. */
  asks: NodeId | null
  requests: number
  open: { [op: string]: Open }
  retry: RetryState
  /** What came with the last answer about a key, to go back with the next write of it. */
  contexts: { [key: string]: Json }
}
export type ClientTimer = `timeout:${string}` | `pause:${string}`
type Wire = Call | Answer
type ClientState = State<ClientDisk, ClientMemory>
type Out = Outbox<Wire, ClientTimer>

/** A client that is sent from node to node stops following and takes it for a failure. */
const redirectLimit = 5

const order = ({ servers, at, stick }: ClientConfig): readonly NodeId[] => {
  if (at === '') return servers
  return stick ? [at] : [at, ...servers.filter(server => server !== at)]
}

const close = ({ memory }: ClientState, op: RequestId, result: Completion, now: number, out: Out): void => {
  delete memory.open[op]
  out.cancelTimer(`timeout:${op}`)
  out.cancelTimer(`pause:${op}`)
  out.complete(op, result)
  startNext(memory, now, out)
}

/** Where operations go one at a time: the next in the order in which they were asked for. */
const startNext = (memory: ClientMemory, now: number, out: Out): void => {
  const open = Object.values(memory.open)
  if (open.some(({ phase }) => phase !== 'queued')) return
  const next = open.reduce<Open | undefined>(
    (first, one) => (first && first.order < one.order ? first : one),
    undefined,
  )
  if (next !== undefined) begin(memory, next, now, out)
}

const send = (memory: ClientMemory, open: Open, now: number, out: Out): void => {
  const { config, asks, self } = memory
  const { id: op, kind, key, input } = open.request
  if (asks === null) return
  open.phase = 'asking'
  open.attempt += 1
  open.to = asks
  open.sentUs = now
  open.timeoutUs = attemptTimeoutUs(config, memory.retry)
  open.pending = [...open.pending, open.attempt]
  const session = open.seq === null ? null : { client: self, seq: open.seq }
  const context = Object.hasOwn(memory.contexts, key) ? memory.contexts[key] : undefined
  out.send(asks, {
    t: 'call',
    op,
    attempt: open.attempt,
    kind,
    key,
    input,
    session,
    ...(config.stampWrites ? { stampUs: open.stampUs } : {}),
    ...(context === undefined ? {} : { context }),
  })
  out.setTimer(`timeout:${op}`, { minUs: open.timeoutUs, maxUs: open.timeoutUs })
}

/** The first attempt. Nothing was sent before, so what cannot be sent has failed for certain. */
const begin = (memory: ClientMemory, open: Open, now: number, out: Out): void => {
  const { id } = open.request
  memory.asks ??= order(memory.config)[0] ?? null
  earnRetry(memory.config, memory.retry)
  const admitted = admit(memory.config, memory.retry, now)
  if (memory.asks !== null && admitted) {
    send(memory, open, now, out)
    return
  }
  delete memory.open[id]
  out.complete(id, { outcome: 'fail', reason: admitted ? 'the client knows no server' : 'circuit open' })
  startNext(memory, now, out)
}

const request = (state: ClientState, request: ClientRequest, now: number, out: Out): void => {
  const { disk, memory } = state
  if (memory.config.idempotencyKeys) {
    disk.seq += 1
    out.sync()
  }
  const { id, kind, key, input } = request
  const alone = Object.keys(memory.open).length === 0
  memory.requests += 1
  memory.open[id] = {
    request: { id, kind, key, input },
    seq: memory.config.idempotencyKeys ? disk.seq : null,
    order: memory.requests,
    stampUs: now,
    phase: 'queued',
    attempt: 0,
    to: memory.self,
    sentUs: now,
    timeoutUs: 0,
    retries: 0,
    redirects: 0,
    pending: [],
  }
  if (memory.config.pipeline || alone) begin(memory, memory.open[id] as Open, now, out)
}

/** The last attempt came to nothing: ask again after a pause, or give up. */
const retry = (state: ClientState, open: Open, why: string, now: number, out: Out): void => {
  const { memory } = state
  const { config } = memory
  const op = open.request.id
  const giveUp = (reason: string): void => close(state, op, { outcome: 'unknown', reason }, now, out)
  if (open.retries >= config.retries) {
    giveUp(why)
    return
  }
  if (!spendRetry(config, memory.retry)) {
    giveUp(`${why}, retry budget spent`)
    return
  }
  open.redirects = 0
  open.retries += 1
  const range = backoffRange(config, open.retries - 1)
  if (range.maxUs === 0) {
    again(state, open, now, out)
    return
  }
  open.phase = 'pausing'
  out.setTimer(`pause:${op}`, range)
}

const again = (state: ClientState, open: Open, now: number, out: Out): void => {
  const { memory } = state
  if (admit(memory.config, memory.retry, now)) send(memory, open, now, out)
  else close(state, open.request.id, { outcome: 'unknown', reason: 'circuit open' }, now, out)
}

/** Turns to the next server, once, however many open operations `failed` left without an answer. */
const turnFrom = (memory: ClientMemory, failed: NodeId): void => {
  const nodes = order(memory.config)
  if (!memory.config.failover || memory.asks !== failed) return
  memory.asks = nodes[(nodes.indexOf(failed) + 1) % nodes.length] ?? memory.asks
}

const timedOut = (state: ClientState, op: string, now: number, out: Out): void => {
  const open = state.memory.open[op]
  if (open?.phase !== 'asking') return
  recordFailure(state.memory.config, state.memory.retry, now)
  recordWaited(state.memory.config, state.memory.retry, open.timeoutUs)
  turnFrom(state.memory, open.to)
  retry(state, open, 'no answer', now, out)
}

const redirected = (state: ClientState, open: Open, to: NodeId | null, now: number, out: Out): void => {
  const { memory } = state
  const { config } = memory
  if (to !== null && config.followRedirects && !config.stick && open.redirects < redirectLimit) {
    open.redirects += 1
    memory.asks = to
    send(memory, open, now, out)
    return
  }
  turnFrom(memory, open.to)
  out.cancelTimer(`timeout:${open.request.id}`)
  // Turned away for now: a copy of the call that the network made may still be taken by a node that has become the one in charge.
  retry(state, open, 'no server would take it', now, out)
}

const answered = (state: ClientState, from: NodeId, { op, attempt, result }: Answer, now: number, out: Out): void => {
  const { memory } = state
  const open = memory.open[op]
  if (open === undefined) {
    out.note('late answer', { op, attempt })
    return
  }
  if (open.phase === 'asking') {
    recordAnswer(memory.config, memory.retry, attempt === open.attempt, now)
    if (attempt === open.attempt) recordTook(memory.config, memory.retry, now - open.sentUs)
  }
  if (result.outcome === 'ok') {
    const { key } = open.request
    if (result.context !== undefined) memory.contexts[key] = result.context
    close(state, op, { outcome: 'ok', output: result.output, servedBy: from }, now, out)
    return
  }
  open.pending = open.pending.filter(each => each !== attempt)
  if (attempt !== open.attempt || open.phase !== 'asking') return
  if (result.outcome === 'redirect') redirected(state, open, result.to, now, out)
  else if (open.pending.length === 0)
    close(state, op, { outcome: 'fail', reason: result.reason, servedBy: from }, now, out)
  else
    close(state, op, { outcome: 'unknown', reason: `${result.reason}, after an attempt without an answer` }, now, out)
}

const fired = (state: ClientState, timer: ClientTimer, now: number, out: Out): void => {
  const op = timer.slice(timer.indexOf(':') + 1)
  if (timer.startsWith('timeout:')) timedOut(state, op, now, out)
  else {
    const open = state.memory.open[op]
    if (open?.phase === 'pausing') again(state, open, now, out)
  }
}

const configured = ({ memory }: ClientState, config: Partial<ClientConfig>, now: number, out: Out): void => {
  const before = memory.config
  memory.config = clientConfig(config)
  if (memory.asks === null || !order(memory.config).includes(memory.asks) || memory.config.at !== before.at)
    memory.asks = order(memory.config)[0] ?? null
  if (!before.pipeline && memory.config.pipeline)
    for (const open of Object.values(memory.open)) if (open.phase === 'queued') begin(memory, open, now, out)
}

const on = (state: ClientState, event: NodeEvent<Wire, ClientTimer, Partial<ClientConfig>>, out: Out): void => {
  switch (event.type) {
    case 'request':
      request(state, event.request, event.now, out)
      break
    case 'message':
      if (event.message.t === 'answer') answered(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured':
      configured(state, event.config, event.now, out)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: ClientState): NodeView => {
  const open = Object.values(memory.open)
  const { config, retry: state } = memory
  const facts: Fact[] = [{ label: 'asks', value: memory.asks ?? order(config)[0] ?? 'nobody' }]
  for (const { request: asked, attempt, phase } of open.slice(0, 3))
    facts.push({ label: asked.id, value: phase === 'queued' ? 'queued' : `attempt ${attempt}, ${phase}` })
  if (open.length > 3) facts.push({ label: 'waiting', value: String(open.length) })
  if (config.timeout === 'adaptive')
    facts.push({ label: 'timeout', value: `${Math.round(state.trip.rtoUs / 1000)} ms` })
  if (config.breakerFailures > 0) facts.push({ label: 'circuit', value: state.circuit.is })
  if (config.retryBudget > 0) facts.push({ label: 'retry budget', value: (state.milliTokens / 1000).toFixed(1) })
  return { role: 'client', values: {}, facts }
}

export const client: Protocol<ClientDisk, ClientMemory, Wire, ClientTimer, Partial<ClientConfig>> = {
  name: 'client',
  revision: 1,
  boot: (self, _peers, disk, config) => {
    const full = clientConfig(config)
    return {
      disk: disk ?? { seq: 0 },
      memory: {
        self,
        config: full,
        asks: order(full)[0] ?? null,
        requests: 0,
        open: {},
        retry: freshRetryState(full),
        contexts: {},
      },
    }
  },
  on,
  view,
  describe: describeClientMessage,
}
