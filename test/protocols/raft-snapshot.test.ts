import { expect, test } from 'vitest'
import type { InstallSnapshot } from '../../src/protocols/raft-messages.ts'
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
  sent,
  sentTo,
  server,
  termsOf,
} from './raft-bench.ts'

// Section 7 and Figure 13.

const install = (m: Partial<InstallSnapshot> = {}): InstallSnapshot => ({
  t: 'install-snapshot',
  term: 2,
  leaderId: n2,
  lastIncludedIndex: 3,
  lastIncludedTerm: 1,
  data: {
    values: { x: { value: 'snapshot', op: call(3, 'write', 'x').op, term: 1, index: 3 } },
    sessions: { alice: { through: 0, responses: [{ seq: 3, output: null }] } },
  },
  round: 4,
  sentUs: 9,
  ...m,
})

test('receiver 1: reply immediately if term < currentTerm', () => {
  const node = server({ currentTerm: 3 })
  const asked = node.receive(n2, install())
  expect(sent(asked, 'install-snapshot-reply')).toMatchObject([{ term: 3, round: 0 }])
  expect(node.state.memory.lastApplied).toBe(0)
})

test('receiver 5: save the snapshot; one older than what is committed brings nothing', () => {
  const node = server({ currentTerm: 2, log: [1, 1, 1, 2] })
  node.receive(n2, appendEntries({ term: 2, prevLogIndex: 4, prevLogTerm: 2, leaderCommit: 4 }))
  node.receive(n2, install())
  expect(node.state.disk.snapshot.lastIncludedIndex).toBe(0)
  expect(node.state.memory).toMatchObject({ commitIndex: 4, lastApplied: 4 })
})

test('receiver 6: an entry with the same index and term: the entries after it are kept', () => {
  const node = server({ currentTerm: 2, log: [1, 1, 1, 2, 2] })
  node.receive(n2, install())
  expect(node.state.disk).toMatchObject({ logStart: 3, logStartTerm: 1 })
  expect(termsOf(node)).toEqual([2, 2])
})

test.each([
  { log: [1, 1], why: 'it is behind' },
  { log: [1, 1, 2, 2], why: 'it conflicts' },
])('receiver 7: discard the entire log where $why', ({ log }) => {
  const node = server({ currentTerm: 2, log })
  node.receive(n2, install())
  expect(termsOf(node)).toEqual([])
  expect(node.state.disk).toMatchObject({ logStart: 3, logStartTerm: 1 })
})

test('receiver 8: reset the state machine, sessions included, and reply', () => {
  const node = server({ currentTerm: 2 })
  const asked = node.receive(n2, install())
  expect(node.state.memory.machine).toMatchObject({ values: { x: { value: 'snapshot' } }, sessions: { alice: {} } })
  expect(node.state.memory).toMatchObject({ commitIndex: 3, lastApplied: 3 })
  expect(sent(asked, 'install-snapshot-reply')).toMatchObject([{ lastIncludedIndex: 3, round: 4, sentUs: 9 }])
})

test('7: the log goes on after the snapshot, and the entry before it is still checked', () => {
  const node = server({ currentTerm: 2 })
  node.receive(n2, install())
  const refused = node.receive(n2, appendEntries({ term: 2, prevLogIndex: 3, prevLogTerm: 2, entries: [2] }))
  expect(sent(refused, 'append-entries-reply')).toMatchObject([{ success: false }])
  const taken = node.receive(n2, appendEntries({ term: 2, prevLogIndex: 3, prevLogTerm: 1, entries: [2] }))
  expect(sent(taken, 'append-entries-reply')).toMatchObject([{ success: true, index: 4 }])
})

test('7: a message that begins before the snapshot is taken from where the snapshot ends', () => {
  const node = server({ currentTerm: 2 })
  node.receive(n2, install())
  const asked = node.receive(n2, appendEntries({ term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [1, 1, 2] }))
  expect(sent(asked, 'append-entries-reply')).toMatchObject([{ success: true, index: 4 }])
  expect(termsOf(node)).toEqual([2])
})

test('7: a server takes a snapshot after compactAfter entries, and comes back from it', () => {
  const node = server({ config: { compactAfter: 4, compactKeep: 1 } })
  acceptAll(node, elect(node), [n2, n3])
  for (let n = 1; n <= 4; n += 1) acceptAll(node, node.receive(alice, call(n, 'write', 'x', n)), [n2, n3])
  expect(node.state.disk).toMatchObject({ logStart: 3, snapshot: { lastIncludedIndex: 4, lastIncludedTerm: 1 } })
  node.restart()
  expect(node.state.memory).toMatchObject({ commitIndex: 4, lastApplied: 4, machine: { values: { x: { value: 3 } } } })
  expect(termsOf(node)).toEqual([1, 1])
})

test('7: the snapshot goes to a follower that needs discarded entries, once in a while, and heartbeats meanwhile', () => {
  const node = server({ config: { compactAfter: 3, compactKeep: 0 } })
  acceptAll(node, elect(node), [n2, n3])
  for (let n = 1; n <= 4; n += 1) acceptAll(node, node.receive(alice, call(n, 'write', 'x', n)), [n2, n3])
  const [snapshot] = sent(node.fire('heartbeat'), 'install-snapshot')
  expect(snapshot).toMatchObject({ lastIncludedIndex: 3, lastIncludedTerm: 1 })
  expect(sentTo(node.fire('heartbeat'), n4)).toMatchObject([{ t: 'append-entries', prevLogIndex: 3, entries: [] }])
  const asked = node.receive(n4, { t: 'install-snapshot-reply', term: 1, lastIncludedIndex: 3, round: 1, sentUs: 0 })
  expect(sentTo(asked, n4)).toMatchObject([
    { t: 'append-entries', prevLogIndex: 3, entries: [{ term: 1 }, { term: 1 }] },
  ])
  acceptAll(node, asked, [n4])
  expect(node.state.memory.progress[n4]).toMatchObject({ matchIndex: 5, nextIndex: 6 })
})

test('7: a snapshot that was lost is sent again to a follower that lives, not to one that is silent', () => {
  const node = server({ config: { compactAfter: 3, compactKeep: 0 } })
  acceptAll(node, elect(node), [n2, n3])
  for (let n = 1; n <= 4; n += 1) acceptAll(node, node.receive(alice, call(n, 'write', 'x', n)), [n2, n3])
  node.fire('heartbeat')
  node.now += 50_000
  const [beat] = sentTo(node.fire('heartbeat'), n5)
  node.receive(n5, { ...accepts(beat!), success: false, conflictIndex: 1 })
  node.now += 150_000
  const again = node.fire('heartbeat')
  expect(sentTo(again, n5)).toMatchObject([{ t: 'install-snapshot' }])
  expect(sentTo(again, n4)).toMatchObject([{ t: 'append-entries', entries: [] }])
})
