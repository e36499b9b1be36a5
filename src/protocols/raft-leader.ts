import type { NodeId } from '../kernel/ids.ts'
import { applyCommitted } from './raft-apply.ts'
import { minElectionUs } from './raft-config.ts'
import { ownMatchIndex } from './raft-disk.ts'
import { appendEntry, entryAt, lastIndexOfTermAtMost, lastLogIndex, termAt } from './raft-log.ts'
import type { AppendEntriesReply, Command, Entry, LeaderReply } from './raft-messages.ts'
import { never, type Progress, type RaftOutbox, type RaftState, reachedByMajority } from './raft-state.ts'

const noEntries: readonly Entry[] = Object.freeze([])

/** A stretch of the log, by offset. The outbox copies what it is given. */
const stretch = ({ disk }: RaftState, from: number, count: number): readonly Entry[] => {
  if (count === 0) return noEntries
  const entries: Entry[] = []
  for (let index = from; index < from + count; index += 1) {
    entries.push(entryAt(disk, index) as Entry)
  }
  return entries
}

const sendAppend = (
  state: RaftState,
  peer: NodeId,
  prev: number,
  count: number,
  now: number,
  out: RaftOutbox,
): void => {
  const { disk, memory } = state
  out.send(peer, {
    t: 'append-entries',
    term: disk.currentTerm,
    leaderId: memory.self,
    prevLogIndex: prev,
    prevLogTerm: termAt(disk, prev) as number,
    entries: stretch(state, prev + 1, count),
    leaderCommit: memory.commitIndex,
    round: memory.round,
    sentUs: now,
  })
}

/** Section 7: the follower needs entries that are discarded. Until it has the snapshot it gets plain heartbeats. */
const sendSnapshot = (state: RaftState, peer: NodeId, progress: Progress, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const sentUs = progress.snapshotSentUs
  const patience = minElectionUs(memory.config)
  if (sentUs !== null && (now - sentUs < patience || progress.heardUs <= sentUs)) {
    sendAppend(state, peer, disk.logStart, 0, now, out)
    return
  }
  progress.snapshotSentUs = now
  const { lastIncludedIndex, lastIncludedTerm, data } = disk.snapshot
  out.send(peer, {
    t: 'install-snapshot',
    term: disk.currentTerm,
    leaderId: memory.self,
    lastIncludedIndex,
    lastIncludedTerm,
    data,
    round: memory.round,
    sentUs: now,
  })
}

/**
 * Sends a follower the entries from its nextIndex on, or an empty AppendEntries where it has them all. While its log is known to match,
 * nextIndex runs ahead of the acknowledgements; a lost message shows in the next heartbeat's refusal.
 */
const replicateTo = (state: RaftState, peer: NodeId, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const progress = memory.progress[peer] as Progress
  if (progress.nextIndex <= disk.logStart) {
    sendSnapshot(state, peer, progress, now, out)
    return
  }
  const prev = progress.nextIndex - 1
  const count = Math.min(memory.config.maxBatch, lastLogIndex(disk) - prev)
  sendAppend(state, peer, prev, count, now, out)
  if (!progress.probing) progress.nextIndex += count
}

/** AppendEntries to all, empty where there is nothing to send (Figure 2, leaders). */
export const broadcast = (state: RaftState, now: number, out: RaftOutbox): void => {
  for (const peer of state.memory.peers) replicateTo(state, peer, now, out)
}

/** Appends to the leader's own log and sends it on; commits at once where the leader is a majority by itself. */
export const propose = (state: RaftState, command: Command | null, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  appendEntry(state, { term: disk.currentTerm, command })
  for (const peer of memory.peers) {
    const progress = memory.progress[peer] as Progress
    if (!progress.probing && progress.nextIndex > disk.logStart) replicateTo(state, peer, now, out)
  }
  advanceCommit(state, out)
}

/** Section 5.2 and 8: the winner opens its term with a no-op, so that it learns which entries are committed. */
export const becomeLeader = (state: RaftState, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  memory.role = 'leader'
  memory.leaderId = memory.self
  memory.votes = []
  memory.progress = {}
  const nextIndex = lastLogIndex(disk) + 1
  for (const peer of memory.peers)
    memory.progress[peer] = {
      nextIndex,
      matchIndex: 0,
      probing: true,
      snapshotSentUs: null,
      ackedRound: 0,
      ackedSentUs: never,
      heardUs: now,
    }
  memory.noOpIndex = nextIndex
  memory.round += 1
  out.note('becomes leader', { term: disk.currentTerm })
  out.cancelTimer('election')
  propose(state, null, now, out)
  heartbeat(state, now, out)
}

/** "Send initial empty AppendEntries RPCs (heartbeat) to each server; repeat during idle periods" (Figure 2, leaders). */
export const heartbeat = (state: RaftState, now: number, out: RaftOutbox): void => {
  const us = Math.round(state.memory.config.heartbeatMs * 1000)
  out.setTimer('heartbeat', { minUs: us, maxUs: us })
  broadcast(state, now, out)
}

/**
 * Figure 2, leaders: "if there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and log[N].term == currentTerm:
 * set commitIndex = N". Entries of earlier terms are never committed by counting (section 5.4.2), only along with one of this term.
 */
export const advanceCommit = (state: RaftState, out: RaftOutbox): void => {
  const { disk, memory } = state
  const { breakRule } = memory.config
  const own = ownMatchIndex(state)
  const n = breakRule === 'commit-minority' ? own : reachedByMajority(memory, own, 'matchIndex')
  if (n <= memory.commitIndex) return
  if (termAt(disk, n) !== disk.currentTerm && breakRule !== 'commit-old-term') return
  memory.commitIndex = n
  applyCommitted(state, out)
}

/** True when a majority has been silent for the shortest election timeout: time to step down (dissertation, section 6.2). */
export const lostQuorum = ({ memory }: RaftState, now: number): boolean =>
  now - reachedByMajority(memory, now, 'heardUs') >= minElectionUs(memory.config)

/** What every reply of the current term tells: the follower lives, and it followed this leader when that message arrived. */
const noteReply = (progress: Progress, reply: LeaderReply, now: number): void => {
  progress.heardUs = now
  if (reply.round > progress.ackedRound) progress.ackedRound = reply.round
  if (reply.sentUs > progress.ackedSentUs) progress.ackedSentUs = reply.sentUs
}

const matched = (state: RaftState, peer: NodeId, index: number, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const progress = memory.progress[peer] as Progress
  if (index > progress.matchIndex) progress.matchIndex = index
  if (progress.matchIndex >= disk.logStart) progress.snapshotSentUs = null
  if (progress.probing) {
    progress.probing = false
    progress.nextIndex = progress.matchIndex + 1
  } else if (progress.nextIndex <= progress.matchIndex) progress.nextIndex = progress.matchIndex + 1
  if (index > memory.commitIndex) advanceCommit(state, out)
  if (progress.nextIndex <= lastLogIndex(disk)) replicateTo(state, peer, now, out)
}

/** "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry (5.3)", by whole terms as the end of 5.3 says. */
const refused = (state: RaftState, peer: NodeId, reply: AppendEntriesReply, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const progress = memory.progress[peer] as Progress
  // Refusals that were overtaken by later news say nothing.
  if (progress.snapshotSentUs !== null || reply.index <= progress.matchIndex) return
  if (progress.probing && reply.index !== progress.nextIndex - 1) return
  let next = reply.conflictIndex
  if (reply.conflictTerm !== null) {
    const common = lastIndexOfTermAtMost(disk, reply.index, reply.conflictTerm)
    if (termAt(disk, common) === reply.conflictTerm) next = common + 1
  }
  progress.nextIndex = Math.max(progress.matchIndex + 1, Math.min(next, reply.index))
  progress.probing = true
  replicateTo(state, peer, now, out)
}

/** Figure 2, leaders: updates nextIndex and matchIndex of the follower that replied. The reply is of the current term. */
export const receiveReply = (
  state: RaftState,
  from: NodeId,
  reply: LeaderReply,
  now: number,
  out: RaftOutbox,
): void => {
  const progress = state.memory.progress[from]
  if (progress === undefined || reply.round === 0) return
  noteReply(progress, reply, now)
  if (reply.t === 'install-snapshot-reply') {
    progress.snapshotSentUs = null
    matched(state, from, reply.lastIncludedIndex, now, out)
  } else if (reply.success) matched(state, from, reply.index, now, out)
  else refused(state, from, reply, now, out)
}
