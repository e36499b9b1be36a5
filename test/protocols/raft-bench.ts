import type { NodeId } from '../../src/kernel/ids.ts'
import { nodeId, requestId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Call } from '../../src/protocols/client-wire.ts'
import { raft } from '../../src/protocols/raft.ts'
import type { RaftConfig } from '../../src/protocols/raft-config.ts'
import type {
  AppendEntries,
  AppendEntriesReply,
  Entry,
  RaftMessage,
  RequestVote,
  RequestVoteReply,
} from '../../src/protocols/raft-messages.ts'
import type { RaftDisk, RaftMemory, RaftTimer } from '../../src/protocols/raft-state.ts'
import { type Asked, type Bench, bench } from './driver.ts'

// The vocabulary of the paper-rule tests: a server with a log written as its terms ([1, 1, 2] is three entries), and the paper's RPCs.

export type Server = Bench<RaftDisk, RaftMemory, RaftMessage, RaftTimer, Partial<RaftConfig>>

const n1 = nodeId('n1')
export const [n2, n3, n4, n5] = ['n2', 'n3', 'n4', 'n5'].map(nodeId) as [NodeId, NodeId, NodeId, NodeId]
export const alice = nodeId('alice')

/** An entry that writes its index to `x`, so that contents tell entries apart. */
const entry = (term: number, value: Json = term): Entry => ({
  term,
  command: { op: requestId(alice, term), kind: 'write', key: 'x', input: value, session: null },
})

export interface Given {
  readonly currentTerm?: number
  readonly votedFor?: NodeId | null
  /** The terms of the log's entries, from index 1. */
  readonly log?: readonly number[]
  readonly config?: Partial<RaftConfig>
  readonly peers?: readonly NodeId[]
}

/** Server n1 of five (or with other peers), as it is after a start with this disk. */
export const server = ({
  currentTerm = 0,
  votedFor = null,
  log = [],
  config = {},
  peers = [n2, n3, n4, n5],
}: Given = {}): Server =>
  bench(raft, n1, peers, config, {
    currentTerm,
    votedFor,
    log: log.map(term => entry(term)),
    logStart: 0,
    logStartTerm: 0,
    snapshot: { lastIncludedIndex: 0, lastIncludedTerm: 0, data: { values: {}, sessions: {} } },
  })

export const termsOf = (node: Server): number[] => node.state.disk.log.map(({ term }) => term)

export const requestVote = (m: Partial<RequestVote> = {}): RequestVote => ({
  t: 'request-vote',
  term: 1,
  candidateId: n2,
  lastLogIndex: 0,
  lastLogTerm: 0,
  pre: false,
  ...m,
})

export const vote = (term: number, voteGranted = true, pre = false): RequestVoteReply => ({
  t: 'request-vote-reply',
  term: pre ? term - 1 : term,
  voteGranted,
  pre,
  forTerm: term,
})

export const appendEntries = (
  m: Partial<Omit<AppendEntries, 'entries'>> & { entries?: readonly number[] } = {},
): AppendEntries => ({
  t: 'append-entries',
  term: 1,
  leaderId: n2,
  prevLogIndex: 0,
  prevLogTerm: 0,
  leaderCommit: 0,
  round: 1,
  sentUs: 0,
  ...m,
  entries: (m.entries ?? []).map(term => entry(term)),
})

export const call = (
  n: number,
  kind: Call['kind'],
  key: string,
  input: Json = null,
  more: Partial<Call> = {},
): Call => ({
  t: 'call',
  op: requestId(alice, n),
  attempt: 1,
  kind,
  key,
  input,
  session: null,
  ...more,
})

/** The messages of one kind among what was sent. */
export const sent = <K extends RaftMessage['t']>(
  asked: Asked<RaftMessage>,
  kind: K,
): Extract<RaftMessage, { t: K }>[] =>
  asked.sent.map(({ message }) => message).filter((m): m is Extract<RaftMessage, { t: K }> => m.t === kind)

export const sentTo = (asked: Asked<RaftMessage>, to: NodeId): RaftMessage[] =>
  asked.sent.filter(each => each.to === to).map(({ message }) => message)

/** What the follower that got this message answers when all is well. */
export const accepts = (m: RaftMessage): AppendEntriesReply => {
  if (m.t !== 'append-entries') throw new Error(`not AppendEntries: ${m.t}`)
  const { term, round, sentUs } = m
  const index = m.prevLogIndex + m.entries.length
  return { t: 'append-entries-reply', term, success: true, index, conflictTerm: null, conflictIndex: 0, round, sentUs }
}

export const refuses = (
  m: RaftMessage,
  conflictIndex: number,
  conflictTerm: number | null = null,
): AppendEntriesReply => {
  if (m.t !== 'append-entries') throw new Error(`not AppendEntries: ${m.t}`)
  const { term, round, sentUs, prevLogIndex: index } = m
  return { t: 'append-entries-reply', term, success: false, index, conflictTerm, conflictIndex, round, sentUs }
}

/** Makes the server leader of the next term with the votes of n2 and n3. Returns what it then sent. */
export const elect = (node: Server): Asked<RaftMessage> => {
  node.fire('election')
  const { currentTerm } = node.state.disk
  node.receive(n2, vote(currentTerm))
  const asked = node.receive(n3, vote(currentTerm))
  if (node.state.memory.role !== 'leader') throw new Error('not elected')
  return asked
}

/** Lets these followers accept what the leader last sent to each. Returns what the leader then asked for, last reply last. */
export const acceptAll = (
  node: Server,
  asked: Asked<RaftMessage>,
  followers: readonly NodeId[],
): Asked<RaftMessage> => {
  let last = asked
  for (const follower of followers)
    for (const message of sentTo(asked, follower))
      if (message.t === 'append-entries') last = node.receive(follower, accepts(message))
  return last
}
