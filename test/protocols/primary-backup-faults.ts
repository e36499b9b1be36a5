import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { ackedWriteLost } from '../../src/check/phenomena/acked-write-lost.ts'
import { splitBrain } from '../../src/check/phenomena/split-brain.ts'
import type { Detector, PhenomenonName } from '../../src/check/phenomenon.ts'
import type { Scene } from '../../src/check/scene.ts'
import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import { canonicalJson, type Json } from '../../src/kernel/json.ts'
import type { History } from '../../src/kernel/operation.ts'
import { client } from '../../src/protocols/client.ts'
import { primaryBackup } from '../../src/protocols/primary-backup.ts'
import type { PrimaryBackupConfig } from '../../src/protocols/primary-backup-config.ts'
import type { PrimaryBackupState } from '../../src/protocols/primary-backup-state.ts'
import {
  applyAct,
  createWorld,
  flights,
  history,
  isFaulty,
  nextEventUs,
  nodeView,
  step,
} from '../../src/sim/simulator.ts'
import type { Act, NodeSpec, SimSpec } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'
import { Choices } from './raft-faults.ts'

// Random runs of primary and backups under random faults: a seed decides everything.

export interface FaultRun {
  readonly seed: number
  readonly config: Partial<PrimaryBackupConfig>
  /** A disk that takes time, milliseconds; 0 when absent. */
  readonly syncMs?: number
  /** Look for the phenomena as well (slower). */
  readonly watch?: boolean
  /** Backups may lose their disks. */
  readonly loseDisks?: boolean
}

export interface Found {
  readonly seed: number
  readonly history: History
  readonly linearizable: 'holds' | 'violated' | 'unknown'
  /** Copies in the end, one text for each server. */
  readonly copies: readonly string[]
  readonly phenomena: readonly PhenomenonName[]
  readonly notes: ReadonlyMap<string, number>
  /** How often a node that kept its disk went back to an earlier epoch. */
  readonly backwards: number
}

const clients = ['alice', 'bob', 'carol'].map(nodeId)
const faultsUntilMs = 600

const common = { syncMs: 0, inboxLimit: 200, clock: { offsetUs: 0, ratePpm: 0 } }

/** The store and its clients, as the seed has them. */
export const specOf = (run: FaultRun): { spec: SimSpec; servers: readonly NodeId[]; choices: Choices } => {
  const choices = new Choices(run.seed)
  const servers = Array.from({ length: choices.of([2, 3, 3, 4]) }, (_, i) => nodeId(`n${i + 1}`))
  const syncMs = run.syncMs ?? 0
  const config: Partial<PrimaryBackupConfig> = {
    heartbeatMs: 10,
    electMs: 40,
    surveyMs: 15,
    forward: choices.chance(0.3),
    awaitSync: syncMs > 0,
    ...run.config,
  }
  const nodes: NodeSpec[] = servers.map(id => ({
    ...common,
    id,
    protocol: primaryBackup,
    config: config as Json,
    peers: servers.filter(other => other !== id),
    kind: 'server',
    syncMs,
    clock: { offsetUs: choices.below(2_000_000) - 1_000_000, ratePpm: choices.below(40_001) - 20_000 },
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
          protocol: client,
          config: { servers, at: choices.of(servers), idempotencyKeys: true, timeoutMs: 40, retries: 8, baseMs: 5 },
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

const isPrimary = (spec: SimSpec, world: World, node: NodeId): boolean =>
  nodeView(spec, world, node).authority !== undefined

const faultOf = (choices: Choices, run: FaultRun, spec: SimSpec, servers: readonly NodeId[], world: World): Act[] => {
  const primaries = servers.filter(id => isPrimary(spec, world, id))
  const node = choices.of(primaries.length > 0 && choices.chance(0.5) ? primaries : servers)
  const others = servers.filter(id => id !== node)
  const isDown = world.nodes[node]?.status === 'down'
  switch (choices.below(7)) {
    case 0:
      return [{ act: 'cut', from: [node], to: others, oneWay: false }]
    case 1: {
      const [from, to] = choices.chance(0.5) ? [[node], others] : [others, [node]]
      return [{ act: 'cut', from, to, oneWay: true }]
    }
    case 2:
      return isDown ? [] : [{ act: 'crash', node }]
    case 3: {
      const loses = run.loseDisks === true && !primaries.includes(node) && choices.chance(0.5)
      const restart: Act = { act: 'restart', node, disk: loses ? 'lost' : 'kept' }
      return isDown ? [{ ...restart, disk: 'kept' }] : [{ act: 'crash', node }, restart]
    }
    case 4:
      return [{ act: 'pause', node, forUs: 5_000 + choices.below(100_000) }]
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

/** What happens when, decided by the seed and the world so far: faults for a while, then peace. */
export const scriptOf = function* (
  run: FaultRun,
  spec: SimSpec,
  servers: readonly NodeId[],
  choices: Choices,
): Generator<{ atUs: number; acts: (world: World) => Act[] }> {
  let value = 0
  let nextFaultUs = 40_000
  let peace = false
  for (let atUs = 5_000; atUs < (faultsUntilMs + 100) * 1000; atUs += 4_000 + choices.below(12_000)) {
    if (!peace && atUs >= faultsUntilMs * 1000) {
      peace = true
      yield { atUs, acts: world => repairs(servers, world) }
    } else if (!peace && atUs > nextFaultUs) {
      nextFaultUs = atUs + choices.below(80_000)
      yield { atUs, acts: world => faultOf(choices, run, spec, servers, world) }
    }
    value += 1
    const client = choices.of(clients)
    const key = choices.of(['x', 'y'])
    const input = choices.chance(0.5) ? value : null
    yield {
      atUs,
      acts: () => [{ act: 'request', node: client, request: { kind: input === null ? 'read' : 'write', key, input } }],
    }
  }
}

const watched: readonly Detector[] = [ackedWriteLost as Detector, splitBrain as Detector]

/** The run as the detectors see it. */
const sceneOf = (spec: SimSpec, world: World, servers: readonly NodeId[], ended: () => boolean): Scene => ({
  get nowUs() {
    return world.nowUs
  },
  servers,
  clients,
  view: node => nodeView(spec, world, node),
  status: node => world.nodes[node]?.status ?? 'down',
  get history() {
    return history(world)
  },
  get faulty() {
    return isFaulty(spec, world)
  },
  get inFlight() {
    const isServer = (id: NodeId): boolean => servers.includes(id)
    return flights(world).filter(
      ({ message: { from, to, info } }) => info.purpose !== 'heartbeat' && isServer(from) && isServer(to),
    ).length
  },
  get ended() {
    return ended()
  },
  settlingUs: 200_000,
})

/** Plays a seed to its end. */
export const play = (run: FaultRun): Found => {
  const { spec, servers, choices } = specOf(run)
  const world = createWorld(spec)
  let ended = false
  const scene = sceneOf(spec, world, servers, () => ended)
  const states = watched.map(({ initial }) => initial)
  const notes = new Map<string, number>()
  const epochs = new Map<NodeId, number>()
  let backwards = 0
  const see = (event: ReturnType<typeof step>): void => {
    if (event === undefined) return
    for (const effect of event.effects)
      if (effect.type === 'note') notes.set(effect.text, (notes.get(effect.text) ?? 0) + 1)
    for (const id of servers) {
      const now = (world.nodes[id]?.state as PrimaryBackupState | null)?.disk.epoch.n
      if (now !== undefined && now > 0 && now < (epochs.get(id) ?? 0)) backwards += 1
      if (now !== undefined) epochs.set(id, now)
    }
    if (run.watch !== true) return
    for (const [i, detector] of watched.entries()) states[i] = detector.observe(states[i], event, scene)
  }
  const runTo = (us: number): void => {
    for (let next = nextEventUs(world); next !== undefined && next <= us; next = nextEventUs(world))
      see(step(spec, world))
  }
  const act = (one: Act): void => {
    const event = applyAct(spec, world, one)
    if (!('refused' in event)) see(event)
  }
  for (const { atUs, acts } of scriptOf(run, spec, servers, choices)) {
    runTo(atUs)
    for (const one of acts(world)) act(one)
  }
  const peaceUs = (faultsUntilMs + 500) * 1000
  runTo(peaceUs)
  for (const client of clients)
    for (const key of ['x', 'y']) act({ act: 'request', node: client, request: { kind: 'read', key, input: null } })
  runTo(peaceUs + 400_000)
  ended = true
  return {
    seed: run.seed,
    history: history(world),
    linearizable: checkLinearizable(history(world), models.register).answer,
    copies: servers.map(id => canonicalJson(nodeView(spec, world, id).values as unknown as Json)),
    phenomena: watched.flatMap((detector, i) => detector.report(states[i], scene).map(({ name }) => name)),
    notes,
    backwards,
  }
}
