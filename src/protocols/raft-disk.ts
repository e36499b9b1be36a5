import type { NodeId } from '../kernel/ids.ts'
import { lastLogIndex } from './raft-log.ts'
import type { RaftMessage } from './raft-messages.ts'
import type { RaftOutbox, RaftState } from './raft-state.ts'

// Figure 2: "persistent state on all servers (updated on stable storage before responding to RPCs)". Where the disk is instantaneous it
// is durable when the event ends, which is when messages leave; nothing need wait. Where it takes time (`awaitSync`), what promises
// something about the disk is held until the sync that covers it is done. One sync is under way at a time, so that many promises share it.

/** Sends a message that is true only once the disk as it is now is durable: votes, and acknowledgements of entries. */
export const promise = ({ memory }: RaftState, out: RaftOutbox, to: NodeId, message: RaftMessage): void => {
  const { queue, config } = memory
  const mustWait = config.awaitSync && config.breakRule !== 'ack-before-sync' && (queue.dirty || queue.syncing)
  if (mustWait) queue.waiting.push({ to, message })
  else out.send(to, message)
}

/** At the end of every event: asks for a sync where one is needed and none is under way. */
export const flush = ({ disk, memory }: RaftState, out: RaftOutbox): void => {
  const { queue } = memory
  if (!queue.dirty || queue.syncing) return
  queue.dirty = false
  if (!memory.config.awaitSync) return
  out.sync()
  queue.syncing = true
  queue.coveredIndex = lastLogIndex(disk)
  queue.covered = queue.waiting
  queue.waiting = []
}

/** The disk is done: what it covered may leave. A later change of the disk (or a reply that waits for none) needs another sync. */
export const synced = ({ memory }: RaftState, out: RaftOutbox): void => {
  const { queue } = memory
  queue.syncing = false
  queue.durableIndex = queue.coveredIndex
  for (const { to, message } of queue.covered) out.send(to, message)
  queue.covered = []
  if (queue.waiting.length > 0) queue.dirty = true
}

/** The last index of its own log that a leader may count itself for (dissertation, section 10.2.1). */
export const ownMatchIndex = ({ disk, memory }: RaftState): number =>
  memory.config.awaitSync && memory.config.breakRule !== 'ack-before-sync'
    ? memory.queue.durableIndex
    : lastLogIndex(disk)
