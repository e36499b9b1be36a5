/**
 * Someone who works on a store under a lock: acquire, read, work, write back, release. It is made for what happens when time does not keep to
 * the lease. A holder that stops between its last look at the clock and its write (a paused process, a message that takes long) writes
 * after the lock has gone to somebody else; no check at the holder closes that gap, only one at the store (`fenced-store.ts`). Gray
 * and Cheriton, "Leases", SOSP 1989, section 5, on clocks; Kleppmann, "How to do distributed locking", 2016, on pauses.
 *
 * The lease is counted from when it was asked for, not from when the grant came, so that with clocks that run alike the holder's end comes
 * before the lock service's (section 3.1); `guardMs` takes off what clocks may drift apart. With `expiry: deadline` the holder goes by the
 * point in time that the lock service names, and so by two clocks that must show the same.
 *
 * `add` reads and writes back, `write` only writes; a `read` needs no lock. One operation at a time.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Fact, NodeView } from '../kernel/view.ts'
import { type Attempts, noAttempts, wasTaken, withTaken } from './attempts.ts'
import type { Answer, Call } from './client-wire.ts'
import { isRead } from './kv-machine.ts'
import { type LeaseHolderConfig, leaseHolderConfig } from './lease-holder-config.ts'
import { describeLeaseMessage, type LeaseMessage } from './lease-messages.ts'

type Job = { readonly from: NodeId; readonly call: Call }
type Work = {
  readonly job: Job
  phase: 'acquiring' | 'reading' | 'working' | 'writing'
  /** The request whose answer it awaits, and when it asked for the lease. */
  n: number
  askedUs: number
  token: number | null
  /** The end of the lease on its own clock; null for none. */
  untilUs: number | null
  value: Json
  /** The write that was read. */
  base: RequestId | null
  /** The request to prolong the lease that is under way. */
  renewal: { readonly n: number; readonly askedUs: number } | null
}

export type LeaseHolderDisk = { n: number; attempts: Attempts }
export type LeaseHolderMemory = {
  readonly self: NodeId
  config: LeaseHolderConfig
  waiting: Job[]
  work: Work | null
  /** Reads under way, by request. */
  reads: { [n: string]: Job }
  /** Locks given back whose receipt has not come. */
  releasing: { [token: string]: string }
}
export type LeaseHolderTimer = 'again' | 'work' | 'renew' | `release:${string}`
type LeaseHolderState = State<LeaseHolderDisk, LeaseHolderMemory>
type Out = Outbox<LeaseMessage, LeaseHolderTimer>
type Grant = Extract<LeaseMessage, { t: 'grant' }>

const after = (out: Out, timer: LeaseHolderTimer, ms: number): void => {
  const us = Math.round(ms * 1000)
  out.setTimer(timer, { minUs: us, maxUs: us })
}

const nextNumber = ({ disk }: LeaseHolderState, out: Out): number => {
  disk.n += 1
  out.sync()
  return disk.n
}

const reply = ({ memory }: LeaseHolderState, { from, call }: Job, result: Answer['result'], out: Out): void => {
  const { op, attempt } = call
  if (from !== memory.self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: memory.self })
}

/** Asks for the lock, as for a new lease. */
const acquire = (state: LeaseHolderState, work: Work, now: number, out: Out): void => {
  const { locks, retryMs } = state.memory.config
  work.phase = 'acquiring'
  work.n = nextNumber(state, out)
  work.askedUs = now
  work.token = null
  work.untilUs = null
  work.renewal = null
  out.cancelTimer('renew')
  out.send(locks, { t: 'acquire', key: work.job.call.key, n: work.n, token: null })
  after(out, 'again', retryMs)
}

const startNext = (state: LeaseHolderState, now: number, out: Out): void => {
  const { memory } = state
  if (memory.work !== null) return
  const job = memory.waiting.shift()
  if (job === undefined) return
  memory.work = {
    job,
    phase: 'acquiring',
    n: 0,
    askedUs: now,
    token: null,
    untilUs: null,
    value: null,
    base: null,
    renewal: null,
  }
  acquire(state, memory.work, now, out)
}

const receiveCall = (state: LeaseHolderState, job: Job, now: number, out: Out): void => {
  const { disk, memory } = state
  const { call } = job
  if (wasTaken(disk.attempts, call)) {
    out.note('copy ignored', { op: call.op })
    return
  }
  disk.attempts = withTaken(disk.attempts, call)
  out.sync()
  if (isRead(call.kind)) {
    const n = nextNumber(state, out)
    memory.reads[n] = job
    out.send(memory.config.store, { t: 'get', key: call.key, op: call.op, n, token: null })
  } else if (call.kind === 'add' || call.kind === 'write' || call.kind === 'put') {
    memory.waiting.push(job)
    startNext(state, now, out)
  } else reply(state, job, { outcome: 'fail', reason: `a holder does no ${call.kind}` }, out)
}

/** The end of a lease asked for then, on this clock. */
const endOf = ({ config }: LeaseHolderMemory, askedUs: number, { termUs, untilUs }: Grant): number | null => {
  const endUs = config.expiry === 'duration' ? (termUs === null ? null : askedUs + termUs) : untilUs
  return endUs === null ? null : endUs - Math.round(config.guardMs * 1000)
}

const isOver = ({ untilUs }: Work, now: number): boolean => untilUs !== null && now >= untilUs

const granted = (state: LeaseHolderState, m: Grant, now: number, out: Out): void => {
  const { memory } = state
  const { work, config } = memory
  if (work === null) return
  if (work.renewal?.n === m.n) {
    work.untilUs = endOf(memory, work.renewal.askedUs, m)
    work.renewal = null
    return
  }
  if (work.phase !== 'acquiring' || work.n !== m.n) return
  const untilUs = endOf(memory, work.askedUs, m)
  if (untilUs !== null && now >= untilUs) {
    // By its own clock the lease was over before it came. It asks again when the time for that has come.
    out.note('lease over on arrival', { token: m.token })
    return
  }
  work.token = m.token
  work.untilUs = untilUs
  if (config.renewMs > 0) after(out, 'renew', config.renewMs)
  if (work.job.call.kind === 'add') ask(state, work, 'reading', out)
  else beginWork(state, work, out)
}

const beginWork = ({ memory }: LeaseHolderState, work: Work, out: Out): void => {
  work.phase = 'working'
  out.cancelTimer('again')
  after(out, 'work', memory.config.workMs)
}

/** Sends the store what this phase is about, and sets the time to ask once more. */
const ask = (state: LeaseHolderState, work: Work, phase: 'reading' | 'writing', out: Out): void => {
  work.phase = phase
  work.n = nextNumber(state, out)
  send(state, work, out)
}

const send = ({ memory }: LeaseHolderState, { job, phase, n, token, value, base }: Work, out: Out): void => {
  const { store, retryMs } = memory.config
  const { key, op, kind } = job.call
  if (phase === 'reading') out.send(store, { t: 'get', key, op, n, token })
  else out.send(store, { t: 'put', key, op, n, token: token ?? 0, value, ...(kind === 'add' ? { base } : {}) })
  after(out, 'again', retryMs)
}

/** What the work makes of what was read: a number more, or what was asked to be written. */
const result = (call: Call, read: Json): Json => {
  if (call.kind !== 'add') return call.input
  return (typeof read === 'number' ? read : 0) + (typeof call.input === 'number' ? call.input : 1)
}

const worked = (state: LeaseHolderState, work: Work, now: number, out: Out): void => {
  if (state.memory.config.check === 'before-write' && isOver(work, now)) {
    out.note('lease over', { op: work.job.call.op, token: work.token })
    failed(state, work, 'its lease was over', now, out)
    return
  }
  work.value = result(work.job.call, work.value)
  ask(state, work, 'writing', out)
}

/** Nothing was written under this lease, and nothing will be. */
const failed = (state: LeaseHolderState, work: Work, reason: string, now: number, out: Out): void => {
  work.value = null
  if (state.memory.config.repeat) acquire(state, work, now, out)
  else finish(state, work, { outcome: 'fail', reason }, now, out)
}

const giveBack = ({ memory }: LeaseHolderState, key: string, token: number, out: Out): void => {
  memory.releasing[token] = key
  out.send(memory.config.locks, { t: 'release', key, token })
  after(out, `release:${token}`, memory.config.retryMs)
}

const finish = (state: LeaseHolderState, work: Work, end: Answer['result'], now: number, out: Out): void => {
  reply(state, work.job, end, out)
  out.cancelTimer('again')
  out.cancelTimer('renew')
  if (work.token !== null) giveBack(state, work.job.call.key, work.token, out)
  state.memory.work = null
  startNext(state, now, out)
}

type StoreAnswer = Extract<LeaseMessage, { t: 'value' | 'stored' | 'refused' }>

const storeAnswered = (state: LeaseHolderState, m: StoreAnswer, now: number, out: Out): void => {
  const { work, reads } = state.memory
  const read = reads[m.n]
  if (read !== undefined && m.t === 'value') {
    delete reads[m.n]
    reply(state, read, { outcome: 'ok', output: m.value }, out)
  }
  if (work === null || work.n !== m.n) return
  if (m.t === 'refused' && (work.phase === 'reading' || work.phase === 'writing'))
    failed(state, work, `token ${work.token} is old`, now, out)
  else if (m.t === 'value' && work.phase === 'reading') {
    work.value = m.value
    work.base = m.from
    beginWork(state, work, out)
  } else if (m.t === 'stored' && work.phase === 'writing')
    finish(state, work, { outcome: 'ok', output: null }, now, out)
}

const receive = (state: LeaseHolderState, from: NodeId, m: LeaseMessage, now: number, out: Out): void => {
  const { memory } = state
  const { work } = memory
  switch (m.t) {
    case 'call':
      receiveCall(state, { from, call: m }, now, out)
      break
    case 'grant':
      granted(state, m, now, out)
      break
    case 'free':
      if (work?.phase === 'acquiring' && work.job.call.key === m.key) acquire(state, work, now, out)
      break
    case 'lost':
      if (work?.renewal?.n === m.n) work.untilUs = now
      break
    case 'released':
      delete memory.releasing[m.token]
      out.cancelTimer(`release:${m.token}`)
      break
    case 'value':
    case 'stored':
    case 'refused':
      storeAnswered(state, m, now, out)
      break
    default:
      // `held`: it is told when the lock is free. The rest is for others.
      break
  }
}

const fired = (state: LeaseHolderState, timer: LeaseHolderTimer, now: number, out: Out): void => {
  const { work, releasing, config } = state.memory
  if (timer.startsWith('release:')) {
    const token = timer.slice('release:'.length)
    const key = releasing[token]
    if (key !== undefined) giveBack(state, key, Number(token), out)
  } else if (work === null) return
  else if (timer === 'work') worked(state, work, now, out)
  else if (timer === 'renew') {
    work.renewal = { n: nextNumber(state, out), askedUs: now }
    out.send(config.locks, { t: 'acquire', key: work.job.call.key, n: work.renewal.n, token: work.token })
    after(out, 'renew', config.renewMs)
  } else if (work.phase === 'acquiring') acquire(state, work, now, out)
  else if (work.phase !== 'working') send(state, work, out)
}

const on = (
  state: LeaseHolderState,
  event: NodeEvent<LeaseMessage, LeaseHolderTimer, Partial<LeaseHolderConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'request': {
      const { id: op, kind, key, input } = event.request
      const call: Call = { t: 'call', op, attempt: 1, kind, key, input, session: null }
      receiveCall(state, { from: state.memory.self, call }, event.now, out)
      break
    }
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured':
      state.memory.config = leaseHolderConfig(event.config)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: LeaseHolderState): NodeView => {
  const { work, waiting } = memory
  const facts: Fact[] = [
    { label: 'at', value: work === null ? 'rest' : `${work.phase} ${work.job.call.op}` },
    ...(work?.token == null ? [] : [{ label: 'token', value: String(work.token) }]),
    ...(waiting.length === 0 ? [] : [{ label: 'waiting', value: String(waiting.length) }]),
  ]
  // It acts as the one in charge from the grant until it has done, whatever the time.
  const authority = work?.token == null ? {} : { authority: { over: work.job.call.key, term: work.token } }
  return { role: 'holder', values: {}, facts, ...authority }
}

export const leaseHolder: Protocol<
  LeaseHolderDisk,
  LeaseHolderMemory,
  LeaseMessage,
  LeaseHolderTimer,
  Partial<LeaseHolderConfig>
> = {
  name: 'lease-holder',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { n: 0, attempts: noAttempts },
    memory: { self, config: leaseHolderConfig(config), waiting: [], work: null, reads: {}, releasing: {} },
  }),
  on,
  view,
  describe: describeLeaseMessage,
}
