import type { MessageId, NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { AnyProtocol } from '../kernel/protocol.ts'
import type { Strategy } from './strategy.ts'

/** A distribution of durations in milliseconds. Draws are rounded to whole microseconds at once. A bare number is a constant. */
export type Distribution =
  | number
  | { readonly constant: number }
  | { readonly uniform: { readonly min: number; readonly max: number } }
  | { readonly normal: { readonly mean: number; readonly sd: number } }
  | { readonly exponential: { readonly mean: number } }
  | { readonly pareto: { readonly scale: number; readonly shape: number } }
  | { readonly mixture: readonly { readonly weight: number; readonly of: Distribution }[] }
  /** Draws one of the samples, each equally likely. */
  | { readonly empirical: readonly number[] }

/** One direction of a link. */
export interface LinkSpec {
  readonly latencyMs: Distribution
  /** No draw is taken below it. */
  readonly minMs: number
  /** Probability that a message is lost, 0 to 1. */
  readonly loss: number
  /** Probability that a message arrives twice, 0 to 1. */
  readonly duplicate: number
  /** Probability that a message is delayed by a further latency draw of up to `reorderMs` and so may be overtaken, 0 to 1. */
  readonly reorder: number
  readonly reorderMs: number
  /** Keeps the order of sending (a TCP connection): no message overtakes an earlier one of the same direction. */
  readonly fifo: boolean
  /** Bytes a second; null for no limit. Messages queue by their `bytes`. */
  readonly bandwidth: number | null
  /** The queue in front of the link in bytes; what does not fit is lost (`queue-full`). Null for no limit. */
  readonly queueBytes: number | null
  /** Larger messages are lost (`too-big`). Null for no limit. */
  readonly mtu: number | null
  /** The name of a line that directed links share: what one of them puts on the wire the others wait for. Null or absent: a wire of its own. */
  readonly line?: string | null
}

/** A clock against real time: reads `offsetUs + elapsed * (1 + ratePpm / 1e6)`. */
export interface ClockSpec {
  readonly offsetUs: number
  readonly ratePpm: number
}

export interface NodeSpec {
  readonly id: NodeId
  readonly protocol: AnyProtocol
  readonly config: Json
  /** The other nodes of its role. */
  readonly peers: readonly NodeId[]
  /** Clients' operations are in the history; pictures draw clients apart from servers. */
  readonly kind: 'server' | 'client'
  readonly clock: ClockSpec
  /** How long a sync takes; 0 (the usual idealisation) makes all of `disk` durable at the end of every event. */
  readonly syncMs: Distribution
  /** Deliveries that wait while the node is paused or busy; more are lost. */
  readonly inboxLimit: number
}

/** All that a run depends on, besides the acts given to it. */
export interface SimSpec {
  readonly seed: number
  readonly nodes: readonly NodeSpec[]
  readonly network: LinkSpec
  /** What is different about single directed links, by `n1>n2`. */
  readonly links: { readonly [link: string]: Partial<LinkSpec> }
  /** Addresses that resolve to nodes other than the one of that name. */
  readonly addresses: { readonly [address: string]: NodeId }
  /** After so long without an answer an operation's outcome is unknown, microseconds. */
  readonly deadlineUs: number
  /** Strategies of Byzantine nodes beyond the generic ones of `strategies.ts`, found by name. */
  readonly strategies?: readonly Strategy[]
  /** How many closed operations the world keeps at least; all of them when absent. Long batches take them as they close. */
  readonly historyLimit?: number
}

/** What someone does to a run: one perturbation, with everything resolved to ids. */
export type Act =
  /** Cuts every directed link from a node of `from` to a node of `to`. Messages already under way go on. */
  | { readonly act: 'cut'; readonly from: readonly NodeId[]; readonly to: readonly NodeId[]; readonly oneWay: boolean }
  /** Undoes cuts: of these links, or of all. */
  | { readonly act: 'heal'; readonly links?: readonly (readonly [NodeId, NodeId])[] }
  /** Changes properties of these directed links, from now on. */
  | { readonly act: 'link'; readonly links: readonly (readonly [NodeId, NodeId])[]; readonly set: Partial<LinkSpec> }
  | { readonly act: 'crash'; readonly node: NodeId }
  | { readonly act: 'restart'; readonly node: NodeId; readonly disk: 'kept' | 'lost' }
  /** The node handles nothing until it is resumed, by hand or after `forUs`. */
  | { readonly act: 'pause'; readonly node: NodeId; readonly forUs?: number }
  | { readonly act: 'resume'; readonly node: NodeId }
  /** Every event costs the node this much processor time, microseconds; 0 to undo. */
  | { readonly act: 'slow'; readonly node: NodeId; readonly costUs: number }
  /** Loses messages at the node's own edge: probability 0 to 1. */
  | {
      readonly act: 'omit'
      readonly node: NodeId
      readonly direction: 'send' | 'receive'
      readonly probability: number
    }
  /** A clock fault: step by an offset (microseconds), run at another rate, or both. */
  | { readonly act: 'clock'; readonly node: NodeId; readonly stepUs?: number; readonly ratePpm?: number }
  /** Overwrites a member of the node's state, for example `['memory', 'values', 'x', 'value']`. */
  | {
      readonly act: 'corrupt'
      readonly node: NodeId
      readonly path: readonly (string | number)[]
      readonly value: Json
    }
  /** Turns one bit of a whole number in the node's state over, counted from 0 for the lowest: what a cosmic ray does. */
  | {
      readonly act: 'flip'
      readonly node: NodeId
      readonly path: readonly (string | number)[]
      readonly bit: number
    }
  /** Makes the node lie from now on by the named strategy; null makes it honest again. */
  | { readonly act: 'byzantine'; readonly node: NodeId; readonly strategy: string | null }
  /** A knob: the node's protocol gets `configured`. */
  | { readonly act: 'configure'; readonly node: NodeId; readonly config: Json }
  | { readonly act: 'request'; readonly node: NodeId; readonly request: Omit<ClientRequest, 'id'> }
  /** A message in flight: hold it until released, deliver it now, drop it, send a second copy along, or flip a bit of it. */
  | {
      readonly act: 'message'
      readonly message: MessageId
      readonly do: 'hold' | 'release' | 'deliver' | 'drop' | 'duplicate' | 'garble'
    }
  | { readonly act: 'address'; readonly address: string; readonly node: NodeId | null }

/** Why an act could not be carried out; it is then skipped and said so. */
export interface Refusal {
  readonly refused: string
}
