import { compareEpochs, type Epoch } from './primary-backup-messages.ts'
import { lead, stopFallback } from './primary-backup-primary.ts'
import { microseconds, orderOf, type PrimaryBackupOutbox, type PrimaryBackupState } from './primary-backup-state.ts'

/**
 * How many nodes come before this one in the order of succession after the present primary, those that are declared dead left out; null
 * for a node that may not take over: one that is declared dead, or that has lost its disk and would wipe out what the others have.
 */
const turn = ({ disk, memory }: PrimaryBackupState): number | null => {
  const { declaredDead } = memory.config
  if (disk.epoch.n === 0 || declaredDead.includes(memory.self)) return null
  const order = orderOf(memory)
  const at = order.indexOf(disk.epoch.of)
  const ring = [...order.slice(at + 1), ...order.slice(0, at + 1)].filter(node => !declaredDead.includes(node))
  return ring.indexOf(memory.self)
}

/** True where this node may replace a primary of which it hears nothing. */
export const maySucceed = (state: PrimaryBackupState): boolean =>
  state.memory.config.failover === 'automatic' && !state.disk.acting && turn(state) !== null

/** The silence after which this node acts: the next in order first, so that the others hear of it in time. */
export const armElection = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  if (!maySucceed(state)) {
    out.cancelTimer('elect')
    return
  }
  const { electMs, successor } = state.memory.config
  const us = microseconds(electMs)
  if (successor === 'freshest') out.setTimer('elect', { minUs: us, maxUs: Math.round(us * 1.2) })
  else {
    const waitUs = us * (1 + (turn(state) ?? 0))
    out.setTimer('elect', { minUs: waitUs, maxUs: waitUs })
  }
}

/** Gives up being primary. Clients that wait hear nothing: their writes may be kept, or not. */
const demote = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (!disk.acting) return
  const acted = memory.leading && !memory.suspended
  disk.acting = false
  memory.leading = false
  memory.suspended = false
  memory.degraded = false
  memory.waiting = []
  memory.progress = {}
  memory.queue.owed = []
  memory.queue.dirty = true
  stopFallback(state, out)
  out.cancelTimer('beat')
  out.cancelTimer('ship')
  if (acted) out.note('steps down', { epoch: disk.epoch.n })
}

/** Begins an epoch of its own, numbered `n` or higher. Nobody is asked: that is what makes two primaries possible. */
export const promote = (state: PrimaryBackupState, n: number, now: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  demote(state, out)
  const number = Math.max(n, disk.seen + 1)
  disk.epoch = { n: number, of: memory.self }
  disk.seen = number
  disk.acting = true
  memory.queue.dirty = true
  out.cancelTimer('elect')
  out.cancelTimer('count')
  // Where the disk takes time it acts when the epoch is on it, or it could begin the same epoch once more after a crash.
  if (!memory.config.awaitSync) lead(state, now, out)
}

/** Takes on another's epoch. */
export const takeEpoch = (state: PrimaryBackupState, epoch: Epoch, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (compareEpochs(epoch, disk.epoch) !== 0) {
    demote(state, out)
    disk.epoch = { ...epoch }
    disk.seen = Math.max(disk.seen, epoch.n)
    memory.queue.dirty = true
  }
  memory.primary = epoch.of
}

/** Manual failover: somebody has named a primary, in an epoch or just for the next one. */
export const obeyOperator = (
  state: PrimaryBackupState,
  renamed: boolean,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { disk, memory } = state
  const { epoch: n } = memory.config
  const primary = memory.config.primary || (orderOf(memory)[0] ?? memory.self)
  if (n > 0 && renamed && compareEpochs({ n, of: primary }, disk.epoch) < 0)
    out.note('knows a later epoch', { epoch: disk.epoch.n })
  const named = n > 0 ? compareEpochs({ n, of: primary }, disk.epoch) > 0 : renamed
  if (!named) return
  if (primary === memory.self) {
    if (n > 0 || !disk.acting) promote(state, n, now, out)
  } else if (n > 0) takeEpoch(state, { n, of: primary }, out)
  else {
    demote(state, out)
    memory.primary = primary
  }
}
