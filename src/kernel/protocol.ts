import type { NodeId, RequestId } from './ids.ts'
import type { Json } from './json.ts'
import type { ClientRequest, Completion } from './operation.ts'
import type { Sealed, Signed } from './signature.ts'
import type { NodeView } from './view.ts'

/** A node's state: `memory` is lost in a crash, `disk` falls back to what the last finished `sync` covered. JSON values only. */
export interface State<Disk, Memory> {
  disk: Disk
  memory: Memory
}

/** What can happen to a node. `now` is the node's OWN clock in integer microseconds; it may be skewed, drift or jump. */
export type NodeEvent<Message, Timer extends string, Config> =
  | { readonly type: 'started'; readonly now: number; readonly restarted: boolean }
  | { readonly type: 'message'; readonly now: number; readonly from: NodeId; readonly message: Message }
  | { readonly type: 'timer'; readonly now: number; readonly timer: Timer }
  | { readonly type: 'request'; readonly now: number; readonly request: ClientRequest }
  | { readonly type: 'configured'; readonly now: number; readonly config: Config }
  | { readonly type: 'synced'; readonly now: number }

/** A range of the node's own clock, integer microseconds. The simulator draws from it, uniformly; protocols need no randomness. */
export interface TimerRange {
  readonly minUs: number
  readonly maxUs: number
}

/**
 * Records what a protocol wants to happen. Everything that enters is copied or frozen and never aliases state.
 * Effects take place when `on` returns, in the order in which they were asked for.
 */
export interface Outbox<Message, Timer extends string> {
  send(to: NodeId, message: Message): void
  /** Closes a client operation. A second call for the same operation is ignored: the client has its answer. */
  complete(request: RequestId, result: Completion): void
  /** Sets, or sets anew, the timer of this name. It fires once. */
  setTimer(timer: Timer, range: TimerRange): void
  cancelTimer(timer: Timer): void
  /** Asks for all of `disk` as it is at the end of this event to be made durable; `synced` follows when it is. */
  sync(): void
  /**
   * Says something for the trace. Some texts are understood by the phenomena:
   * `applied` with data `{key, op, over}`: this copy of `key` took the write `op` on top of the write `over` (null: the initial value);
   * with `keeps: true` it was added to what was there, which the copy still holds; `by` names the node on whose authority it was done,
   * where that is another one;
   * `rolled back` with data `{key, op}`: this copy of `key` threw the write `op` away again;
   * `suspect` and `trust` with data `{node}`: this node's failure detector changed its mind;
   * `decided` with data `{about, value}`: this node settled for good what all should agree on (the order of a battle, the request of a number).
   */
  note(text: string, data?: Json): void
  sign<P extends Json>(payload: P): Signed<P>
  verify<P extends Json>(signed: Signed<P>): boolean
  seal<P extends Json>(readers: readonly NodeId[], payload: P): Sealed<P>
  /** The payload, or undefined when this node is not among the readers or the box was tampered with. */
  open<P extends Json>(sealed: Sealed<P>): P | undefined
}

/** What a message is for, so that pictures can tell heartbeats from votes. */
export type Purpose =
  | 'request'
  | 'reply'
  | 'replicate'
  | 'acknowledge'
  | 'heartbeat'
  | 'election'
  | 'repair'
  | 'control'

/** What the network and the pictures may know of a message. */
export interface MessageInfo {
  /** The paper's name and the gist, short: `AppendEntries t3 +2`, `write x=2`. */
  readonly label: string
  readonly purpose: Purpose
  /** Size on the wire in bytes. */
  readonly bytes: number
  /** Time that the receiver's processor spends on it, microseconds; 0 for the usual idealisation. */
  readonly costUs: number
  /** The client operation that it serves, where it serves one. */
  readonly op?: RequestId
}

/**
 * A protocol: a deterministic state machine that is given events and records what it wants. It knows no network, disk,
 * clock, chance or screen. `on` changes `state` in place; the simulator hands it a plain object in a batch run and an Immer
 * draft on the screen, so state holds only JSON values and nothing keeps a reference to a part of it between events.
 */
export interface Protocol<Disk, Memory, Message, Timer extends string, Config> {
  readonly name: string
  /** Grows with every change that can alter a trace; part of the run code's lab hash. */
  readonly revision: number
  /** The state of a node that starts, with the disk that survived or none. `peers` are the other nodes of its role. */
  boot(self: NodeId, peers: readonly NodeId[], disk: Disk | undefined, config: Config): State<Disk, Memory>
  on(state: State<Disk, Memory>, event: NodeEvent<Message, Timer, Config>, out: Outbox<Message, Timer>): void
  view(state: State<Disk, Memory>): NodeView
  describe(message: Message): MessageInfo
}

/** Any protocol, for code that only hands state and messages through. */
// biome-ignore lint/suspicious/noExplicitAny: the type parameters are the protocol's own business
export type AnyProtocol = Protocol<any, any, any, any, any>
