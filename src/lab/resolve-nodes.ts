import { type NodeId, nodeId } from '../kernel/ids.ts'
import type { LabDefinition, NodeDefinition } from './definition.ts'
import type { LabNode, LabRole } from './lab.ts'
import { type DefinitionPath, LabError, suggestion } from './lab-error.ts'
import { expandRange } from './node-set.ts'

const NAME = /^[A-Za-z][A-Za-z0-9-]*$/

/** The words of the command language that cannot name a node or a group. */
const RESERVED = [
  'servers',
  'clients',
  'all',
  'others',
  'and',
  'or',
  'not',
  'from',
  'to',
  'like',
  'see',
  'measure',
  'none',
]

/** The names that a word or range `n1..n5` stands for. */
export const namesOf = (pattern: string, path: DefinitionPath): readonly string[] => {
  if (!pattern.includes('..')) return [pattern]
  const range = expandRange(pattern)
  if (range === null) throw new LabError(path, `"${pattern}" is no range of nodes; write it like n1..n5.`)
  return range
}

const checkName = (name: string, path: DefinitionPath): void => {
  if (!NAME.test(name)) {
    throw new LabError(path, `"${name}" cannot name a node; use a letter, then letters, digits and dashes.`)
  }
  if (RESERVED.includes(name))
    throw new LabError(path, `"${name}" is a word of the commands; give the node another name.`)
}

/** A node by name or a LabError that lists them. */
export const knownNode = (name: string, nodes: readonly { readonly id: NodeId }[], path: DefinitionPath): NodeId => {
  const found = nodes.find(node => node.id === name)
  if (found !== undefined) return found.id
  throw new LabError(
    path,
    `there is no node "${name}"; ${suggestion(
      name,
      nodes.map(node => node.id),
    )}`,
  )
}

/** The nodes that a list of words and ranges names. */
export const knownNodes = (
  words: readonly string[],
  nodes: readonly { readonly id: NodeId }[],
  path: DefinitionPath,
): readonly NodeId[] =>
  words.flatMap((word, index) => namesOf(word, [...path, index]).map(name => knownNode(name, nodes, [...path, index])))

const isClient = (definition: LabDefinition, role: string): boolean =>
  (definition.roles[role]?.kind ?? (role === 'client' ? 'client' : 'server')) === 'client'

const node = (name: string, own: NodeDefinition, definition: LabDefinition): Omit<LabNode, 'place' | 'at'> => ({
  id: nodeId(name),
  role: own.role,
  kind: isClient(definition, own.role) ? 'client' : 'server',
  config: own.config ?? {},
  clock: { offsetUs: Math.round((own.clock?.offsetMs ?? 0) * 1000), ratePpm: own.clock?.ratePpm ?? 0 },
  syncMs: own.syncMs ?? 0,
  inboxLimit: own.inboxLimit ?? 1000,
})

/** The nodes of a lab in the order of the file, ranges written out, with where each stands. */
export const resolveNodes = (
  definition: LabDefinition,
  roles: { readonly [role: string]: LabRole },
): readonly LabNode[] => {
  const listed = Object.entries(definition.nodes).flatMap(([pattern, own]) => {
    const path = ['nodes', pattern]
    if (!Object.hasOwn(roles, own.role)) {
      throw new LabError(
        [...path, 'role'],
        `there is no role "${own.role}"; ${suggestion(own.role, Object.keys(roles))}`,
      )
    }
    return namesOf(pattern, path).map(name => {
      checkName(name, path)
      return { ...node(name, own, definition), atName: own.at, pattern }
    })
  })
  if (listed.length === 0) throw new LabError(['nodes'], 'a lab needs at least one node, like n1: {role: store}.')
  const twice = listed.find(({ id }, index) => listed.findIndex(other => other.id === id) !== index)
  if (twice !== undefined)
    throw new LabError(['nodes', twice.pattern], `the node ${twice.id} is there twice; remove one.`)
  const places = placesOf(definition, listed)
  return listed.map(({ atName, pattern, ...one }) => {
    const at = atName === undefined ? null : knownNode(atName, listed, ['nodes', pattern, 'at'])
    return { ...one, at, place: places.get(one.id) ?? (at === null ? null : (places.get(at) ?? null)) }
  })
}

const placesOf = (
  definition: LabDefinition,
  nodes: readonly { readonly id: NodeId }[],
): ReadonlyMap<NodeId, string> => {
  const places = new Map<NodeId, string>()
  for (const [place, words] of Object.entries(definition.network?.places ?? {})) {
    for (const id of knownNodes(words, nodes, ['network', 'places', place])) {
      if (places.has(id)) {
        throw new LabError(
          ['network', 'places', place],
          `${id} is in ${places.get(id)} already; a node is in one place.`,
        )
      }
      places.set(id, place)
    }
  }
  return places
}

/** All names for sets of nodes: the places and the groups. */
export const resolveGroups = (
  definition: LabDefinition,
  nodes: readonly LabNode[],
): { readonly [name: string]: readonly NodeId[] } => {
  const groups: { [name: string]: readonly NodeId[] } = {}
  for (const place of Object.keys(definition.network?.places ?? {})) {
    groups[place] = nodes.filter(one => one.place === place).map(one => one.id)
  }
  for (const [name, words] of Object.entries(definition.groups ?? {})) {
    const path = ['groups', name]
    checkName(name, path)
    if (nodes.some(one => one.id === name))
      throw new LabError(path, `"${name}" is a node already; name the group otherwise.`)
    groups[name] = knownNodes(words, nodes, path)
  }
  return groups
}
