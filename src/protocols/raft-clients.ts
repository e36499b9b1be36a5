import type { NodeId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { Answer, Call } from './client-wire.ts'
import { answered, isRead, readValue } from './kv-machine.ts'
import { answer } from './raft-apply.ts'
import { leaseUs } from './raft-config.ts'
import { broadcast, propose } from './raft-leader.ts'
import { lastLogIndex } from './raft-log.ts'
import { type PendingRead, type RaftOutbox, type RaftState, reachedByMajority } from './raft-state.ts'

/** Calls that may wait for a leader at one server; more push out the oldest. */
const forwardedLimit = 256

const answerRead = (state: RaftState, out: RaftOutbox, to: NodeId, call: Call): void =>
  answer(state, out, to, call, { outcome: 'ok', output: readValue(state.memory.machine, call.key) })

/** True while no other server can be elected, if no clock runs faster than another by more than the bound (6.4.1). */
const holdsLease = ({ memory }: RaftState, now: number): boolean =>
  now < reachedByMajority(memory, now, 'ackedSentUs') + leaseUs(memory.config)

/**
 * Dissertation, section 6.4. The read may be answered once commitIndex is known to be current (an entry of this term is committed),
 * a majority has confirmed a round of heartbeats begun after the read arrived, and all up to `readIndex` is applied.
 */
const leaderRead = (state: RaftState, from: NodeId, call: Call, now: number, out: RaftOutbox): void => {
  const { memory } = state
  const { breakRule, reads } = memory.config
  const noOp = breakRule === 'skip-no-op' ? 0 : memory.noOpIndex
  const readIndex = Math.max(memory.commitIndex, noOp)
  const alone = breakRule === 'skip-read-round' || memory.peers.length === 0
  if (memory.lastApplied >= readIndex && (alone || (reads === 'lease' && holdsLease(state, now)))) {
    answerRead(state, out, from, call)
    return
  }
  memory.pendingReads.push({ call, to: from, round: memory.round + 1, readIndex })
  advanceReads(state, now, out)
}

/** Answers the reads whose round is confirmed, and begins the next round for those that came meanwhile: one round at a time. */
export const advanceReads = (state: RaftState, now: number, out: RaftOutbox): void => {
  const { memory } = state
  if (memory.pendingReads.length === 0) return
  const confirmed = reachedByMajority(memory, memory.round, 'ackedRound')
  const isReady = (read: PendingRead): boolean => read.round <= confirmed && memory.lastApplied >= read.readIndex
  if (memory.pendingReads.some(isReady)) {
    for (const read of memory.pendingReads) if (isReady(read)) answerRead(state, out, read.to, read.call)
    memory.pendingReads = memory.pendingReads.filter(read => !isReady(read))
  }
  if (confirmed >= memory.round) beginReadRound(state, now, out)
}

/** Begins a round of heartbeats that confirms the leadership, where reads wait for one. */
const beginReadRound = (state: RaftState, now: number, out: RaftOutbox): void => {
  const { memory } = state
  if (!memory.pendingReads.some(read => read.round > memory.round)) return
  memory.round += 1
  broadcast(state, now, out)
}

const leaderWrite = (state: RaftState, from: NodeId, call: Call, now: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const before = answered(memory.machine, call.session)
  if (before?.is === 'expired') return
  if (before !== undefined) {
    answer(state, out, from, call, { outcome: 'ok', output: before.output })
    return
  }
  const { op, attempt, kind, key, input, session } = call
  const index = lastLogIndex(disk) + 1
  memory.pendingWrites.push({ index, term: disk.currentTerm, op, attempt, to: from })
  propose(state, { op, kind, key, input, session }, now, out)
}

/** A server that is no leader: it names the leader, or keeps the call until there is one to pass it on to. */
const followerCall = (state: RaftState, from: NodeId, call: Call, out: RaftOutbox): void => {
  const { memory } = state
  const passesOn = (memory.config.forward || from === memory.self) && !memory.peers.includes(from)
  if (!passesOn) {
    out.send(from, {
      t: 'answer',
      op: call.op,
      attempt: call.attempt,
      result: { outcome: 'redirect', to: memory.leaderId },
    })
    return
  }
  memory.forwarded.push({ call, from, sentTo: null })
  if (memory.forwarded.length > forwardedLimit) memory.forwarded.shift()
  passOn(state, out)
}

/** Passes waiting calls on to the leader, once: an answer that is lost on the way stays lost, as it would for the client. */
export const passOn = ({ memory }: RaftState, out: RaftOutbox): void => {
  const { leaderId, forwarded } = memory
  if (leaderId === null || leaderId === memory.self) return
  for (const waiting of forwarded) {
    if (waiting.sentTo !== null) continue
    out.send(leaderId, waiting.call)
    waiting.sentTo = leaderId
  }
}

/** A client's call, or one that another server passed on. */
export const receiveCall = (state: RaftState, from: NodeId, call: Call, now: number, out: RaftOutbox): void => {
  const { memory } = state
  if (isRead(call.kind) && memory.config.reads === 'local') answerRead(state, out, from, call)
  else if (memory.role !== 'leader') followerCall(state, from, call, out)
  else if (isRead(call.kind)) leaderRead(state, from, call, now, out)
  else leaderWrite(state, from, call, now, out)
}

/** An operation asked of this very node is a call from itself. */
export const receiveRequest = (state: RaftState, request: ClientRequest, now: number, out: RaftOutbox): void => {
  const { id, kind, key, input } = request
  receiveCall(state, state.memory.self, { t: 'call', op: id, attempt: 1, kind, key, input, session: null }, now, out)
}

/** The leader's answer to a call that was passed on. One that was turned away, and so not executed, waits for the next leader. */
export const receiveAnswer = (state: RaftState, from: NodeId, reply: Answer, out: RaftOutbox): void => {
  const { forwarded } = state.memory
  const at = forwarded.findIndex(
    ({ call, sentTo }) => sentTo === from && call.op === reply.op && call.attempt === reply.attempt,
  )
  const waiting = forwarded[at]
  if (waiting === undefined) return
  if (reply.result.outcome === 'redirect') {
    waiting.sentTo = null
    return
  }
  forwarded.splice(at, 1)
  answer(state, out, waiting.from, reply, reply.result)
}

/** A leader that steps down turns its waiting reads away, which is safe: reads change nothing. */
export const turnReadsAway = (state: RaftState, out: RaftOutbox): void => {
  const reads = state.memory.pendingReads
  state.memory.pendingReads = []
  for (const { to, call } of reads) followerCall(state, to, call, out)
}

/** A new leader keeps the calls that waited at it. */
export const takeWaitingCalls = (state: RaftState, now: number, out: RaftOutbox): void => {
  const mine = state.memory.forwarded.filter(({ sentTo }) => sentTo === null)
  if (mine.length === 0) return
  state.memory.forwarded = state.memory.forwarded.filter(({ sentTo }) => sentTo !== null)
  for (const { from, call } of mine) receiveCall(state, from, call, now, out)
}
