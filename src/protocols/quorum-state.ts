import type { NodeId } from '../kernel/ids.ts'
import type { Outbox, State } from '../kernel/protocol.ts'
import { type Attempts, noAttempts } from './attempts.ts'
import type { Dot } from './causal-context.ts'
import type { Call } from './client-wire.ts'
import { type QuorumConfig, quorumConfig } from './quorum-config.ts'
import type { QuorumMessage } from './quorum-messages.ts'
import type { Item } from './versioned-item.ts'

/** An item that another node should have and did not take. */
export type Hint = { readonly slot: NodeId; readonly key: string; readonly item: Item }

export type QuorumDisk = {
  /** Under this name the node numbers its writes; another one after the disk was lost, so that no number comes twice. */
  actor: string
  /** False until the node has started with this disk. */
  used: boolean
  writes: { [key: string]: number }
  items: { [key: string]: Item }
  hints: Hint[]
  /** Set while the node has lost its disk and copies first: the others whose copies it has. */
  copiedFrom?: NodeId[]
  /** Kept where calls may be refused. */
  attempts: Attempts
}

/** A replica's place in a request: `node` answers for it, itself or a stand-in. */
export type Slot = {
  readonly slot: NodeId
  node: NodeId
  replied: boolean
  /** It has acknowledged the item that is being written. */
  stored: boolean
  /** What it returned to a read. */
  item: Item | null
}

/** A request that this node coordinates. */
export type Pending = {
  readonly kind: 'read' | 'write'
  readonly from: NodeId
  readonly call: Call
  phase: 'collecting' | 'writing-back' | 'answered'
  slots: Slot[]
  /** What is being written. */
  item: Item | null
}

export type QuorumMemory = {
  readonly self: NodeId
  /** All nodes of the store, this one too, in the order of their names. */
  readonly nodes: readonly NodeId[]
  config: QuorumConfig
  pending: { [id: string]: Pending }
  suspects: NodeId[]
  heardUs: { [node: string]: number }
  reads: number
  gossipTurn: number
  probing: boolean
  handingOff: boolean
}

export type QuorumTimer = `late:${string}` | `forget:${string}` | 'probe' | 'gossip' | 'handoff' | 'rejoin'
export type QuorumState = State<QuorumDisk, QuorumMemory>
export type QuorumOutbox = Outbox<QuorumMessage, QuorumTimer>

export const bootQuorum = (
  self: NodeId,
  peers: readonly NodeId[],
  disk: QuorumDisk | undefined,
  config: Partial<QuorumConfig>,
): QuorumState => ({
  disk: disk ?? { actor: self, used: false, writes: {}, items: {}, hints: [], attempts: noAttempts },
  memory: {
    self,
    nodes: [self, ...peers].sort(),
    config: quorumConfig(config),
    pending: {},
    suspects: [],
    heardUs: {},
    reads: 0,
    gossipTurn: 0,
    probing: false,
    handingOff: false,
  },
})

/** FNV-1a, 32 bits: where a key lies on the ring. */
const hash = (key: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < key.length; i += 1) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** The nodes in the order of the ring from the key's place on. The first `n` are its preference list (Dynamo, section 4.3). */
export const ringFrom = ({ nodes, config }: QuorumMemory, key: string): readonly NodeId[] => {
  // Where every node holds every key, as in most labs, the order means nothing and is kept plain.
  const at = config.n >= nodes.length ? 0 : hash(key) % nodes.length
  return [...nodes.slice(at), ...nodes.slice(0, at)]
}

export const preferenceList = (memory: QuorumMemory, key: string): readonly NodeId[] =>
  ringFrom(memory, key).slice(0, memory.config.n)

export const isSuspect = (memory: QuorumMemory, node: NodeId): boolean => memory.suspects.includes(node)

/** The next write of this node to `key`. */
export const nextDot = (disk: QuorumDisk, key: string): Dot => {
  const n = (Object.hasOwn(disk.writes, key) ? (disk.writes[key] ?? 0) : 0) + 1
  disk.writes[key] = n
  return { node: disk.actor, n }
}

export const itemOf = (disk: QuorumDisk, key: string): Item | null =>
  Object.hasOwn(disk.items, key) ? (disk.items[key] ?? null) : null

const us = (ms: number): number => Math.round(ms * 1000)

export const exactly = (ms: number) => ({ minUs: us(ms), maxUs: us(ms) })

/** A tenth more or less, so that nodes do not fall into step. */
export const about = (ms: number) => ({ minUs: us(ms * 0.9), maxUs: us(ms * 1.1) })
