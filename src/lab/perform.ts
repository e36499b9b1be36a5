import { assertNever } from '../kernel/assert-never.ts'
import type { MessageId, NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { Act, LinkSpec, SimSpec } from '../sim/spec.ts'
import type { Flight } from '../sim/world.ts'
import type { Deed } from './command.ts'
import type { Lab, Settings } from './lab.ts'
import { labSpec, linkOf } from './lab-spec.ts'
import { type MessagePick, type OperationKinds, picksMessage, printMessagePick } from './message-pick.ts'
import { type NodeScene, type NodeSet, resolveNodeSet } from './node-set.ts'

/** What a command is carried out against. */
export interface Stage extends NodeScene {
  readonly lab: Lab
  readonly spec: SimSpec
  readonly settings: Settings
  readonly flights: readonly Flight[]
  readonly kinds: OperationKinds
  /** Values invented so far. */
  readonly invented: number
}

/** The acts that a deed comes down to, or why there are none: `missing` may yet turn up (a leader, a message), `refused` never will. */
export type Resolved =
  | { readonly acts: readonly Act[]; readonly settings?: Settings; readonly invented?: number }
  | { readonly missing: string }
  | { readonly refused: string }

type DeedOf<Verb extends Deed['verb']> = Extract<Deed, { readonly verb: Verb }>
type Link = readonly [NodeId, NodeId]
type Found<T> = { readonly found: T } | { readonly missing: string }

const nobody = (word: string): string => `there is no ${word} at this moment`

const nodesOf = (set: NodeSet, stage: Stage, other: readonly NodeId[] = []): Found<readonly NodeId[]> => {
  const resolved = resolveNodeSet(set, stage, other)
  return 'nodes' in resolved ? { found: resolved.nodes } : { missing: nobody(resolved.missing) }
}

/** The nodes of each side. Clients go with the node they stand at, unless another side names them. */
const sidesOf = (deed: { readonly sides: readonly NodeSet[] }, stage: Stage): Found<readonly (readonly NodeId[])[]> => {
  const named: (readonly NodeId[])[] = []
  const words = deed.sides.length === 1 ? [...deed.sides, ['others']] : deed.sides
  const plain = words.filter(side => !side.includes('others'))
  const taken: NodeId[] = []
  for (const side of plain) {
    const nodes = nodesOf(side, stage)
    if ('missing' in nodes) return nodes
    taken.push(...nodes.found)
  }
  for (const side of words) {
    const nodes = nodesOf(side, stage, taken)
    if ('missing' in nodes) return nodes
    named.push(nodes.found)
  }
  const followers = (side: readonly NodeId[]): readonly NodeId[] =>
    stage.lab.nodes
      .filter(node => node.at !== null && side.includes(node.at) && stage.clients.includes(node.id))
      .map(node => node.id)
      .filter(id => !named.some(one => one.includes(id)))
  return { found: named.map(side => [...side, ...followers(side)]) }
}

const linksBetween = (sides: readonly (readonly NodeId[])[], oneWay: boolean): readonly Link[] => {
  const links = new Map<string, Link>()
  for (const [i, from] of sides.entries()) {
    for (const [j, to] of sides.entries()) {
      if (i === j || (oneWay && i > j)) continue
      for (const a of from) for (const b of to) if (a !== b) links.set(`${a}>${b}`, [a, b])
    }
  }
  return [...links.values()]
}

const performCut = (deed: DeedOf<'cut'>, stage: Stage): Resolved => {
  const sides = sidesOf(deed, stage)
  if ('missing' in sides) return sides
  const acts: Act[] = []
  for (const [i, from] of sides.found.entries()) {
    for (const to of sides.found.slice(i + 1)) acts.push({ act: 'cut', from, to, oneWay: deed.oneWay })
  }
  return { acts }
}

const performHeal = (deed: DeedOf<'heal'>, stage: Stage): Resolved => {
  if (deed.sides.length === 0) return { acts: [{ act: 'heal' }] }
  const sides = sidesOf(deed, stage)
  return 'missing' in sides ? sides : { acts: [{ act: 'heal', links: linksBetween(sides.found, deed.oneWay) }] }
}

const performLink = (deed: DeedOf<'link'>, stage: Stage): Resolved => {
  const sides = sidesOf(deed, stage)
  if ('missing' in sides) return sides
  const links = linksBetween(sides.found, deed.oneWay)
  if (deed.set !== 'default') return { acts: [{ act: 'link', links, set: deed.set }] }
  const spec = labSpec(stage.lab, stage.settings, stage.spec.seed)
  return { acts: links.map(link => ({ act: 'link', links: [link], set: linkOf(spec, ...link) })) }
}

const eachNode = (set: NodeSet, stage: Stage, act: (node: NodeId) => Act): Resolved => {
  const nodes = nodesOf(set, stage)
  return 'missing' in nodes ? nodes : { acts: nodes.found.map(act) }
}

/** The messages under way that are meant. */
export const pickFlights = (pick: MessagePick, stage: Stage): readonly MessageId[] => {
  const found = stage.flights
    .filter(({ message }) => picksMessage(pick, message, stage, stage.kinds))
    .toSorted((a, b) => a.message.sentAt - b.message.sentAt)
    .map(({ message }) => message.id)
  if ('id' in pick || pick.which === 'all') return found
  return pick.which === 'oldest' ? found.slice(0, 1) : found.slice(-1)
}

const performMessage = (deed: DeedOf<'message'>, stage: Stage): Resolved => {
  const picked = pickFlights(deed.pick, stage)
  if (picked.length === 0) return { missing: `no message "${printMessagePick(deed.pick)}" is under way` }
  return { acts: picked.map(message => ({ act: 'message', message, do: deed.do })) }
}

const LETTERS = 26

/** The k-th invented value, k from 1: the number k, or A to Z, then AA, AB, ... */
export const inventedValue = (k: number, style: Lab['values']): Json => {
  if (style === 'numbers') return k
  let text = ''
  for (let rest = k; rest > 0; rest = Math.floor((rest - 1) / LETTERS)) {
    text = String.fromCharCode(65 + ((rest - 1) % LETTERS)) + text
  }
  return text
}

const invents = (kind: OperationKind): boolean => kind === 'write' || kind === 'put' || kind === 'append'

const inputOf = (kind: OperationKind, value: Json | undefined, k: number, style: Lab['values']): Json => {
  if (value !== undefined) return kind === 'put' || kind === 'append' ? String(value) : value
  if (kind === 'add') return 1
  if (!invents(kind)) return null
  const fresh = inventedValue(k, style)
  return kind === 'write' ? fresh : String(fresh)
}

/** The request for one client; a write without a value gets a fresh one. */
export const requestAct = (
  client: NodeId,
  asked: { readonly kind: OperationKind; readonly key: string; readonly value?: Json },
  invented: number,
  style: Lab['values'],
): { readonly act: Act; readonly invented: number } => {
  const { kind, key, value } = asked
  const next = value === undefined && invents(kind) ? invented + 1 : invented
  return {
    act: { act: 'request', node: client, request: { kind, key, input: inputOf(kind, value, next, style) } },
    invented: next,
  }
}

const performRequest = (deed: DeedOf<'request'>, stage: Stage): Resolved => {
  const clients = nodesOf(deed.clients, stage)
  if ('missing' in clients) return clients
  const server = clients.found.find(node => !stage.clients.includes(node))
  if (server !== undefined) return { refused: `${server} is a server and asks for nothing` }
  const acts: Act[] = []
  let { invented } = stage
  for (const client of clients.found) {
    const request = requestAct(client, deed, invented, stage.lab.values)
    acts.push(request.act)
    invented = request.invented
  }
  return { acts, invented }
}

const LINK_PROPERTIES: readonly (keyof LinkSpec)[] = [
  'latencyMs',
  'minMs',
  'loss',
  'duplicate',
  'reorder',
  'reorderMs',
  'fifo',
  'bandwidth',
  'queueBytes',
  'mtu',
  'line',
]

/** The acts that turn a run of one specification into one of another: nodes configured anew and links changed where they differ. */
const difference = (before: SimSpec, after: SimSpec): readonly Act[] => {
  const acts: Act[] = []
  for (const node of after.nodes) {
    const old = before.nodes.find(other => other.id === node.id)
    if (JSON.stringify(old?.config) !== JSON.stringify(node.config)) {
      acts.push({ act: 'configure', node: node.id, config: node.config })
    }
  }
  const changes = new Map<string, { links: Link[]; set: Partial<LinkSpec> }>()
  for (const { id: a } of after.nodes) {
    for (const { id: b } of after.nodes) {
      if (a === b) continue
      const [old, now] = [linkOf(before, a, b), linkOf(after, a, b)]
      const changed = LINK_PROPERTIES.filter(name => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
      if (changed.length === 0) continue
      const set = Object.fromEntries(changed.map(name => [name, now[name]])) as Partial<LinkSpec>
      const text = JSON.stringify(set)
      const same = changes.get(text) ?? { links: [], set }
      same.links.push([a, b])
      changes.set(text, same)
    }
  }
  return [...acts, ...[...changes.values()].map(({ links, set }): Act => ({ act: 'link', links, set }))]
}

const performSet = (name: string, value: string, stage: Stage): Resolved => {
  const knob = stage.lab.knobs.find(one => one.name === name)
  if (knob === undefined) return { refused: `there is no knob ${name}` }
  if (!knob.live) return { refused: `${knob.label} can only be chosen before a run` }
  const settings = { ...stage.settings, [name]: value }
  const { seed } = stage.spec
  return { acts: difference(labSpec(stage.lab, stage.settings, seed), labSpec(stage.lab, settings, seed)), settings }
}

const performKey = (letter: string, stage: Stage): Resolved => {
  const knob = stage.lab.knobs.find(one => one.key === letter)
  if (knob === undefined) return { refused: `this lab has no key ${letter}` }
  const at = knob.values.findIndex(value => value.name === stage.settings[knob.name])
  const next = knob.values[(at + 1) % knob.values.length]
  return next === undefined ? { refused: `${knob.label} has no values` } : performSet(knob.name, next.name, stage)
}

/** Resolves a deed to acts on ids, at this moment. Keys with commands of their own were written out before. */
export const performDeed = (deed: Deed, stage: Stage): Resolved => {
  switch (deed.verb) {
    case 'key':
      return performKey(deed.key, stage)
    case 'cut':
      return performCut(deed, stage)
    case 'heal':
      return performHeal(deed, stage)
    case 'link':
      return performLink(deed, stage)
    case 'crash':
    case 'resume':
      return eachNode(deed.nodes, stage, node => ({ act: deed.verb, node }))
    case 'restart':
      return eachNode(deed.nodes, stage, node => ({ act: 'restart', node, disk: deed.disk }))
    case 'pause': {
      const forUs = deed.forMs === undefined ? {} : { forUs: Math.round(deed.forMs * 1000) }
      return eachNode(deed.nodes, stage, node => ({ act: 'pause', node, ...forUs }))
    }
    case 'slow':
      return eachNode(deed.nodes, stage, node => ({ act: 'slow', node, costUs: Math.round(deed.costMs * 1000) }))
    case 'omit':
      return eachNode(deed.nodes, stage, node => ({
        act: 'omit',
        node,
        direction: deed.direction,
        probability: deed.probability,
      }))
    case 'clock':
      return eachNode(deed.nodes, stage, node => ({
        act: 'clock',
        node,
        ...(deed.stepMs === undefined ? {} : { stepUs: Math.round(deed.stepMs * 1000) }),
        ...(deed.ratePpm === undefined ? {} : { ratePpm: deed.ratePpm }),
      }))
    case 'corrupt':
      return eachNode(deed.nodes, stage, node => ({ act: 'corrupt', node, path: deed.path, value: deed.value }))
    case 'flip':
      return eachNode(deed.nodes, stage, node => ({ act: 'flip', node, path: deed.path, bit: deed.bit }))
    case 'lie':
      return eachNode(deed.nodes, stage, node => ({ act: 'byzantine', node, strategy: deed.strategy }))
    case 'honest':
      return eachNode(deed.nodes, stage, node => ({ act: 'byzantine', node, strategy: null }))
    case 'set':
      return performSet(deed.knob, deed.value, stage)
    case 'request':
      return performRequest(deed, stage)
    case 'message':
      return performMessage(deed, stage)
    case 'address': {
      const node = stage.servers.concat(stage.clients).find(one => one === deed.node) ?? null
      return { acts: [{ act: 'address', address: deed.address, node }] }
    }
    default:
      return assertNever(deed)
  }
}
