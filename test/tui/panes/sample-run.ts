import { messageId, nodeId, requestId } from '../../../src/kernel/ids.ts'
import type { Purpose } from '../../../src/kernel/protocol.ts'
import type { ClusterView } from '../../../src/tui/panes/cluster-view.ts'
import type { MessageEnd, MessageStroke, SpaceTimeView } from '../../../src/tui/panes/space-time-view.ts'

// Alice writes at the leader n1 while n3 is cut off; n3 asks for votes in vain, then n2 crashes and comes back.

export const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')] as const
export const alice = nodeId('alice')

let index = 0
const message = (
  from: string,
  to: string,
  purpose: Purpose,
  label: string,
  sentMs: number,
  end: MessageEnd,
): MessageStroke => ({
  id: messageId(nodeId(from), nodeId(to), ++index),
  from: nodeId(from),
  to: nodeId(to),
  purpose,
  label,
  sentUs: sentMs * 1000,
  sentAt: index,
  end,
})
const arrives = (ms: number): MessageEnd => ({ type: 'arrived', atUs: ms * 1000, index: ++index })
const lost = (ms: number, part: number): MessageEnd => ({
  type: 'lost',
  atUs: ms * 1000,
  part,
  reason: 'cut',
  index: ++index,
})

const messages: readonly MessageStroke[] = [
  message('alice', 'n1', 'request', 'write x=1', 10, arrives(13)),
  message('n1', 'n2', 'replicate', 'AppendEntries t1 +1', 13, arrives(24)),
  message('n1', 'n3', 'replicate', 'AppendEntries t1 +1', 13, lost(18, 0.5)),
  message('n2', 'n1', 'acknowledge', 'ok t1 i2', 24, arrives(33)),
  message('n1', 'alice', 'reply', 'ok', 33, arrives(36)),
  message('n1', 'n2', 'heartbeat', 'AppendEntries t1', 50, arrives(60)),
  message('n3', 'n2', 'election', 'RequestVote t2', 58, lost(63, 0.5)),
  message('n3', 'n1', 'election', 'RequestVote t2', 58, lost(63, 0.5)),
  message('alice', 'n1', 'request', 'read x', 72, arrives(75)),
  message('n1', 'n2', 'heartbeat', 'AppendEntries t1', 75, lost(86, 0.92)),
  message('n1', 'n3', 'heartbeat', 'AppendEntries t1', 96, { type: 'flying', dueUs: 107_000 }),
]

/** Three servers and a client over 100 ms, in a window of so many columns at 1 ms a column. */
export const sampleRun: SpaceTimeView = {
  lanes: [
    { node: alice, kind: 'client' },
    { node: n1, kind: 'server' },
    { node: n2, kind: 'server' },
    { node: n3, kind: 'server' },
  ],
  messages,
  spans: [
    {
      op: requestId(alice, 1),
      client: alice,
      labels: ['write x=1', 'w x=1', 'w'],
      result: '',
      outcome: 'ok',
      invokedUs: 10_000,
      invokedAt: 1,
      endedUs: 36_000,
      endedAt: 10,
    },
    {
      op: requestId(alice, 2),
      client: alice,
      labels: ['read x', 'r x', 'r'],
      result: '',
      outcome: 'unknown',
      invokedUs: 72_000,
      invokedAt: 17,
      endedUs: null,
      endedAt: null,
    },
  ],
  marks: [
    { node: n1, atUs: 2_000, index: 0, kind: 'authority', label: 't1' },
    { node: n1, atUs: 33_000, index: 8, kind: 'applied', label: 'x=1' },
    { node: n3, atUs: 58_000, index: 13, kind: 'candidate', label: 't2' },
    { node: n2, atUs: 80_000, index: 19, kind: 'crash', label: '' },
    { node: n2, atUs: 92_000, index: 20, kind: 'restart', label: '' },
  ],
  stretches: [
    { node: n1, fromUs: 2_000, toUs: null, kind: 'authority' },
    { node: n2, fromUs: 80_000, toUs: 92_000, kind: 'down' },
  ],
  bands: [{ fromUs: 8_000, toUs: 90_000, kind: 'cut', label: 'cut n3 | n1 n2' }],
  nowUs: 100_000,
  window: { fromUs: 0, usPerCell: 1_000 },
  cursor: null,
  cones: null,
  heartbeats: true,
  selected: null,
}

/** The same cluster while n3 is cut off. */
export const sampleCluster: ClusterView = {
  nodes: [
    {
      id: n1,
      role: 'leader',
      term: 1,
      authority: true,
      status: 'up',
      troubles: [],
      copies: [{ key: 'x', value: '1', version: 't1 i2', tentative: false, fresh: true }],
      facts: [{ label: 'log', value: '2/2' }],
      fresh: true,
    },
    {
      id: n2,
      role: 'follower',
      term: 1,
      authority: false,
      status: 'paused',
      troubles: ['clock +200 ms'],
      copies: [{ key: 'x', value: '1', version: 't1 i2', tentative: true, fresh: false }],
      facts: [{ label: 'log', value: '2/2' }],
      fresh: false,
    },
    {
      id: n3,
      role: 'candidate',
      term: 2,
      authority: false,
      status: 'up',
      troubles: [],
      copies: [],
      facts: [{ label: 'log', value: '1/1' }],
      fresh: false,
    },
  ],
  clients: [{ id: alice, at: n1, status: 'up', doing: 'w x=1', outcome: 'ok' }],
  links: [
    { a: n1, b: n2, forth: { cut: false, troubles: ['loss 20 %'] }, back: { cut: false, troubles: [] } },
    { a: n1, b: n3, forth: { cut: true, troubles: [] }, back: { cut: true, troubles: [] } },
    { a: n2, b: n3, forth: { cut: true, troubles: [] }, back: { cut: true, troubles: [] } },
  ],
  flights: [
    {
      id: messageId(n1, n2, 1),
      from: n1,
      to: n2,
      purpose: 'replicate',
      label: 'AppendEntries t1 +1',
      part: 0.3,
      held: false,
    },
    { id: messageId(n2, n1, 1), from: n2, to: n1, purpose: 'acknowledge', label: 'ok t1 i2', part: 0.5, held: true },
    { id: messageId(n2, n1, 2), from: n2, to: n1, purpose: 'heartbeat', label: 'ok t1', part: 0.7, held: false },
  ],
  groups: [[n1, n2], [n3]],
  selection: null,
}
