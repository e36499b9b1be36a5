import { describe, expect, test } from 'vitest'
import {
  acceptAll,
  accepts,
  appendEntries,
  call,
  elect,
  n2,
  n3,
  n4,
  n5,
  requestVote,
  sent,
  sentTo,
  server,
  termsOf,
  vote,
} from './raft-bench.ts'

// One test a rule of Figure 2, in its order and named after it.

describe('State', () => {
  test('persistent state survives a crash: currentTerm, votedFor, log[]', () => {
    const node = server({ currentTerm: 3, votedFor: n2, log: [1, 2, 3] })
    node.restart()
    expect(node.state.disk).toMatchObject({ currentTerm: 3, votedFor: n2 })
    expect(termsOf(node)).toEqual([1, 2, 3])
  })

  test('commitIndex and lastApplied start at 0', () => {
    const node = server({ currentTerm: 1, log: [1, 1] })
    node.receive(n2, appendEntries({ prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 }))
    expect(node.state.memory).toMatchObject({ commitIndex: 2, lastApplied: 2 })
    node.restart()
    expect(node.state.memory).toMatchObject({ commitIndex: 0, lastApplied: 0, role: 'follower' })
  })

  test('a new leader sets nextIndex to its last log index + 1 and matchIndex to 0', () => {
    const node = server({ currentTerm: 1, log: [1, 1] })
    elect(node)
    expect(node.state.memory.progress[n4]).toMatchObject({ nextIndex: 3, matchIndex: 0 })
  })
})

describe('AppendEntries RPC', () => {
  test('receiver 1: reply false if term < currentTerm', () => {
    const node = server({ currentTerm: 2 })
    const asked = node.receive(n2, appendEntries({ term: 1, entries: [1] }))
    expect(sent(asked, 'append-entries-reply')).toMatchObject([{ success: false, term: 2, round: 0 }])
    expect(termsOf(node)).toEqual([])
    expect(asked.timers).toEqual({})
  })

  test('receiver 2: reply false if the log has no entry at prevLogIndex', () => {
    const node = server({ currentTerm: 1, log: [1] })
    const asked = node.receive(n2, appendEntries({ prevLogIndex: 3, prevLogTerm: 1, entries: [1] }))
    expect(sent(asked, 'append-entries-reply')).toMatchObject([
      { success: false, index: 3, conflictIndex: 2, conflictTerm: null },
    ])
    expect(termsOf(node)).toEqual([1])
  })

  test('receiver 2: reply false if the term at prevLogIndex differs, naming the conflicting term and its first index', () => {
    const node = server({ currentTerm: 4, log: [1, 2, 2, 2] })
    const asked = node.receive(n2, appendEntries({ term: 4, prevLogIndex: 4, prevLogTerm: 3, entries: [4] }))
    expect(sent(asked, 'append-entries-reply')).toMatchObject([
      { success: false, index: 4, conflictIndex: 2, conflictTerm: 2 },
    ])
  })

  test('receiver 3: delete a conflicting entry and all that follow it', () => {
    const node = server({ currentTerm: 2, log: [1, 1, 1, 1] })
    node.receive(n2, appendEntries({ term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [2] }))
    expect(termsOf(node)).toEqual([1, 2])
  })

  test('receiver 3: entries that agree are kept, with all that follow them (a late, short message deletes nothing)', () => {
    const node = server({ currentTerm: 1, log: [1, 1, 1] })
    node.receive(n2, appendEntries({ entries: [1] }))
    expect(termsOf(node)).toEqual([1, 1, 1])
  })

  test('receiver 4: append any new entries not already in the log', () => {
    const node = server({ currentTerm: 1, log: [1] })
    const asked = node.receive(n2, appendEntries({ entries: [1, 1, 1] }))
    expect(termsOf(node)).toEqual([1, 1, 1])
    expect(sent(asked, 'append-entries-reply')).toMatchObject([{ success: true, index: 3 }])
  })

  test('receiver 5: commitIndex = min(leaderCommit, index of last new entry), not the last of its own log', () => {
    const node = server({ currentTerm: 1, log: [1, 1, 1] })
    node.receive(n2, appendEntries({ term: 2, entries: [1], leaderCommit: 3 }))
    expect(node.state.memory.commitIndex).toBe(1)
    node.receive(n2, appendEntries({ term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [2, 2, 2], leaderCommit: 3 }))
    expect(node.state.memory.commitIndex).toBe(3)
  })
})

describe('RequestVote RPC', () => {
  test('receiver 1: reply false if term < currentTerm', () => {
    const node = server({ currentTerm: 2 })
    const asked = node.receive(n2, requestVote({ term: 1 }))
    expect(sent(asked, 'request-vote-reply')).toMatchObject([{ voteGranted: false, term: 2 }])
  })

  test('receiver 2: grant a vote if votedFor is null, and write it down', () => {
    const node = server({ currentTerm: 1 })
    const asked = node.receive(n2, requestVote({ term: 1 }))
    expect(sent(asked, 'request-vote-reply')).toMatchObject([{ voteGranted: true, term: 1 }])
    expect(node.state.disk.votedFor).toBe(n2)
  })

  test('receiver 2: grant it again to the same candidate, and to no other in this term', () => {
    const node = server({ currentTerm: 1, votedFor: n2 })
    expect(sent(node.receive(n2, requestVote()), 'request-vote-reply')).toMatchObject([{ voteGranted: true }])
    expect(sent(node.receive(n3, requestVote({ candidateId: n3 })), 'request-vote-reply')).toMatchObject([
      { voteGranted: false },
    ])
    expect(node.state.disk.votedFor).toBe(n2)
  })

  test.each([
    { own: [1, 2], lastLogTerm: 1, lastLogIndex: 9, granted: false, why: 'its last term is earlier' },
    { own: [1, 2, 2], lastLogTerm: 2, lastLogIndex: 2, granted: false, why: 'the same last term, but shorter' },
    { own: [1, 2, 2], lastLogTerm: 2, lastLogIndex: 3, granted: true, why: 'equal logs' },
    {
      own: [1, 2, 2],
      lastLogTerm: 3,
      lastLogIndex: 1,
      granted: true,
      why: 'its last term is later, length does not matter',
    },
  ])(
    "receiver 2: candidate's log at least as up-to-date (5.4.1): $why",
    ({ own, lastLogTerm, lastLogIndex, granted }) => {
      const node = server({ currentTerm: 3, log: own })
      const asked = node.receive(n2, requestVote({ term: 4, lastLogTerm, lastLogIndex }))
      expect(sent(asked, 'request-vote-reply')).toMatchObject([{ voteGranted: granted, term: 4 }])
    },
  )
})

describe('Rules for all servers', () => {
  test('if commitIndex > lastApplied: apply in order', () => {
    const node = server({ currentTerm: 1, log: [1, 1] })
    const asked = node.receive(n2, appendEntries({ prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 }))
    expect(asked.notes.map(({ text, data }) => [text, (data as { index: number }).index])).toEqual([
      ['applied', 1],
      ['applied', 2],
    ])
  })

  test('if a request has a later term: set currentTerm, convert to follower', () => {
    const node = server({ currentTerm: 1 })
    elect(node)
    node.receive(n4, requestVote({ term: 9, candidateId: n4 }))
    expect(node.state.memory.role).toBe('follower')
    expect(node.state.disk).toMatchObject({ currentTerm: 9, votedFor: null })
  })

  test('if a response has a later term: set currentTerm, convert to follower', () => {
    const node = server()
    elect(node)
    const [message] = sentTo(node.fire('heartbeat'), n4)
    const asked = node.receive(n4, { ...accepts(message!), success: false, term: 7 })
    expect(node.state.disk.currentTerm).toBe(7)
    expect(asked.notes).toContainEqual({ text: 'steps down', data: { term: 7 } })
    expect(asked.timers).toMatchObject({ heartbeat: 'cancelled', election: { minUs: 150_000, maxUs: 300_000 } })
  })
})

describe('Rules for followers', () => {
  test('respond to RPCs from candidates and leaders', () => {
    const node = server()
    expect(sentTo(node.receive(n2, requestVote()), n2)).toHaveLength(1)
    expect(sentTo(node.receive(n2, appendEntries()), n2)).toHaveLength(1)
  })

  test('AppendEntries from the current leader starts the election timer anew', () => {
    expect(server().receive(n2, appendEntries()).timers).toHaveProperty('election')
  })

  test('granting a vote starts it anew, refusing one does not', () => {
    expect(server().receive(n2, requestVote()).timers).toHaveProperty('election')
    expect(server({ currentTerm: 1, votedFor: n3 }).receive(n2, requestVote()).timers).toEqual({})
  })

  test('if the election timeout elapses: convert to candidate', () => {
    const node = server()
    node.fire('election')
    expect(node.state.memory.role).toBe('candidate')
  })
})

describe('Rules for candidates', () => {
  test('on conversion: increment currentTerm, vote for self, reset election timer, send RequestVote to all others', () => {
    const node = server({ currentTerm: 4, log: [1, 4] })
    const asked = node.fire('election')
    expect(node.state.disk).toMatchObject({ currentTerm: 5, votedFor: node.id })
    expect(asked.timers).toHaveProperty('election')
    expect(asked.sent.map(({ to }) => to)).toEqual([n2, n3, n4, n5])
    expect(sent(asked, 'request-vote')[0]).toMatchObject({ term: 5, lastLogIndex: 2, lastLogTerm: 4 })
  })

  test('if votes come from a majority: become leader', () => {
    const node = server()
    node.fire('election')
    node.receive(n2, vote(1))
    expect(node.state.memory.role).toBe('candidate')
    node.receive(n3, vote(1))
    expect(node.state.memory.role).toBe('leader')
  })

  test('the same vote twice counts once, refusals and votes of other terms count nothing', () => {
    const node = server({ currentTerm: 1 })
    node.fire('election')
    node.receive(n2, vote(2))
    node.receive(n2, vote(2))
    node.receive(n3, vote(2, false))
    node.receive(n4, vote(1))
    expect(node.state.memory.role).toBe('candidate')
  })

  test('if AppendEntries comes from the new leader: convert to follower', () => {
    const node = server()
    node.fire('election')
    node.receive(n3, appendEntries({ term: 1, leaderId: n3 }))
    expect(node.state.memory).toMatchObject({ role: 'follower', leaderId: n3 })
    expect(node.state.disk.votedFor).toBe(node.id)
  })

  test('if the election timeout elapses: start a new election', () => {
    const node = server()
    node.fire('election')
    node.fire('election')
    expect(node.state.disk.currentTerm).toBe(2)
    expect(node.state.memory.role).toBe('candidate')
  })
})

describe('Rules for leaders', () => {
  test('upon election: send AppendEntries to each server, and again in idle periods', () => {
    const node = server()
    const asked = elect(node)
    expect(asked.sent.map(({ to }) => to)).toEqual([n2, n3, n4, n5])
    acceptAll(node, asked, [n2, n3, n4, n5])
    const idle = node.fire('heartbeat')
    expect(idle.sent.map(({ message }) => raftLabel(message))).toEqual(['0', '0', '0', '0'])
    expect(idle.timers).toHaveProperty('heartbeat')
  })

  test('a command from a client is appended to the log, and answered after it is applied', () => {
    const node = server()
    acceptAll(node, elect(node), [n2, n3, n4, n5])
    const asked = node.receive('alice' as never, call(1, 'write', 'x', 7))
    expect(termsOf(node)).toEqual([1, 1])
    expect(sent(asked, 'answer')).toEqual([])
    expect(sent(acceptAll(node, asked, [n2]), 'answer')).toEqual([])
    expect(sent(acceptAll(node, asked, [n3]), 'answer')).toMatchObject([{ op: 'alice#1', result: { outcome: 'ok' } }])
  })

  test('if last log index >= nextIndex: send the entries from nextIndex on; success moves nextIndex and matchIndex', () => {
    const node = server({ currentTerm: 1, log: [1, 1] })
    const first = elect(node)
    expect(sentTo(first, n2)).toMatchObject([{ prevLogIndex: 2, entries: [{ term: 2 }] }])
    acceptAll(node, first, [n2])
    expect(node.state.memory.progress[n2]).toMatchObject({ nextIndex: 4, matchIndex: 3 })
  })

  test('there is an N > commitIndex with a majority of matchIndex >= N and log[N].term == currentTerm: commit it', () => {
    const node = server()
    const asked = elect(node)
    acceptAll(node, asked, [n2])
    expect(node.state.memory.commitIndex).toBe(0)
    acceptAll(node, asked, [n3])
    expect(node.state.memory.commitIndex).toBe(1)
  })
})

const raftLabel = (message: { t: string; entries?: readonly unknown[] }): string => String(message.entries?.length)
