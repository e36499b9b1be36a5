/**
 * A layer between clients and a store: a gateway, a service. It takes a call, works on it for `processingMs`, calls the layer behind, and
 * passes the answer back. A worker is held until then (a thread a request), so a slow layer behind fills the workers in front.
 *
 * Each layer that retries multiplies: three layers with up to three attempts each make up to 27 calls of the last one out of one click
 * ("Site Reliability Engineering", 2016, chapter 21, "Deciding to Retry"). The layer cannot know that its caller has given up, and goes on
 * working and retrying for nobody. `retry-policy.ts` and `work-queue.ts` have the remedies, each a knob of its own.
 *
 * The operation's id and idempotency key pass through unchanged, so that the last layer can recognise what all these attempts are. When no
 * attempt was answered the caller gets no answer either: the layer does not know whether the operation took effect. It refuses only what
 * it has sent nowhere.
 *
 * With `fallback` a read that the layer behind left without an answer, or refused, is answered with the last value that passed through
 * here: graceful degradation ("Site Reliability Engineering", 2016, chapter 22), paid for with staleness. A write has no such way out.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type Attempts, noAttempts, wasTaken } from './attempts.ts'
import { describeClientMessage } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import { describeHealth, type HealthCheck, type Healthy } from './health-check.ts'
import { isRead } from './kv-machine.ts'
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
import { type ServiceConfig, serviceConfig } from './service-config.ts'
import {
  dequeue,
  emptyQueue,
  enqueue,
  freeWorker,
  type Job,
  processingRange,
  queueFacts,
  refuse,
  type WorkQueue,
} from './work-queue.ts'

/** What a worker is at. Its attempts at the layer behind are numbered from `firstAttempt`, apart from those of other workers. */
type Task = {
  readonly job: Job
  readonly firstAttempt: number
  phase: 'working' | 'asking' | 'pausing'
  attempts: number
  to: NodeId | null
  /** When the attempt under way was sent, and how long it may take. */
  sentUs: number
  timeoutUs: number
}

export type ServiceMemory = {
  readonly self: NodeId
  config: ServiceConfig
  queue: WorkQueue<Task>
  retry: RetryState
  /** Whom it asks at present: place in `downstream`. */
  turn: number
  called: number
  /** The last value that a read of each key passed back. */
  lastSeen: { [key: string]: Json }
}
export type ServiceTimer = `work:${string}` | `timeout:${string}` | `pause:${string}`
type Wire = Call | Answer | HealthCheck | Healthy
/** What it promised to its callers outlasts a crash; the rest does not. */
export type ServiceDisk = { attempts: Attempts }
type ServiceState = State<ServiceDisk, ServiceMemory>
type Out = Outbox<Wire, ServiceTimer>

const reply = (memory: ServiceMemory, { from, call }: Job, result: Answer['result'], out: Out): void => {
  const { op, attempt } = call
  if (from !== memory.self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: memory.self })
}

/** What stands in for an answer that did not come. */
const standIn = ({ config, lastSeen }: ServiceMemory, { op, kind, key }: Call, out: Out): Answer['result'] | null => {
  if (!config.fallback || !isRead(kind) || !Object.hasOwn(lastSeen, key)) return null
  out.note('answered from memory', { op })
  return { outcome: 'ok', output: lastSeen[key] ?? null }
}

/** Lets the worker go, with an answer for the caller or none. */
const release = (
  memory: ServiceMemory,
  worker: string,
  answer: Answer['result'] | null,
  now: number,
  out: Out,
): void => {
  const task = memory.queue.working[worker]
  if (task === undefined) return
  const { call } = task.job
  if (answer?.outcome === 'ok' && isRead(call.kind)) memory.lastSeen[call.key] = answer.output
  const result = answer?.outcome === 'ok' ? answer : (standIn(memory, call, out) ?? answer)
  if (result?.outcome === 'fail') refuse(memory.queue, task.job.call)
  if (result !== null) reply(memory, task.job, result, out)
  else out.note('gave up', { op: task.job.call.op, attempts: task.attempts })
  delete memory.queue.working[worker]
  out.cancelTimer(`timeout:${worker}`)
  startWork(memory, now, out)
}

const send = (memory: ServiceMemory, worker: string, task: Task, to: NodeId, now: number, out: Out): void => {
  const { op, kind, key, input, session } = task.job.call
  task.phase = 'asking'
  task.to = to
  memory.called += 1
  out.send(to, { t: 'call', op, attempt: task.firstAttempt + task.attempts, kind, key, input, session })
  task.attempts += 1
  task.sentUs = now
  task.timeoutUs = attemptTimeoutUs(memory.config, memory.retry)
  out.setTimer(`timeout:${worker}`, { minUs: task.timeoutUs, maxUs: task.timeoutUs })
}

/** One attempt at the layer behind. */
const ask = (memory: ServiceMemory, worker: string, task: Task, now: number, out: Out): void => {
  const { downstream } = memory.config
  const to = downstream[memory.turn % downstream.length]
  const admitted = admit(memory.config, memory.retry, now)
  if (to !== undefined && admitted) {
    send(memory, worker, task, to, now, out)
    return
  }
  const reason = admitted ? 'nothing behind it' : 'circuit open'
  release(memory, worker, task.attempts === 0 ? { outcome: 'fail', reason } : null, now, out)
}

const worked = (memory: ServiceMemory, worker: string, task: Task, now: number, out: Out): void => {
  earnRetry(memory.config, memory.retry)
  ask(memory, worker, task, now, out)
}

const startWork = (memory: ServiceMemory, now: number, out: Out): void => {
  const { queue, config } = memory
  for (;;) {
    const worker = queue.waiting.length === 0 ? undefined : freeWorker(queue, config)
    const job = worker === undefined ? undefined : dequeue(queue, config, now)
    if (worker === undefined || job === undefined) return
    const firstAttempt = (job.call.attempt - 1) * (config.retries + 1) + 1
    queue.working[worker] = { job, firstAttempt, phase: 'working', attempts: 0, to: null, sentUs: now, timeoutUs: 0 }
    const range = processingRange(config)
    if (range.maxUs > 0) out.setTimer(`work:${worker}`, range)
    else worked(memory, worker, queue.working[worker] as Task, now, out)
  }
}

const receiveCall = (memory: ServiceMemory, job: Job, now: number, out: Out): void => {
  const { queue, config } = memory
  const { op } = job.call
  // A copy that the network made. To refuse it would be a lie if the first one goes through.
  if (wasTaken(queue.attempts, job.call)) {
    out.note('copy ignored', { op })
    return
  }
  const placed = enqueue(queue, config, job, true)
  if (placed === 'queued') startWork(memory, now, out)
  else if (placed === 'full' && !config.loadShedding) out.note('queue full', { op })
  else {
    if (placed === 'full') refuse(queue, job.call)
    reply(memory, job, { outcome: 'fail', reason: 'overloaded' }, out)
  }
}

/** An answer to any of a worker's attempts will do. A refusal is passed on only if no other attempt can have been taken. */
const receiveAnswer = (memory: ServiceMemory, { op, attempt, result }: Answer, now: number, out: Out): void => {
  for (const [worker, task] of Object.entries(memory.queue.working)) {
    const mine = attempt >= task.firstAttempt && attempt < task.firstAttempt + task.attempts
    if (task.job.call.op !== op || !mine) continue
    const isLatest = attempt === task.firstAttempt + task.attempts - 1
    if (task.phase === 'asking') {
      recordAnswer(memory.config, memory.retry, isLatest, now)
      if (isLatest) recordTook(memory.config, memory.retry, now - task.sentUs)
    }
    if (result.outcome === 'ok') release(memory, worker, result, now, out)
    else if (task.phase === 'asking' && isLatest)
      release(memory, worker, result.outcome === 'fail' && task.attempts === 1 ? result : null, now, out)
    return
  }
  out.note('late answer', { op, attempt })
}

const timedOut = (memory: ServiceMemory, worker: string, task: Task, now: number, out: Out): void => {
  const { config, retry } = memory
  recordFailure(config, retry, now)
  recordWaited(config, retry, task.timeoutUs)
  if (config.failover && task.to === config.downstream[memory.turn % config.downstream.length]) memory.turn += 1
  if (task.attempts > config.retries || !spendRetry(config, retry)) {
    release(memory, worker, null, now, out)
    return
  }
  const range = backoffRange(config, task.attempts - 1)
  if (range.maxUs === 0) {
    ask(memory, worker, task, now, out)
    return
  }
  task.phase = 'pausing'
  out.setTimer(`pause:${worker}`, range)
}

const fired = (memory: ServiceMemory, timer: ServiceTimer, now: number, out: Out): void => {
  const at = timer.indexOf(':')
  const worker = timer.slice(at + 1)
  const task = memory.queue.working[worker]
  if (task === undefined) return
  const kind = timer.slice(0, at)
  if (kind === 'work' && task.phase === 'working') worked(memory, worker, task, now, out)
  else if (kind === 'timeout' && task.phase === 'asking') timedOut(memory, worker, task, now, out)
  else if (kind === 'pause' && task.phase === 'pausing') ask(memory, worker, task, now, out)
}

const on = (state: ServiceState, event: NodeEvent<Wire, ServiceTimer, Partial<ServiceConfig>>, out: Out): void => {
  const { disk, memory } = state
  switch (event.type) {
    case 'message':
      if (event.message.t === 'answer') receiveAnswer(memory, event.message, event.now, out)
      else if (event.message.t === 'check') out.send(event.from, { t: 'healthy', round: event.message.round })
      else if (event.message.t === 'call')
        receiveCall(memory, { from: event.from, call: event.message, arrivedUs: event.now }, event.now, out)
      break
    case 'request': {
      const { id: op, kind, key, input } = event.request
      const call: Call = { t: 'call', op, attempt: 1, kind, key, input, session: null }
      receiveCall(memory, { from: memory.self, call, arrivedUs: event.now }, event.now, out)
      break
    }
    case 'timer':
      fired(memory, event.timer, event.now, out)
      break
    case 'configured':
      memory.config = serviceConfig(event.config)
      startWork(memory, event.now, out)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
  disk.attempts = memory.queue.attempts
  if (event.type !== 'synced') out.sync()
}

const view = ({ memory }: ServiceState): NodeView => {
  const { config, retry } = memory
  return {
    role: 'service',
    values: {},
    facts: [
      { label: 'asks', value: config.downstream[memory.turn % config.downstream.length] ?? 'nobody' },
      { label: 'calls made', value: String(memory.called) },
      ...queueFacts(memory.queue, config),
      ...(config.timeout === 'adaptive'
        ? [{ label: 'timeout', value: `${Math.round(retry.trip.rtoUs / 1000)} ms` }]
        : []),
      ...(config.breakerFailures > 0 ? [{ label: 'circuit', value: retry.circuit.is }] : []),
      ...(config.retryBudget > 0 ? [{ label: 'retry budget', value: (retry.milliTokens / 1000).toFixed(1) }] : []),
    ],
  }
}

export const service: Protocol<ServiceDisk, ServiceMemory, Wire, ServiceTimer, Partial<ServiceConfig>> = {
  name: 'service',
  revision: 1,
  boot: (self, _peers, disk, config) => {
    const full = serviceConfig(config)
    return {
      disk: disk ?? { attempts: noAttempts },
      memory: {
        self,
        config: full,
        queue: emptyQueue(disk?.attempts),
        retry: freshRetryState(full),
        turn: 0,
        called: 0,
        lastSeen: {},
      },
    }
  },
  on,
  view,
  describe: message =>
    message.t === 'check' || message.t === 'healthy' ? describeHealth(message) : describeClientMessage(message),
}
