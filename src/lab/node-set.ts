import type { NodeId } from '../kernel/ids.ts'
import type { NodeStatus } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import type { Scanner } from './scanner.ts'

/**
 * Nodes by words: a node's name, a range `n1..n3`, the name of a place or group, `servers`, `clients`, `all`, `others` (every server
 * that the other side does not name), or a role as the protocols' views say it: `leader` is one node (of the highest term, the
 * first by name), `followers` are all of that role.
 */
export type NodeSet = readonly string[]

/** The roles that protocols of this field speak of; a word outside them, the lab's nodes and groups is a spelling mistake. */
export const ROLE_WORDS: readonly string[] = [
  'leader',
  'follower',
  'candidate',
  'pre-candidate',
  'primary',
  'backup',
  'replica',
  'coordinator',
  'participant',
  'server',
  'client',
  'balancer',
  'cache',
  'resolver',
  'attacker',
  'proxy',
  'commander',
  'lieutenant',
  'miner',
  'merchant',
]

const WIDE_WORDS: readonly string[] = ['servers', 'clients', 'all', 'others']

/** What a set of nodes is resolved against. */
export interface NodeScene {
  readonly servers: readonly NodeId[]
  readonly clients: readonly NodeId[]
  readonly groups: { readonly [name: string]: readonly NodeId[] }
  view(node: NodeId): NodeView
  status(node: NodeId): NodeStatus
}

/** The nodes between two names that differ in their trailing number: `n1..n3`. Null when it is no such range. */
export const expandRange = (word: string): readonly string[] | null => {
  const parts = /^([A-Za-z][A-Za-z-]*?)([0-9]+)\.\.(?:([A-Za-z][A-Za-z-]*?))?([0-9]+)$/.exec(word)
  if (parts === null) return null
  const [, stem = '', first = '', stem2, last = ''] = parts
  if (stem2 !== undefined && stem2 !== stem) return null
  const from = Number(first)
  const to = Number(last)
  if (to < from || to - from > 999) return null
  return Array.from({ length: to - from + 1 }, (_, k) => `${stem}${from + k}`)
}

/** Reads `n1,n2`, `leader`, `n1..n3`. */
export const scanNodeSet = (scanner: Scanner, what: string): NodeSet => {
  const words: string[] = []
  do {
    const start = scanner.at
    const word = scanner.word(what)
    if (scanner.eat('..')) {
      const range = `${word}..${scanner.word('the end of the range')}`
      const nodes = expandRange(range)
      if (nodes === null) scanner.fail(`"${range}" is no range; write it like n1..n5.`, start)
      words.push(...nodes)
    } else words.push(word)
  } while (scanner.eat(','))
  return words
}

export const printNodeSet = (set: NodeSet): string => set.join(',')

/** The first word of the set that can mean nothing in this lab, or undefined. */
export const unknownWord = (
  set: NodeSet,
  lab: { readonly nodes: readonly string[]; readonly groups: readonly string[] },
): string | undefined =>
  set.find(
    word =>
      !lab.nodes.includes(word) &&
      !lab.groups.includes(word) &&
      !WIDE_WORDS.includes(word) &&
      !ROLE_WORDS.includes(word) &&
      !ROLE_WORDS.some(role => `${role}s` === word),
  )

/** All words that mean something in this lab, for a suggestion. */
export const knownWords = (lab: {
  readonly nodes: readonly string[]
  readonly groups: readonly string[]
}): readonly string[] => [...lab.nodes, ...lab.groups, ...WIDE_WORDS, ...ROLE_WORDS]

const inRole = (scene: NodeScene, role: string): readonly NodeId[] =>
  [...scene.servers, ...scene.clients]
    .filter(node => scene.status(node) !== 'down' && scene.view(node).role === role)
    .map(node => ({ node, term: scene.view(node).authority?.term ?? scene.view(node).term ?? 0 }))
    .sort((a, b) => b.term - a.term)
    .map(({ node }) => node)

const resolveWord = (word: string, scene: NodeScene, otherSide: readonly NodeId[]): readonly NodeId[] => {
  const everyone = [...scene.servers, ...scene.clients]
  const named = everyone.find(node => node === word)
  if (named !== undefined) return [named]
  const group = scene.groups[word]
  if (group !== undefined) return group.filter(node => everyone.includes(node))
  if (word === 'servers') return scene.servers
  if (word === 'clients') return scene.clients
  if (word === 'all') return everyone
  if (word === 'others') return scene.servers.filter(node => !otherSide.includes(node))
  const one = inRole(scene, word)
  if (one.length > 0) return one.slice(0, 1)
  return word.endsWith('s') ? inRole(scene, word.slice(0, -1)) : []
}

/** The nodes that the words mean at this moment, each once, or what is missing. `otherSide` is what `others` leaves out. */
export const resolveNodeSet = (
  set: NodeSet,
  scene: NodeScene,
  otherSide: readonly NodeId[] = [],
): { readonly nodes: readonly NodeId[] } | { readonly missing: string } => {
  const nodes: NodeId[] = []
  for (const word of set) {
    const found = resolveWord(word, scene, otherSide)
    if (found.length === 0 && word !== 'others') return { missing: word }
    for (const node of found) if (!nodes.includes(node)) nodes.push(node)
  }
  return { nodes }
}
