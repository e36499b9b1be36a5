/**
 * A load balancer: one address, several servers behind it. It passes each call on and the answer back, as an HTTP proxy does (layer 7).
 *
 * `one`: a call goes to one server, each in turn or the one with the fewest unanswered calls. A server that is dead, cut off or hangs goes
 * on getting its share until something takes it out (`rotation.ts`): checks at regular times, or failed calls in a row. `retries` asks
 * another server when one stays silent; a call that changes something may then be carried out twice, like any retry.
 *
 * `all`, `majority`, `any`: a call goes to every server, and is answered once so many of them have answered. If each is there with
 * probability a and they fail independently, `all` of n are there with a^n, and `any` with 1 - (1-a)^n. It answers as late as the last of
 * those it needs: waiting for all makes the slowest server's time everybody's ("The Tail at Scale", Dean and Barroso, CACM 2013).
 *
 * What it tells its caller follows `service.ts`: a definite no only where nothing can have been carried out (all that were asked refused,
 * nobody was asked, or the call is a read); otherwise no answer, for then it does not know.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type Attempts, noAttempts, wasRefused, wasTaken, withRefused, withTaken } from './attempts.ts'
import { type BalancerConfig, balancerConfig } from './balancer-config.ts'
import { describeClientMessage } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import { describeHealth, type HealthCheck, type Healthy } from './health-check.ts'
import { isRead } from './kv-machine.ts'
import {
  freshRotation,
  heardCheck,
  inRotation,
  nextRound,
  pick,
  type Rotation,
  recordTry,
  reformed,
  takeBack,
} from './rotation.ts'

/** A call that was sent to a server, and what came of it. */
type Try = { readonly to: NodeId; readonly attempt: number; is: 'open' | 'ok' | 'refused' | 'silent'; output: Json }

/** A call of a client that is not answered yet. */
type Task = { readonly from: NodeId; readonly call: Call; readonly needed: number; tries: Try[] }

/** A refusal is a promise, so it outlasts a crash. */
export type BalancerDisk = { attempts: Attempts }
export type BalancerMemory = {
  readonly self: NodeId
  config: BalancerConfig
  rotation: Rotation
  /** By operation and attempt: `alice#3/1`. */
  tasks: { [name: string]: Task }
  answered: number
  unanswered: number
}
export type BalancerTimer = `try:${string}` | `back:${string}` | 'check'
type Wire = Call | Answer | HealthCheck | Healthy
type BalancerState = State<BalancerDisk, BalancerMemory>
type Out = Outbox<Wire, BalancerTimer>

const exactly = (ms: number): { minUs: number; maxUs: number } => {
  const us = Math.round(ms * 1000)
  return { minUs: us, maxUs: us }
}

const nameOf = ({ op, attempt }: Call): string => `${op}/${attempt}`

const neededOf = ({ fanOut, backends }: BalancerConfig): number => {
  if (fanOut === 'all') return backends.length
  return fanOut === 'majority' ? Math.floor(backends.length / 2) + 1 : 1
}

const reply = ({ self }: BalancerMemory, from: NodeId, call: Call, result: Answer['result'], out: Out): void => {
  const { op, attempt } = call
  if (from !== self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: self })
}

/** A definite no. */
const refuse = ({ disk, memory }: BalancerState, from: NodeId, call: Call, reason: string, out: Out): void => {
  disk.attempts = withRefused(disk.attempts, call)
  memory.unanswered += 1
  reply(memory, from, call, { outcome: 'fail', reason }, out)
}

const sendTo = ({ config, rotation }: BalancerMemory, task: Task, to: NodeId, out: Out): void => {
  const { op, kind, key, input, session, attempt: first } = task.call
  const attempt = (first - 1) * (config.retries + 1) + 1 + (config.fanOut === 'one' ? task.tries.length : 0)
  task.tries.push({ to, attempt, is: 'open', output: null })
  const member = rotation.members[to]
  if (member !== undefined) member.outstanding += 1
  out.send(to, { t: 'call', op, attempt, kind, key, input, session })
}

/** Ends a task: with an answer, with a no where that is the truth, or without a word. */
const conclude = (state: BalancerState, name: string, task: Task, out: Out): void => {
  const { memory } = state
  const oks = task.tries.filter(({ is }) => is === 'ok')
  delete memory.tasks[name]
  out.cancelTimer(`try:${name}`)
  // What is not heard any more is no longer waited for.
  for (const each of task.tries) {
    const member = each.is === 'open' ? memory.rotation.members[each.to] : undefined
    if (member !== undefined) member.outstanding = Math.max(0, member.outstanding - 1)
  }
  const [first] = oks
  if (first !== undefined && oks.length >= task.needed) {
    memory.answered += 1
    reply(memory, task.from, task.call, { outcome: 'ok', output: first.output }, out)
    return
  }
  const missing = task.tries.filter(({ is }) => is !== 'ok').map(({ to }) => to)
  const nothingDone = task.tries.every(({ is }) => is === 'refused') || isRead(task.call.kind)
  if (nothingDone) refuse(state, task.from, task.call, `nothing from ${missing.join(', ')}`, out)
  else {
    memory.unanswered += 1
    out.note('gave up', { op: task.call.op, missing })
  }
}

/** Asks another server, or goes on waiting, or ends the task. */
const advance = (state: BalancerState, name: string, task: Task, out: Out): void => {
  const { config, rotation } = state.memory
  const { tries, needed } = task
  const oks = tries.filter(({ is }) => is === 'ok').length
  const open = tries.filter(({ is }) => is === 'open').length
  if (oks >= needed || (config.fanOut !== 'one' && oks + open < needed)) conclude(state, name, task, out)
  else if (open === 0) {
    const tried = tries.map(({ to }) => to)
    const next = tries.length <= config.retries ? pick(rotation, config, tried) : undefined
    if (next === undefined) conclude(state, name, task, out)
    else {
      sendTo(state.memory, task, next, out)
      out.setTimer(`try:${name}`, exactly(config.timeoutMs))
    }
  }
}

const receiveCall = (state: BalancerState, from: NodeId, call: Call, out: Out): void => {
  const { disk, memory } = state
  const { config, rotation, tasks } = memory
  // A copy that the network made. To refuse it would be a lie if the first one goes through, and to pass it on if the first was refused.
  if (wasTaken(disk.attempts, call) || wasRefused(disk.attempts, call)) {
    out.note('copy ignored', { op: call.op })
    return
  }
  const able = inRotation(rotation, config)
  const needed = neededOf(config)
  const first = config.fanOut === 'one' ? pick(rotation, config, []) : undefined
  const targets = config.fanOut === 'one' ? (first === undefined ? [] : [first]) : able
  if (targets.length < needed || targets.length === 0) {
    const away = config.backends.filter(node => !able.includes(node))
    refuse(state, from, call, away.length === 0 ? 'no server behind it' : `${away.join(', ')} out of rotation`, out)
    return
  }
  disk.attempts = withTaken(disk.attempts, call)
  const name = nameOf(call)
  const task: Task = { from, call, needed, tries: [] }
  for (const to of targets) sendTo(memory, task, to, out)
  tasks[name] = task
  out.setTimer(`try:${name}`, exactly(config.timeoutMs))
}

const eject = ({ config }: BalancerMemory, node: NodeId, out: Out): void =>
  out.setTimer(`back:${node}`, exactly(config.ejectMs))

const receiveAnswer = (state: BalancerState, from: NodeId, { op, attempt, result }: Answer, out: Out): void => {
  const { memory } = state
  for (const [name, task] of Object.entries(memory.tasks)) {
    if (task.call.op !== op) continue
    const found = task.tries.find(each => each.to === from && each.attempt === attempt)
    if (found === undefined || found.is === 'ok' || found.is === 'refused') continue
    // One that was given up as silent was counted then.
    if (found.is === 'open' && recordTry(memory.rotation, from, result.outcome === 'ok', memory.config, out))
      eject(memory, from, out)
    found.is = result.outcome === 'ok' ? 'ok' : 'refused'
    if (result.outcome === 'ok') found.output = result.output
    advance(state, name, task, out)
    return
  }
  out.note('late answer', { op, from })
}

const timedOut = (state: BalancerState, name: string, out: Out): void => {
  const { memory } = state
  const task = memory.tasks[name]
  if (task === undefined) return
  for (const each of task.tries) {
    if (each.is !== 'open') continue
    each.is = 'silent'
    if (recordTry(memory.rotation, each.to, false, memory.config, out)) eject(memory, each.to, out)
  }
  advance(state, name, task, out)
}

const check = (memory: BalancerMemory, out: Out): void => {
  const { config, rotation } = memory
  const round = nextRound(rotation, config, out)
  for (const node of config.backends) out.send(node, { t: 'check', round })
  out.setTimer('check', exactly(config.checkMs))
}

const fired = (state: BalancerState, timer: BalancerTimer, out: Out): void => {
  const { memory } = state
  const name = timer.slice(timer.indexOf(':') + 1)
  if (timer === 'check') check(memory, out)
  else if (timer.startsWith('back:')) takeBack(memory.rotation, name as NodeId, memory.config, out)
  else timedOut(state, name, out)
}

const configured = (memory: BalancerMemory, config: Partial<BalancerConfig>, out: Out): void => {
  const before = memory.config
  memory.config = balancerConfig(config)
  reformed(memory.rotation, memory.config)
  if (memory.config.checkMs === before.checkMs) return
  out.cancelTimer('check')
  if (memory.config.checkMs > 0) check(memory, out)
}

const on = (state: BalancerState, event: NodeEvent<Wire, BalancerTimer, Partial<BalancerConfig>>, out: Out): void => {
  const { memory } = state
  const before = state.disk.attempts
  switch (event.type) {
    case 'message':
      if (event.message.t === 'call') receiveCall(state, event.from, event.message, out)
      else if (event.message.t === 'answer') receiveAnswer(state, event.from, event.message, out)
      else if (event.message.t === 'check') out.send(event.from, { t: 'healthy', round: event.message.round })
      else heardCheck(memory.rotation, event.from, event.message.round, memory.config, out)
      break
    case 'request': {
      const { id: op, kind, key, input } = event.request
      receiveCall(state, memory.self, { t: 'call', op, attempt: 1, kind, key, input, session: null }, out)
      break
    }
    case 'timer':
      fired(state, event.timer, out)
      break
    case 'configured':
      configured(memory, event.config, out)
      break
    case 'started':
      if (memory.config.checkMs > 0) check(memory, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
  if (state.disk.attempts !== before) out.sync()
}

const view = ({ memory }: BalancerState): NodeView => {
  const { config, rotation, tasks } = memory
  const able = inRotation(rotation, config)
  const away = config.backends.filter(node => !able.includes(node))
  return {
    role: 'balancer',
    values: {},
    facts: [
      { label: 'in', value: able.join(' ') || 'none' },
      ...(away.length > 0 ? [{ label: 'out', value: away.join(' ') }] : []),
      { label: 'waiting', value: String(Object.keys(tasks).length) },
      { label: 'answered', value: String(memory.answered) },
      { label: 'unanswered', value: String(memory.unanswered) },
    ],
  }
}

export const balancer: Protocol<BalancerDisk, BalancerMemory, Wire, BalancerTimer, Partial<BalancerConfig>> = {
  name: 'balancer',
  revision: 1,
  boot: (self, _peers, disk, config) => {
    const full = balancerConfig(config)
    return {
      disk: disk ?? { attempts: noAttempts },
      memory: { self, config: full, rotation: freshRotation(full), tasks: {}, answered: 0, unanswered: 0 },
    }
  },
  on,
  view,
  describe: message =>
    message.t === 'check' || message.t === 'healthy' ? describeHealth(message) : describeClientMessage(message),
}
