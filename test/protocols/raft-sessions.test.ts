import { expect, test } from 'vitest'
import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import type { Call } from '../../src/protocols/client-wire.ts'
import {
  acceptAll,
  alice,
  appendEntries,
  call,
  elect,
  n2,
  n3,
  n4,
  n5,
  type Server,
  sent,
  sentTo,
  server,
} from './raft-bench.ts'

const session = (seq: number, client: NodeId = alice) => ({ session: { client, seq } })

/** A leader whose followers accept everything; gives the answers that alice got. */
const leader = (config = {}): { node: Server; ask: (c: Call) => unknown[] } => {
  const node = server({ config })
  acceptAll(node, elect(node), [n2, n3, n4, n5])
  const ask = (c: Call) => {
    const asked = node.receive(alice, c)
    const committed = acceptAll(node, asked, [n2, n3])
    return sent(committed, 'answer').map(({ result }) => result)
  }
  return { node, ask }
}

test('6.3: without a session a command that is asked twice executes twice', () => {
  const { node, ask } = leader()
  ask(call(1, 'add', 'x', 5))
  ask(call(1, 'add', 'x', 5, { attempt: 2 }))
  expect(node.state.memory.machine.values.x?.value).toBe(10)
})

test('6.3: with a session the second asking gets the first answer, and nothing executes', () => {
  const { node, ask } = leader()
  ask(call(1, 'write', 'x', 1, session(1)))
  expect(ask(call(2, 'cas', 'x', { from: 1, to: 2 }, session(2)))).toEqual([{ outcome: 'ok', output: true }])
  expect(ask(call(2, 'cas', 'x', { from: 1, to: 2 }, { attempt: 2, ...session(2) }))).toEqual([
    { outcome: 'ok', output: true },
  ])
  expect(node.state.disk.log).toHaveLength(3)
})

test('6.3: both attempts may reach the log; the second is answered from the table when it is applied', () => {
  const { node } = leader()
  node.receive(alice, call(1, 'add', 'x', 5, session(1)))
  const second = node.receive(alice, call(1, 'add', 'x', 5, { attempt: 2, ...session(1) }))
  expect(node.state.disk.log).toHaveLength(3)
  for (const peer of [n2, n3]) {
    const [message] = sentTo(second, peer)
    acceptAll(node, { ...second, sent: [{ to: peer, message: message! }] }, [peer])
  }
  expect(node.state.memory.machine.values.x?.value).toBe(5)
})

test('6.3: a client with several operations open keeps the answers of all of them', () => {
  const { node, ask } = leader()
  ask(call(3, 'add', 'x', 1, session(3)))
  ask(call(2, 'add', 'x', 1, session(2)))
  ask(call(2, 'add', 'x', 1, { attempt: 2, ...session(2) }))
  expect(node.state.memory.machine.values.x?.value).toBe(2)
})

test('6.3: a command so late that its answer is forgotten is neither executed nor answered', () => {
  const { node, ask } = leader()
  for (let seq = 1; seq <= 17; seq += 1) ask(call(seq, 'add', 'x', 1, session(seq)))
  expect(ask(call(1, 'add', 'x', 1, { attempt: 2, ...session(1) }))).toEqual([])
  expect(node.state.memory.machine.values.x?.value).toBe(17)
})

test('a client named like a member of every object has a session like any other', () => {
  const { node, ask } = leader()
  const client = nodeId('constructor')
  ask(call(1, 'add', 'toString', 1, session(1, client)))
  ask(call(1, 'add', 'toString', 1, { attempt: 2, ...session(1, client) }))
  expect(JSON.stringify(node.state.memory.machine.values)).toContain('"toString":{"value":1,')
})

test('cas answers ok with whether it swapped', () => {
  const { ask } = leader()
  expect(ask(call(1, 'cas', 'x', { from: null, to: 1 }))).toEqual([{ outcome: 'ok', output: true }])
  expect(ask(call(2, 'cas', 'x', { from: null, to: 2 }))).toEqual([{ outcome: 'ok', output: false }])
})

test('append builds text, add a counter or a set, txn reads and writes at one place in the log', () => {
  const { node, ask } = leader()
  ask(call(1, 'append', 'log', 'a'))
  ask(call(2, 'append', 'log', 'b'))
  ask(call(3, 'add', 'set', 'm'))
  ask(call(4, 'add', 'set', 'm'))
  ask(call(5, 'add', 'set', 'k'))
  const values = Object.entries(node.state.memory.machine.values).map(([key, { value }]) => [key, value])
  expect(values).toEqual([
    ['log', 'ab'],
    ['set', ['m', 'k']],
  ])
  expect(
    ask(
      call(6, 'txn', 'x', [
        { f: 'r', key: 'log' },
        { f: 'w', key: 'x', value: 1 },
      ]),
    ),
  ).toEqual([
    {
      outcome: 'ok',
      output: [
        { f: 'r', key: 'log', value: 'ab' },
        { f: 'w', key: 'x', value: 1 },
      ],
    },
  ])
})

test('8: a server that does not lead names the leader that it knows', () => {
  const node = server()
  expect(sent(node.receive(alice, call(1, 'write', 'x', 1)), 'answer')).toMatchObject([
    { result: { outcome: 'redirect', to: null } },
  ])
  node.receive(n3, appendEntries({ leaderId: n3 }))
  expect(sent(node.receive(alice, call(1, 'write', 'x', 1)), 'answer')).toMatchObject([
    { result: { outcome: 'redirect', to: n3 } },
  ])
})

test('with `forward` the call waits for a leader, goes there once, and the answer comes back', () => {
  const node = server({ config: { forward: true } })
  expect(node.receive(alice, call(1, 'write', 'x', 1)).sent).toEqual([])
  const asked = node.receive(n3, appendEntries({ leaderId: n3 }))
  expect(sentTo(asked, n3)).toMatchObject([{ t: 'call', op: 'alice#1' }, { t: 'append-entries-reply' }])
  expect(sent(node.receive(n3, appendEntries({ leaderId: n3 })), 'call')).toEqual([])
  const back = node.receive(n3, {
    t: 'answer',
    op: call(1, 'write', 'x').op,
    attempt: 1,
    result: { outcome: 'ok', output: null },
  })
  expect(sentTo(back, alice)).toMatchObject([{ t: 'answer', op: 'alice#1', result: { outcome: 'ok' } }])
})

test('with `forward` a call that was turned away waits for the next word from a leader', () => {
  const node = server({ config: { forward: true } })
  node.receive(n3, appendEntries({ leaderId: n3 }))
  node.receive(alice, call(1, 'write', 'x', 1))
  node.receive(n3, { t: 'answer', op: call(1, 'write', 'x').op, attempt: 1, result: { outcome: 'redirect', to: null } })
  const asked = node.receive(n4, appendEntries({ term: 2, leaderId: n4 }))
  expect(sentTo(asked, n4)).toMatchObject([{ t: 'call', op: 'alice#1' }, { t: 'append-entries-reply' }])
})

test('with `forward` a server that becomes leader performs the calls that waited at it', () => {
  const node = server({ config: { forward: true } })
  node.receive(alice, call(1, 'write', 'x', 1))
  elect(node)
  expect(node.state.disk.log.map(({ command }) => command?.op ?? null)).toEqual([null, 'alice#1'])
})

test('an operation asked of the server itself is completed there', () => {
  const node = server({ peers: [] })
  node.fire('election')
  const { id, ...rest } = { id: call(1, 'write', 'x').op, kind: 'write' as const, key: 'x', input: 1 }
  const asked = node.feed({ type: 'request', request: { id, ...rest } })
  expect(asked.completed).toEqual([{ op: id, result: { outcome: 'ok', output: null, servedBy: node.id } }])
})

test('a write whose entry was overwritten is not answered: it may still live on another server', () => {
  const { node } = leader()
  node.receive(alice, call(1, 'write', 'x', 1))
  const asked = node.receive(
    n3,
    appendEntries({ term: 2, leaderId: n3, prevLogIndex: 1, prevLogTerm: 1, entries: [2], leaderCommit: 2 }),
  )
  expect(sentTo(asked, alice)).toEqual([])
})

test('a deposed leader still answers for an entry that the next one committed', () => {
  const { node } = leader()
  node.receive(alice, call(1, 'write', 'x', 1))
  const asked = node.receive(
    n3,
    appendEntries({ term: 2, leaderId: n3, prevLogIndex: 2, prevLogTerm: 1, entries: [2], leaderCommit: 3 }),
  )
  expect(sentTo(asked, alice)).toMatchObject([{ op: 'alice#1', result: { outcome: 'ok' } }])
})
