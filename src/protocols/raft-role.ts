import { promise } from './raft-disk.ts'
import { lastLogIndex, lastLogTerm } from './raft-log.ts'
import { majority, type RaftOutbox, type RaftState } from './raft-state.ts'

/** Starts the election timer anew, in the configured range of the node's own clock. */
export const armElectionTimer = ({ memory }: RaftState, out: RaftOutbox): void => {
  const [minMs, maxMs] = memory.config.electionTimeoutMs
  out.setTimer('election', { minUs: Math.round(minMs * 1000), maxUs: Math.round(maxMs * 1000) })
}

/** Takes on a later term, in which it has not voted yet. */
const enterTerm = ({ disk, memory }: RaftState, term: number): void => {
  disk.currentTerm = term
  disk.votedFor = null
  memory.queue.dirty = true
  memory.leaderId = null
}

/** Figure 2, all servers: "if RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower (5.1)". */
export const becomeFollower = (state: RaftState, term: number, out: RaftOutbox): void => {
  const { disk, memory } = state
  const { role } = memory
  if (term > disk.currentTerm) enterTerm(state, term)
  if (role === 'follower') return
  memory.role = 'follower'
  memory.votes = []
  if (role !== 'leader') return
  memory.leaderId = null
  memory.progress = {}
  out.note('steps down', { term: disk.currentTerm })
  out.cancelTimer('heartbeat')
  armElectionTimer(state, out)
}

const askForVotes = (state: RaftState, out: RaftOutbox, term: number, pre: boolean): void => {
  const { disk, memory } = state
  for (const peer of memory.peers) {
    const request = {
      t: 'request-vote',
      term,
      candidateId: memory.self,
      lastLogIndex: lastLogIndex(disk),
      lastLogTerm: lastLogTerm(disk),
      pre,
    } as const
    // A PreVote promises nothing: it leaves at once.
    if (pre) out.send(peer, request)
    else promise(state, out, peer, request)
  }
}

/** Section 5.2: increments currentTerm, votes for itself, asks all others. True when its own vote is a majority already. */
export const startElection = (state: RaftState, out: RaftOutbox): boolean => {
  const { disk, memory } = state
  enterTerm(state, disk.currentTerm + 1)
  disk.votedFor = memory.self
  memory.role = 'candidate'
  memory.votes = [memory.self]
  armElectionTimer(state, out)
  out.note('starts an election', { term: disk.currentTerm })
  askForVotes(state, out, disk.currentTerm, false)
  return majority(memory) === 1
}

/** Dissertation, section 9.6: asks whether an election could be won, and stays in its term meanwhile. */
export const startPreVote = (state: RaftState, out: RaftOutbox): boolean => {
  const { disk, memory } = state
  memory.role = 'pre-candidate'
  memory.leaderId = null
  memory.votes = [memory.self]
  armElectionTimer(state, out)
  askForVotes(state, out, disk.currentTerm + 1, true)
  return majority(memory) === 1
}
