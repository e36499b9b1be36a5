import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { LinkSpec } from '../sim/spec.ts'
import type { Condition } from './condition.ts'
import type { MessagePick } from './message-pick.ts'
import type { NodeSet } from './node-set.ts'

/** What a command does, with its targets still in words; `perform.ts` resolves them when the time has come. */
export type Deed =
  /** Presses a key of the lab: its commands, their times counted from the press; or the next value of the knob with that key. */
  | { readonly verb: 'key'; readonly key: string }
  /** One side: from all other servers. Two or more: each from each. `oneWay`: nothing passes from the first side to the second. */
  | { readonly verb: 'cut'; readonly sides: readonly NodeSet[]; readonly oneWay: boolean }
  | { readonly verb: 'heal'; readonly sides: readonly NodeSet[]; readonly oneWay: boolean }
  /** `default` restores what the lab says of these links. */
  | {
      readonly verb: 'link'
      readonly sides: readonly NodeSet[]
      readonly oneWay: boolean
      readonly set: Partial<LinkSpec> | 'default'
    }
  | { readonly verb: 'crash'; readonly nodes: NodeSet }
  | { readonly verb: 'restart'; readonly nodes: NodeSet; readonly disk: 'kept' | 'lost' }
  | { readonly verb: 'pause'; readonly nodes: NodeSet; readonly forMs?: number }
  | { readonly verb: 'resume'; readonly nodes: NodeSet }
  /** Every event costs the node so many ms of its processor; 0 to undo. */
  | { readonly verb: 'slow'; readonly nodes: NodeSet; readonly costMs: number }
  | {
      readonly verb: 'omit'
      readonly nodes: NodeSet
      readonly direction: 'send' | 'receive'
      readonly probability: number
    }
  | { readonly verb: 'clock'; readonly nodes: NodeSet; readonly stepMs?: number; readonly ratePpm?: number }
  | {
      readonly verb: 'corrupt'
      readonly nodes: NodeSet
      readonly path: readonly (string | number)[]
      readonly value: Json
    }
  /** Turns one bit of a whole number in the node's state over; 0 is the lowest. */
  | {
      readonly verb: 'flip'
      readonly nodes: NodeSet
      readonly path: readonly (string | number)[]
      readonly bit: number
    }
  | { readonly verb: 'lie'; readonly nodes: NodeSet; readonly strategy: string }
  | { readonly verb: 'honest'; readonly nodes: NodeSet }
  | { readonly verb: 'set'; readonly knob: string; readonly value: string }
  /** Without `value` a write takes a fresh one: the k-th write of the run writes k (or the k-th letter, as the lab says). */
  | {
      readonly verb: 'request'
      readonly clients: NodeSet
      readonly kind: OperationKind
      readonly key: string
      readonly value?: Json
    }
  | {
      readonly verb: 'message'
      readonly do: 'hold' | 'release' | 'deliver' | 'drop' | 'duplicate' | 'garble'
      readonly pick: MessagePick
    }
  | { readonly verb: 'address'; readonly address: string; readonly node: string | null }

/**
 * A place in a run that faults elsewhere do not move: after everything that happens by this time or, with `after`, after the first so many
 * events of that very instant (what commands do is not counted).
 */
export interface Place {
  readonly atUs: number
  readonly after?: number
}

/** The very beginning of a run. */
export const BEGINNING: Place = { atUs: 0, after: 0 }

/** When a command is carried out. Times are microseconds of simulated time. */
export type When =
  /** As soon as its targets are there: `crash(leader)` waits for a leader. */
  | { readonly type: 'soon' }
  | ({ readonly type: 'at' } & Place)
  /** Right after the event of this index. */
  | { readonly type: 'index'; readonly index: number }
  /** `delayUs` after the condition first holds, watched for from this place on. */
  | { readonly type: 'when'; readonly condition: Condition; readonly from: Place; readonly delayUs: number }

export interface Command {
  readonly do: Deed
  readonly when: When
}
