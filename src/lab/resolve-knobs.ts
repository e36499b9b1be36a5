import type { NodeId } from '../kernel/ids.ts'
import type { KnobDefinition, LabDefinition, PatchDefinition } from './definition.ts'
import type { Config, Knob, LabNode, LabRole, Patch } from './lab.ts'
import { type DefinitionPath, LabError, suggestion } from './lab-error.ts'
import type { ProtocolEntry, ProtocolRegistry } from './protocol-registry.ts'
import { checkedLink, resolveLinks } from './resolve-network.ts'
import { knownNode, knownNodes, namesOf } from './resolve-nodes.ts'
import { checkConfig, knownProtocol } from './resolve-roles.ts'

interface Context {
  readonly definition: LabDefinition
  readonly nodes: readonly LabNode[]
  readonly roles: { readonly [role: string]: LabRole }
  readonly registry: ProtocolRegistry
}

/** All protocols that a role may run: its own and those that knobs give it. */
const protocolsOf = (role: string, { definition, registry }: Context): readonly ProtocolEntry[] => {
  const names = [
    definition.roles[role]?.protocol,
    ...Object.values(definition.knobs ?? {}).flatMap(knob =>
      Object.values(knob.values).map(value => value.roles?.[role]?.protocol),
    ),
  ]
  return [...new Set(names)].flatMap(name => {
    const entry = name === undefined ? undefined : registry.get(name)
    return entry === undefined ? [] : [entry]
  })
}

const resolvePatchRoles = (own: PatchDefinition, context: Context, path: DefinitionPath): Patch['roles'] =>
  Object.fromEntries(
    Object.entries(own.roles ?? {}).map(([role, change]) => {
      const at = [...path, 'roles', role]
      if (!Object.hasOwn(context.roles, role)) {
        throw new LabError(at, `there is no role "${role}"; ${suggestion(role, Object.keys(context.roles))}`)
      }
      const config = change.config ?? {}
      if (change.protocol === undefined) {
        checkConfig(config, protocolsOf(role, context), [...at, 'config'])
        return [role, { protocol: null, config }]
      }
      const entry = knownProtocol(change.protocol, context.registry, [...at, 'protocol'])
      checkConfig(config, [entry], [...at, 'config'])
      return [role, { protocol: { protocol: entry.protocol, options: entry.options }, config }]
    }),
  )

const resolvePatchNodes = (own: PatchDefinition, context: Context, path: DefinitionPath): Patch['nodes'] => {
  const nodes: { [node: string]: Config } = {}
  for (const [pattern, { config }] of Object.entries(own.nodes ?? {})) {
    const at = [...path, 'nodes', pattern]
    for (const name of namesOf(pattern, at)) {
      const id = knownNode(name, context.nodes, at)
      const role = context.nodes.find(node => node.id === id)?.role ?? ''
      checkConfig(config, protocolsOf(role, context), [...at, 'config'])
      nodes[id] = { ...nodes[id], ...config }
    }
  }
  return nodes
}

const resolvePatch = (name: string, own: PatchDefinition, context: Context, path: DefinitionPath): Patch => ({
  name,
  label: own.label ?? name,
  roles: resolvePatchRoles(own, context, path),
  nodes: resolvePatchNodes(own, context, path),
  network: checkedLink(own.network ?? {}, [...path, 'network']),
  links: resolveLinks(own.links, context.nodes, [...path, 'links']),
  without: knownNodes(own.without ?? [], context.nodes, [...path, 'without']) as readonly NodeId[],
})

const actsWhileRunning = (patch: Patch): boolean =>
  patch.without.length === 0 && Object.values(patch.roles).every(role => role.protocol === null)

const resolveKnob = (name: string, own: KnobDefinition, context: Context): Knob => {
  const path = ['knobs', name]
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) {
    throw new LabError(path, `"${name}" cannot name a knob; use a letter, then letters, digits and dashes.`)
  }
  const names = Object.keys(own.values)
  const wrong = names.find(value => !/^[A-Za-z0-9-]+$/.test(value))
  if (wrong !== undefined) {
    throw new LabError([...path, 'values', wrong], `"${wrong}" cannot name a value; use letters, digits and dashes.`)
  }
  const [first] = names
  if (first === undefined)
    throw new LabError([...path, 'values'], `the knob ${name} has no values; give it two or more.`)
  const initial = own.initial ?? first
  if (!names.includes(initial)) {
    throw new LabError(
      [...path, 'initial'],
      `the knob ${name} has no value "${initial}"; ${suggestion(initial, names)}`,
    )
  }
  const values = Object.entries(own.values).map(([value, patch]) =>
    resolvePatch(value, patch, context, [...path, 'values', value]),
  )
  return {
    name,
    label: own.label ?? name,
    key: own.key ?? null,
    initial,
    values,
    live: values.every(actsWhileRunning),
  }
}

export const resolveKnobs = (context: Context): readonly Knob[] =>
  Object.entries(context.definition.knobs ?? {}).map(([name, own]) => resolveKnob(name, own, context))
