import type { NodeId } from '../kernel/ids.ts'
import type { PrimaryBackupMessage } from './primary-backup-messages.ts'
import type { PrimaryBackupOutbox, PrimaryBackupState } from './primary-backup-state.ts'

// Where the disk is instantaneous it is durable when the event ends, which is when messages leave; nothing need wait. Where it takes time
// (`awaitSync`) a backup acknowledges what is on its disk, and a primary sends and counts what is on its own (as MySQL does with
// sync_binlog=1). So no entry of an epoch is ever forgotten by the primary that made it while somebody else holds it, and no place in the
// log of an epoch is used twice.

/** Sends a message that is true only once the disk as it is now is durable. */
export const promise = (
  { memory }: PrimaryBackupState,
  out: PrimaryBackupOutbox,
  to: NodeId,
  message: PrimaryBackupMessage,
): void => {
  const { queue, config } = memory
  if (config.awaitSync && (queue.dirty || queue.syncing)) queue.waiting.push({ to, message })
  else out.send(to, message)
}

/** At the end of every event: asks for a sync where one is needed and none is under way. */
export const flush = ({ disk, memory }: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { queue } = memory
  if (!memory.config.awaitSync) {
    queue.dirty = false
    return
  }
  if (!queue.dirty || queue.syncing) return
  queue.dirty = false
  queue.syncing = true
  queue.covers = { index: disk.index, epoch: { ...disk.epoch } }
  queue.covered = queue.waiting
  queue.waiting = []
  out.sync()
}

/** The disk is done: what waited for it may leave. */
export const synced = ({ memory }: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { queue } = memory
  queue.syncing = false
  queue.durable = queue.covers
  for (const { to, message } of queue.covered) out.send(to, message)
  queue.covered = []
  if (queue.waiting.length > 0) queue.dirty = true
}

/** The last entry on this node's own disk. */
export const durableIndex = ({ disk, memory }: PrimaryBackupState): number =>
  memory.config.awaitSync ? Math.min(memory.queue.durable.index, disk.index) : disk.index

/** True when all that the node has is on its disk. */
export const isDurable = ({ memory }: PrimaryBackupState): boolean =>
  !memory.config.awaitSync || !(memory.queue.dirty || memory.queue.syncing)
