import type { MessageId, NodeId } from '../../kernel/ids.ts'
import type { Outcome } from '../../kernel/operation.ts'
import type { Purpose } from '../../kernel/protocol.ts'
import type { NodeStatus } from '../../kernel/trace.ts'
import type { Fact } from '../../kernel/view.ts'

/** One node's copy of one key, ready to show. */
export interface ShownCopy {
  readonly key: string
  /** Siblings stand side by side: `A|B`. */
  readonly value: string
  readonly version: string
  /** May still be rolled back. */
  readonly tentative: boolean
  /** Written at the latest event. */
  readonly fresh: boolean
}

export interface ClusterNode {
  readonly id: NodeId
  readonly role: string
  readonly term: number | null
  /** Acts as the one in charge. */
  readonly authority: boolean
  readonly status: NodeStatus
  /** What is wrong with it besides its status, in words: `slow 5 ms`, `clock +200 ms`, `lies: equivocate`. */
  readonly troubles: readonly string[]
  readonly copies: readonly ShownCopy[]
  readonly facts: readonly Fact[]
  /** The lab says which facts to show: they are worth a row that has nothing else to tell. */
  readonly factsChosen?: boolean
  /** The latest event took place here. */
  readonly fresh: boolean
  /** Set where it is a client that the lab wants drawn as a card. */
  readonly client?: ClusterClient
}

export interface ClusterClient {
  readonly id: NodeId
  /** The server beside which it stands. */
  readonly at: NodeId | null
  readonly status: NodeStatus
  /** Its latest operation, `w x=2`; empty before the first. */
  readonly doing: string
  /** `open` while it waits. */
  readonly outcome: Outcome | 'open' | null
}

/** One direction of a link. */
export interface LinkWay {
  readonly cut: boolean
  /** What else is wrong with it: `loss 20 %`, `200 ms`. */
  readonly troubles: readonly string[]
}

/** A link between two servers, or between a client and a server where something is wrong with it. */
export interface ClusterLink {
  readonly a: NodeId
  readonly b: NodeId
  readonly forth: LinkWay
  readonly back: LinkWay
}

export interface ClusterFlight {
  readonly id: MessageId
  readonly from: NodeId
  readonly to: NodeId
  readonly purpose: Purpose
  readonly label: string
  /** How far it has come, 0 to 1. */
  readonly part: number
  readonly held: boolean
}

/** What the keyboard has hold of. */
export type Selection =
  | { readonly kind: 'node'; readonly node: NodeId }
  | { readonly kind: 'link'; readonly a: NodeId; readonly b: NodeId }
  | { readonly kind: 'message'; readonly message: MessageId }

/** The cluster at one instant. */
export interface ClusterView {
  /** Servers and the clients drawn like them, in the lab's order. */
  readonly nodes: readonly ClusterNode[]
  readonly clients: readonly ClusterClient[]
  readonly links: readonly ClusterLink[]
  readonly flights: readonly ClusterFlight[]
  /** Servers that can still reach one another, group by group; one group while nothing is cut. */
  readonly groups: readonly (readonly NodeId[])[]
  readonly selection: Selection | null
  /** True where a card says facts in the place of a value that its node does not hold. */
  readonly factsFirst?: boolean
}
