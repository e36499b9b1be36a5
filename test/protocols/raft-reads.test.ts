import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/kernel/json.ts'
import type { RaftConfig } from '../../src/protocols/raft-config.ts'
import {
  acceptAll,
  accepts,
  alice,
  appendEntries,
  call,
  elect,
  n2,
  n3,
  n4,
  n5,
  requestVote,
  type Server,
  sent,
  sentTo,
  server,
  vote,
} from './raft-bench.ts'

/** A leader that has committed x = 1. */
const leading = (config: Partial<RaftConfig> = {}): Server => {
  const node = server({ config })
  acceptAll(node, elect(node), [n2, n3, n4, n5])
  acceptAll(node, node.receive(alice, call(1, 'write', 'x', 1)), [n2, n3, n4, n5])
  return node
}

const outputs = (asked: Parameters<typeof sent>[0]): Json[] =>
  sent(asked, 'answer').map(({ result }) => (result.outcome === 'ok' ? result.output : result.outcome))

describe('ReadIndex (dissertation, section 6.4)', () => {
  test('a read waits until a majority has confirmed a round of heartbeats that began after it', () => {
    const node = leading()
    const old = sentTo(node.fire('heartbeat'), n2)[0]!
    const asked = node.receive(alice, call(2, 'read', 'x'))
    expect(sent(asked, 'append-entries').map(({ entries }) => entries.length)).toEqual([0, 0, 0, 0])
    node.receive(n3, accepts(old))
    expect(outputs(node.receive(n2, accepts(old)))).toEqual([])
    expect(outputs(acceptAll(node, asked, [n2]))).toEqual([])
    expect(outputs(acceptAll(node, asked, [n3]))).toEqual([1])
  })

  test('a refusal of the same term confirms as well: the follower follows', () => {
    const node = leading()
    const asked = node.receive(alice, call(2, 'read', 'x'))
    node.receive(n2, { ...accepts(sentTo(asked, n2)[0]!), success: false, index: 9 })
    expect(outputs(acceptAll(node, asked, [n3]))).toEqual([1])
  })

  test('reads that come during a round share the next one', () => {
    const node = leading()
    const first = node.receive(alice, call(2, 'read', 'x'))
    expect(node.receive(alice, call(3, 'read', 'x')).sent).toEqual([])
    expect(node.receive(alice, call(4, 'read', 'x')).sent).toEqual([])
    const done = acceptAll(node, first, [n2, n3])
    expect(outputs(done)).toEqual([1])
    expect(outputs(acceptAll(node, done, [n2, n3]))).toEqual([1, 1])
  })

  test('a new leader answers no read before an entry of its own term is committed', () => {
    const node = server({ currentTerm: 1, log: [1, 1] })
    const asked = elect(node)
    node.receive(alice, call(1, 'read', 'x'))
    let round = asked
    for (let confirmations = 0; confirmations < 2; confirmations += 1) {
      const messages = [n2, n3].map(peer => ({ peer, message: sentTo(round, peer)[0]! }))
      for (const { peer, message } of messages)
        round = node.receive(peer, { ...accepts(message), success: false, index: 0 })
    }
    expect(node.state.memory.pendingReads).toMatchObject([{ round: 2, readIndex: 3 }])
    expect(node.state.memory.progress[n3]).toMatchObject({ ackedRound: 2 })
    expect(outputs(round)).toEqual([])
    node.receive(n2, accepts(sentTo(asked, n2)[0]!))
    expect(outputs(node.receive(n3, accepts(sentTo(asked, n3)[0]!)))).toEqual([1])
  })

  test('a leader that is deposed meanwhile turns its reads away', () => {
    const node = leading()
    node.receive(alice, call(2, 'read', 'x'))
    const asked = node.receive(n4, appendEntries({ term: 5, leaderId: n4 }))
    expect(outputs(asked)).toEqual(['redirect'])
  })
})

describe('lease reads (dissertation, section 6.4.1)', () => {
  test('within the lease the leader answers at once, after it asks a majority first', () => {
    const node = leading({ reads: 'lease', clockDriftBound: 1.5 })
    expect(outputs(node.receive(alice, call(2, 'read', 'x')))).toEqual([1])
    node.now += 99_999
    expect(outputs(node.receive(alice, call(3, 'read', 'x')))).toEqual([1])
    node.now += 1
    const asked = node.receive(alice, call(4, 'read', 'x'))
    expect(outputs(asked)).toEqual([])
    expect(outputs(acceptAll(node, asked, [n2, n3]))).toEqual([1])
    expect(outputs(node.receive(alice, call(5, 'read', 'x')))).toEqual([1])
  })

  test('the lease runs from when the heartbeat was sent, not from when it was answered', () => {
    const node = leading({ reads: 'lease', clockDriftBound: 1 })
    node.now += 140_000
    const beat = node.fire('heartbeat')
    node.now += 140_000
    acceptAll(node, beat, [n2, n3])
    node.now += 20_000
    expect(outputs(node.receive(alice, call(2, 'read', 'x')))).toEqual([])
  })

  test('a server that heard from a leader within the shortest election timeout votes for nobody else', () => {
    const node = server({ config: { reads: 'lease' } })
    node.receive(n2, appendEntries())
    node.now += 149_999
    expect(sent(node.receive(n3, requestVote({ term: 2, candidateId: n3 })), 'request-vote-reply')).toMatchObject([
      { voteGranted: false },
    ])
    expect(node.state.disk.currentTerm).toBe(1)
    node.now += 1
    expect(sent(node.receive(n3, requestVote({ term: 2, candidateId: n3 })), 'request-vote-reply')).toMatchObject([
      { voteGranted: true },
    ])
  })

  test('nor does one that was restarted: it may have acknowledged the leader just before', () => {
    const node = server({ config: { reads: 'lease' } })
    node.restart()
    expect(sent(node.receive(n3, requestVote({ candidateId: n3 })), 'request-vote-reply')).toMatchObject([
      { voteGranted: false },
    ])
  })
})

test('local reads are answered by any server from what it has applied, however old', () => {
  const node = server({ currentTerm: 1, log: [1], config: { reads: 'local' } })
  expect(outputs(node.receive(alice, call(1, 'read', 'x')))).toEqual([null])
  node.receive(n2, appendEntries({ prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 1 }))
  expect(outputs(node.receive(alice, call(2, 'read', 'x')))).toEqual([1])
})

describe('PreVote (dissertation, section 9.6)', () => {
  const config = { preVote: true }

  test('a server that hears nobody asks first, in its own term', () => {
    const node = server({ currentTerm: 3, config })
    const asked = node.fire('election')
    expect(node.state.disk).toMatchObject({ currentTerm: 3, votedFor: null })
    expect(sent(asked, 'request-vote')[0]).toMatchObject({ pre: true, term: 4 })
    node.fire('election')
    expect(node.state.disk.currentTerm).toBe(3)
  })

  test('with a majority of pre-votes it stands for election', () => {
    const node = server({ currentTerm: 3, config })
    node.fire('election')
    node.receive(n2, vote(4, true, true))
    const asked = node.receive(n3, vote(4, true, true))
    expect(node.state.memory.role).toBe('candidate')
    expect(sent(asked, 'request-vote')[0]).toMatchObject({ pre: false, term: 4 })
  })

  test('a pre-vote changes nothing at the voter and may be given to several', () => {
    const node = server({ currentTerm: 3, config })
    const before = JSON.stringify(node.state.disk)
    for (const peer of [n2, n3])
      expect(
        sent(node.receive(peer, requestVote({ pre: true, term: 4, candidateId: peer })), 'request-vote-reply'),
      ).toMatchObject([{ voteGranted: true, term: 3, forTerm: 4 }])
    expect(JSON.stringify(node.state.disk)).toBe(before)
  })

  test('it is refused by a server that hears from a leader, and to a log that is behind', () => {
    const node = server({ currentTerm: 1, log: [1], config })
    expect(sent(node.receive(n3, requestVote({ pre: true, term: 2 })), 'request-vote-reply')).toMatchObject([
      { voteGranted: false },
    ])
    node.receive(n2, appendEntries({ prevLogIndex: 1, prevLogTerm: 1 }))
    const asked = node.receive(n3, requestVote({ pre: true, term: 2, lastLogIndex: 1, lastLogTerm: 1 }))
    expect(sent(asked, 'request-vote-reply')).toMatchObject([{ voteGranted: false }])
  })
})

describe('CheckQuorum (dissertation, section 6.2)', () => {
  test('a leader that hears from no majority for the shortest election timeout steps down', () => {
    const node = leading({ checkQuorum: true })
    node.now += 100_000
    acceptAll(node, node.fire('heartbeat'), [n2])
    node.now += 60_000
    expect(node.fire('heartbeat').notes).toContainEqual({ text: 'steps down', data: { term: 1 } })
    expect(node.state.memory).toMatchObject({ role: 'follower', leaderId: null })
  })

  test('one that hears from a majority goes on, and without the switch one that hears nobody does', () => {
    const node = leading({ checkQuorum: true })
    node.now += 100_000
    acceptAll(node, node.fire('heartbeat'), [n2, n3])
    node.now += 60_000
    node.fire('heartbeat')
    expect(node.state.memory.role).toBe('leader')
    const deaf = leading()
    deaf.now += 10_000_000
    deaf.fire('heartbeat')
    expect(deaf.state.memory.role).toBe('leader')
  })
})
