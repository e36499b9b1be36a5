import { expect, test } from 'vitest'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import { raft } from '../../src/protocols/raft.ts'
import type { RaftReads } from '../../src/protocols/raft-config.ts'
import type { RaftState } from '../../src/protocols/raft-state.ts'
import { applyAct, createWorld, history, nextEventUs, step } from '../../src/sim/simulator.ts'
import type { Act, NodeSpec, SimSpec } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'
import { askingClient } from './asking-client.ts'

const servers = ['n1', 'n2', 'n3'].map(nodeId)
const [alice, bob] = [nodeId('alice'), nodeId('bob')]

const specOf = (reads: RaftReads, oldLeader: NodeId): SimSpec => {
  const common = { clock: { offsetUs: 0, ratePpm: 0 }, syncMs: 0, inboxLimit: 100 }
  const node = (id: NodeId): NodeSpec => ({
    ...common,
    id,
    protocol: raft,
    config: { reads },
    peers: servers.filter(other => other !== id),
    kind: 'server',
  })
  const client = (id: NodeId, asks: readonly NodeId[]): NodeSpec => ({
    ...common,
    id,
    protocol: askingClient,
    config: { servers: asks, retryMs: 400 },
    peers: [],
    kind: 'client',
  })
  return {
    seed: 7,
    nodes: [
      ...servers.map(node),
      client(
        alice,
        servers.filter(id => id !== oldLeader),
      ),
      client(bob, [oldLeader]),
    ],
    network: {
      latencyMs: 2,
      minMs: 0,
      loss: 0,
      duplicate: 0,
      reorder: 0,
      reorderMs: 0,
      fifo: false,
      bandwidth: null,
      queueBytes: null,
      mtu: null,
    },
    links: {},
    addresses: {},
    deadlineUs: 5_000_000,
  }
}

const runTo = (spec: SimSpec, world: World, done: () => boolean): void => {
  while (!done()) {
    const next = nextEventUs(world)
    if (next === undefined || next > 3_000_000) throw new Error('it never came to that')
    step(spec, world)
  }
}

const leadersOf = (world: World): NodeId[] =>
  servers.filter(id => (world.nodes[id]?.state as RaftState | null)?.memory.role === 'leader')

/** A leader is cut off, and its clock set to a rate; another is elected and takes Alice's write; Bob, at the old one, reads. */
const readAtOldLeader = (reads: RaftReads, ratePpm: number) => {
  const scout = specOf(reads, servers[0] as NodeId)
  const first = createWorld(scout)
  runTo(scout, first, () => leadersOf(first).length > 0)
  const old = leadersOf(first)[0] as NodeId
  const spec = specOf(reads, old)
  const world = createWorld(spec)
  const act = (one: Act) => applyAct(spec, world, one)
  runTo(spec, world, () => world.nowUs > 500_000 && leadersOf(world).includes(old))
  act({ act: 'clock', node: old, ratePpm })
  act({ act: 'cut', from: [old], to: servers.filter(id => id !== old), oneWay: false })
  runTo(spec, world, () => leadersOf(world).length === 2)
  act({ act: 'request', node: alice, request: { kind: 'write', key: 'x', input: 1 } })
  runTo(spec, world, () => history(world)[0]?.outcome === 'ok')
  const writtenUs = world.nowUs
  runTo(spec, world, () => world.nowUs > writtenUs)
  act({ act: 'request', node: bob, request: { kind: 'read', key: 'x', input: null } })
  const askedUs = world.nowUs
  runTo(spec, world, () => world.nowUs > askedUs + 100_000)
  return { read: history(world)[1], verdict: checkLinearizable(history(world), models.register).answer }
}

test('an old leader whose clock keeps time knows that its lease is over, and does not answer', () => {
  expect(readAtOldLeader('lease', 0)).toMatchObject({ read: { outcome: 'unknown' }, verdict: 'holds' })
})

test('an old leader whose clock runs too slowly trusts its lease too long: the read is stale', () => {
  expect(readAtOldLeader('lease', -900_000)).toMatchObject({
    read: { outcome: 'ok', output: null },
    verdict: 'violated',
  })
})

test('with ReadIndex no clock matters', () => {
  expect(readAtOldLeader('read-index', -900_000)).toMatchObject({ read: { outcome: 'unknown' }, verdict: 'holds' })
})

test('a local read at the old leader is stale whatever its clock says', () => {
  expect(readAtOldLeader('local', 0)).toMatchObject({ read: { outcome: 'ok', output: null }, verdict: 'violated' })
})
