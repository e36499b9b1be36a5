import type { MessageId, NodeId, RequestId } from './ids.ts'
import type { Json } from './json.ts'
import type { ClientRequest, Outcome } from './operation.ts'
import type { MessageInfo } from './protocol.ts'

/** A message as the trace tells of it. */
export interface MessageRecord {
  readonly id: MessageId
  readonly from: NodeId
  readonly to: NodeId
  readonly info: MessageInfo
  readonly sentUs: number
  /** Index of the event that sent it. */
  readonly sentAt: number
}

/** Why a message never arrived (or did nothing): the link was cut, lost it, ... */
export type LossReason =
  | 'cut'
  | 'lost'
  | 'dropped'
  | 'receiver-down'
  | 'send-omission'
  | 'receive-omission'
  | 'queue-full'
  | 'too-big'
  | 'no-such-address'

/** What one event was. Every event concerns at most one node, but for commands. */
export type Cause =
  | { readonly type: 'start'; readonly node: NodeId; readonly restarted: boolean; readonly diskKept: boolean }
  /** The node handles the message (now, or after it waited in the inbox of a paused or busy node). */
  | { readonly type: 'deliver'; readonly node: NodeId; readonly message: MessageRecord }
  /** The message reached a node that does not handle it now: it waits in the inbox, or the effects say that it is lost. */
  | { readonly type: 'arrive'; readonly node: NodeId; readonly message: MessageRecord }
  | { readonly type: 'timer'; readonly node: NodeId; readonly timer: string }
  /** A client asks. `waited`: asked earlier, and handled only now, for the node was paused or busy. */
  | { readonly type: 'invoke'; readonly node: NodeId; readonly request: ClientRequest; readonly waited?: boolean }
  | { readonly type: 'deadline'; readonly node: NodeId; readonly op: RequestId }
  /** The disk finished a sync. `waited`: it finished earlier, and a paused or busy node learns of it only now. */
  | { readonly type: 'synced'; readonly node: NodeId; readonly waited?: boolean }
  /** A perturbation: a fault, a repair, a knob, a hand on a message. `label` says it in words, `nodes` and `links` are what it touched. */
  | {
      readonly type: 'act'
      readonly label: string
      readonly kind: string
      readonly nodes: readonly NodeId[]
      readonly links: readonly (readonly [NodeId, NodeId])[]
      readonly messages: readonly MessageId[]
    }

/** What the event brought about, in order. */
export type Effect =
  | { readonly type: 'sent'; readonly message: MessageRecord }
  | { readonly type: 'lost'; readonly message: MessageRecord; readonly reason: LossReason }
  | {
      readonly type: 'completed'
      readonly node: NodeId
      readonly op: RequestId
      readonly outcome: Outcome
      readonly output: Json
      readonly reason?: string
    }
  | { readonly type: 'note'; readonly node: NodeId; readonly text: string; readonly data: Json }
  | { readonly type: 'timer-set'; readonly node: NodeId; readonly timer: string; readonly firesUs: number }
  | { readonly type: 'status'; readonly node: NodeId; readonly status: NodeStatus }

/** What the simulator does with a node's events just now. */
export type NodeStatus = 'up' | 'paused' | 'down'

/** One step of a run. `index` counts from 0; `atUs` is simulated real time. */
export interface TraceEvent {
  readonly index: number
  readonly atUs: number
  readonly cause: Cause
  readonly effects: readonly Effect[]
}

export type Trace = readonly TraceEvent[]
