import { Immer, isDraft } from 'immer'
import { copyJson } from './copy.ts'
import { freezeNew } from './freeze.ts'
import type { LinkState, NodeState, World } from './world.ts'

// A world is frozen as a whole once its event is over, so what is not frozen belongs to the event that is being carried out. The
// simulator's own parts are few and known, so it copies those that it is about to change by hand; only the protocols' states, whose
// shape it does not know, are Immer drafts.

const immer = new Immer({ autoFreeze: false })

/** A world for one event to change: it shares everything with the last but its outermost object and the queue. */
export const draftWorld = (world: World): World => ({ ...world, queue: [...world.queue] })

type Part = 'nodes' | 'links' | 'held' | 'open' | 'closed' | 'addresses' | 'colluders'

/** A part of the world, to be changed. In place it is the part itself. */
export const ownPart = <Name extends Part>(world: World, name: Name): World[Name] => {
  const part = world[name]
  if (!Object.isFrozen(part)) return part
  const copy = (Array.isArray(part) ? [...part] : { ...part }) as World[Name]
  world[name] = copy
  return copy
}

/** A node, to be changed. */
export const ownNode = (world: World, id: string): NodeState | undefined => {
  const node = world.nodes[id]
  if (node === undefined || !Object.isFrozen(node)) return node
  const copy: NodeState = {
    ...node,
    state: node.state === null ? null : immer.createDraft(node.state),
    clock: { ...node.clock },
    timers: node.timers.map(timer => ({ ...timer })),
    timerDraws: [...node.timerDraws],
    inbox: [...node.inbox],
  }
  if (node.byzantine !== undefined) copy.byzantine = copyJson(node.byzantine)
  ownPart(world, 'nodes')[id] = copy
  return copy
}

/** What a directed link remembers, to be changed; undefined when it has never been used. */
export const ownLink = (world: World, from: string, to: string): LinkState | undefined => {
  const row = world.links[from]
  const link = row?.[to]
  if (row === undefined || link === undefined || !Object.isFrozen(link)) return link
  const copy = { ...link }
  ownRow(world, from)[to] = copy
  return copy
}

/** The links of a sender, to be changed. */
export const ownRow = (world: World, from: string): { [to: string]: LinkState } => {
  const links = ownPart(world, 'links')
  const row = links[from]
  if (row !== undefined && !Object.isFrozen(row)) return row
  const copy = { ...row }
  links[from] = copy
  return copy
}

/** When the shared lines are free, to be changed. */
export const ownLines = (world: World): { [line: string]: number } => {
  const { lines } = world
  if (lines !== undefined && !Object.isFrozen(lines)) return lines
  const copy = { ...lines }
  world.lines = copy
  return copy
}

/** What liars share, to be changed. */
export const ownChannel = (world: World, strategy: string): World['colluders'][string] => {
  const channels = ownPart(world, 'colluders')
  const channel = channels[strategy]
  if (channel !== undefined && !Object.isFrozen(channel)) return channel
  const copy = copyJson(channel ?? {})
  channels[strategy] = copy
  return copy
}

/** The immutable world that the event has made of the last one. */
export const finishWorld = (next: World, last: World): World => {
  for (const id in next.nodes) {
    const node = next.nodes[id]
    if (node !== undefined && isDraft(node.state)) node.state = immer.finishDraft(node.state)
  }
  return freezeNew(next, last)
}
