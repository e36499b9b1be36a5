import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import type { TraceEvent } from '../../src/kernel/trace.ts'
import { nextEventUs, step } from '../../src/sim/simulator.ts'
import type { LinkSpec, NodeSpec, SimSpec } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'
import { type PingConfig, pingPong } from './ping-pong.ts'

export const perfect: LinkSpec = {
  latencyMs: 10,
  minMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 0,
  fifo: false,
  bandwidth: null,
  queueBytes: null,
  mtu: null,
}

export const n = (index: number): NodeId => nodeId(`n${index}`)

export interface PingLab {
  readonly seed?: number
  readonly nodes?: number
  readonly network?: Partial<LinkSpec>
  readonly links?: { readonly [link: string]: Partial<LinkSpec> }
  readonly config?: PingConfig
  readonly node?: Partial<NodeSpec>
}

/** Nodes n1, n2, ... that ping one another. */
export const pingLab = (lab: PingLab = {}): SimSpec => {
  const ids = Array.from({ length: lab.nodes ?? 2 }, (_, i) => n(i + 1))
  return {
    seed: lab.seed ?? 1,
    nodes: ids.map(id => ({
      id,
      protocol: pingPong,
      config: { ...lab.config },
      peers: ids.filter(other => other !== id),
      kind: 'server',
      clock: { offsetUs: 0, ratePpm: 0 },
      syncMs: 0,
      inboxLimit: 1000,
      ...lab.node,
    })),
    network: { ...perfect, ...lab.network },
    links: lab.links ?? {},
    addresses: {},
    deadlineUs: 1_000_000,
  }
}

/** Steps a plain world through everything due up to and including `us`. */
export const runTo = (spec: SimSpec, world: World, us: number): TraceEvent[] => {
  const events: TraceEvent[] = []
  for (let next = nextEventUs(world); next !== undefined && next <= us; next = nextEventUs(world)) {
    const event = step(spec, world)
    if (event !== undefined) events.push(event)
  }
  return events
}
