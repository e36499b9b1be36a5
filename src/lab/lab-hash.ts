import { canonicalJson, type Json } from '../kernel/json.ts'
import { fnv1a64 } from '../sim/fnv.ts'
import type { LabDefinition } from './definition.ts'
import type { ProtocolRegistry } from './protocol-registry.ts'

/** Grows with every change of the simulator or of this folder that can alter a trace. */
const SIMULATION_REVISION = 1

/** What each three letters of the hash stand for, in order, as a run code's error names them. */
export const HASH_PARTS = [
  'the nodes or their load',
  'the protocols',
  'the network',
  'the keys, knobs or script',
] as const

const digest = (value: unknown): string =>
  (fnv1a64(canonicalJson(value as Json)).lo % 46656).toString(36).padStart(3, '0')

const protocolsOf = (definition: LabDefinition): readonly string[] => {
  const patches = Object.values(definition.knobs ?? {}).flatMap(knob => Object.values(knob.values))
  const roles = [...Object.values(definition.roles), ...patches.flatMap(patch => Object.values(patch.roles ?? {}))]
  return [...new Set(roles.flatMap(role => (role.protocol === undefined ? [] : [role.protocol])))].sort()
}

/** Twelve letters and digits over everything in a lab that can alter a trace: prose, goals and claims may change freely. */
export const labHash = (definition: LabDefinition, registry: ProtocolRegistry): string => {
  const { nodes, roles, addresses, workloads, values, untilMs, deadlineMs, network, groups, keys, knobs, script } =
    definition
  const revisions = protocolsOf(definition).map(name => [name, registry.get(name)?.protocol.revision ?? 0])
  return [
    digest({ nodes, order: Object.keys(nodes), roles, addresses, workloads, values, untilMs, deadlineMs }),
    digest({ revisions, simulation: SIMULATION_REVISION }),
    digest({ network }),
    digest({ groups, keys, knobs, order: Object.keys(knobs ?? {}), script }),
  ].join('')
}
