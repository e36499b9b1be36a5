import { type NodeId, nodeId } from '../src/kernel/ids.ts'
import { raft } from '../src/protocols/raft.ts'
import { raftConfig } from '../src/protocols/raft-config.ts'
import { pop, push } from '../src/sim/queue.ts'
import {
  advanceTo,
  applyAct,
  applyActDraft,
  createWorld,
  freeze,
  nextEventUs,
  step,
  stepDraft,
} from '../src/sim/simulator.ts'
import type { Act, NodeSpec, SimSpec } from '../src/sim/spec.ts'
import type { Entry, World } from '../src/sim/world.ts'
import { askingClient } from '../test/protocols/asking-client.ts'

const servers = ['n1', 'n2', 'n3', 'n4', 'n5'].map(nodeId)
const clients = ['alice', 'bob', 'carol', 'dave'].map(nodeId)
const writeEveryUs = 10_000

const common = { clock: { offsetUs: 0, ratePpm: 0 }, syncMs: 0, inboxLimit: 1000 }
const node = (id: NodeId): NodeSpec =>
  servers.includes(id)
    ? {
        ...common,
        id,
        protocol: raft,
        config: raftConfig({ compactAfter: 1000 }),
        peers: servers.filter(other => other !== id),
        kind: 'server',
      }
    : { ...common, id, protocol: askingClient, config: { servers, retryMs: 500 }, peers: [], kind: 'client' }

/** Raft with five servers and compaction, and 100 writes a second by four clients. */
const raftLab: SimSpec = {
  seed: 20_261_122,
  nodes: [...servers, ...clients].map(node),
  network: {
    latencyMs: { normal: { mean: 10, sd: 2 } },
    minMs: 1,
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
  historyLimit: 1000,
}

const batch = { effects: false } as const

/** The load: what it takes to keep asking, whoever steps the world. */
class Load {
  nextUs = 1_000_000
  #asked = 0

  ask(world: World): void {
    applyAct(raftLab, advanceTo(world, this.nextUs), this.#next(), batch)
  }

  askDraft(world: World): World {
    const result = applyActDraft(raftLab, advanceTo(world, this.nextUs), this.#next())
    if ('refused' in result) throw new Error(result.refused)
    return result.world
  }

  #next(): Act {
    const client = clients[this.#asked % clients.length] as NodeId
    const request = { kind: 'write', key: `k${this.#asked % 10}`, input: this.#asked } as const
    this.#asked++
    this.nextUs += writeEveryUs
    return { act: 'request', node: client, request }
  }
}

const nsEach = (events: number, work: () => void): number => {
  const start = performance.now()
  work()
  return ((performance.now() - start) * 1e6) / events
}

const runBatch = (world: World, load: Load, events: number): void => {
  for (const end = world.nextIndex + events; world.nextIndex < end; ) {
    const next = nextEventUs(world)
    if (next === undefined || next >= load.nextUs) load.ask(world)
    else step(raftLab, world, batch)
  }
}

/** A queue as long as that of the lab, from which the first entry goes back to the end: what no simulator can save. */
const queueFloor = (length: number, rounds: number): void => {
  const heap: Entry[] = []
  const due = { type: 'wake', node: nodeId('n1') } as const
  for (let seq = 0; seq < length; seq++) push(heap, { us: seq * 37, seq, due })
  for (let seq = length; seq < length + rounds; seq++) {
    const first = pop(heap)
    push(heap, { us: (first?.us ?? 0) + ((seq * 7919) % 10_007), seq, due })
  }
}

const flatness = (most: number): void => {
  // Another run first, so that compiling is not measured as part of the first events.
  runBatch(createWorld(raftLab), new Load(), 400_000)
  // Another run first, so that the compiler's work is not counted as the cost of the first events.
  runBatch(createWorld(raftLab), new Load(), 600_000)
  const world = createWorld(raftLab)
  const load = new Load()
  console.log('events        ns/event   events/s   against 10^4   queue   world bytes')
  let reference: number | undefined
  let latest = 0
  for (let done = 0; done < most; ) {
    const slice = done < 10_000 ? 10_000 : done < 100_000 ? 90_000 : done < 1_000_000 ? 900_000 : 1_000_000
    const ns = nsEach(slice, () => runBatch(world, load, slice))
    done += slice
    reference ??= ns
    latest = ns
    const [rate, ratio] = [Math.round(1e9 / ns), (ns / reference).toFixed(2)]
    const bytes = JSON.stringify(world).length
    console.log(
      `${String(done).padStart(9)} ${ns.toFixed(0).padStart(12)} ${String(rate).padStart(10)} ${ratio.padStart(14)} ${String(world.queue.length).padStart(7)} ${String(bytes).padStart(13)}`,
    )
  }
  const length = world.queue.length
  const floor = nsEach(1_000_000, () => queueFloor(length, 1_000_000))
  console.log(
    `a bare queue of ${length}: ${floor.toFixed(0)} ns/event; Raft costs ${(latest / floor).toFixed(0)} times that`,
  )
}

const interactive = (events: number): void => {
  const world = createWorld(raftLab)
  const load = new Load()
  runBatch(world, load, 20_000)
  let frozen = freeze(world)
  const first = frozen.nextIndex
  const us =
    nsEach(events, () => {
      while (frozen.nextIndex < first + events) {
        const next = nextEventUs(frozen)
        if (next === undefined || next >= load.nextUs) frozen = load.askDraft(frozen)
        else frozen = stepDraft(raftLab, frozen)?.world ?? frozen
      }
    }) / 1000
  console.log(`interactive (immutable worlds): ${us.toFixed(1)} µs/event over ${events} events`)
}

/** `npm run bench sim [EVENTS]`: batch events a second of Raft, whether the cost stays flat, and the interactive cost. */
export const main = async (args: string[]): Promise<void> => {
  flatness(Number(args[0] ?? 1e7))
  interactive(20_000)
}
