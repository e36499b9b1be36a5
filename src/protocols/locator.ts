/**
 * A caller that knows a service by name and has to find it. What it goes by is never the present: a list in its config, an answer that it
 * keeps for its time to live or, against the rules, for ever (RFC 1034, section 3.6, has the time to live); what a registry told it last.
 * And where it holds a connection it does not even look at that, for a connection leads to where it was opened, until it breaks, is reset,
 * or is closed at a certain age (`maxAgeMs`).
 *
 * So whatever it goes by it needs a time limit, another try somewhere else (`retries`, `avoidMs`: an address that failed is left alone),
 * and a look at who answers (`checks`): an address is a place, and says nothing of who lives there now (RFC 9525).
 *
 * An attempt ends in silence or in a no. While only the opening of a connection went unanswered nothing was asked, and the operation has
 * failed for certain; after a call it is unknown. A reset call was not carried out, and is made again at once over a new connection.
 *
 * The same protocol is a load balancer: calls that arrive at it are passed to an instance that it finds, and the answer back.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { NodeEvent, Protocol } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type LocatorConfig, locatorConfig } from './locator-config.ts'
import {
  believes,
  current,
  exactly,
  type LocatorDisk,
  type LocatorMemory,
  type LocatorState,
  type LocatorTimer,
  lookUp,
  type Out,
  pick,
  resolved,
  subscribe,
  type Task,
  told,
  unresolved,
} from './locator-knowledge.ts'
import {
  addressed,
  describeNamingMessage,
  type NamingMessage,
  type Opened,
  type Use,
  type UseResult,
} from './naming-wire.ts'
import { certificateTrouble } from './secure-wire.ts'

/** A call that is reset so often is given up. */
const resetLimit = 3
const connectionLimit = 200

const finish = ({ memory }: LocatorState, id: string, task: Task, result: UseResult, from: string, out: Out): void => {
  const { origin, asked } = task
  delete memory.tasks[id]
  out.cancelTimer(`attempt:${id}`)
  if (origin !== null) out.send(origin.from, { t: 'used', conn: origin.conn, op: asked.id, result })
  else if (result.outcome === 'unknown') out.complete(asked.id, result)
  else out.complete(asked.id, { ...result, servedBy: addressed(from) })
}

/** Where nothing was asked yet it has failed for certain. */
const giveUp = (state: LocatorState, id: string, task: Task, reason: string, out: Out): void =>
  finish(state, id, task, { outcome: task.called ? 'unknown' : 'fail', reason }, state.memory.last, out)

/** A kept connection that may be used; those that are too old are closed. */
const pooled = (memory: LocatorMemory, now: number): string | undefined => {
  const { pool, maxAgeMs } = memory.config
  if (pool === 'none') return undefined
  for (const [conn, { open, openedUs }] of Object.entries(memory.conns))
    if (open && maxAgeMs > 0 && now - openedUs >= maxAgeMs * 1000) delete memory.conns[conn]
  return Object.keys(memory.conns).find(conn => memory.conns[conn]?.open)
}

const call = ({ memory }: LocatorState, id: string, task: Task, conn: string, out: Out): void => {
  const { id: op, kind, key, input } = task.asked
  const to = memory.conns[conn]
  if (to === undefined) return
  task.phase = 'calling'
  task.conn = conn
  task.called = true
  to.task = id
  memory.last = to.address
  out.send(addressed(to.address), { t: 'use', conn, op, kind, key, input })
}

const open = ({ disk, memory }: LocatorState, id: string, task: Task, address: string, now: number, out: Out): void => {
  disk.opened += 1
  out.sync()
  const conn = `${memory.self}/${disk.opened}`
  memory.conns[conn] = { address, nonce: disk.opened, openedUs: now, open: false, task: id }
  task.phase = 'opening'
  task.conn = conn
  memory.last = address
  out.send(addressed(address), { t: 'open', conn, op: task.asked.id, name: memory.config.name, nonce: disk.opened })
}

/** Finds a way for the call: a kept connection, a new one to an address that it knows, or a question first. */
const route = (state: LocatorState, id: string, task: Task, now: number, out: Out): void => {
  const { memory } = state
  const kept = pooled(memory, now)
  if (kept !== undefined) {
    call(state, id, task, kept, out)
    return
  }
  const addresses = current(state, now)
  if (addresses === undefined) {
    task.phase = 'looking'
    lookUp(state, out)
    return
  }
  const address = pick(memory, addresses, now)
  if (address === undefined) giveUp(state, id, task, `${memory.config.name} has no address`, out)
  else open(state, id, task, address, now, out)
}

const begin = (state: LocatorState, asked: ClientRequest, origin: Task['origin'], now: number, out: Out): void => {
  const { id: op, kind, key, input } = asked
  const id = origin === null ? op : `${op}@${origin.conn}`
  const { memory } = state
  memory.tasks[id] = {
    asked: { id: op, kind, key, input },
    origin,
    attempt: 1,
    resets: 0,
    phase: 'looking',
    conn: null,
    called: false,
  }
  out.setTimer(`attempt:${id}`, exactly(memory.config.timeoutMs))
  route(state, id, memory.tasks[id], now, out)
}

/** This attempt came to nothing: somewhere else, or the end. */
const again = (state: LocatorState, id: string, task: Task, reason: string, now: number, out: Out): void => {
  const { memory } = state
  const conn = task.conn === null ? undefined : memory.conns[task.conn]
  if (conn !== undefined && task.conn !== null) {
    memory.avoid[conn.address] = now + Math.round(memory.config.avoidMs * 1000)
    delete memory.conns[task.conn]
  }
  task.conn = null
  if (task.attempt > memory.config.retries) {
    giveUp(state, id, task, reason, out)
    return
  }
  task.attempt += 1
  out.setTimer(`attempt:${id}`, exactly(memory.config.timeoutMs))
  route(state, id, task, now, out)
}

/** Somebody answers at the address. Is it whom it wanted? */
const met = (state: LocatorState, { conn, proof }: Opened, now: number, out: Out): void => {
  const { memory } = state
  const { config } = memory
  const one = memory.conns[conn]
  const task = one === undefined ? undefined : memory.tasks[one.task]
  if (one === undefined || one.open) return
  if (task === undefined || task.conn !== conn) {
    delete memory.conns[conn]
    return
  }
  const trust = config.checks ? config.trust : null
  const trouble = certificateTrouble(proof, { name: config.name, nonce: one.nonce, trust }, out)
  if (trouble !== null) {
    out.note('turned away from', { address: one.address, reason: trouble })
    again(state, one.task, task, trouble, now, out)
    return
  }
  one.open = true
  call(state, one.task, task, conn, out)
}

const answered = (state: LocatorState, conn: string, result: UseResult, op: RequestId, out: Out): void => {
  const { memory } = state
  const found = Object.entries(memory.tasks).find(([, task]) => task.asked.id === op && task.conn === conn)
  if (found === undefined) {
    out.note('late answer', { op })
    return
  }
  finish(state, found[0], found[1], result, memory.conns[conn]?.address ?? memory.last, out)
  if (memory.config.pool === 'none') delete memory.conns[conn]
}

/** The other side does not know the connection. What was asked over it was not carried out. */
const reset = (state: LocatorState, conn: string, now: number, out: Out): void => {
  const { memory } = state
  delete memory.conns[conn]
  for (const [id, task] of Object.entries(memory.tasks)) {
    if (task.conn !== conn) continue
    task.conn = null
    task.resets += 1
    if (task.resets > resetLimit) giveUp(state, id, task, 'reset again and again', out)
    else route(state, id, task, now, out)
  }
}

const goOn = (state: LocatorState, now: number, out: Out): void => {
  for (const [id, task] of Object.entries(state.memory.tasks))
    if (task.phase === 'looking') route(state, id, task, now, out)
}

const passOn = (
  state: LocatorState,
  from: NodeId,
  { conn, op, kind, key, input }: Use,
  now: number,
  out: Out,
): void => {
  if (state.memory.inbound.includes(conn)) begin(state, { id: op, kind, key, input }, { from, conn }, now, out)
  else out.send(from, { t: 'reset', conn, op })
}

const receive = (state: LocatorState, from: NodeId, m: NamingMessage, now: number, out: Out): void => {
  const { memory } = state
  switch (m.t) {
    case 'records':
      if (resolved(state, m, now, out)) goOn(state, now, out)
      break
    case 'update':
      if (told(state, m)) goOn(state, now, out)
      break
    case 'opened':
      met(state, m, now, out)
      break
    case 'used':
      answered(state, m.conn, m.result, m.op, out)
      break
    case 'reset':
      reset(state, m.conn, now, out)
      break
    case 'open': {
      const { conn, op, nonce } = m
      if (!memory.inbound.includes(conn)) memory.inbound = [...memory.inbound, conn].slice(-connectionLimit)
      out.send(from, { t: 'opened', conn, op, proof: out.sign({ name: memory.config.name, nonce, session: conn }) })
      break
    }
    case 'use':
      passOn(state, from, m, now, out)
      break
    default:
      break
  }
}

const fired = (state: LocatorState, timer: LocatorTimer, now: number, out: Out): void => {
  if (timer === 'renew') subscribe(state, out)
  else if (timer === 'lookup') {
    if (unresolved(state, now)) goOn(state, now, out)
  } else {
    const id = timer.slice('attempt:'.length)
    const task = state.memory.tasks[id]
    const reasons = { looking: 'the name was not resolved', opening: 'nobody answers there', calling: 'no answer' }
    if (task !== undefined) again(state, id, task, reasons[task.phase], now, out)
  }
}

const configured = (state: LocatorState, config: Partial<LocatorConfig>, now: number, out: Out): void => {
  const { memory } = state
  const before = memory.config
  memory.config = locatorConfig(config)
  const { finds, directory, cache } = memory.config
  if (before.finds !== finds || before.directory !== directory || before.cache !== cache) {
    memory.known = null
    memory.asking = null
    out.cancelTimer('renew')
    subscribe(state, out)
    goOn(state, now, out)
  }
}

const on = (
  state: LocatorState,
  event: NodeEvent<NamingMessage, LocatorTimer, Partial<LocatorConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      subscribe(state, out)
      break
    case 'request':
      begin(state, event.request, null, event.now, out)
      break
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
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

const view = ({ memory }: LocatorState): NodeView => {
  const kept = Object.values(memory.conns).find(conn => conn.open)
  return {
    role: 'client',
    values: {},
    facts: [
      { label: 'knows', value: believes(memory) },
      ...(kept === undefined ? [] : [{ label: 'connected', value: kept.address }]),
      ...(memory.last === '' ? [] : [{ label: 'calls', value: memory.last }]),
    ],
  }
}

export const locator: Protocol<LocatorDisk, LocatorMemory, NamingMessage, LocatorTimer, Partial<LocatorConfig>> = {
  name: 'locator',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { opened: 0 },
    memory: {
      self,
      config: locatorConfig(config),
      known: null,
      asking: null,
      queries: 0,
      tasks: {},
      conns: {},
      inbound: [],
      turn: 0,
      avoid: {},
      last: '',
    },
  }),
  on,
  view,
  describe: describeNamingMessage,
}
