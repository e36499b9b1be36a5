import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Outbox, State } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import { digestOf } from './digest.ts'
import type { MachineState } from './kv-machine.ts'
import { type PbftConfig, pbftConfig } from './pbft-config.ts'
import type {
  Checkpoint,
  Commit,
  NewView,
  PbftMessage,
  PrePrepare,
  Prepare,
  Prepared,
  Request,
  ViewChange,
} from './pbft-messages.ts'

/** What a replica has about one sequence number in its present view. Votes by voter; only the first of each counts. */
export type Slot = {
  prePrepare: Signed<PrePrepare> | null
  request: Signed<Request> | null
  prepares: { [replica: string]: Signed<Prepare> }
  commits: { [replica: string]: Signed<Commit> }
  prepared: boolean
  committed: boolean
}

/** A checkpoint that a quorum vouches for, and the state that it is of. */
export type Stable = {
  readonly n: number
  readonly machine: MachineState
  readonly proof: readonly Signed<Checkpoint>[]
}

/**
 * All that a replica knows. It is kept on disk, so that a replica that crashes forgets no vote. Messages do not wait for the disk: with a
 * slow one, a replica that crashes before its last sync may contradict itself and counts among the f.
 */
export type PbftDisk = {
  view: number
  /** It has left the view before this one, and this one has not begun. */
  changing: boolean
  machine: MachineState
  /** The last request that was executed. */
  executed: number
  stable: Stable
  slots: { [n: string]: Slot }
  /** Requests that prepared in the latest view in which they did, since the stable checkpoint: P of its next view change. */
  prepared: { [n: string]: Prepared }
  /** Who vouches for which checkpoint, and its own states of them, until one is stable. */
  checkpoints: { [n: string]: { [replica: string]: Signed<Checkpoint> } }
  snapshots: { [n: string]: MachineState }
  /** The latest request of each client that was not executed yet, in the order of arrival. */
  pending: Signed<Request>[]
  viewChanges: { [replica: string]: Signed<ViewChange> }
  /** What its present view began with. */
  newView: Signed<NewView> | null
  /** The last number given to a request by this primary. */
  assigned: number
  /** View changes in a row without a request executed. */
  fruitless: number
}

export type PbftMemory = {
  readonly self: NodeId
  /** All replicas, in the order of their names: replica v mod n is the primary of view v. */
  readonly replicas: readonly NodeId[]
  config: PbftConfig
  /** The timer of section 4.4 is running. */
  waiting: boolean
  /** The last status of each replica: who says the same twice is stuck. */
  heard: { [replica: string]: string }
}
export type PbftTimer = 'progress' | 'status'
export type PbftState = State<PbftDisk, PbftMemory>
export type PbftOutbox = Outbox<PbftMessage, PbftTimer>

export const bootPbft = (
  self: NodeId,
  peers: readonly NodeId[],
  disk: PbftDisk | undefined,
  config: Partial<PbftConfig>,
): PbftState => ({
  disk: disk ?? {
    view: 0,
    changing: false,
    machine: { values: {}, sessions: {} },
    executed: 0,
    stable: { n: 0, machine: { values: {}, sessions: {} }, proof: [] },
    slots: {},
    prepared: {},
    checkpoints: {},
    snapshots: {},
    pending: [],
    viewChanges: {},
    newView: null,
    assigned: 0,
    fruitless: 0,
  },
  memory: { self, replicas: [self, ...peers].sort(), config: pbftConfig(config), waiting: false, heard: {} },
})

/** How many liars so many replicas can bear. */
export const mostLiars = (replicas: number): number => Math.floor((replicas - 1) / 3)

export const liars = ({ config, replicas }: PbftMemory): number => config.f ?? mostLiars(replicas.length)

/**
 * How many make a quorum: so many that any two share at least f + 1 replicas, hence a correct one. 2f + 1 of 3f + 1; in general more than
 * half of n + f.
 */
export const quorumSize = (memory: PbftMemory): number => {
  const size = Math.floor((memory.replicas.length + liars(memory)) / 2) + 1
  return memory.config.breakRule === 'quorum-2f' ? size - 1 : size
}

export const primaryOf = ({ replicas, self }: PbftMemory, view: number): NodeId =>
  replicas[view % replicas.length] ?? self

export const isPrimary = ({ disk, memory }: PbftState): boolean =>
  !disk.changing && primaryOf(memory, disk.view) === memory.self

/** The high water mark H: the log holds the numbers above the stable checkpoint, h, up to this one (section 4.3). */
export const highWater = ({ disk, memory }: PbftState): number => disk.stable.n + 2 * memory.config.checkpointEvery

export const inWindow = (state: PbftState, n: number): boolean =>
  Number.isInteger(n) && n > state.disk.stable.n && n <= highWater(state)

/** The slot of a number, made when it is first asked for. */
export const slotOf = (disk: PbftDisk, n: number): Slot => {
  disk.slots[n] ??= { prePrepare: null, request: null, prepares: {}, commits: {}, prepared: false, committed: false }
  return disk.slots[n] as Slot
}

export const multicast = ({ replicas, self }: PbftMemory, message: PbftMessage, out: PbftOutbox): void => {
  for (const to of replicas) if (to !== self) out.send(to, message)
}

/** Signed by a replica, and the signature is good. */
export const fromReplica = <P extends Json>({ replicas }: PbftMemory, signed: Signed<P>, out: PbftOutbox): boolean =>
  typeof signed === 'object' && signed !== null && replicas.includes(signed.signer) && out.verify(signed)

/** How many different signers there are. */
export const signers = (signed: readonly { readonly signer: NodeId }[]): number =>
  new Set(signed.map(({ signer }) => signer)).size

export const machineDigest = (machine: MachineState): string => digestOf(machine as Json)

/** A quorum vouches for this state at this number. The initial state needs nobody to vouch for it. */
export const provesCheckpoint = (
  memory: PbftMemory,
  n: number,
  value: string | null,
  proof: readonly Signed<Checkpoint>[],
  out: PbftOutbox,
): boolean => {
  if (n === 0) return true
  const first = proof[0]?.payload.value
  return (
    signers(proof) >= quorumSize(memory) &&
    proof.every(
      one =>
        one.payload.is === 'checkpoint' &&
        one.payload.n === n &&
        one.payload.value === (value ?? first) &&
        fromReplica(memory, one, out),
    )
  )
}
