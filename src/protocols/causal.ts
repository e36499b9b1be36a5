/**
 * A store in which every node answers by itself, and in which nobody sees an effect before its cause. Ahamad, Neiger, Burns, Kohli and Hutto,
 * "Causal Memory: Definitions, Implementation, and Programming", Distributed Computing 9(1), 1995, section 3; the rule of delivery is that of
 * Birman, Schiper and Stephenson, "Lightweight Causal and Atomic Group Multicast", ACM TOCS 9(3), 1991, section 5.
 *
 * Reads and writes are answered from the node's own copy at once, so no cut ever stops anybody. A write is then sent to all others,
 * together with what its writer knew: how many writes of each node it had taken. A node that gets it holds it back until it has taken all of
 * these itself (`waitForCauses`). Without that rule each takes writes as they come, and a reply may be read before what it replies to.
 *
 * The paper's copies may differ for ever where two writes of one key did not know of each other. So that they agree in the end, the
 * one with the larger Lamport time stays, by name where these are equal: causal+ consistency, as Lloyd, Freedman, Kaminsky and Andersen
 * call it, "Don't Settle for Eventual", SOSP 2011, section 3. A write that knew of another has the larger time.
 *
 * The paper's network loses nothing. Here a node sends its own writes again until they are acknowledged; it does not pass on those of
 * others. A client keeps to one node, or what it has seen elsewhere is no cause here. Answers do not wait for the disk; so a node that
 * restarts, which may have forgotten some of its own writes, asks the others for all that they have, and writes on under a new name, lest
 * a number come twice.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { describeClientMessage, headerBytes, jsonBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import type { ConfigDoc } from './config-doc.ts'
import { copyJson, isRead } from './kv-machine.ts'

export type CausalConfig = {
  /** A write is held back until all that its writer had seen is here. Switched off: taken as it comes. */
  readonly waitForCauses: boolean
  /** A write that was not acknowledged is sent again after so long. */
  readonly resendMs: number
}

export const causalDefaults: CausalConfig = { waitForCauses: true, resendMs: 200 }

export const causalDocs: readonly ConfigDoc[] = [
  {
    key: 'waitForCauses',
    kind: 'boolean',
    default: causalDefaults.waitForCauses,
    doc: 'A write is held back until all that its writer had seen is here.',
  },
  {
    key: 'resendMs',
    kind: 'number',
    min: 0.001,
    default: causalDefaults.resendMs,
    doc: 'A write that was not acknowledged is sent again after so long.',
  },
]

/** How many writes of each writer are known. */
type Clock = { readonly [writer: string]: number }

/** The `n`-th write of a writer, with what the writer had taken before it. */
type Write = {
  readonly by: string
  readonly n: number
  readonly after: Clock
  /** Lamport's logical time. */
  readonly time: number
  readonly key: string
  readonly value: Json
  readonly op: RequestId
}

export type CausalMessage =
  | Call
  | Answer
  | { readonly t: 'write'; readonly write: Write }
  /** I have the first `n` writes of this writer. */
  | { readonly t: 'have'; readonly by: string; readonly n: number; readonly op: RequestId }
  /** I know nothing any more. */
  | { readonly t: 'anew' }
  | { readonly t: 'all'; readonly writes: readonly Write[] }

export type CausalDisk = {
  /** Under the last of these names the node numbers its writes. */
  names: string[]
  /** All writes taken, in that order. */
  taken: Write[]
  /** Writes that wait for their causes. */
  waiting: Write[]
  /** How many of this node's own writes the others have acknowledged, by their name and its: `n2 n1`. */
  acknowledged: { [nodeAndName: string]: number }
  /** Whom it still has to hear from after a restart. */
  asking: NodeId[]
}
export type CausalMemory = { readonly self: NodeId; readonly peers: readonly NodeId[]; config: CausalConfig }
export type CausalTimer = 'resend'
type CausalState = State<CausalDisk, CausalMemory>
type Out = Outbox<CausalMessage, CausalTimer>

const configOf = (config: Partial<CausalConfig> | null | undefined): CausalConfig => ({ ...causalDefaults, ...config })

const isKnown = ({ taken, waiting }: CausalDisk, { by, n }: Write): boolean =>
  [...taken, ...waiting].some(one => one.by === by && one.n === n)

/** The longest beginning of a writer's writes in the list. */
const prefix = (writes: readonly Write[], by: string): number => {
  const numbers = new Set(writes.filter(one => one.by === by).map(one => one.n))
  let n = 0
  while (numbers.has(n + 1)) n += 1
  return n
}

const clockOf = (writes: readonly Write[]): Clock =>
  Object.fromEntries([...new Set(writes.map(({ by }) => by))].sort().map(by => [by, prefix(writes, by)]))

/** The write that stands for a key: the one with the largest time. */
const latest = (writes: readonly Write[], key: string): Write | undefined =>
  writes
    .filter(one => one.key === key)
    .reduce<Write | undefined>(
      (best, one) =>
        best === undefined || one.time > best.time || (one.time === best.time && one.by > best.by) ? one : best,
      undefined,
    )

const take = ({ disk }: CausalState, write: Write, out: Out): void => {
  const { key, op } = write
  const before = latest(disk.taken, key)
  disk.taken.push(write)
  const after = latest(disk.taken, key)
  if (after?.op === op) out.note('applied', { key, op, over: before?.op ?? null, index: `${write.by}:${write.n}` })
}

/** Birman et al., section 5.1: the next of its writer, and nothing that the writer had taken is missing. */
const mayBeTaken = ({ disk, memory }: CausalState, { by, n, after }: Write): boolean =>
  !memory.config.waitForCauses ||
  (prefix(disk.taken, by) === n - 1 &&
    Object.entries(after).every(([writer, count]) => writer === by || prefix(disk.taken, writer) >= count))

/** Takes whatever waits no longer, again and again: each may be the cause of another. */
const takeWaiting = (state: CausalState, out: Out): void => {
  const { disk } = state
  for (;;) {
    const at = disk.waiting.findIndex(write => mayBeTaken(state, write))
    const [write] = at < 0 ? [] : disk.waiting.splice(at, 1)
    if (write === undefined) return
    take(state, write, out)
  }
}

const isOwed = ({ disk }: CausalState, node: NodeId, write: Write): boolean =>
  disk.names.includes(write.by) && write.n > (disk.acknowledged[`${node} ${write.by}`] ?? 0)

const armResend = (state: CausalState, out: Out): void => {
  const { disk, memory } = state
  const open = memory.peers.some(peer => disk.taken.some(write => isOwed(state, peer, write)))
  if (!open && disk.asking.length === 0) return
  const us = Math.round(memory.config.resendMs * 1000)
  out.setTimer('resend', { minUs: us, maxUs: us })
}

const resend = (state: CausalState, out: Out): void => {
  const { disk, memory } = state
  for (const peer of disk.asking) out.send(peer, { t: 'anew' })
  for (const peer of memory.peers)
    for (const write of disk.taken)
      if (isOwed(state, peer, write)) out.send(peer, { t: 'write', write: copyJson(write) })
  armResend(state, out)
}

const answer = ({ memory }: CausalState, from: NodeId, { op, attempt }: Call, result: Answer['result'], out: Out) => {
  if (from !== memory.self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: memory.self })
}

const receiveCall = (state: CausalState, from: NodeId, call: Call, out: Out): void => {
  const { disk, memory } = state
  const { op, kind, key, input } = call
  if (isRead(kind)) {
    const value = latest(disk.taken, key)?.value ?? null
    answer(state, from, call, { outcome: 'ok', output: copyJson(value) }, out)
    return
  }
  if (kind !== 'write' && kind !== 'put') {
    answer(state, from, call, { outcome: 'fail', reason: `a causal memory knows no ${kind}` }, out)
    return
  }
  // A repeated attempt that comes to the same node is the same write.
  if (!disk.taken.some(one => one.op === op)) {
    const after = clockOf(disk.taken)
    const time = 1 + Math.max(0, ...disk.taken.map(one => one.time))
    const by = disk.names.at(-1) ?? memory.self
    const write: Write = { by, n: prefix(disk.taken, by) + 1, after, time, key, value: copyJson(input), op }
    take(state, write, out)
    for (const peer of memory.peers) out.send(peer, { t: 'write', write: copyJson(write) })
    out.sync()
    armResend(state, out)
  }
  answer(state, from, call, { outcome: 'ok', output: null }, out)
}

const receiveWrites = (state: CausalState, writes: readonly Write[], out: Out): void => {
  const { disk } = state
  const fresh = writes.filter(write => !isKnown(disk, write))
  if (fresh.length === 0) return
  disk.waiting.push(...copyJson(fresh))
  takeWaiting(state, out)
  if (disk.waiting.length > 0) out.note('held back', { ops: disk.waiting.map(({ op }) => op) })
  out.sync()
}

const receive = (state: CausalState, from: NodeId, m: CausalMessage, out: Out): void => {
  const { disk } = state
  switch (m.t) {
    case 'call':
      receiveCall(state, from, m, out)
      break
    case 'write': {
      receiveWrites(state, [m.write], out)
      const { by, op } = m.write
      out.send(from, { t: 'have', by, n: prefix([...disk.taken, ...disk.waiting], by), op })
      break
    }
    case 'have':
      disk.acknowledged[`${from} ${m.by}`] = Math.max(disk.acknowledged[`${from} ${m.by}`] ?? 0, m.n)
      break
    case 'anew':
      out.send(from, { t: 'all', writes: copyJson(disk.taken) })
      break
    case 'all':
      disk.asking = disk.asking.filter(node => node !== from)
      receiveWrites(state, m.writes, out)
      break
    case 'answer':
      break
    default:
      assertNever(m)
  }
}

const started = (state: CausalState, restarted: boolean, now: number, out: Out): void => {
  const { disk, memory } = state
  if (restarted) {
    disk.names.push(`${memory.self}~${now}`)
    disk.asking = [...memory.peers]
  }
  out.sync()
  resend(state, out)
}

const on = (
  state: CausalState,
  event: NodeEvent<CausalMessage, CausalTimer, Partial<CausalConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      started(state, event.restarted, event.now, out)
      break
    case 'message':
      receive(state, event.from, event.message, out)
      break
    case 'request': {
      const { id: op, kind, key, input } = event.request
      receiveCall(state, state.memory.self, { t: 'call', op, attempt: 1, kind, key, input, session: null }, out)
      break
    }
    case 'timer':
      resend(state, out)
      break
    case 'configured':
      state.memory.config = configOf(event.config)
      takeWaiting(state, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const clockText = (clock: Clock): string =>
  Object.entries(clock)
    .filter(([, n]) => n > 0)
    .map(([by, n]) => `${by}:${n}`)
    .join(' ')

const writeText = ({ key, value }: Write): string => `${key}=${JSON.stringify(value)}`

const view = ({ disk }: CausalState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const key of [...new Set(disk.taken.map(one => one.key))].sort()) {
    const write = latest(disk.taken, key)
    if (write !== undefined) values[key] = { value: write.value, version: `${write.by}:${write.n}`, op: write.op }
  }
  const clock = clockOf(disk.taken)
  const facts: Fact[] = disk.waiting.map(write => {
    const missing = Object.entries(write.after).filter(([by, n]) => by !== write.by && (clock[by] ?? 0) < n)
    return { label: 'holds back', value: `${writeText(write)} for ${clockText(Object.fromEntries(missing))}`.trim() }
  })
  return { role: 'replica', values, facts: [...facts, { label: 'has', value: clockText(clock) || 'nothing' }] }
}

const describe = (m: CausalMessage): MessageInfo => {
  const plain = { bytes: headerBytes, costUs: 0 }
  switch (m.t) {
    case 'call':
    case 'answer':
      return describeClientMessage(m)
    case 'write': {
      const { write } = m
      const after = clockText(write.after)
      const bytes = headerBytes + jsonBytes(write.value) + 8 * Object.keys(write.after).length
      const label = `${writeText(write)}${after === '' ? '' : ` after ${after}`}`
      return { ...plain, label, bytes, purpose: 'replicate', op: write.op }
    }
    case 'have':
      return { ...plain, label: `have ${m.by}:${m.n}`, purpose: 'acknowledge', op: m.op }
    case 'anew':
      return { ...plain, label: 'anew', purpose: 'repair' }
    case 'all':
      return { ...plain, label: `all ${m.writes.length}`, purpose: 'repair', bytes: headerBytes + 40 * m.writes.length }
    default:
      return assertNever(m)
  }
}

/** A causal store. `Config` may leave out any member. */
export const causal: Protocol<CausalDisk, CausalMemory, CausalMessage, CausalTimer, Partial<CausalConfig>> = {
  name: 'causal',
  revision: 1,
  boot: (self, peers, disk, config) => ({
    disk: disk ?? { names: [self], taken: [], waiting: [], acknowledged: {}, asking: [] },
    memory: { self, peers: [...peers], config: configOf(config) },
  }),
  on,
  view,
  describe,
}
