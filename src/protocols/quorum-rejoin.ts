import type { NodeId } from '../kernel/ids.ts'
import type { Copied } from './quorum-messages.ts'
import { keep } from './quorum-replica.ts'
import { exactly, type QuorumOutbox, type QuorumState } from './quorum-state.ts'

// A node that comes back with an empty disk has forgotten what it acknowledged, and quorums that count on it no longer meet: amnesia. With
// `rejoin: copy-first` it answers no read, for a client or for another coordinator, until it has copied what every other node holds; so
// does a replica that recovers in Liskov and Cowling, "Viewstamped Replication Revisited", MIT 2012, section 4.3. Every other one, not
// just so many that quorums meet: an acknowledgement that it gave before the crash may still count for a write under way, of which at
// first only the coordinator is sure to have a copy. Writes it takes meanwhile, for what it takes now it keeps. While a further node is
// away it goes on waiting, and two that have lost their disks wait for each other: more was lost than such a store can bear.

/** Does it still have to copy? */
export const isRejoining = ({ disk }: QuorumState): boolean => disk.copiedFrom !== undefined

/** Notes that the disk was lost; what was copied is on the new one, so a crash on the way takes nothing back. */
export const loseMemory = ({ disk, memory }: QuorumState): void => {
  if (memory.config.rejoin === 'copy-first') disk.copiedFrom = []
}

/** Asks those that have not answered for all that they hold, until all have. */
export const askForCopies = (state: QuorumState, out: QuorumOutbox): void => {
  const { disk, memory } = state
  if (disk.copiedFrom === undefined) return
  const { copiedFrom } = disk
  const left = memory.nodes.filter(node => node !== memory.self && !copiedFrom.includes(node))
  if (left.length === 0) {
    delete disk.copiedFrom
    out.sync()
    return
  }
  for (const node of left) out.send(node, { t: 'copy' })
  out.setTimer('rejoin', exactly(memory.config.handoffMs))
}

/** Gives all that this node holds, unless it has to copy itself. */
export const receiveCopy = (state: QuorumState, from: NodeId, out: QuorumOutbox): void => {
  if (isRejoining(state)) return
  const { items, hints } = state.disk
  const held = Object.entries(items).map(([key, item]) => ({ key, item }))
  const hinted = hints.filter(({ slot }) => slot === from).map(({ key, item }) => ({ key, item }))
  out.send(from, { t: 'copied', items: [...held, ...hinted] })
}

export const receiveCopied = (state: QuorumState, from: NodeId, m: Copied, out: QuorumOutbox): void => {
  const { disk, memory } = state
  if (disk.copiedFrom === undefined || disk.copiedFrom.includes(from)) return
  for (const { key, item } of m.items) keep(state, key, item, out)
  disk.copiedFrom.push(from)
  out.sync()
  if (disk.copiedFrom.length < memory.nodes.length - 1) return
  delete disk.copiedFrom
  out.cancelTimer('rejoin')
  out.note('has copied what the others hold')
}
