import type { NodeId } from '../kernel/ids.ts'
import { copyMachine } from './kv-machine.ts'
import { append, commitThrough, epochAt } from './primary-backup-log.ts'
import { compareEpochs, type Epoch, type Replicate, type Snapshot } from './primary-backup-messages.ts'
import { advanceCommit, beat } from './primary-backup-primary.ts'
import {
  exactly,
  orderOf,
  type PrimaryBackupOutbox,
  type PrimaryBackupState,
  type SurveyAnswer,
} from './primary-backup-state.ts'

/** Looks for a new primary if nothing is heard of this one. */
export const armElection = ({ disk, memory }: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { failover, electMs } = memory.config
  if (failover === 'automatic' && !disk.acting)
    out.setTimer('elect', { minUs: Math.round(electMs * 1000), maxUs: Math.round(electMs * 1200) })
  else out.cancelTimer('elect')
}

/** Gives up being primary. Clients that wait hear nothing: their writes may yet be kept, or not. */
export const demote = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (!disk.acting) return
  disk.acting = false
  memory.suspended = false
  memory.degraded = false
  memory.waiting = []
  for (const timer of ['beat', 'ship', 'fallback'] as const) out.cancelTimer(timer)
  out.note('no longer primary')
  out.sync()
  armElection(state, out)
}

/** Begins an epoch of its own. Nobody is asked: that is what makes two primaries possible. */
export const promote = (state: PrimaryBackupState, after: number, now: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  disk.epoch = { n: Math.max(after, disk.epoch.n) + 1, of: memory.self }
  disk.acting = true
  memory.suspended = false
  memory.degraded = false
  memory.primary = memory.self
  memory.acked = {}
  memory.sent = {}
  for (const peer of memory.peers) memory.sent[peer] = disk.index
  memory.heardUs = now
  memory.suspects = false
  out.cancelTimer('elect')
  out.cancelTimer('count')
  out.note('primary', { epoch: disk.epoch.n })
  out.sync()
  advanceCommit(state, out)
  beat(state, now, out)
}

/** Learns of an epoch. False where the sender's is over: it is told so, and its message counts for nothing (fencing). */
const obeys = (
  state: PrimaryBackupState,
  from: NodeId,
  epoch: Epoch,
  now: number,
  out: PrimaryBackupOutbox,
): boolean => {
  const { disk, memory } = state
  if (compareEpochs(epoch, disk.epoch) < 0) {
    out.send(from, { t: 'fenced', epoch: disk.epoch })
    return false
  }
  learnEpoch(state, epoch, out)
  memory.heardUs = now
  if (memory.suspects) out.note('trust', { node: from })
  memory.suspects = false
  armElection(state, out)
  return true
}

/** A later epoch ends this node's own. */
export const learnEpoch = (state: PrimaryBackupState, epoch: Epoch, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  const order = compareEpochs(epoch, disk.epoch)
  if (order < 0) return
  if (order > 0) {
    demote(state, out)
    disk.epoch = epoch
    out.sync()
  }
  memory.primary = epoch.of
}

export const receiveReplicate = (
  state: PrimaryBackupState,
  from: NodeId,
  m: Replicate,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  if (!obeys(state, from, m.epoch, now, out)) return
  const { disk } = state
  if (!fits(state, m)) {
    out.send(from, { t: 'behind', epoch: m.epoch, index: disk.index, lastEpoch: epochAt(disk.epochs, disk.index) })
    return
  }
  for (const { index, epoch, command } of m.entries) if (index > disk.index) append(state, epoch, command, out)
  const index = m.prevIndex + m.entries.length
  commitThrough(disk, Math.min(m.committed, index))
  out.send(from, { t: 'replicated', epoch: m.epoch, index })
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
  const { disk } = state
  // A late copy of a snapshot: the log has grown from it since.
  const isOld = compareEpochs(epochAt(disk.epochs, disk.index), m.epoch) === 0 && disk.index >= m.index
  if (!isOld) {
    const discarded = disk.log.filter(
      ({ index, epoch }) => index > m.index || compareEpochs(epochAt(m.epochs, index), epoch) !== 0,
    )
    disk.index = m.index
    disk.epochs = [...m.epochs]
    disk.committed = m.committed
    disk.machine = copyMachine(m.machine)
    disk.log = [...m.tail]
    if (discarded.length > 0) out.note('discarded', { ops: discarded.map(({ command }) => command.op) })
    out.sync()
  }
  out.send(from, { t: 'replicated', epoch: m.epoch, index: m.index })
}

/** Nothing was heard of the primary: ask who is there and how fresh. */
export const survey = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (disk.acting || memory.config.failover !== 'automatic') return
  memory.round += 1
  memory.survey = []
  if (!memory.suspects && memory.primary !== null) out.note('suspect', { node: memory.primary })
  memory.suspects = true
  for (const peer of memory.peers) out.send(peer, { t: 'survey', round: memory.round })
  out.setTimer('count', exactly(memory.config.surveyMs))
  armElection(state, out)
}

/** The freshest of those that answered takes over; of equals the first in order. */
export const count = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (disk.acting || memory.config.failover !== 'automatic') return
  const mine: SurveyAnswer = {
    node: memory.self,
    epoch: disk.epoch,
    lastEpoch: epochAt(disk.epochs, disk.index),
    index: disk.index,
    acting: false,
  }
  const order = orderOf(memory)
  const all = [mine, ...memory.survey]
  if (all.some(({ acting, epoch }) => acting && compareEpochs(epoch, disk.epoch) >= 0)) return
  const [best] = all.sort(
    (a, b) =>
      compareEpochs(b.lastEpoch, a.lastEpoch) || b.index - a.index || order.indexOf(a.node) - order.indexOf(b.node),
  )
  const after = Math.max(...all.map(({ epoch }) => epoch.n))
  if (best === undefined || best.node === memory.self) promote(state, after, now, out)
  else out.send(best.node, { t: 'promote', after })
}

/** Takes over when asked to, unless it hears the primary well itself. */
export const receivePromote = (
  state: PrimaryBackupState,
  after: number,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { disk, memory } = state
  const hears = now - memory.heardUs < memory.config.electMs * 1000
  if (!disk.acting && !hears && memory.config.failover === 'automatic') promote(state, after, now, out)
}
