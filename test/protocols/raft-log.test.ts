import { expect, test } from 'vitest'
import type { AppendEntries } from '../../src/protocols/raft-messages.ts'
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
  refuses,
  requestVote,
  sent,
  sentTo,
  server,
  termsOf,
} from './raft-bench.ts'

const append = (messages: readonly { t: string }[]): AppendEntries => messages[0] as AppendEntries

// Figure 7: the leader of term 8 has [1 1 1 4 4 5 5 6 6 6]; (a) to (f) are the logs that followers may have.
const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
const figure7 = [
  { name: 'a', log: [1, 1, 1, 4, 4, 5, 5, 6, 6] },
  { name: 'b', log: [1, 1, 1, 4] },
  { name: 'c', log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6] },
  { name: 'd', log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7] },
  { name: 'e', log: [1, 1, 1, 4, 4, 4, 4] },
  { name: 'f', log: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3] },
]

test.each(figure7)(
  'Figure 7 ($name): the leader makes the log like its own, one conflicting term a round trip',
  ({ log }) => {
    const leader = server({ currentTerm: 7, log: leaderLog })
    const follower = server({ currentTerm: 7, log })
    let [request] = sentTo(elect(leader), n2)
    let rounds = 0
    while (request !== undefined && rounds < 10) {
      rounds += 1
      const [reply] = follower.receive(n2, request).sent
      ;[request] = sentTo(leader.receive(n2, reply!.message), n2)
    }
    expect(termsOf(follower)).toEqual([...leaderLog, 8])
    expect(rounds).toBeLessThanOrEqual(4)
  },
)

test.each([
  { name: 'a', log: figure7[0]!.log, granted: true },
  { name: 'b', log: figure7[1]!.log, granted: true },
  { name: 'c', log: figure7[2]!.log, granted: false },
  { name: 'd', log: figure7[3]!.log, granted: false },
  { name: 'e', log: figure7[4]!.log, granted: true },
  { name: 'f', log: figure7[5]!.log, granted: true },
])("Figure 7 ($name): votes for the leader's log exactly when its own is no newer (5.4.1)", ({ log, granted }) => {
  const voter = server({ currentTerm: 7, log })
  const asked = voter.receive(n2, requestVote({ term: 8, lastLogIndex: 10, lastLogTerm: 6 }))
  expect(sent(asked, 'request-vote-reply')).toMatchObject([{ voteGranted: granted }])
})

test('5.3: a refusal of an index that is known to match is an old one, and is ignored', () => {
  const leader = server({ currentTerm: 1, log: [1, 1] })
  const [first] = sentTo(elect(leader), n2)
  leader.receive(n2, accepts(first!))
  const asked = leader.receive(n2, refuses(first!, 1))
  expect(asked.sent).toEqual([])
  expect(leader.state.memory.progress[n2]).toMatchObject({ matchIndex: 3, nextIndex: 4 })
})

test('5.3: success never claims more than the message carried', () => {
  const follower = server({ currentTerm: 1, log: [1, 1, 1] })
  const asked = follower.receive(n2, appendEntries({ prevLogIndex: 1, prevLogTerm: 1, entries: [1] }))
  expect(sent(asked, 'append-entries-reply')).toMatchObject([{ success: true, index: 2 }])
})

test('5.3: a lost message is noticed in the next heartbeat and sent again', () => {
  const leader = server()
  acceptAll(leader, elect(leader), [n2, n3, n4, n5])
  leader.receive('alice' as never, call(1, 'write', 'x', 1))
  const beat = append(sentTo(leader.fire('heartbeat'), n2))
  expect(beat).toMatchObject({ prevLogIndex: 2, entries: [] })
  const again = append(sentTo(leader.receive(n2, refuses(beat, 2)), n2))
  expect(again).toMatchObject({ prevLogIndex: 1, entries: [{ term: 1, command: { op: 'alice#1' } }] })
})

test('5.3: one message carries at most maxBatch entries, the next follows the answer', () => {
  const leader = server({ currentTerm: 1, log: [1, 1, 1, 1, 1], config: { maxBatch: 2 } })
  const [first] = sentTo(elect(leader), n2)
  const second = append(sentTo(leader.receive(n2, refuses(first!, 1)), n2))
  expect([second.prevLogIndex, second.entries.length]).toEqual([0, 2])
  const third = append(sentTo(leader.receive(n2, accepts(second)), n2))
  expect([third.prevLogIndex, third.entries.length]).toEqual([2, 2])
})

test('5.4.2: an entry of an earlier term is not committed by counting, only along with one of the own term', () => {
  const leader = server({ currentTerm: 2, log: [1, 2], config: { maxBatch: 1 } })
  const first = elect(leader)
  for (const peer of [n2, n3]) {
    const message = append(sentTo(first, peer))
    const second = append(sentTo(leader.receive(peer, refuses(message, 2)), peer))
    expect(second).toMatchObject({ prevLogIndex: 1, entries: [{ term: 2 }] })
    const third = append(sentTo(leader.receive(peer, accepts(second)), peer))
    expect(leader.state.memory.commitIndex).toBe(0)
    if (peer === n3) {
      leader.receive(n2, accepts(third))
      leader.receive(n3, accepts(third))
    }
  }
  expect(leader.state.memory.commitIndex).toBe(3)
})

test('5.2: a cluster of one elects itself and commits alone', () => {
  const alone = server({ peers: [] })
  alone.fire('election')
  expect(alone.state.memory).toMatchObject({ role: 'leader', commitIndex: 1 })
  const asked = alone.receive('alice' as never, call(1, 'write', 'x', 1))
  expect(sent(asked, 'answer')).toMatchObject([{ result: { outcome: 'ok' } }])
  expect(sent(alone.receive('alice' as never, call(2, 'read', 'x')), 'answer')).toMatchObject([
    { result: { output: 1 } },
  ])
})
