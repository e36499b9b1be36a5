import type { NodeId } from '../kernel/ids.ts'
import type { AnyProtocol } from '../kernel/protocol.ts'
import { subjectOf } from './draw.ts'
import type { Word64 } from './fnv.ts'
import type { LinkSpec, NodeSpec, SimSpec } from './spec.ts'
import { genericStrategies } from './strategies.ts'
import type { Strategy } from './strategy.ts'

export interface NodePlan {
  readonly spec: NodeSpec
  readonly protocol: AnyProtocol
  readonly subject: Word64
  /** True when the disk is durable at the end of every event. */
  readonly instantDisk: boolean
}

interface LinkPlan {
  readonly spec: LinkSpec
  readonly subject: Word64
}

/** A specification prepared for stepping: nodes, links and strategies by name. Derived from the specification alone. */
export interface Plan {
  readonly nodes: ReadonlyMap<string, NodePlan>
  readonly strategies: ReadonlyMap<string, Strategy>
  link(from: NodeId, to: NodeId): LinkPlan
}

const plans = new WeakMap<SimSpec, Plan>()

/** The plan of a specification, made once for each. */
export const planOf = (spec: SimSpec): Plan => {
  const known = plans.get(spec)
  if (known !== undefined) return known
  const plan = prepare(spec)
  plans.set(spec, plan)
  return plan
}

const prepare = (spec: SimSpec): Plan => {
  const links = new Map<string, Map<string, LinkPlan>>()
  return {
    nodes: new Map(
      spec.nodes.map(node => [
        node.id,
        {
          spec: node,
          protocol: node.protocol,
          subject: subjectOf(node.id),
          instantDisk: node.syncMs === 0,
        },
      ]),
    ),
    strategies: new Map([...genericStrategies, ...(spec.strategies ?? [])].map(strategy => [strategy.name, strategy])),
    link(from, to) {
      let row = links.get(from)
      if (row === undefined) {
        row = new Map()
        links.set(from, row)
      }
      let link = row.get(to)
      if (link === undefined) {
        const name = `${from}>${to}`
        link = { spec: { ...spec.network, ...spec.links[name] }, subject: subjectOf(name) }
        row.set(to, link)
      }
      return link
    },
  }
}
