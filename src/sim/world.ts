import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ClientRequest, Operation } from '../kernel/operation.ts'
import type { State } from '../kernel/protocol.ts'
import type { MessageRecord, NodeStatus } from '../kernel/trace.ts'
import type { LinkSpec } from './spec.ts'

/** A message under way: what the trace tells of it, what it says, and how many copies were made of it. */
export interface Parcel {
  readonly message: MessageRecord
  readonly content: Json
  readonly copies: number
}

/** What happens when an entry of the queue is due. */
export type Due =
  | { readonly type: 'start'; readonly node: NodeId; readonly restarted: boolean; readonly diskKept: boolean }
  | { readonly type: 'deliver'; readonly node: NodeId; readonly parcel: Parcel }
  | { readonly type: 'timer'; readonly node: NodeId; readonly timer: string }
  | { readonly type: 'synced'; readonly node: NodeId; readonly disk: Json }
  /** The end of a pause of fixed length. */
  | { readonly type: 'resume'; readonly node: NodeId }
  /** A node that was busy or paused turns to the first item of its inbox. */
  | { readonly type: 'wake'; readonly node: NodeId }
  | { readonly type: 'deadline'; readonly node: NodeId; readonly op: RequestId }

/** An entry of the queue, ordered by (us, seq). Entries are never changed, only replaced. */
export interface Entry {
  readonly us: number
  readonly seq: number
  readonly due: Due
}

/** A pending timer. `dueUs` is on the node's monotonic clock, `firesUs` the real time that this is at the clock's present rate. */
export interface TimerState {
  readonly name: string
  dueUs: number
  firesUs: number
  seq: number
}

/**
 * A node's two clocks. The monotonic clock stood at `ownUs` at the real time `realUs` and runs at `1 + ratePpm / 1e6`; the
 * wall clock, which protocols read, is the monotonic clock plus `offsetUs`.
 */
export interface ClockState {
  realUs: number
  ownUs: number
  ratePpm: number
  offsetUs: number
}

/** What waits in the inbox of a paused or busy node. */
export type Waiting =
  | { readonly type: 'message'; readonly parcel: Parcel }
  | { readonly type: 'request'; readonly request: ClientRequest }
  | { readonly type: 'configured'; readonly config: Json }
  | { readonly type: 'synced' }

export interface NodeState {
  status: NodeStatus
  /** The protocol's state; null while the node is down. */
  state: State<Json, Json> | null
  /** What survives a crash, set when the node goes down and by finished syncs; absent when there is none. */
  durable?: Json
  /** The configuration in force, where it is no longer the specification's. */
  config?: Json
  clock: ClockState
  timers: TimerState[]
  /** How often the timers of each class of names have drawn from their ranges. */
  timerDraws: number[]
  inbox: Waiting[]
  /** The processor is at work until then. */
  busyUntilUs: number
  slowUs: number
  sendOmission: number
  receiveOmission: number
  /** Operations asked of this node so far. */
  requests: number
  syncs: number
  /** When the last sync asked for so far is done: syncs finish in the order of asking. */
  syncDoneUs: number
  seals: number
  /** The strategy by which the node lies, with its own state and count of draws. */
  byzantine?: { readonly strategy: string; own: Json; draws: number }
}

/** What a directed link remembers. */
export interface LinkState {
  /** Messages given to it so far; the ordinal of the last. */
  sent: number
  cut: boolean
  /** When it has put everything given to it on the wire (with a bandwidth). */
  freeUs: number
  /** The latest arrival so far (with `fifo`). */
  lastArrivalUs: number
  /** Properties changed during the run. */
  set?: Partial<LinkSpec>
}

/** A message taken off its way by hand, with the travel time that was left. */
export interface Held {
  readonly parcel: Parcel
  readonly remainingUs: number
}

/**
 * The whole state of a run: plain JSON data without functions and without the specification. A batch run changes it in place;
 * an interactive run makes a new frozen one with every event, which shares structure with the last.
 */
export interface World {
  /** Real (simulated) time, integer microseconds. */
  nowUs: number
  /** The index that the next event will have. */
  nextIndex: number
  nextSeq: number
  /** A binary heap. */
  queue: Entry[]
  nodes: { [node: string]: NodeState }
  /** By sender, then receiver; only links that were touched. */
  links: { [from: string]: { [to: string]: LinkState } }
  held: Held[]
  /** Operations that wait for their answer, in the order of invocation. */
  open: Operation[]
  /** Closed operations in chunks, in the order of closing. */
  closed: Operation[][]
  /** Addresses that resolve otherwise than their name says; null: to nothing. */
  addresses: { [address: string]: NodeId | null }
  /** When each shared line has put everything given to it on the wire; absent until one is used. */
  lines?: { [line: string]: number }
  /** What nodes that lie by the same strategy have told one another. */
  colluders: { [strategy: string]: Json }
}

/** A message under way as panes see it. */
export interface Flight {
  readonly message: MessageRecord
  /** When it arrives; null while it is held. */
  readonly arrivesUs: number | null
}
