import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, State } from '../kernel/protocol.ts'

/** A message that a node means to send; `delayUs` is kept back before the network gets it. */
export interface Planned {
  readonly to: NodeId
  readonly message: Json
  readonly delayUs?: number
}

/** JSON that a strategy may change in place. */
export type Mutable = { [key: string]: Json | undefined }

/** One event at a lying node, and what the liar can do with it. */
export interface Turn {
  readonly self: NodeId
  readonly peers: readonly NodeId[]
  /** The nodes that lie by the same strategy at present, this one among them. */
  readonly colluders: readonly NodeId[]
  readonly event: NodeEvent<Json, string, Json>
  /** The protocol's state, to read and to corrupt. */
  readonly state: State<Json, Json>
  /** The strategy's own state at this node. */
  readonly own: Mutable
  /** What the colluders share: all of them read and write it, at once and unseen. */
  readonly channel: Mutable
  /** The node's own outbox: it signs as this node only, and opens only what this node may read. */
  readonly out: Pick<Outbox<Json, string>, 'sign' | 'verify' | 'seal' | 'open' | 'note'>
  /** A keyed draw between 0 and 1, the node's own. */
  draw(): number
  /** Runs the honest protocol on the event, or on another one, and returns what it means to send. Not called: nothing happens to it. */
  honest(event?: NodeEvent<Json, string, Json>): Planned[]
  send(planned: Planned): void
}

/**
 * How a Byzantine node lies: a deterministic state machine around the protocol. It may change, suppress and add sends, feed the
 * protocol false events and corrupt its memory; it cannot forge a signature nor open a box meant for others.
 */
export interface Strategy {
  readonly name: string
  /** The strategy's own state when it takes a node over. */
  initial(self: NodeId, peers: readonly NodeId[]): Mutable
  act(turn: Turn): void
}
