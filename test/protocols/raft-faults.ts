import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import type { History, OperationKind } from '../../src/kernel/operation.ts'
import { raft } from '../../src/protocols/raft.ts'
import type { RaftConfig } from '../../src/protocols/raft-config.ts'
import type { RaftState } from '../../src/protocols/raft-state.ts'
import { applyAct, createWorld, history, nextEventUs, step } from '../../src/sim/simulator.ts'
import type { Act, NodeSpec, SimSpec } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'
import { askingClient } from './asking-client.ts'
import { RaftWatch } from './raft-watch.ts'

// Random runs of Raft under random faults: a seed decides everything. Timeouts are a fifth of the usual, so that a second and a half
// of virtual time holds dozens of elections.

/** A generator of test choices (xorshift32); the simulator's own draws are not touched. */
export class Choices {
  private state: number

  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 2654435761) | 1
    for (let i = 0; i < 8; i += 1) this.next()
  }

  private next(): number {
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    return (this.state >>> 0) / 4294967296
  }

  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  chance(p: number): boolean {
    return this.next() < p
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}

export interface FaultRun {
  readonly seed: number
  /** Overrides what the seed would choose. */
  readonly config?: Partial<RaftConfig>
  /** Largest deviation of a clock's rate, parts per million. */
  readonly driftPpm?: number
  /** A disk that takes time, milliseconds; the seed chooses when absent. */
  readonly syncMs?: number
  readonly faultsUntilMs?: number
  /** Mean time between faults, milliseconds, and the size of the cluster; the seed chooses when absent. */
  readonly faultEveryMs?: number
  readonly size?: number
  /** Only this fault: whoever leads crashes and comes back, again and again before its entries are everywhere. */
  readonly strikeLeaders?: boolean
}

const clients = ['alice', 'bob', 'carol'].map(nodeId)

const configOf = (choices: Choices, given: Partial<RaftConfig>, awaitSync: boolean): Partial<RaftConfig> => ({
  electionTimeoutMs: [30, 60],
  heartbeatMs: 10,
  preVote: choices.chance(0.5),
  checkQuorum: choices.chance(0.5),
  forward: choices.chance(0.3),
  compactAfter: choices.of([null, 4, 10, 30]),
  compactKeep: choices.of([0, 2, 8]),
  maxBatch: choices.of([1, 2, 64]),
  awaitSync,
  ...given,
})

/** The cluster and its clients, as the seed has them. */
export const specOf = (run: FaultRun): { spec: SimSpec; servers: readonly NodeId[]; choices: Choices } => {
  const choices = new Choices(run.seed)
  const servers = Array.from({ length: run.size ?? choices.of([3, 3, 5]) }, (_, i) => nodeId(`n${i + 1}`))
  const syncMs = run.syncMs ?? choices.of([0, 0, 0, 3])
  const config = configOf(choices, run.config ?? {}, syncMs > 0)
  const drift = run.driftPpm ?? 20_000
  const common = { syncMs: 0, inboxLimit: 200, clock: { offsetUs: 0, ratePpm: 0 } }
  const nodes: NodeSpec[] = servers.map(id => ({
    ...common,
    id,
    protocol: raft,
    config,
    peers: servers.filter(other => other !== id),
    kind: 'server',
    syncMs,
    clock: { offsetUs: choices.below(2_000_000) - 1_000_000, ratePpm: choices.below(2 * drift + 1) - drift },
  }))
  const rough = choices.chance(0.6)
  const spec: SimSpec = {
    seed: run.seed,
    nodes: [
      ...nodes,
      ...clients.map(
        (id): NodeSpec => ({
          ...common,
          id,
          protocol: askingClient,
          config: { servers, retryMs: 40 },
          peers: [],
          kind: 'client',
        }),
      ),
    ],
    network: {
      latencyMs: { uniform: { min: 0.5, max: choices.of([2, 5, 12]) } },
      minMs: 0.1,
      loss: rough ? choices.of([0, 0.05, 0.2]) : 0,
      duplicate: rough ? choices.of([0, 0.1]) : 0,
      reorder: rough ? choices.of([0, 0.2]) : 0,
      reorderMs: 40,
      fifo: false,
      bandwidth: null,
      queueBytes: null,
      mtu: null,
    },
    links: {},
    addresses: {},
    deadlineUs: 400_000,
  }
  return { spec, servers, choices }
}

const leadersOf = (servers: readonly NodeId[], world: World): NodeId[] =>
  servers.filter(id => (world.nodes[id]?.state as RaftState | null)?.memory.role === 'leader')

/** A server to strike, half of the time one that leads: that is where it hurts. */
const victimOf = (choices: Choices, servers: readonly NodeId[], world: World): NodeId => {
  const leaders = leadersOf(servers, world)
  return choices.of(leaders.length > 0 && choices.chance(0.5) ? leaders : servers)
}

const strike = (_choices: Choices, servers: readonly NodeId[], world: World): Act[] =>
  leadersOf(servers, world).flatMap((node): Act[] => [
    { act: 'crash', node },
    { act: 'restart', node, disk: 'kept' },
  ])

const faultOf = (choices: Choices, servers: readonly NodeId[], world: World, drift: number): Act[] => {
  const node = victimOf(choices, servers, world)
  const others = servers.filter(id => id !== node)
  const isDown = world.nodes[node]?.status === 'down'
  switch (choices.below(9)) {
    case 0:
      return [{ act: 'cut', from: [node], to: others, oneWay: false }]
    case 1: {
      const [from, to] = choices.chance(0.5) ? [[node], others] : [others, [node]]
      return [{ act: 'cut', from, to, oneWay: true }]
    }
    case 2: {
      const half = servers.filter(() => choices.chance(0.5))
      return [{ act: 'cut', from: half, to: servers.filter(id => !half.includes(id)), oneWay: false }]
    }
    case 3:
      return isDown ? [] : [{ act: 'crash', node }]
    case 4: {
      const restart: Act = { act: 'restart', node, disk: 'kept' }
      return isDown ? [restart] : [{ act: 'crash', node }, restart]
    }
    case 5:
      return [{ act: 'pause', node, forUs: 5_000 + choices.below(150_000) }]
    case 6:
      return [{ act: 'clock', node, ratePpm: choices.below(2 * drift + 1) - drift }]
    default:
      return repairs(servers, world)
  }
}

/** Everyone up, no cuts. */
const repairs = (servers: readonly NodeId[], world: World): Act[] => {
  const acts: Act[] = [{ act: 'heal' }]
  for (const node of servers) {
    const { status } = world.nodes[node] ?? {}
    if (status === 'down') acts.push({ act: 'restart', node, disk: 'kept' })
    if (status === 'paused') acts.push({ act: 'resume', node })
  }
  return acts
}

const operationOf = (
  choices: Choices,
  value: number,
): { kind: OperationKind; key: string; input: null | number | { from: number; to: number } } => {
  const key = choices.of(['x', 'y'])
  const dice = choices.below(10)
  if (dice < 5) return { kind: 'read', key, input: null }
  if (dice < 9) return { kind: 'write', key, input: value }
  return { kind: 'cas', key, input: { from: Math.max(1, value - choices.below(4)), to: value } }
}

export interface Found {
  readonly seed: number
  /** What went wrong, in words; empty where all is well. */
  readonly violations: readonly string[]
  readonly history: History
  readonly events: number
  readonly leaders: number
  readonly commits: number
}

/** One act of the script: what happens when, decided by the seed and the world so far. */
export const scriptOf = function* (
  run: FaultRun,
  servers: readonly NodeId[],
  choices: Choices,
): Generator<{ atUs: number; acts: (world: World) => Act[] }> {
  const untilUs = (run.faultsUntilMs ?? 700) * 1000
  const drift = run.driftPpm ?? 20_000
  const faultEveryUs = (run.faultEveryMs ?? choices.of([10, 25, 60])) * 1000
  let value = 0
  let nextFaultUs = 80_000
  for (let atUs = 60_000; atUs < untilUs + 150_000; atUs += 4_000 + choices.below(12_000)) {
    const client = choices.of(clients)
    if (atUs > nextFaultUs && atUs < untilUs) {
      nextFaultUs = atUs + choices.below(2 * faultEveryUs)
      const fault = run.strikeLeaders === true ? strike : faultOf
      yield { atUs, acts: world => fault(choices, servers, world, drift) }
    }
    value += 1
    const request = operationOf(choices, value)
    yield { atUs, acts: () => [{ act: 'request', node: client, request }] }
  }
}

/** Plays a seed: faults for a while, then peace, in which every client reads every key. */
export const play = (run: FaultRun): Found => {
  const { spec, servers, choices } = specOf(run)
  const world = createWorld(spec)
  const watch = new RaftWatch(servers)
  const quiet = { effects: false }
  let events = 0
  const runTo = (us: number): void => {
    for (let next = nextEventUs(world); next !== undefined && next <= us; next = nextEventUs(world)) {
      const event = step(spec, world, quiet)
      events += 1
      if (event !== undefined && 'node' in event.cause) watch.see(world, event.cause.node)
    }
  }
  let peaceUs = 0
  for (const { atUs, acts } of scriptOf(run, servers, choices)) {
    runTo(atUs)
    if (peaceUs === 0 && atUs >= (run.faultsUntilMs ?? 700) * 1000) {
      peaceUs = atUs
      for (const act of repairs(servers, world)) applyAct(spec, world, act, quiet)
    }
    for (const act of acts(world)) applyAct(spec, world, act, quiet)
  }
  runTo(peaceUs + 300_000)
  for (const client of clients)
    for (const key of ['x', 'y'])
      applyAct(spec, world, { act: 'request', node: client, request: { kind: 'read', key, input: null } }, quiet)
  runTo(peaceUs + 450_000)
  watch.end(world)
  const operations = history(world)
  const verdict = checkLinearizable(operations, models.register)
  const violations = [...watch.violations]
  if (verdict.answer === 'violated') violations.push(`not linearizable: ${verdict.evidence.explanation}`)
  if (verdict.answer === 'unknown') violations.push(`not decided: ${verdict.why}`)
  return {
    seed: run.seed,
    violations,
    history: operations,
    events,
    leaders: watch.leaders.size,
    commits: watch.committed.size,
  }
}
