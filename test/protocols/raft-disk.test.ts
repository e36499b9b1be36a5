import { expect, test } from 'vitest'
import type { RaftConfig } from '../../src/protocols/raft-config.ts'
import { acceptAll, alice, appendEntries, call, n2, n3, n4, requestVote, sent, server, vote } from './raft-bench.ts'

// Figure 2: persistent state is "updated on stable storage before responding to RPCs". With `awaitSync` the disk takes time.

const config = { awaitSync: true }

test('with an instantaneous disk nothing waits and no sync is asked for', () => {
  const asked = server().receive(n2, requestVote())
  expect(asked.syncs).toBe(0)
  expect(sent(asked, 'request-vote-reply')).toHaveLength(1)
})

test('a vote is sent when it is on disk', () => {
  const node = server({ config })
  const asked = node.receive(n2, requestVote())
  expect(asked).toMatchObject({ sent: [], syncs: 1 })
  expect(sent(node.feed({ type: 'synced' }), 'request-vote-reply')).toMatchObject([{ voteGranted: true }])
})

test('a candidate asks for votes when its own is on disk', () => {
  const node = server({ config })
  expect(node.fire('election').sent).toEqual([])
  expect(sent(node.feed({ type: 'synced' }), 'request-vote')).toHaveLength(4)
})

test('entries are acknowledged when they are on disk; what comes meanwhile waits for the next sync', () => {
  const node = server({ currentTerm: 1, config })
  expect(node.receive(n2, appendEntries({ entries: [1] })).sent).toEqual([])
  expect(node.receive(n2, appendEntries({ prevLogIndex: 1, prevLogTerm: 1, entries: [1] }))).toMatchObject({
    sent: [],
    syncs: 0,
  })
  const first = node.feed({ type: 'synced' })
  expect(sent(first, 'append-entries-reply')).toMatchObject([{ index: 1 }])
  expect(first.syncs).toBe(1)
  expect(sent(node.feed({ type: 'synced' }), 'append-entries-reply')).toMatchObject([{ index: 2 }])
})

test('a leader counts itself for what is on its own disk only (dissertation, section 10.2.1)', () => {
  const node = server({ config })
  node.fire('election')
  node.feed({ type: 'synced' })
  node.receive(n2, vote(1))
  const asked = node.receive(n3, vote(1))
  acceptAll(node, asked, [n2, n3])
  expect(node.state.memory.commitIndex).toBe(0)
  acceptAll(node, asked, [n4])
  expect(node.state.memory.commitIndex).toBe(1)
})

test('its own disk can be what completes the majority', () => {
  const node = server({ config })
  node.fire('election')
  node.feed({ type: 'synced' })
  node.receive(n2, vote(1))
  acceptAll(node, node.receive(n3, vote(1)), [n2, n3, n4])
  node.feed({ type: 'synced' })
  const asked = node.receive(alice, call(1, 'write', 'x', 1))
  acceptAll(node, asked, [n2, n3])
  expect(sent(node.feed({ type: 'synced' }), 'answer')).toMatchObject([{ op: 'alice#1' }])
})

test('a deleted entry is no longer durable, even if the sync under way covered it', () => {
  const node = server({ currentTerm: 1, config })
  node.receive(n2, appendEntries({ entries: [1, 1] }))
  node.receive(n3, appendEntries({ term: 2, leaderId: n3, entries: [2] }))
  node.feed({ type: 'synced' })
  expect(node.state.memory.queue.durableIndex).toBe(0)
  node.feed({ type: 'synced' })
  expect(node.state.memory.queue.durableIndex).toBe(1)
})

test('with the rule broken (forget-vote) a server that restarts votes twice in one term', () => {
  const votes = (broken: Partial<RaftConfig>): boolean[] => {
    const node = server({ config: broken })
    const first = node.receive(n2, requestVote({ term: 1 }))
    node.restart()
    const second = node.receive(n3, requestVote({ term: 1, candidateId: n3 }))
    return [first, second].map(asked => sent(asked, 'request-vote-reply')[0]?.voteGranted ?? false)
  }
  expect(votes({})).toEqual([true, false])
  expect(votes({ breakRule: 'forget-vote' })).toEqual([true, true])
})
