import type { NodeId } from '../kernel/ids.ts'
import { copyMachine } from './kv-machine.ts'
import { durableIndex, isDurable } from './primary-backup-disk.ts'
import { commitThrough, entriesAfter, epochAt, lastEpoch } from './primary-backup-log.ts'
import { type Behind, compareEpochs, type LogEntry, type Replicated } from './primary-backup-messages.ts'
import {
  exactly,
  isActing,
  microseconds,
  type PrimaryBackupOutbox,
  type PrimaryBackupState,
} from './primary-backup-state.ts'

/** The most entries that one message carries. */
const batch = 64
/** A repair is not begun again within so many heartbeats: its messages are on their way. */
const repairBeats = 4

/** Begins to act as primary, or goes on after a restart. */
export const lead = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  memory.leading = true
  memory.suspended = false
  memory.degraded = false
  memory.primary = memory.self
  memory.inherited = disk.index
  memory.progress = {}
  for (const peer of memory.peers) memory.progress[peer] = { acked: 0, sent: durableIndex(state), repair: null }
  memory.heardUs = now
  out.cancelTimer('elect')
  out.cancelTimer('count')
  out.note('becomes primary', { epoch: disk.epoch.n })
  beat(state, now, out)
}

/** The first index of this primary's own epoch, whether or not there is an entry yet. */
const reignFrom = ({ disk }: PrimaryBackupState): number => {
  const last = disk.epochs.at(-1)
  return last !== undefined && compareEpochs(last.epoch, disk.epoch) === 0 ? last.from : disk.index + 1
}

const replicate = (
  state: PrimaryBackupState,
  to: NodeId,
  prevIndex: number,
  entries: readonly LogEntry[],
  out: PrimaryBackupOutbox,
): void => {
  const { epoch, epochs, committed, index } = state.disk
  out.send(to, {
    t: 'replicate',
    epoch,
    from: reignFrom(state),
    prevIndex,
    prevEpoch: epochAt(epochs, prevIndex),
    entries,
    committed,
    last: index,
  })
}

/** Sends one backup what it has not been sent, or everything where that is no longer in the log. */
const sendNext = (state: PrimaryBackupState, to: NodeId, out: PrimaryBackupOutbox): void => {
  const progress = state.memory.progress[to]
  const through = durableIndex(state)
  if (progress === undefined || progress.sent >= through) return
  const entries = entriesAfter(state.disk, progress.sent, through, batch)
  if (entries === undefined) {
    sendSnapshot(state, to, out)
    return
  }
  replicate(state, to, progress.sent, entries, out)
  progress.sent += entries.length
}

export const ship = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  if (!state.memory.leading) return
  for (const peer of state.memory.peers) sendNext(state, peer, out)
}

const sendSnapshot = (state: PrimaryBackupState, to: NodeId, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  const progress = memory.progress[to]
  if (progress === undefined) return
  if (!isDurable(state)) {
    if (!memory.queue.owed.includes(to)) memory.queue.owed.push(to)
    return
  }
  const { epoch, index, epochs, committed, machine, log } = disk
  progress.sent = index
  const tail = log.filter(entry => entry.index > committed)
  out.send(to, { t: 'snapshot', epoch, index, epochs, committed, machine: copyMachine(machine), tail })
}

/** The snapshots that waited for the disk. */
export const sendOwed = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { queue } = state.memory
  const owed = queue.owed
  queue.owed = []
  for (const peer of owed) sendSnapshot(state, peer, out)
}

/** Says that it is there, and where its log is: a backup that lacks something says so. */
export const beat = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { memory } = state
  if (!memory.leading) return
  suspendIfAlone(state, now, out)
  for (const peer of memory.peers)
    replicate(state, peer, Math.min(memory.progress[peer]?.sent ?? 0, durableIndex(state)), [], out)
  out.setTimer('beat', exactly(memory.config.heartbeatMs))
}

/** A primary that no backup has acknowledged anything to for `selfDemoteMs` stops acting: another may have taken over. */
export const suspendIfAlone = ({ disk, memory }: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { selfDemoteMs } = memory.config
  // A clock that was set back must not lengthen the time for which it acts alone.
  if (memory.heardUs > now) memory.heardUs = now
  if (!memory.leading || memory.suspended || selfDemoteMs === 0 || memory.peers.length === 0) return
  if (now - memory.heardUs < microseconds(selfDemoteMs)) return
  memory.suspended = true
  out.note('steps down', { epoch: disk.epoch.n, why: 'hears no backup' })
}

/** A backup acknowledges: the primary is not alone. */
const hear = ({ disk, memory }: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  memory.heardUs = now
  if (!memory.suspended) return
  memory.suspended = false
  out.note('becomes primary', { epoch: disk.epoch.n, why: 'hears a backup again' })
}

/** How far the mode lets the primary commit. Its own disk always counts. */
const secured = (state: PrimaryBackupState): number => {
  const { mode, declaredDead } = state.memory.config
  const { peers, progress, degraded } = state.memory
  const own = durableIndex(state)
  const ackedBy = (peer: NodeId): number => progress[peer]?.acked ?? 0
  if (mode === 'asynchronous' || degraded || peers.length === 0) return own
  if (mode === 'semi-synchronous') return Math.min(own, Math.max(...peers.map(ackedBy)))
  return Math.min(own, ...peers.filter(peer => !declaredDead.includes(peer)).map(ackedBy))
}

export const advanceCommit = (state: PrimaryBackupState): void => {
  const { peers, progress } = state.memory
  const needed = Math.min(...peers.map(peer => progress[peer]?.acked ?? 0)) + 1
  commitThrough(state, secured(state), needed)
}

/** Semi-synchronous: from now on somebody waits, so the time runs after which nobody waits any more. */
export const awaitFallback = ({ memory }: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { mode, fallbackMs } = memory.config
  if (mode !== 'semi-synchronous' || fallbackMs === 0 || memory.degraded) return
  if (memory.waiting.length === 0 || memory.fallsBack) return
  memory.fallsBack = true
  out.setTimer('fallback', exactly(fallbackMs))
}

export const stopFallback = ({ memory }: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  if (!memory.fallsBack) return
  memory.fallsBack = false
  out.cancelTimer('fallback')
}

/** No backup has acknowledged in time: the guarantee gives way, by a timer. */
export const fallBack = ({ memory }: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  memory.fallsBack = false
  if (memory.waiting.length === 0 || memory.config.mode !== 'semi-synchronous' || memory.degraded) return
  memory.degraded = true
  out.note('falls back to asynchronous')
}

const isOwn = ({ disk, memory }: PrimaryBackupState, m: Replicated | Behind): boolean =>
  memory.leading && compareEpochs(m.epoch, disk.epoch) === 0

/** A backup's log is this one's up to `m.index`. */
export const receiveReplicated = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Replicated,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { disk, memory } = state
  const progress = memory.progress[from]
  if (!isOwn(state, m) || progress === undefined) return
  hear(state, now, out)
  progress.acked = Math.max(progress.acked, m.index)
  if (progress.repair !== null && progress.repair.index !== m.index) progress.repair = null
  if (memory.degraded && m.index >= disk.index) {
    memory.degraded = false
    out.note('back to semi-synchronous')
  }
  if (m.index >= progress.sent) sendNext(state, from, out)
}

/** A backup that is behind gets what it lacks; one whose log is not a beginning of this one gets everything anew. */
export const receiveBehind = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Behind,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { disk, memory } = state
  const progress = memory.progress[from]
  if (!isOwn(state, m) || progress === undefined) return
  hear(state, now, out)
  const { repair } = progress
  const patienceUs = repairBeats * microseconds(memory.config.heartbeatMs)
  if (repair?.index === m.index && now >= repair.atUs && now < repair.atUs + patienceUs) return
  progress.repair = { index: m.index, atUs: now }
  const isBeginning = m.index <= disk.index && compareEpochs(epochAt(disk.epochs, m.index), m.lastEpoch) === 0
  // It may have lost its disk since it acknowledged more.
  progress.acked = Math.min(progress.acked, isBeginning ? m.index : 0)
  if (!isBeginning) {
    sendSnapshot(state, from, out)
    return
  }
  progress.sent = Math.min(m.index, durableIndex(state))
  sendNext(state, from, out)
}

/** What a backup that looks for a successor wants to know of a node. */
export const standing = (state: PrimaryBackupState) => ({
  epoch: state.disk.epoch,
  lastEpoch: lastEpoch(state.disk),
  index: state.disk.index,
  acting: isActing(state),
})
