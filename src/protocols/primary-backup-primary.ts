import type { NodeId } from '../kernel/ids.ts'
import type { Call } from './client-wire.ts'
import { answered, copyMachine, isRead } from './kv-machine.ts'
import { append, commitThrough, entriesAfter, epochAt, visible } from './primary-backup-log.ts'
import { type Behind, compareEpochs, type Replicated } from './primary-backup-messages.ts'
import { answer, exactly, isActing, type PrimaryBackupOutbox, type PrimaryBackupState } from './primary-backup-state.ts'

/** The most entries that one message carries. */
const batch = 64

export const receiveCall = (state: PrimaryBackupState, from: NodeId, call: Call, out: PrimaryBackupOutbox): void => {
  const { memory } = state
  const local = isRead(call.kind) && memory.config.reads === 'local'
  if (!local && !isActing(state)) {
    const to = memory.primary === memory.self ? null : memory.primary
    answer(memory, from, call, { outcome: 'redirect', to }, out)
  } else if (isRead(call.kind)) {
    answer(memory, from, call, { outcome: 'ok', output: visible(state, call.key) }, out)
  } else write(state, from, call, out)
}

const write = (state: PrimaryBackupState, from: NodeId, call: Call, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  const { op, attempt, kind, key, input, session } = call
  const known = answered(disk.machine, session)
  if (known?.is === 'expired') return
  // A repeated command waits for the entry that the first attempt made.
  const index = known === undefined ? disk.index + 1 : (disk.log.find(one => one.command.op === op)?.index ?? 0)
  const output = known === undefined ? append(state, disk.epoch, { op, kind, key, input, session }, out) : known.output
  memory.waiting.push({ index, from, op, attempt, output })
  if (memory.config.mode === 'semi-synchronous' && memory.config.fallbackMs > 0 && memory.waiting.length === 1)
    out.setTimer('fallback', exactly(memory.config.fallbackMs))
  if (memory.config.shipMs === 0) ship(state, out)
  else if (memory.waiting.length > 0) out.setTimer('ship', exactly(memory.config.shipMs))
  advanceCommit(state, out)
}

/** Sends every backup what it has not been sent. */
export const ship = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  for (const peer of state.memory.peers) {
    const from = state.memory.sent[peer] ?? 0
    if (from < state.disk.index) replicateFrom(state, peer, from, out)
  }
}

/** Sends one backup the entries after `index`, or everything where these are no longer in the log. */
const replicateFrom = (state: PrimaryBackupState, to: NodeId, index: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  const entries = entriesAfter(disk, index)?.slice(0, batch)
  if (entries === undefined) {
    sendSnapshot(state, to, out)
    return
  }
  memory.sent[to] = index + entries.length
  out.send(to, {
    t: 'replicate',
    epoch: disk.epoch,
    from: reignFrom(state),
    prevIndex: index,
    prevEpoch: epochAt(disk.epochs, index),
    entries,
    committed: disk.committed,
  })
}

/** The first index of this primary's own epoch, whether or not there is an entry yet. */
const reignFrom = ({ disk }: PrimaryBackupState): number => {
  const last = disk.epochs.at(-1)
  return last !== undefined && compareEpochs(last.epoch, disk.epoch) === 0 ? last.from : disk.index + 1
}

const sendSnapshot = ({ disk, memory }: PrimaryBackupState, to: NodeId, out: PrimaryBackupOutbox): void => {
  const { epoch, index, epochs, committed, machine, log } = disk
  memory.sent[to] = index
  out.send(to, {
    t: 'snapshot',
    epoch,
    index,
    epochs: [...epochs],
    committed,
    machine: copyMachine(machine),
    tail: log.filter(entry => entry.index > committed),
  })
}

/** Says that it is there, and sends again what was not acknowledged. */
export const beat = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (!disk.acting) return
  const { selfDemoteMs, heartbeatMs } = memory.config
  if (selfDemoteMs > 0 && !memory.suspended && memory.peers.length > 0 && now - memory.heardUs > selfDemoteMs * 1000) {
    memory.suspended = true
    out.note('stops acting: hears no backup')
  }
  for (const peer of memory.peers) replicateFrom(state, peer, memory.acked[peer] ?? disk.index, out)
  out.setTimer('beat', exactly(heartbeatMs))
}

/** How far the mode lets the primary commit. */
const secured = ({ disk, memory }: PrimaryBackupState): number => {
  const { mode } = memory.config
  const acks = memory.peers.map(peer => memory.acked[peer] ?? 0)
  if (mode === 'asynchronous' || memory.degraded || acks.length === 0) return disk.index
  return mode === 'semi-synchronous' ? Math.max(...acks) : Math.min(...acks)
}

/** Commits what is secured, and answers those who waited for it. */
export const advanceCommit = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (!isActing(state)) return
  commitThrough(disk, secured(state))
  const ready = memory.waiting.filter(({ index }) => index <= disk.committed)
  if (ready.length === 0) return
  memory.waiting = memory.waiting.filter(({ index }) => index > disk.committed)
  for (const one of ready) answer(memory, one.from, one, { outcome: 'ok', output: one.output }, out)
  if (memory.config.mode !== 'semi-synchronous' || memory.config.fallbackMs === 0) return
  if (memory.waiting.length > 0) out.setTimer('fallback', exactly(memory.config.fallbackMs))
  else out.cancelTimer('fallback')
}

/** No backup has acknowledged in time: consistency gives way to availability, by a timer. */
export const fallBack = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { memory } = state
  if (memory.waiting.length === 0 || memory.config.mode !== 'semi-synchronous' || memory.degraded) return
  memory.degraded = true
  out.note('falls back to asynchronous')
  advanceCommit(state, out)
}

/** A backup speaks, so the primary is not alone. */
const hear = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { memory } = state
  memory.heardUs = now
  if (!memory.suspended) return
  memory.suspended = false
  out.note('acts again: hears a backup')
}

export const receiveReplicated = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Replicated,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { disk, memory } = state
  if (!disk.acting || compareEpochs(m.epoch, disk.epoch) !== 0) return
  hear(state, now, out)
  memory.acked[from] = Math.max(memory.acked[from] ?? 0, m.index)
  if (memory.degraded && m.index >= disk.index) {
    memory.degraded = false
    out.note('back to semi-synchronous')
  }
  advanceCommit(state, out)
  const sent = memory.sent[from] ?? 0
  if (sent < disk.index && m.index >= sent) replicateFrom(state, from, sent, out)
}

/** A backup that is behind gets what it lacks; one whose log is not a beginning of this one gets everything anew. */
export const receiveBehind = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Behind,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { disk } = state
  if (!disk.acting || compareEpochs(m.epoch, disk.epoch) !== 0) return
  hear(state, now, out)
  const isBeginning = m.index <= disk.index && compareEpochs(epochAt(disk.epochs, m.index), m.lastEpoch) === 0
  if (isBeginning) replicateFrom(state, from, m.index, out)
  else sendSnapshot(state, from, out)
}
