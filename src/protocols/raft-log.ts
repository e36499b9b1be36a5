import type { Entry } from './raft-messages.ts'
import type { RaftDisk, RaftState } from './raft-state.ts'

// The log's indices count from 1 for ever; `disk.log[0]` has index `disk.logStart + 1`. Everything reaches entries by offset:
// nothing here copies the log.

export const lastLogIndex = (disk: RaftDisk): number => disk.logStart + disk.log.length

/** The term of the entry at an index; undefined where the log has no such entry (any more). 0 at index 0. */
export const termAt = (disk: RaftDisk, index: number): number | undefined =>
  index === disk.logStart ? disk.logStartTerm : disk.log[index - disk.logStart - 1]?.term

export const lastLogTerm = (disk: RaftDisk): number => termAt(disk, lastLogIndex(disk)) as number

export const entryAt = (disk: RaftDisk, index: number): Entry | undefined => disk.log[index - disk.logStart - 1]

/** "At least as up-to-date" (section 5.4.1): the later last term wins, then the longer log. */
export const isUpToDate = (disk: RaftDisk, index: number, term: number): boolean => {
  const ownTerm = lastLogTerm(disk)
  return term > ownTerm || (term === ownTerm && index >= lastLogIndex(disk))
}

/** Deletes the entry at an index and all that follow it. What was promised of them on disk is no longer true. */
export const truncateFrom = ({ disk, memory }: RaftState, index: number): void => {
  disk.log.length = Math.max(0, index - disk.logStart - 1)
  const { queue } = memory
  queue.dirty = true
  queue.durableIndex = Math.min(queue.durableIndex, index - 1)
  queue.coveredIndex = Math.min(queue.coveredIndex, index - 1)
  // These writes may still survive on other servers: their clients get no answer from here.
  while ((memory.pendingWrites.at(-1)?.index ?? 0) >= index) memory.pendingWrites.pop()
}

export const appendEntry = ({ disk, memory }: RaftState, entry: Entry): void => {
  disk.log.push(entry)
  memory.queue.dirty = true
}

/** Discards entries up to an index (section 7); the snapshot has what they did. */
export const discardThrough = (disk: RaftDisk, index: number): void => {
  const count = index - disk.logStart
  if (count <= 0) return
  disk.logStartTerm = termAt(disk, index) as number
  disk.logStart = index
  disk.log.splice(0, count)
}

/** The first index that stores a term, searching back from an index that does (section 5.3, fast backup). */
export const firstIndexOfTerm = (disk: RaftDisk, from: number): number => {
  const term = termAt(disk, from)
  let index = from
  while (index - 1 > disk.logStart && termAt(disk, index - 1) === term) index -= 1
  return index
}

/** The last index at or before `from` whose term is at most `term`: where the two logs may agree. */
export const lastIndexOfTermAtMost = (disk: RaftDisk, from: number, term: number): number => {
  let index = from
  while (index > disk.logStart && (termAt(disk, index) as number) > term) index -= 1
  return index
}
