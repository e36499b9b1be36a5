/**
 * One server with one copy of the data: request, work, reply. What can go wrong lies between it and its clients, and the cure does too.
 *
 * A call that arrives twice, because the network copied it or the client asked again after the answer was lost, is carried out twice, for
 * nothing tells it from a new one. With `deduplicate` the server remembers the answer under the client's idempotency key and gives it
 * again (Spector, CACM 1982; Saltzer, Reed and Clark, "End-to-End Arguments in System Design", 1984, section 3: duplicates must be
 * suppressed where the meaning of a request is known). The table is on the same disk as the data and changes with it.
 *
 * Calls that overtake one another are carried out as they come. With `inOrder` the server keeps to the numbers: what comes early waits in
 * a buffer, what comes again is dropped. A number that never comes (its client gave up) stops the client's later operations, as a lost
 * segment stops a TCP connection (RFC 9293), until `gapMs` have passed.
 *
 * Work takes time where `processingMs` says so (`work-queue.ts`). The answer leaves as soon as the work is done, not when the disk has it.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import { type Attempts, noAttempts } from './attempts.ts'
import { describeClientMessage } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import { describeHealth, type HealthCheck, type Healthy } from './health-check.ts'
import { execute, isRead, type MachineState } from './kv-machine.ts'
import { type ServerConfig, serverConfig } from './server-config.ts'
import { answerGiven, remember, type ServerSessions, sessionFor } from './server-sessions.ts'
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

export type ServerDisk = {
  applied: number
  values: MachineState['values']
  sessions: ServerSessions
  /** A refusal is a promise, so it must outlast a crash. */
  attempts: Attempts
}
export type ServerMemory = {
  readonly self: NodeId
  config: ServerConfig
  queue: WorkQueue<Job>
  /** Calls whose turn has not come, by client. */
  early: { [client: string]: Job[] }
}
export type ServerTimer = `work:${string}` | `gap:${string}`
type Wire = Call | Answer | HealthCheck | Healthy
type ServerState = State<ServerDisk, ServerMemory>
type Out = Outbox<Wire, ServerTimer>

const reply = ({ memory }: ServerState, { from, call }: Job, result: Answer['result'], out: Out): void => {
  if (!memory.config.acknowledge) return
  const { op, attempt } = call
  if (from !== memory.self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: memory.self })
}

/** Carries a call out, now, and answers. */
const perform = (state: ServerState, job: Job, out: Out): void => {
  const { disk } = state
  const { call } = job
  if (!isRead(call.kind)) disk.applied += 1
  const place = { term: 0, index: disk.applied }
  const machine: MachineState = { values: disk.values, sessions: {} }
  const output = execute(machine, call, place, (key, op, over) => {
    out.note('applied', { key, op, over, index: disk.applied })
  })
  remember(disk.sessions, call, output)
  out.sync()
  reply(state, job, { outcome: 'ok', output }, out)
}

/** Gives the first answer again where the call is known. True when there is nothing more to do. */
const recognise = (state: ServerState, job: Job, out: Out): boolean => {
  const { session, op } = job.call
  if (session === null || !state.memory.config.deduplicate) return false
  const given = answerGiven(sessionFor(state.disk.sessions, session.client), session.seq)
  if (given === undefined) return false
  out.note('duplicate recognised', { op })
  if (given !== 'forgotten') reply(state, job, { outcome: 'ok', output: given.output }, out)
  return true
}

/** The work on a call is done: carry it out, unless it was before or its turn has not come. */
const finish = (state: ServerState, job: Job, out: Out): void => {
  if (recognise(state, job, out)) return
  const { session } = job.call
  if (session === null || !state.memory.config.inOrder) perform(state, job, out)
  else inTurn(state, job, session, out)
}

const inTurn = (state: ServerState, job: Job, session: { client: NodeId; seq: number }, out: Out): void => {
  const { expected } = sessionFor(state.disk.sessions, session.client)
  const { op } = job.call
  if (session.seq < expected) {
    out.note('duplicate dropped', { op })
    return
  }
  if (session.seq === expected) {
    perform(state, job, out)
    performEarly(state, session.client, out)
    return
  }
  out.note('held back', { op, waitsFor: expected })
  const { early, config } = state.memory
  // The newest attempt is the one whose answer is awaited.
  early[session.client] = [...(early[session.client] ?? []).filter(({ call }) => call.op !== op), job]
  if (config.gapMs > 0 && early[session.client]?.length === 1) armGap(state, session.client, out)
}

const armGap = ({ memory }: ServerState, client: string, out: Out): void => {
  const us = Math.round(memory.config.gapMs * 1000)
  out.setTimer(`gap:${client}`, { minUs: us, maxUs: us })
}

/** Carries out what waited for the number before it. */
const performEarly = (state: ServerState, client: NodeId, out: Out): void => {
  const { early, config } = state.memory
  const session = sessionFor(state.disk.sessions, client)
  for (;;) {
    const next = early[client]?.find(({ call }) => call.session?.seq === session.expected)
    if (next === undefined) break
    perform(state, next, out)
    early[client] = (early[client] ?? []).filter(({ call }) => (call.session?.seq ?? 0) >= session.expected)
  }
  if (early[client]?.length === 0) delete early[client]
  out.cancelTimer(`gap:${client}`)
  if (early[client] !== undefined && config.gapMs > 0) armGap(state, client, out)
}

/** The missing number did not come: go on with the smallest that did. */
const passOver = (state: ServerState, client: NodeId, out: Out): void => {
  const waiting = state.memory.early[client] ?? []
  if (waiting.length === 0) return
  const session = sessionFor(state.disk.sessions, client)
  session.expected = Math.min(...waiting.map(({ call }) => call.session?.seq ?? session.expected))
  out.note('passed over a missing number', { client, to: session.expected })
  performEarly(state, client, out)
}

const startWork = (state: ServerState, now: number, out: Out): void => {
  const { queue, config } = state.memory
  for (;;) {
    const worker = queue.waiting.length === 0 ? undefined : freeWorker(queue, config)
    const job = worker === undefined ? undefined : dequeue(queue, config, now)
    if (worker === undefined || job === undefined) return
    const range = processingRange(config)
    if (range.maxUs === 0) finish(state, job, out)
    else {
      queue.working[worker] = job
      out.setTimer(`work:${worker}`, range)
    }
  }
}

const receive = (state: ServerState, job: Job, now: number, out: Out): void => {
  const { queue, config } = state.memory
  if (recognise(state, job, out)) return
  const placed = enqueue(queue, config, job)
  if (placed === 'full' && config.loadShedding) refuse(queue, job.call)
  if (config.loadShedding) {
    state.disk.attempts = queue.attempts
    out.sync()
  }
  if (placed === 'queued') startWork(state, now, out)
  else if (placed === 'taken' || (placed === 'full' && !config.loadShedding))
    out.note('queue full', { op: job.call.op })
  else reply(state, job, { outcome: 'fail', reason: 'overloaded' }, out)
}

const fired = (state: ServerState, timer: ServerTimer, now: number, out: Out): void => {
  const name = timer.slice(timer.indexOf(':') + 1)
  if (timer.startsWith('gap:')) {
    passOver(state, name as NodeId, out)
    return
  }
  const { queue } = state.memory
  const job = queue.working[name]
  if (job === undefined) return
  delete queue.working[name]
  finish(state, job, out)
  startWork(state, now, out)
}

const on = (state: ServerState, event: NodeEvent<Wire, ServerTimer, Partial<ServerConfig>>, out: Out): void => {
  switch (event.type) {
    case 'message':
      if (event.message.t === 'call')
        receive(state, { from: event.from, call: event.message, arrivedUs: event.now }, event.now, out)
      else if (event.message.t === 'check') out.send(event.from, { t: 'healthy', round: event.message.round })
      break
    case 'request': {
      // An operation asked of this very node is a call from itself.
      const { id: op, kind, key, input } = event.request
      const call: Call = { t: 'call', op, attempt: 1, kind, key, input, session: null }
      receive(state, { from: state.memory.self, call, arrivedUs: event.now }, event.now, out)
      break
    }
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured':
      state.memory.config = serverConfig(event.config)
      startWork(state, event.now, out)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: ServerState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, index }] of Object.entries(disk.values))
    values[key] = { value, op, version: `v${index}` }
  const early = Object.values(memory.early).reduce((sum, jobs) => sum + jobs.length, 0)
  return {
    role: 'server',
    values,
    facts: [
      { label: 'carried out', value: String(disk.applied) },
      ...(memory.config.inOrder ? [{ label: 'held back', value: String(early) }] : []),
      ...queueFacts(memory.queue, memory.config),
    ],
  }
}

export const server: Protocol<ServerDisk, ServerMemory, Wire, ServerTimer, Partial<ServerConfig>> = {
  name: 'server',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { applied: 0, values: {}, sessions: {}, attempts: noAttempts },
    memory: { self, config: serverConfig(config), queue: emptyQueue(disk?.attempts), early: {} },
  }),
  on,
  view,
  describe: message =>
    message.t === 'check' || message.t === 'healthy' ? describeHealth(message) : describeClientMessage(message),
}
