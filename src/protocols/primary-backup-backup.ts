import type { NodeId } from '../kernel/ids.ts'
import { copyJson, copyMachine } from './kv-machine.ts'
import { passOn } from './primary-backup-clients.ts'
import { promise } from './primary-backup-disk.ts'
import { append, commitThrough, epochAt, lastEpoch } from './primary-backup-log.ts'
import { compareEpochs, type Epoch, type LogEntry, type Replicate, type Snapshot } from './primary-backup-messages.ts'
import { armElection, takeEpoch } from './primary-backup-role.ts'
import type { PrimaryBackupDisk, PrimaryBackupOutbox, PrimaryBackupState } from './primary-backup-state.ts'

/**
 * Whether the sender is a primary to follow. With fencing one of an earlier epoch is not: it is told so, and its message counts for nothing.
 * Without, whoever speaks is followed, except by a node that takes itself for the primary.
 */
const obeys = (
  state: PrimaryBackupState,
  from: NodeId,
  epoch: Epoch,
  now: number,
  out: PrimaryBackupOutbox,
): boolean => {
  const { disk, memory } = state
  const isEarlier = compareEpochs(epoch, disk.epoch) < 0
  if (memory.config.fencing && isEarlier) {
    out.send(from, { t: 'fenced', epoch: disk.epoch })
    return false
  }
  if (!memory.config.fencing && disk.acting) return false
  takeEpoch(state, epoch, out)
  memory.heardUs = now
  armElection(state, out)
  if (memory.forwarded.length > 0) passOn(memory, out)
  return true
}

/** Fenced: a node knows of a later epoch than this one's. */
export const receiveFenced = (state: PrimaryBackupState, epoch: Epoch, out: PrimaryBackupOutbox): void => {
  if (!state.memory.config.fencing || compareEpochs(epoch, state.disk.epoch) <= 0) return
  takeEpoch(state, epoch, out)
  armElection(state, out)
}

export const receiveReplicate = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Replicate,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  if (!obeys(state, from, m.epoch, now, out)) return
  const { disk, memory } = state
  memory.primaryIndex = m.last
  if (!fits(state, m)) {
    out.send(from, { t: 'behind', epoch: m.epoch, index: disk.index, lastEpoch: lastEpoch(disk) })
    return
  }
  for (const { index, epoch, command } of m.entries) if (index > disk.index) append(state, epoch, command, out)
  const index = m.prevIndex + m.entries.length
  commitThrough(state, Math.min(m.committed, index))
  promise(state, out, from, { t: 'replicated', epoch: m.epoch, index })
}

/** Is the own log a beginning of the sender's, and do the entries join on to it? */
const fits = ({ disk }: PrimaryBackupState, m: Replicate): boolean => {
  const own = (index: number): Epoch | null => epochAt(disk.epochs, index)
  if (m.prevIndex > disk.index || compareEpochs(own(m.prevIndex), m.prevEpoch) !== 0) return false
  // From `from` on the sender's log is all of its own epoch; anything else there is a suffix of somebody deposed.
  const stray = disk.index >= m.from && compareEpochs(own(disk.index), m.epoch) !== 0
  return !stray && m.entries.every(({ index, epoch }) => index > disk.index || compareEpochs(own(index), epoch) === 0)
}

/** Takes the primary's state in place of its own. What only this node had is discarded, and said so. */
export const receiveSnapshot = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Snapshot,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  if (!obeys(state, from, m.epoch, now, out)) return
  const { disk, memory } = state
  // A late copy of a snapshot: the log has grown from it since.
  const isOld = disk.index >= m.index && compareEpochs(lastEpoch(disk), m.epoch) === 0
  if (!isOld) {
    sayRolledBack(disk, m, out)
    disk.index = m.index
    disk.epochs = copyJson(m.epochs) as PrimaryBackupState['disk']['epochs']
    disk.committed = m.committed
    disk.machine = copyMachine(m.machine)
    disk.log = copyJson(m.tail) as LogEntry[]
    memory.queue.dirty = true
    out.note('takes a snapshot', { index: m.index })
  }
  memory.primaryIndex = Math.max(m.index, disk.index)
  promise(state, out, from, { t: 'replicated', epoch: m.epoch, index: m.index })
}

/** Tells of every write that the snapshot does without: those in the log, and the last of each key where the log no longer has it. */
const sayRolledBack = (disk: PrimaryBackupDisk, m: Snapshot, out: PrimaryBackupOutbox): void => {
  const isShared = (index: number): boolean =>
    index <= m.index && compareEpochs(epochAt(m.epochs, index), epochAt(disk.epochs, index)) === 0
  const first = disk.log[0]?.index ?? disk.index + 1
  for (const [key, { op, index }] of Object.entries(disk.machine.values))
    if (index < first && !isShared(index)) out.note('rolled back', { key, op })
  for (const { index, command, before } of disk.log)
    if (!isShared(index)) for (const key of Object.keys(before)) out.note('rolled back', { key, op: command.op })
}
