import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, State } from '../kernel/protocol.ts'
import type { Call } from './client-wire.ts'
import { copyMachine, type MachineState } from './kv-machine.ts'
import { type RaftConfig, raftConfig } from './raft-config.ts'
import type { Entry, RaftMessage } from './raft-messages.ts'

/** Persistent state (Figure 2), with the snapshot of section 7. */
export type RaftDisk = {
  currentTerm: number
  votedFor: NodeId | null
  /** The entries after `logStart`; see `raft-log.ts`. */
  log: Entry[]
  /** Index and term of the entry before the first in `log`; it and all before it were discarded. */
  logStart: number
  logStartTerm: number
  /** Replaced as a whole. A few entries before `lastIncludedIndex` may still be in the log. */
  snapshot: Snapshot
}

type Snapshot = { lastIncludedIndex: number; lastIncludedTerm: number; data: MachineState }

type RaftRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/** What a leader knows of a follower. */
export type Progress = {
  nextIndex: number
  matchIndex: number
  /** True until the follower's log is known to match at `nextIndex - 1`: one message at a time instead of a stream of them. */
  probing: boolean
  /** When a snapshot went out that is not confirmed yet (the leader's clock), or null. */
  snapshotSentUs: number | null
  /** The latest round of confirmation that it answered, and the leader's clock when that message was sent. */
  ackedRound: number
  ackedSentUs: number
  /** When it was last heard from, the leader's clock. */
  heardUs: number
}

/** A client's write that the leader appended and will answer when it is applied. In the order of `index`. */
type PendingWrite = {
  readonly index: number
  readonly term: number
  readonly op: RequestId
  readonly attempt: number
  readonly to: NodeId
}

/** A read that waits for its round of confirmation, and for `readIndex` to be applied (dissertation, section 6.4). */
export type PendingRead = {
  readonly call: Call
  readonly to: NodeId
  readonly round: number
  readonly readIndex: number
}

/** A call at a server that passes calls on: it waits for a leader to be known, then for the leader's answer. */
type ForwardedCall = { readonly call: Call; readonly from: NodeId; sentTo: NodeId | null }

type Held = { readonly to: NodeId; readonly message: RaftMessage }

/** What waits for the disk, where it takes time. One sync is under way at a time; what comes meanwhile waits for the next. */
type DiskQueue = {
  /** True when `disk` changed since the last sync was asked for. */
  dirty: boolean
  syncing: boolean
  /** Held until the sync under way is done, and the last index that it makes durable. */
  covered: Held[]
  coveredIndex: number
  /** Held until the sync after it. */
  waiting: Held[]
  durableIndex: number
}

/** Volatile state (Figure 2), with what this implementation adds. */
export type RaftMemory = {
  readonly self: NodeId
  readonly peers: readonly NodeId[]
  config: RaftConfig
  role: RaftRole
  /** The leader of `currentTerm`, as far as known. */
  leaderId: NodeId | null
  /** When it was last heard from, by this node's clock; null for never. */
  leaderHeardUs: number | null
  commitIndex: number
  lastApplied: number
  machine: MachineState
  /** Who voted (or pre-voted) for this candidate, itself included. */
  votes: NodeId[]
  /** The leader's nextIndex[] and matchIndex[], by follower. */
  progress: { [peer: string]: Progress }
  /** The no-op that opened the leader's term: once it is committed, commitIndex is known to be current. */
  noOpIndex: number
  round: number
  pendingWrites: PendingWrite[]
  pendingReads: PendingRead[]
  forwarded: ForwardedCall[]
  queue: DiskQueue
}

export type RaftTimer = 'election' | 'heartbeat'
export type RaftState = State<RaftDisk, RaftMemory>
export type RaftOutbox = Outbox<RaftMessage, RaftTimer>
export type RaftEvent = NodeEvent<RaftMessage, RaftTimer, Partial<RaftConfig>>

const emptyDisk = (): RaftDisk => ({
  currentTerm: 0,
  votedFor: null,
  log: [],
  logStart: 0,
  logStartTerm: 0,
  snapshot: { lastIncludedIndex: 0, lastIncludedTerm: 0, data: { values: {}, sessions: {} } },
})

/** Every server starts as a follower (section 5.2) with the state machine of its last snapshot (section 7). */
export const bootRaft = (
  self: NodeId,
  peers: readonly NodeId[],
  survived: RaftDisk | undefined,
  given: Partial<RaftConfig>,
): RaftState => {
  const config = raftConfig(given)
  const found = survived ?? emptyDisk()
  const disk = config.breakRule === 'forget-vote' ? { ...found, votedFor: null } : found
  const { lastIncludedIndex, data } = disk.snapshot
  const last = disk.logStart + disk.log.length
  const memory: RaftMemory = {
    self,
    peers: [...peers],
    config,
    role: 'follower',
    leaderId: null,
    leaderHeardUs: null,
    commitIndex: lastIncludedIndex,
    lastApplied: lastIncludedIndex,
    machine: copyMachine(data),
    votes: [],
    progress: {},
    noOpIndex: 0,
    round: 0,
    pendingWrites: [],
    pendingReads: [],
    forwarded: [],
    queue: { dirty: false, syncing: false, covered: [], coveredIndex: last, waiting: [], durableIndex: last },
  }
  return { disk, memory }
}

/** Before every time that a clock can show. */
export const never = Number.MIN_SAFE_INTEGER

/** More than half of the cluster (this server and its peers). */
export const majority = (memory: RaftMemory): number => Math.floor((memory.peers.length + 1) / 2) + 1

/** The largest number that a majority has reached, the leader itself having reached `own`. */
export const reachedByMajority = (
  memory: RaftMemory,
  own: number,
  member: 'matchIndex' | 'ackedRound' | 'ackedSentUs' | 'heardUs',
): number => {
  // Insertion into a short list, largest first: this runs with every acknowledgement.
  const reached = [own]
  for (const peer of memory.peers) {
    const value = (memory.progress[peer] as Progress)[member]
    let at = reached.length
    while (at > 0 && (reached[at - 1] as number) < value) {
      reached[at] = reached[at - 1] as number
      at -= 1
    }
    reached[at] = value
  }
  return reached[majority(memory) - 1] as number
}
