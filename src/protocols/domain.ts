/**
 * One owner's part of a path: a content delivery network, a shop, a partner, a vendor. Each has its own office clock, maintenance window,
 * certificate, list of roots that it accepts, support desk and dashboard; nobody is in charge of the whole ("there is one
 * administrator" is the sixth of Deutsch's fallacies; Rotem-Gal-Oz, "Fallacies of Distributed Computing Explained", 2006).
 *
 * Domains authenticate each other. For every call the caller opens a connection: ClientHello; the other side shows its certificate; the
 * caller checks it, shows its own and sends the call; the other side checks that and carries the call out or passes it on. A side that does
 * not accept what it is shown sends an alert, and the call fails there, carried out by nobody (TLS 1.3: RFC 8446, sections 2, 4.4.2, 6.2).
 * Both hellos name the roots that their sender accepts (`certificate_authorities`, section 4.2.4).
 *
 * The rotation from an old root to a new one has three steps: accept both, show the new certificate, accept the new one alone. An agreed
 * moment takes them at once, so that two neighbours who do not change in the same instant refuse each other. With `dates` every owner takes
 * them in its own windows at agreed dates; with `evidence`, when handshakes show that its neighbours are ready. That is parallel change, or
 * expand and contract (Sato, "ParallelChange", martinfowler.com, 2014).
 *
 * An owner may also change a default (`ruleFromH`): calls with a body are refused at its door. To the owner that is no error, and the domains
 * behind it see nothing at all, which is why all dashboards stay green. A customer's ticket takes the rule away in support's own time.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import type { Answer, Call } from './client-wire.ts'
import { type Alert, type Certificate, faultOf, shownAt, stageWord, trustedAt } from './domain-certificate.ts'
import { type DomainConfig, domainConfig } from './domain-config.ts'
import { type DomainMessage, describeDomainMessage } from './domain-messages.ts'
import {
  clockText,
  isBetween,
  learn,
  type Neighbours,
  plannedStage,
  type Rotation,
  rolledBackStage,
  universalH,
  windowIsOpen,
} from './domain-rotation.ts'
import { execute, isRead, type StoredValue } from './kv-machine.ts'

/** A call that it works on: who asked (in which handshake, when a domain did), and how far it is with the domain behind. */
type Task = { readonly from: NodeId; readonly asked: number | null; readonly call: Call; phase: 'hello' | 'sent' }

export type DomainDisk = {
  rotation: Rotation
  /** Handshakes that it has opened; their numbers never come back. */
  handshakes: number
  values: { [key: string]: StoredValue }
  applied: number
}
export type DomainMemory = {
  readonly self: NodeId
  config: DomainConfig
  nowUs: number
  /** By neighbour: the handshakes that it opened and that wait for its certificate, and the number of the latest. */
  opened: { [node: string]: { last: number; waiting: number[] } }
  tasks: { [n: string]: Task }
  neighbours: Neighbours
  /** How the calls of late ended here, for the dashboard. A refusal by a rule is no error. */
  results: { atUs: number; ok: boolean }[]
  /** Support has taken the customer out of the default. */
  exempt: boolean
  tickets: { readonly from: NodeId; readonly sinceUs: number; workedH: number }[]
}
export type DomainTimer = 'hour' | `wait:${string}`
type DomainState = State<DomainDisk, DomainMemory>
type Out = Outbox<DomainMessage, DomainTimer>

const certificateFor = ({ disk, memory }: DomainState, to: NodeId, n: number, out: Out): Signed<Certificate> => {
  const { self, config } = memory
  const root = shownAt(disk.rotation.stage)
  const notAfterUs = root === 'old' ? config.oldEndsH * config.hourMs * 1000 : Number.MAX_SAFE_INTEGER
  return out.sign({ subject: self, root, notAfterUs, to, n })
}

/** Looks at what the other side of a handshake shows. */
const inspect = (
  { disk, memory }: DomainState,
  from: NodeId,
  n: number,
  certificate: Signed<Certificate>,
  now: number,
  out: Out,
): Alert | null => {
  const expected = { from, self: memory.self, n }
  const alert = faultOf(certificate, out.verify(certificate), expected, trustedAt(disk.rotation.stage), now)
  if (alert !== 'bad_certificate') learn(memory.neighbours, from, { shows: certificate.payload.root }, now)
  if (alert !== null) out.note('refused a certificate', { of: from, root: certificate.payload.root, alert })
  return alert
}

/** Ends a task with an answer to whoever asked, and counts it for the dashboard. */
const finish = (state: DomainState, task: Task, result: Answer['result'], now: number, out: Out): void => {
  const { memory } = state
  const { from, asked, call } = task
  memory.results.push({ atUs: now, ok: result.outcome === 'ok' })
  const answer: Answer = { t: 'answer', op: call.op, attempt: call.attempt, result }
  if (from === memory.self) {
    if (result.outcome !== 'redirect') out.complete(call.op, { ...result, servedBy: memory.self })
  } else if (asked === null) out.send(from, answer)
  else out.send(from, { t: 'response', n: asked, answer })
}

const perform = (state: DomainState, task: Task, now: number, out: Out): void => {
  const { disk } = state
  if (!isRead(task.call.kind)) disk.applied += 1
  const place = { term: 0, index: disk.applied }
  const output = execute({ values: disk.values, sessions: {} }, task.call, place, (key, op, over) => {
    out.note('applied', { key, op, over })
  })
  out.sync()
  finish(state, task, { outcome: 'ok', output }, now, out)
}

/** Whether the new default strikes this call. */
const isRefused = ({ memory }: DomainState, { from, call }: Task, now: number): boolean => {
  const { config, exempt } = memory
  if (config.ruleFromH === null || config.pinned || exempt || isRead(call.kind)) return false
  const waitsH = config.firstFor.includes(from) ? 0 : config.firstH
  return universalH(config, now) >= config.ruleFromH + waitsH
}

/** A call at its door: refuses it, carries it out, or opens a connection to the domain behind. */
const take = (state: DomainState, task: Task, now: number, out: Out): void => {
  const { disk, memory } = state
  const { next, timeoutMs } = memory.config
  if (isRefused(state, task, now)) {
    const { op, attempt } = task.call
    out.note('refused by default', { op })
    const result = { outcome: 'fail', reason: `refused by a default of ${memory.self}` } as const
    if (task.from === memory.self) out.complete(op, { ...result, servedBy: memory.self })
    else out.send(task.from, { t: 'answer', op, attempt, result })
    return
  }
  if (next === '') {
    perform(state, task, now, out)
    return
  }
  const n = ++disk.handshakes
  out.sync()
  memory.tasks[n] = { ...task }
  out.send(next, { t: 'client-hello', n, op: task.call.op, accepts: [...trustedAt(disk.rotation.stage)] })
  const us = Math.round(timeoutMs * 1000)
  out.setTimer(`wait:${n}`, { minUs: us, maxUs: us })
}

/** The task of a handshake that this domain opened, taken off the list. */
const close = ({ memory }: DomainState, from: NodeId, n: number, out: Out): Task | undefined => {
  const task = from === memory.config.next ? memory.tasks[n] : undefined
  if (task === undefined) return undefined
  delete memory.tasks[n]
  out.cancelTimer(`wait:${n}`)
  return task
}

/** The other side has shown its certificate: show one's own and send the call, or refuse. */
const serverHello = (
  state: DomainState,
  from: NodeId,
  { n, op, accepts, certificate }: Extract<DomainMessage, { t: 'server-hello' }>,
  now: number,
  out: Out,
): void => {
  const { memory } = state
  const task = memory.tasks[n]
  if (from !== memory.config.next || task?.phase !== 'hello') return
  learn(memory.neighbours, from, { accepts }, now)
  const alert = inspect(state, from, n, certificate, now, out)
  if (alert === null) {
    task.phase = 'sent'
    out.send(from, { t: 'request', n, certificate: certificateFor(state, from, n, out), call: { ...task.call } })
    return
  }
  out.send(from, { t: 'alert', n, op, alert })
  const closed = close(state, from, n, out)
  const reason = `${memory.self} refuses ${from}: ${alert}`
  if (closed !== undefined) finish(state, closed, { outcome: 'fail', reason }, now, out)
}

/** A connection is opened once, in the order of its numbers: what the network copied or turned around opens none. */
const clientHello = (
  state: DomainState,
  from: NodeId,
  { n, op, accepts }: Extract<DomainMessage, { t: 'client-hello' }>,
  now: number,
  out: Out,
): void => {
  const { disk, memory } = state
  const opened = memory.opened[from] ?? { last: 0, waiting: [] }
  if (n <= opened.last) return
  memory.opened[from] = { last: n, waiting: [...opened.waiting.slice(-20), n] }
  learn(memory.neighbours, from, { accepts }, now)
  const certificate = certificateFor(state, from, n, out)
  out.send(from, { t: 'server-hello', n, op, accepts: [...trustedAt(disk.rotation.stage)], certificate })
}

const request = (
  state: DomainState,
  from: NodeId,
  { n, certificate, call }: Extract<DomainMessage, { t: 'request' }>,
  now: number,
  out: Out,
): void => {
  const opened = state.memory.opened[from]
  if (opened === undefined || !opened.waiting.includes(n)) return
  opened.waiting = opened.waiting.filter(each => each !== n)
  const alert = inspect(state, from, n, certificate, now, out)
  if (alert === null) take(state, { from, asked: n, call, phase: 'hello' }, now, out)
  else out.send(from, { t: 'alert', n, op: call.op, alert })
}

const receive = (state: DomainState, from: NodeId, message: DomainMessage, now: number, out: Out): void => {
  const { memory } = state
  switch (message.t) {
    case 'call':
      take(state, { from, asked: null, call: message, phase: 'hello' }, now, out)
      break
    case 'client-hello':
      clientHello(state, from, message, now, out)
      break
    case 'server-hello':
      serverHello(state, from, message, now, out)
      break
    case 'request':
      request(state, from, message, now, out)
      break
    case 'alert': {
      // One that answers a certificate of ours. (An alert about a call that the other side opened closes nothing here.)
      const task = close(state, from, message.n, out)
      const reason = `${from} refuses ${memory.self}: ${message.alert}`
      if (task !== undefined) finish(state, task, { outcome: 'fail', reason }, now, out)
      break
    }
    case 'response': {
      const task = close(state, from, message.n, out)
      if (task !== undefined) finish(state, task, message.answer.result, now, out)
      break
    }
    case 'ticket':
      memory.tickets.push({ from: message.from, sinceUs: now, workedH: 0 })
      break
    case 'answer':
    case 'resolved':
      break
    default:
      assertNever(message)
  }
}

/** The domain behind is silent. Whether it carried the call out is not known, so the caller gets no answer either. */
const waitedLong = ({ memory }: DomainState, n: string, now: number, out: Out): void => {
  const task = memory.tasks[n]
  if (task === undefined) return
  delete memory.tasks[n]
  memory.results.push({ atUs: now, ok: false })
  out.note('no answer from behind', { op: task.call.op })
}

/** Support works in its own hours; a ticket that has waited through enough of them is answered. */
const workTickets = ({ memory }: DomainState, now: number, out: Out): void => {
  const { config } = memory
  const hourUs = config.hourMs * 1000
  // The hour that has just passed, for those tickets that lay there all of it.
  if (!isBetween(config, now - hourUs / 2, config.supportFromH, config.supportToH)) return
  for (const ticket of memory.tickets) if (now - ticket.sinceUs >= hourUs) ticket.workedH += 1
  const done = memory.tickets.filter(({ workedH }) => workedH >= config.replyH)
  memory.tickets = memory.tickets.filter(({ workedH }) => workedH < config.replyH)
  for (const { from } of done) {
    memory.exempt = true
    out.send(from, { t: 'resolved' })
  }
}

const toStage = ({ disk }: DomainState, stage: Rotation['stage'], now: number, out: Out): void => {
  if (stage === disk.rotation.stage) return
  disk.rotation = { stage, steppedUs: now }
  out.sync()
  out.note(`now ${stageWord(stage)}`, { trusts: trustedAt(stage).join('+'), shows: shownAt(stage) })
}

const setHour = ({ memory }: DomainState, now: number, out: Out): void => {
  const hourUs = Math.round(memory.config.hourMs * 1000)
  const us = hourUs - (((now % hourUs) + hourUs) % hourUs)
  out.setTimer('hour', { minUs: us, maxUs: us })
}

const hour = (state: DomainState, now: number, out: Out): void => {
  const { disk, memory } = state
  const oldestUs = now - memory.config.dashboardH * memory.config.hourMs * 1000
  memory.results = memory.results.filter(({ atUs }) => atUs > oldestUs)
  toStage(state, plannedStage(memory.config, disk.rotation, memory.neighbours, now), now, out)
  workTickets(state, now, out)
  setHour(state, now, out)
}

const configured = (state: DomainState, config: Partial<DomainConfig>, now: number, out: Out): void => {
  const { disk, memory } = state
  const before = memory.config
  memory.config = domainConfig(config)
  if (memory.config.rolledBack && !before.rolledBack)
    toStage(state, rolledBackStage(memory.config, disk.rotation.stage), now, out)
  setHour(state, now, out)
}

const on = (
  state: DomainState,
  event: NodeEvent<DomainMessage, DomainTimer, Partial<DomainConfig>>,
  out: Out,
): void => {
  const { memory } = state
  const { now } = event
  memory.nowUs = now
  switch (event.type) {
    case 'started':
      setHour(state, now, out)
      break
    case 'message':
      receive(state, event.from, event.message, now, out)
      break
    case 'request': {
      const { id: op, kind, key, input } = event.request
      const call: Call = { t: 'call', op, attempt: 1, kind, key, input, session: null }
      take(state, { from: memory.self, asked: null, call, phase: 'hello' }, now, out)
      break
    }
    case 'timer':
      if (event.timer === 'hour') hour(state, now, out)
      else waitedLong(state, event.timer.slice('wait:'.length), now, out)
      break
    case 'configured':
      configured(state, event.config, now, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: DomainState): NodeView => {
  const { config, results, nowUs, exempt } = memory
  const ruled = config.ruleFromH !== null && universalH(config, nowUs) >= config.ruleFromH
  const { stage } = disk.rotation
  const failed = results.filter(({ ok }) => !ok).length
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, index }] of Object.entries(disk.values))
    values[key] = { value, op, version: `#${index}` }
  return {
    role: stageWord(stage),
    values,
    facts: [
      { label: 'time', value: clockText(config, nowUs) },
      { label: 'errors', value: `${results.length === 0 ? 0 : Math.round((100 * failed) / results.length)} %` },
      ...(ruled ? [{ label: 'default', value: exempt || config.pinned ? 'not for us' : 'strict' }] : []),
      { label: 'dashboard', value: failed === 0 ? 'green' : 'red' },
      { label: 'shows', value: shownAt(stage) },
      { label: 'trusts', value: trustedAt(stage).join('+') },
      { label: 'calls', value: String(results.length) },
      { label: 'window', value: windowIsOpen(config, nowUs) ? 'open' : 'shut' },
      ...(memory.tickets.length === 0 ? [] : [{ label: 'tickets', value: String(memory.tickets.length) }]),
    ],
  }
}

export const domain: Protocol<DomainDisk, DomainMemory, DomainMessage, DomainTimer, Partial<DomainConfig>> = {
  name: 'domain',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { rotation: { stage: 0, steppedUs: null }, handshakes: 0, values: {}, applied: 0 },
    memory: {
      self,
      config: domainConfig(config),
      nowUs: 0,
      opened: {},
      tasks: {},
      neighbours: {},
      results: [],
      exempt: false,
      tickets: [],
    },
  }),
  on,
  view,
  describe: describeDomainMessage,
}
