/**
 * Raft: a replicated log by an elected leader. Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
 * (Extended Version)", 2014, here "the paper"; sections of Ongaro's dissertation, "Consensus: Bridging Theory and Practice", Stanford 2014,
 * are named as such. All names are the paper's.
 *
 * Time is divided into terms, numbered upwards. A server is a follower, a candidate or a leader. A follower that hears from no leader for
 * an election timeout, drawn anew from a range each time, raises its term and stands as a candidate; a server votes once a term, and
 * writes its vote to disk before it answers, so a term has at most one leader (Election Safety). A candidate whose log is behind the
 * voter's gets no vote, so a leader always has every committed entry (Leader Completeness, section 5.4).
 *
 * The leader appends each client command to its log and sends it to the others with AppendEntries, which names the entry before; a
 * follower takes entries only where that one matches, and deletes what conflicts, so two logs that agree on one entry's index and term
 * agree on all before it (Log Matching, section 5.3). An entry of the leader's own term that a majority has is committed, and with it all
 * before it; entries of earlier terms are never committed by counting alone, for a later leader could still overwrite them (section 5.4.2,
 * Figure 8). Committed entries are applied in order, on every server alike, and the leader answers its client.
 *
 * A client that hears nothing cannot know whether its command took effect, and asks again. With a session (client and sequence number)
 * the state machine answers a command that it has seen from its table instead of executing it twice (dissertation, section 6.3); without
 * one it executes twice, as it must. The table travels in snapshots, which replace the applied part of the log (section 7).
 *
 * Reads need no log entry but must not be answered by a leader that has been replaced without knowing. With `read-index` the leader, once
 * an entry of its own term is committed, asks a majority whether it still leads (dissertation, section 6.4). With `lease` it trusts that
 * nobody can have been elected within the shortest election timeout of its last confirmed heartbeat, which holds while clocks agree within
 * a bound (section 6.4.1). `local` reads ask nobody and may be stale.
 *
 * Two refinements are switches. PreVote (dissertation, section 9.6): before raising its term a server asks whether it could win, so that one
 * coming back from a partition disturbs nobody. CheckQuorum (sections 4.2.3 and 6.2): a leader that hears from no majority steps down, and
 * a server that hears from a leader votes for nobody else. There is no change of membership.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Protocol } from '../kernel/protocol.ts'
import { copyMachine } from './kv-machine.ts'
import { applyCommitted } from './raft-apply.ts'
import {
  advanceReads,
  passOn,
  receiveAnswer,
  receiveCall,
  receiveRequest,
  takeWaitingCalls,
  turnReadsAway,
} from './raft-clients.ts'
import { minElectionUs, type RaftConfig, raftConfig, trustsLeader } from './raft-config.ts'
import { flush, promise, synced } from './raft-disk.ts'
import { advanceCommit, becomeLeader, heartbeat, lostQuorum, receiveReply } from './raft-leader.ts'
import {
  appendEntry,
  discardThrough,
  firstIndexOfTerm,
  isUpToDate,
  lastLogIndex,
  termAt,
  truncateFrom,
} from './raft-log.ts'
import {
  type AppendEntries,
  type AppendEntriesReply,
  describeRaft,
  type InstallSnapshot,
  type InstallSnapshotReply,
  type LeaderReply,
  type RaftMessage,
  type RequestVote,
  type RequestVoteReply,
} from './raft-messages.ts'
import { armElectionTimer, becomeFollower, startElection, startPreVote } from './raft-role.ts'
import {
  bootRaft,
  majority,
  type RaftDisk,
  type RaftEvent,
  type RaftMemory,
  type RaftOutbox,
  type RaftState,
  type RaftTimer,
} from './raft-state.ts'
import { viewRaft } from './raft-view.ts'

/** True within the shortest election timeout of hearing from a leader, and at a leader always (dissertation, section 4.2.3). */
const hearsLeader = ({ memory }: RaftState, now: number): boolean => {
  if (memory.role === 'leader') return true
  if (memory.leaderHeardUs === null) return false
  // A clock that was set back must not make it deaf to candidates for as long as that took.
  if (memory.leaderHeardUs > now) memory.leaderHeardUs = now
  return now - memory.leaderHeardUs < minElectionUs(memory.config)
}

/** Would it vote? No state changes, neither the candidate's nor the voter's (dissertation, section 9.6). */
const receivePreVote = (state: RaftState, from: NodeId, m: RequestVote, now: number, out: RaftOutbox): void => {
  const { currentTerm } = state.disk
  const voteGranted =
    m.term > currentTerm && isUpToDate(state.disk, m.lastLogIndex, m.lastLogTerm) && !hearsLeader(state, now)
  out.send(from, { t: 'request-vote-reply', term: currentTerm, voteGranted, pre: true, forTerm: m.term })
}

/** RequestVote RPC, receiver implementation (Figure 2). */
const receiveRequestVote = (state: RaftState, from: NodeId, m: RequestVote, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const { breakRule } = memory.config
  const reply = (voteGranted: boolean): RequestVoteReply => ({
    t: 'request-vote-reply',
    term: disk.currentTerm,
    voteGranted,
    pre: false,
    forTerm: m.term,
  })
  // Whoever trusts a leader neither votes nor takes on the candidate's term: a lease rests on that.
  if (trustsLeader(memory.config) && m.term > disk.currentTerm && hearsLeader(state, now)) {
    out.send(from, reply(false))
    return
  }
  if (m.term > disk.currentTerm) stepDown(state, m.term, out)
  // 1. Reply false if term < currentTerm (5.1).
  // 2. If votedFor is null or candidateId, and candidate's log is at least as up-to-date as receiver's log, grant vote (5.2, 5.4).
  const mayVote = disk.votedFor === null || disk.votedFor === m.candidateId || breakRule === 'vote-twice'
  const upToDate = isUpToDate(disk, m.lastLogIndex, m.lastLogTerm) || breakRule === 'skip-log-check'
  const voteGranted = m.term === disk.currentTerm && mayVote && upToDate
  if (voteGranted && disk.votedFor !== m.candidateId) {
    disk.votedFor = m.candidateId
    memory.queue.dirty = true
  }
  if (voteGranted && memory.role !== 'leader') armElectionTimer(state, out)
  promise(state, out, from, reply(voteGranted))
}

/** Candidates (Figure 2): "if votes received from majority of servers: become leader". */
const receiveVote = (state: RaftState, from: NodeId, m: RequestVoteReply, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const asked = m.pre ? disk.currentTerm + 1 : disk.currentTerm
  const awaits = memory.role === (m.pre ? 'pre-candidate' : 'candidate') && m.forTerm === asked
  if (!awaits || !m.voteGranted || memory.votes.includes(from)) return
  memory.votes.push(from)
  if (memory.votes.length < majority(memory)) return
  if (!m.pre) lead(state, now, out)
  else if (startElection(state, out)) lead(state, now, out)
}

/** A leader of this term speaks: "if AppendEntries RPC received from new leader: convert to follower" (Figure 2, candidates). */
const follow = (state: RaftState, leaderId: NodeId, term: number, now: number, out: RaftOutbox): void => {
  const { memory } = state
  stepDown(state, term, out)
  memory.leaderId = leaderId
  memory.leaderHeardUs = now
  armElectionTimer(state, out)
  if (memory.forwarded.length > 0) passOn(state, out)
}

/** In the answer to a leader of an earlier term: it confirms nothing. */
const noBeat = { round: 0, sentUs: 0 } as const

/** AppendEntries RPC, receiver implementation (Figure 2). */
const receiveAppendEntries = (state: RaftState, from: NodeId, m: AppendEntries, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const { breakRule } = memory.config
  // 1. Reply false if term < currentTerm (5.1).
  if (m.term < disk.currentTerm) {
    out.send(from, appendReply(disk, false, m.prevLogIndex, null, 0, noBeat))
    return
  }
  follow(state, m.leaderId, m.term, now, out)
  // 2. Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm (5.3).
  const own = termAt(disk, m.prevLogIndex)
  const discarded = m.prevLogIndex < disk.logStart
  const gap = m.prevLogIndex > lastLogIndex(disk)
  if (gap || (own !== m.prevLogTerm && !discarded && breakRule !== 'skip-prev-check')) {
    const conflict = gap ? lastLogIndex(disk) + 1 : firstIndexOfTerm(disk, m.prevLogIndex)
    promise(state, out, from, appendReply(disk, false, m.prevLogIndex, own ?? null, conflict, m))
    return
  }
  storeEntries(state, m)
  // 5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry).
  const lastNew = m.prevLogIndex + m.entries.length
  const commit = Math.min(m.leaderCommit, lastNew)
  if (commit > memory.commitIndex) {
    memory.commitIndex = commit
    applyCommitted(state, out)
  }
  promise(state, out, from, appendReply(disk, true, lastNew, null, 0, m))
}

const storeEntries = (state: RaftState, m: AppendEntries): void => {
  const { disk, memory } = state
  for (let i = 0; i < m.entries.length; i += 1) {
    const entry = m.entries[i] as AppendEntries['entries'][number]
    const index = m.prevLogIndex + 1 + i
    // What is discarded was committed, so it equals the leader's.
    if (index <= disk.logStart) continue
    const own = termAt(disk, index)
    // 3. If an existing entry conflicts with a new one (same index but different terms), delete it and all that follow it (5.3).
    if (own !== undefined && own !== entry.term && memory.config.breakRule !== 'keep-conflicts')
      truncateFrom(state, index)
    // 4. Append any new entries not already in the log.
    if (index > lastLogIndex(disk)) appendEntry(state, entry)
  }
}

const appendReply = (
  disk: RaftDisk,
  success: boolean,
  index: number,
  conflictTerm: number | null,
  conflictIndex: number,
  { round, sentUs }: { readonly round: number; readonly sentUs: number },
): AppendEntriesReply => ({
  t: 'append-entries-reply',
  term: disk.currentTerm,
  success,
  index,
  conflictTerm,
  conflictIndex,
  round,
  sentUs,
})

/** InstallSnapshot RPC, receiver implementation (Figure 13). Steps 2 to 4 handle chunks; here a snapshot is one. */
const receiveSnapshot = (state: RaftState, from: NodeId, m: InstallSnapshot, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const { lastIncludedIndex } = m
  const reply = ({ round, sentUs }: { readonly round: number; readonly sentUs: number }): InstallSnapshotReply => ({
    t: 'install-snapshot-reply',
    term: disk.currentTerm,
    lastIncludedIndex,
    round,
    sentUs,
  })
  // 1. Reply immediately if term < currentTerm.
  if (m.term < disk.currentTerm) {
    out.send(from, reply(noBeat))
    return
  }
  follow(state, m.leaderId, m.term, now, out)
  // What it has committed is what the snapshot has, so an older snapshot brings nothing.
  if (lastIncludedIndex > memory.commitIndex) {
    installSnapshot(state, m)
    out.note('installs a snapshot', { index: lastIncludedIndex })
  }
  promise(state, out, from, reply(m))
}

const installSnapshot = (state: RaftState, m: InstallSnapshot): void => {
  const { disk, memory } = state
  const { lastIncludedIndex, lastIncludedTerm } = m
  // 5. Save snapshot file, discard any existing or partial snapshot with a smaller index.
  disk.snapshot = { lastIncludedIndex, lastIncludedTerm, data: copyMachine(m.data) }
  // 6. If existing log entry has same index and term as snapshot's last included entry, retain log entries following it and reply.
  if (termAt(disk, lastIncludedIndex) === lastIncludedTerm) discardThrough(disk, lastIncludedIndex)
  else {
    // 7. Discard the entire log.
    truncateFrom(state, memory.commitIndex + 1)
    disk.log = []
    disk.logStart = lastIncludedIndex
    disk.logStartTerm = lastIncludedTerm
  }
  // 8. Reset state machine using snapshot contents.
  memory.machine = copyMachine(m.data)
  memory.commitIndex = lastIncludedIndex
  memory.lastApplied = lastIncludedIndex
  memory.queue.dirty = true
}

const stepDown = (state: RaftState, term: number, out: RaftOutbox): void => {
  becomeFollower(state, term, out)
  if (state.memory.pendingReads.length > 0) turnReadsAway(state, out)
}

const lead = (state: RaftState, now: number, out: RaftOutbox): void => {
  becomeLeader(state, now, out)
  takeWaitingCalls(state, now, out)
}

/** A reply to the leader. One of an earlier term says nothing; one of a later term deposes it. */
const receiveLeaderReply = (state: RaftState, from: NodeId, m: LeaderReply, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  if (m.term > disk.currentTerm) stepDown(state, m.term, out)
  if (memory.role !== 'leader' || m.term < disk.currentTerm) return
  receiveReply(state, from, m, now, out)
  if (memory.pendingReads.length > 0) advanceReads(state, now, out)
}

const receive = (state: RaftState, from: NodeId, m: RaftMessage, now: number, out: RaftOutbox): void => {
  switch (m.t) {
    case 'append-entries':
      receiveAppendEntries(state, from, m, now, out)
      break
    case 'append-entries-reply':
    case 'install-snapshot-reply':
      receiveLeaderReply(state, from, m, now, out)
      break
    case 'request-vote':
      if (m.pre) receivePreVote(state, from, m, now, out)
      else receiveRequestVote(state, from, m, now, out)
      break
    case 'request-vote-reply':
      if (m.term > state.disk.currentTerm) stepDown(state, m.term, out)
      receiveVote(state, from, m, now, out)
      break
    case 'install-snapshot':
      receiveSnapshot(state, from, m, now, out)
      break
    case 'call':
      receiveCall(state, from, m, now, out)
      break
    case 'answer':
      receiveAnswer(state, from, m, out)
      break
    default:
      assertNever(m)
  }
}

/** Followers (Figure 2): "if election timeout elapses without receiving AppendEntries or granting vote: convert to candidate". */
const electionTimeout = (state: RaftState, now: number, out: RaftOutbox): void => {
  if (state.memory.role === 'leader') return
  const { preVote } = state.memory.config
  if (preVote && !startPreVote(state, out)) return
  if (startElection(state, out)) lead(state, now, out)
}

const heartbeatTimeout = (state: RaftState, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  if (memory.role !== 'leader') return
  if (memory.config.checkQuorum && lostQuorum(state, now)) stepDown(state, disk.currentTerm, out)
  else heartbeat(state, now, out)
}

/** A server that comes back may have acknowledged a leader just before it went down: it trusts that leader for one timeout more. */
const started = ({ memory }: RaftState, now: number, restarted: boolean): void => {
  if (restarted) memory.leaderHeardUs = now
}

const durable = (state: RaftState, now: number, out: RaftOutbox): void => {
  synced(state, out)
  if (state.memory.role !== 'leader') return
  advanceCommit(state, out)
  advanceReads(state, now, out)
}

const handle = (state: RaftState, event: RaftEvent, out: RaftOutbox): void => {
  switch (event.type) {
    case 'started':
      started(state, event.now, event.restarted)
      armElectionTimer(state, out)
      break
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      if (event.timer === 'election') electionTimeout(state, event.now, out)
      else heartbeatTimeout(state, event.now, out)
      break
    case 'request':
      receiveRequest(state, event.request, event.now, out)
      break
    case 'configured':
      state.memory.config = raftConfig(event.config)
      break
    case 'synced':
      durable(state, event.now, out)
      break
    default:
      assertNever(event)
  }
}

/** A Raft server. `Config` may leave out any member; `raft-config.ts` has the defaults. */
export const raft: Protocol<RaftDisk, RaftMemory, RaftMessage, RaftTimer, Partial<RaftConfig>> = {
  name: 'raft',
  revision: 1,
  boot: bootRaft,
  on: (state, event, out) => {
    handle(state, event, out)
    flush(state, out)
  },
  view: viewRaft,
  describe: describeRaft,
}
