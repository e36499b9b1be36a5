import type { NodeId } from '../kernel/ids.ts'
import { dotText, sameDot } from './causal-context.ts'
import type { Digests, Exchange, Fetch, Store, Stored } from './quorum-messages.ts'
import {
  about,
  exactly,
  isSuspect,
  itemOf,
  preferenceList,
  type QuorumOutbox,
  type QuorumState,
} from './quorum-state.ts'
import { digestOf, type Item, mergeItems } from './versioned-item.ts'

/** Merges an item into this node's own copy and tells of every version that is new here. */
export const keep = ({ disk, memory }: QuorumState, key: string, item: Item, out: QuorumOutbox): void => {
  const before = itemOf(disk, key)
  const after = mergeItems(memory.config.conflict, before, item)
  if (after === null || digestOf(after) === digestOf(before)) return
  disk.items[key] = after
  out.sync()
  const had = before?.versions ?? []
  const gone = had.filter(old => !after.versions.some(({ dot }) => sameDot(dot, old.dot)))
  for (const { op, dot } of after.versions) {
    if (op === null || had.some(old => sameDot(old.dot, dot))) continue
    // A value kept beside others replaces none of them.
    const index = dotText(dot)
    if (gone.length === 0) out.note('applied', { key, op, over: null, index })
    for (const old of gone) out.note('applied', { key, op, over: old.op, index })
  }
}

/** Keeps an item for another node until that one takes it (Dynamo, section 4.6). */
export const keepHint = (state: QuorumState, slot: NodeId, key: string, item: Item, out: QuorumOutbox): void => {
  const { disk, memory } = state
  const at = disk.hints.findIndex(hint => hint.slot === slot && hint.key === key)
  const merged = mergeItems(memory.config.conflict, disk.hints[at]?.item ?? null, item) ?? item
  if (at < 0) disk.hints.push({ slot, key, item: merged })
  else disk.hints[at] = { slot, key, item: merged }
  out.sync()
  armHandoff(state, out)
}

export const store = (state: QuorumState, slot: NodeId, key: string, item: Item, out: QuorumOutbox): void => {
  if (slot === state.memory.self) keep(state, key, item, out)
  else keepHint(state, slot, key, item, out)
}

export const receiveStore = (state: QuorumState, from: NodeId, m: Store, out: QuorumOutbox): void => {
  store(state, m.slot, m.key, m.item, out)
  out.send(from, { t: 'stored', id: m.id, slot: m.slot, key: m.key, op: m.op })
}

/** What this node knows of a key: its own copy, and what it keeps for the node for which it stands in. */
export const lookUp = ({ disk, memory }: QuorumState, slot: NodeId, key: string): Item | null => {
  const hint = slot === memory.self ? undefined : disk.hints.find(one => one.slot === slot && one.key === key)
  return mergeItems(memory.config.conflict, itemOf(disk, key), hint?.item ?? null)
}

export const receiveFetch = (state: QuorumState, from: NodeId, m: Fetch, out: QuorumOutbox): void =>
  out.send(from, { t: 'fetched', id: m.id, slot: m.slot, key: m.key, item: lookUp(state, m.slot, m.key), op: m.op })

const armHandoff = ({ disk, memory }: QuorumState, out: QuorumOutbox): void => {
  if (memory.handingOff || disk.hints.length === 0) return
  memory.handingOff = true
  out.setTimer('handoff', exactly(memory.config.handoffMs))
}

/** Offers the hints to the nodes that they are for, as far as these seem to be there. */
export const handOff = (state: QuorumState, out: QuorumOutbox): void => {
  const { disk, memory } = state
  memory.handingOff = false
  for (const { slot, key, item } of disk.hints) {
    if (isSuspect(memory, slot)) continue
    out.send(slot, { t: 'store', id: `hint ${digestOf(item)}`, slot, key, item, op: null })
  }
  armHandoff(state, out)
}

/** A hint was taken; it goes, unless more has come for that node since. */
export const handedOff = ({ disk }: QuorumState, { id, slot, key }: Stored, out: QuorumOutbox): void => {
  const left = disk.hints.filter(one => one.slot !== slot || one.key !== key || `hint ${digestOf(one.item)}` !== id)
  if (left.length === disk.hints.length) return
  disk.hints = left
  out.sync()
}

/** The keys that this node and `other` both replicate and this one holds, with digests. */
const sharedDigests = ({ disk, memory }: QuorumState, other: NodeId): { [key: string]: string } => {
  const digests: { [key: string]: string } = {}
  for (const [key, item] of Object.entries(disk.items))
    if (preferenceList(memory, key).includes(other)) digests[key] = digestOf(item)
  return digests
}

/** Anti-entropy, one round: compare with the next node in turn (Demers et al., PODC 1987; Dynamo, section 4.7, has Merkle trees). */
export const gossip = (state: QuorumState, out: QuorumOutbox): void => {
  const { memory } = state
  const others = memory.nodes.filter(node => node !== memory.self)
  const other = others[memory.gossipTurn % others.length]
  memory.gossipTurn += 1
  if (other !== undefined) out.send(other, { t: 'digests', digests: sharedDigests(state, other) })
  armGossip(state, out)
}

export const armGossip = ({ memory }: QuorumState, out: QuorumOutbox): void => {
  if (memory.config.antiEntropyMs > 0) out.setTimer('gossip', about(memory.config.antiEntropyMs))
  else out.cancelTimer('gossip')
}

export const receiveDigests = (state: QuorumState, from: NodeId, m: Digests, out: QuorumOutbox): void => {
  const mine = sharedDigests(state, from)
  const keys = [...new Set([...Object.keys(mine), ...Object.keys(m.digests)])].sort()
  const differ = keys.filter(key => mine[key] !== m.digests[key])
  if (differ.length === 0) return
  out.send(from, {
    t: 'exchange',
    items: itemsOf(state, differ),
    want: differ.filter(key => m.digests[key] !== undefined),
  })
}

const itemsOf = ({ disk }: QuorumState, keys: readonly string[]): Exchange['items'] =>
  keys.flatMap(key => {
    const item = itemOf(disk, key)
    return item === null ? [] : [{ key, item }]
  })

export const receiveExchange = (state: QuorumState, from: NodeId, m: Exchange, out: QuorumOutbox): void => {
  for (const { key, item } of m.items) keep(state, key, item, out)
  if (m.want.length > 0) out.send(from, { t: 'exchange', items: itemsOf(state, m.want), want: [] })
}
