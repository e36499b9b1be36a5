import type { NodeId } from '../kernel/ids.ts'
import type { LinkSpec, NodeSpec, SimSpec } from '../sim/spec.ts'
import type { Config, Lab, LabNode, LabProtocol, Patch, Settings } from './lab.ts'

/** The value of every knob: what was chosen, otherwise its initial one. */
export const completeSettings = (lab: Lab, chosen: Settings): Settings =>
  Object.fromEntries(lab.knobs.map(knob => [knob.name, chosen[knob.name] ?? knob.initial]))

const patchesOf = (lab: Lab, settings: Settings): readonly Patch[] =>
  lab.knobs.flatMap(knob => {
    const name = settings[knob.name] ?? knob.initial
    return knob.values.filter(value => value.name === name)
  })

/** The role's protocol and config under these patches; one that changes the protocol leaves the old one's config behind. */
const roleUnder = (
  lab: Lab,
  role: string,
  patches: readonly Patch[],
): { protocol: LabProtocol; config: Config; own: boolean } => {
  const base = lab.roles[role]
  if (base === undefined) throw new Error(`no role ${role} in lab ${lab.id}`)
  const changer = patches
    .map(patch => patch.roles[role])
    .findLast(change => change !== undefined && change.protocol !== null)
  const start = changer === undefined ? base.config : {}
  const config: Config = Object.assign({}, start, ...patches.map(patch => patch.roles[role]?.config))
  return { protocol: changer?.protocol ?? base, config, own: changer === undefined }
}

const known = (config: Config, protocol: LabProtocol): Config =>
  Object.fromEntries(Object.entries(config).filter(([option]) => protocol.options.includes(option)))

/** Whom a client may ask, and whom first: options that a client's protocol has under these names, unless the lab sets them. */
const contacts = (node: LabNode, present: readonly LabNode[]): Config => ({
  servers: present.filter(other => other.kind === 'server').map(other => other.id),
  at: node.at ?? '',
})

const nodeSpec = (lab: Lab, node: LabNode, patches: readonly Patch[], present: readonly LabNode[]): NodeSpec => {
  const { protocol, config, own } = roleUnder(lab, node.role, patches)
  const given: Config = node.kind === 'client' ? contacts(node, present) : {}
  const patched: Config = Object.assign({}, own ? node.config : {}, ...patches.map(patch => patch.nodes[node.id]))
  return {
    id: node.id,
    protocol: protocol.protocol,
    config: known({ ...given, ...config, ...patched }, protocol),
    peers: present.filter(other => other.role === node.role && other !== node).map(other => other.id),
    kind: node.kind,
    clock: node.clock,
    syncMs: node.syncMs,
    inboxLimit: node.inboxLimit,
  }
}

/** What the simulator is to run: the lab with its knobs standing so. */
export const labSpec = (lab: Lab, settings: Settings, seed: number): SimSpec => {
  const patches = patchesOf(lab, settings)
  const absent = new Set(patches.flatMap(patch => patch.without))
  const present = lab.nodes.filter(node => !absent.has(node.id))
  const links: { [link: string]: Partial<LinkSpec> } = { ...lab.links }
  for (const patch of patches) {
    for (const [link, set] of Object.entries(patch.links)) links[link] = { ...links[link], ...set }
  }
  return {
    seed,
    nodes: present.map(node => nodeSpec(lab, node, patches, present)),
    network: Object.assign({}, lab.network, ...patches.map(patch => patch.network)),
    links,
    addresses: lab.addresses,
    deadlineUs: lab.deadlineUs,
  }
}

/** All that the lab says of one directed link under a specification. */
export const linkOf = (spec: SimSpec, from: NodeId, to: NodeId): LinkSpec => ({
  ...spec.network,
  ...spec.links[`${from}>${to}`],
})
