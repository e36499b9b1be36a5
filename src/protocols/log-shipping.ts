/**
 * Log records that go from a sender to an archive, with a monitor that watches both. It is made to fail by omission: a node that is up and
 * leaves out some of what it should send or receive (Perry and Toueg, "Distributed Agreement in the Presence of Processor and Communication
 * Faults", IEEE TSE 12(3), 1986; Cristian, "Understanding Fault-Tolerant Distributed Systems", CACM 34(2), 1991).
 *
 * What notices what. A heartbeat says that a process can send. A checksum says that the record which arrived is the one that left; of a
 * record that did not arrive it says nothing. Numbers say which records are missing, once a later number has come: a gap at the very end
 * shows only when the sender tells how many it has sent. An acknowledgement tells the sender, one record at a time; without it the sender
 * keeps the record and sends it again. Then a record may arrive twice, and the archive must know its number. All of it is checked
 * at the two ends, for only they know what should have come: Saltzer, Reed and Clark, "End-to-End Arguments in System Design", ACM TOCS
 * 2(4), 1984, section 2. Asking for single numbers is selective repeat with negative acknowledgements; numbers and repetition
 * under one sender's name are how syslog over RELP and Kafka's idempotent producer work.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { describeClientMessage, headerBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import { crc32 } from './crc32.ts'
import { type LogShippingConfig, logShippingConfig } from './log-shipping-config.ts'
import { hasHad, missingOf, type Numbers, takeNumber } from './sequence-gaps.ts'

/** A line of a log under its sender's number, from 1. `sum` was computed where the line was written. */
type LogRecord = {
  readonly seq: number
  readonly op: RequestId
  readonly key: string
  readonly body: string
  readonly sum: number
}
export type LogShippingMessage =
  | Call
  | Answer
  | { readonly t: 'record'; readonly record: LogRecord; readonly again: boolean }
  | { readonly t: 'ack'; readonly seq: number; readonly op: RequestId }
  /** The archive asks for what it misses. */
  | { readonly t: 'resend'; readonly seqs: readonly number[] }
  /** How many records the sender has sent. */
  | { readonly t: 'sent'; readonly count: number }
  /** The archive is up; with counts it says how many records it has. */
  | { readonly t: 'alive'; readonly kept: number }

type Kept = { readonly op: RequestId; readonly body: string }

export type LogShippingDisk = {
  /** Of a sender: how many records it has sent, those not confirmed, and the latest for whoever asks again. */
  sent: number
  unconfirmed: { [seq: string]: LogRecord }
  latest: LogRecord[]
  /** Of an archive. */
  kept: { [key: string]: Kept[] }
  damaged: number
  repeated: number
  senders: { [sender: string]: Numbers }
}
export type LogShippingMemory = {
  readonly self: NodeId
  config: LogShippingConfig
  /** Of an archive: the senders that it is about to ask. */
  asking: { [sender: string]: true }
  /** Of a monitor: who was heard lately, and what was counted at both ends. */
  heard: { [node: string]: 'up' | 'silent' }
  counts: { sent: number; kept: number }
}
export type LogShippingTimer = `again:${string}` | `ask:${string}` | `silent:${string}` | 'heartbeat' | 'count'
type LogShippingState = State<LogShippingDisk, LogShippingMemory>
type Out = Outbox<LogShippingMessage, LogShippingTimer>

/** So many records a sender can send once more though nobody confirms them. */
const remembered = 64
/** So many lines, the last ones, a picture shows. */
const shown = 8

const after = (out: Out, timer: LogShippingTimer, ms: number): void => {
  const us = Math.round(ms * 1000)
  out.setTimer(timer, { minUs: us, maxUs: us })
}

/** What a checksum covers: the number too, so that a record cannot pass for another. */
const checksum = ({ seq, body }: Pick<LogRecord, 'seq' | 'body'>): number => crc32(`${seq} ${body}`)

// The sender.

const ship = ({ config }: LogShippingMemory, record: LogRecord, again: boolean, out: Out): void => {
  if (config.to === '') return
  out.send(config.to, { t: 'record', record, again })
  if (config.retransmitMs > 0) after(out, `again:${record.seq}`, config.retransmitMs)
}

const request = ({ disk, memory }: LogShippingState, { id: op, key }: ClientRequest, out: Out): void => {
  const { to, confirm, retransmitMs } = memory.config
  if (to === '') {
    out.complete(op, { outcome: 'fail', reason: 'it has no archive' })
    return
  }
  disk.sent += 1
  const seq = disk.sent
  const body = `line ${seq}`
  const record: LogRecord = { seq, op, key, body, sum: checksum({ seq, body }) }
  disk.latest = [...disk.latest, record].slice(-remembered)
  if (confirm === 'acknowledged' || retransmitMs > 0) disk.unconfirmed[seq] = record
  out.sync()
  ship(memory, record, false, out)
  // It was handed to the network. Whether it left, and whether it came, is not known.
  if (confirm === 'sent') out.complete(op, { outcome: 'ok', output: null })
}

const acknowledged = ({ disk }: LogShippingState, from: NodeId, seq: number, out: Out): void => {
  const record = disk.unconfirmed[seq]
  if (record === undefined) return
  delete disk.unconfirmed[seq]
  out.sync()
  out.cancelTimer(`again:${seq}`)
  out.complete(record.op, { outcome: 'ok', output: null, servedBy: from })
}

const resend = ({ disk, memory }: LogShippingState, seqs: readonly number[], out: Out): void => {
  for (const seq of seqs) {
    const record = disk.unconfirmed[seq] ?? disk.latest.find(one => one.seq === seq)
    if (record !== undefined) ship(memory, record, true, out)
  }
}

const tellCount = ({ disk, memory }: LogShippingState, out: Out): void => {
  const { to, reportTo, countMs } = memory.config
  if (to === '' || countMs === 0) return
  out.send(to, { t: 'sent', count: disk.sent })
  if (reportTo !== '') out.send(reportTo, { t: 'sent', count: disk.sent })
  after(out, 'count', countMs)
}

// The archive.

const numbersOf = (disk: LogShippingDisk, sender: NodeId): Numbers => {
  disk.senders[sender] ??= { next: 1, beyond: [], told: 0 }
  return disk.senders[sender]
}

/** A gap may close by itself, for records overtake one another; so it waits before it asks. */
const watchGaps = ({ disk, memory }: LogShippingState, sender: NodeId, out: Out): void => {
  if (memory.config.sequence !== 'ask') return
  if (missingOf(numbersOf(disk, sender)).length === 0) {
    delete memory.asking[sender]
    out.cancelTimer(`ask:${sender}`)
  } else if (memory.asking[sender] === undefined) {
    memory.asking[sender] = true
    after(out, `ask:${sender}`, memory.config.askMs)
  }
}

const askAgain = (state: LogShippingState, sender: NodeId, out: Out): void => {
  const seqs = missingOf(numbersOf(state.disk, sender)).slice(0, shown)
  delete state.memory.asking[sender]
  if (seqs.length === 0 || state.memory.config.sequence !== 'ask') return
  out.send(sender, { t: 'resend', seqs })
  watchGaps(state, sender, out)
}

const receiveRecord = (state: LogShippingState, from: NodeId, record: LogRecord, out: Out): void => {
  const { disk, memory } = state
  const { checksums, deduplicate, acknowledge } = memory.config
  const { seq, op, key, body } = record
  if (checksums && checksum(record) !== record.sum) {
    // What arrived is not what was sent; not even its number can be trusted.
    disk.damaged += 1
    out.sync()
    out.note('checksum does not fit', { op })
    return
  }
  const numbers = numbersOf(disk, from)
  const kept = Object.hasOwn(disk.kept, key) ? (disk.kept[key] ?? []) : []
  if (deduplicate && hasHad(numbers, seq)) {
    disk.repeated += 1
    out.note('duplicate recognised', { op })
  } else {
    disk.kept[key] = [...kept, { op, body }]
    out.note('applied', { key, op, over: kept.at(-1)?.op ?? null, index: kept.length + 1, keeps: true })
  }
  takeNumber(numbers, seq)
  out.sync()
  if (acknowledge) out.send(from, { t: 'ack', seq, op })
  watchGaps(state, from, out)
}

/** A query counts the records of one log. */
const answer = ({ disk }: LogShippingState, from: NodeId, { op, attempt, key }: Call, out: Out): void => {
  const output = Object.hasOwn(disk.kept, key) ? (disk.kept[key] ?? []).length : 0
  out.send(from, { t: 'answer', op, attempt, result: { outcome: 'ok', output } })
}

const totalKept = ({ kept }: LogShippingDisk): number =>
  Object.values(kept).reduce((sum, records) => sum + records.length, 0)

const beat = ({ disk, memory }: LogShippingState, out: Out): void => {
  const { reportTo, heartbeatMs } = memory.config
  if (reportTo === '' || heartbeatMs === 0) return
  out.send(reportTo, { t: 'alive', kept: totalKept(disk) })
  after(out, 'heartbeat', heartbeatMs)
}

// The monitor.

const heard = ({ memory }: LogShippingState, from: NodeId, kept: number, out: Out): void => {
  if (memory.heard[from] === 'silent') out.note('trust', { node: from })
  memory.heard[from] = 'up'
  memory.counts.kept = kept
  if (memory.config.suspectMs > 0) after(out, `silent:${from}`, memory.config.suspectMs)
}

const silent = ({ memory }: LogShippingState, node: NodeId, out: Out): void => {
  memory.heard[node] = 'silent'
  out.note('suspect', { node })
}

const receive = (state: LogShippingState, from: NodeId, m: LogShippingMessage, out: Out): void => {
  const { disk, memory } = state
  switch (m.t) {
    case 'record':
      receiveRecord(state, from, m.record, out)
      break
    case 'ack':
      acknowledged(state, from, m.seq, out)
      break
    case 'resend':
      resend(state, m.seqs, out)
      break
    case 'sent':
      memory.counts.sent = Math.max(memory.counts.sent, m.count)
      if (memory.config.reportTo === '') break
      numbersOf(disk, from).told = Math.max(numbersOf(disk, from).told, m.count)
      out.sync()
      watchGaps(state, from, out)
      break
    case 'alive':
      heard(state, from, m.kept, out)
      break
    case 'call':
      answer(state, from, m, out)
      break
    case 'answer':
      break
    default:
      assertNever(m)
  }
}

const fired = (state: LogShippingState, timer: LogShippingTimer, out: Out): void => {
  const name = timer.slice(timer.indexOf(':') + 1)
  if (timer === 'heartbeat') beat(state, out)
  else if (timer === 'count') tellCount(state, out)
  else if (timer.startsWith('ask:')) askAgain(state, name as NodeId, out)
  else if (timer.startsWith('silent:')) silent(state, name as NodeId, out)
  else {
    const record = state.disk.unconfirmed[name]
    if (record !== undefined && state.memory.config.retransmitMs > 0) ship(state.memory, record, true, out)
  }
}

/** Timers go with memory; what was not confirmed is sent again. */
const begin = (state: LogShippingState, out: Out): void => {
  const { heartbeatMs, countMs, retransmitMs } = state.memory.config
  if (heartbeatMs > 0) after(out, 'heartbeat', heartbeatMs)
  if (countMs > 0) after(out, 'count', countMs)
  if (retransmitMs > 0)
    for (const record of Object.values(state.disk.unconfirmed)) after(out, `again:${record.seq}`, retransmitMs)
  for (const sender of Object.keys(state.disk.senders)) watchGaps(state, sender as NodeId, out)
}

const on = (
  state: LogShippingState,
  event: NodeEvent<LogShippingMessage, LogShippingTimer, Partial<LogShippingConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      begin(state, out)
      break
    case 'configured':
      state.memory.config = logShippingConfig(event.config)
      begin(state, out)
      break
    case 'request':
      request(state, event.request, out)
      break
    case 'message':
      receive(state, event.from, event.message, out)
      break
    case 'timer':
      fired(state, event.timer, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const listed = (numbers: readonly number[]): string =>
  `${numbers.slice(0, shown).join(' ')}${numbers.length > shown ? ` +${numbers.length - shown}` : ''}`

const archiveFacts = (disk: LogShippingDisk, config: LogShippingConfig): readonly Fact[] => {
  const missing = Object.values(disk.senders).flatMap(missingOf)
  const lines = Object.values(disk.kept).flat()
  const ends = lines.slice(-shown).map(({ body }) => body.replace('line ', ''))
  return [
    { label: 'kept', value: String(totalKept(disk)) },
    ...(config.sequence === 'ignore' ? [] : [{ label: 'missing', value: String(missing.length) }]),
    ...(config.sequence === 'ignore' || missing.length === 0 ? [] : [{ label: 'gap', value: listed(missing) }]),
    ...(config.checksums ? [{ label: 'damaged', value: String(disk.damaged) }] : []),
    ...(config.deduplicate ? [{ label: 'repeated', value: String(disk.repeated) }] : []),
    { label: 'ends', value: ends.join(' ') || 'empty' },
  ]
}

/** What the archive knows of its log, beside how long it is: `missing 2  gap 5 7`. */
const standing = (disk: LogShippingDisk, config: LogShippingConfig): string =>
  archiveFacts(disk, config)
    .filter(({ label }) => label !== 'kept' && label !== 'ends')
    .map(({ label, value }) => `${label} ${value}`)
    .join('  ')

const monitorFacts = ({ heard: nodes, counts }: LogShippingMemory): readonly Fact[] => [
  ...Object.entries(nodes).map(([label, value]) => ({ label, value })),
  ...(counts.sent === 0
    ? []
    : [
        { label: 'sent', value: String(counts.sent) },
        { label: 'kept', value: String(counts.kept) },
        { label: 'short', value: String(Math.max(0, counts.sent - counts.kept)) },
      ]),
]

const view = ({ disk, memory }: LogShippingState): NodeView => {
  const { config } = memory
  if (config.to !== '') {
    const open = Object.keys(disk.unconfirmed).length
    const facts = [
      { label: 'sent', value: String(disk.sent) },
      { label: 'unconfirmed', value: String(open) },
    ]
    return { role: 'sender', values: {}, facts }
  }
  if (config.reportTo === '') return { role: 'monitor', values: {}, facts: monitorFacts(memory) }
  const values: { [key: string]: Copy } = {}
  for (const [key, kept] of Object.entries(disk.kept))
    values[key] = { value: kept.length, version: standing(disk, config), op: kept.at(-1)?.op ?? null }
  return { role: 'archive', values, facts: archiveFacts(disk, config) }
}

const describe = (m: LogShippingMessage): MessageInfo => {
  const short = (label: string, purpose: MessageInfo['purpose']): MessageInfo => ({
    label,
    purpose,
    bytes: headerBytes,
    costUs: 0,
  })
  switch (m.t) {
    case 'record': {
      const { seq, body, op } = m.record
      const changed = body === `line ${seq}` ? '' : ' (damaged)'
      const label = `record ${seq}${m.again ? ' again' : ''}${changed}`
      return { ...short(label, 'replicate'), bytes: headerBytes + body.length, op }
    }
    case 'ack':
      return { ...short(`ack ${m.seq}`, 'acknowledge'), op: m.op }
    case 'resend':
      return short(`resend ${listed(m.seqs)}`, 'repair')
    case 'sent':
      return short(`sent ${m.count}`, 'control')
    case 'alive':
      return short('alive', 'heartbeat')
    case 'call':
    case 'answer':
      return describeClientMessage(m)
    default:
      return assertNever(m)
  }
}

export const logShipping: Protocol<
  LogShippingDisk,
  LogShippingMemory,
  LogShippingMessage,
  LogShippingTimer,
  Partial<LogShippingConfig>
> = {
  name: 'log-shipping',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { sent: 0, unconfirmed: {}, latest: [], kept: {}, damaged: 0, repeated: 0, senders: {} },
    memory: { self, config: logShippingConfig(config), asking: {}, heard: {}, counts: { sent: 0, kept: 0 } },
  }),
  on,
  view,
  describe,
}
