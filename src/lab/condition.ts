import type { PhenomenonName } from '../check/phenomenon.ts'
import type { Consistency } from '../check/verdict.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeStatus } from '../kernel/trace.ts'
import type { MeasurePick } from './measure-pick.ts'
import type { MessagePick } from './message-pick.ts'
import type { NodeSet } from './node-set.ts'
import type { OperationPick } from './operation-pick.ts'

/** How an operation stands: `open` still waits, `unknown` was given up (or the run ended without an answer), `invoked` and `returned` are any. */
export type OperationStatus = 'ok' | 'fail' | 'unknown' | 'open' | 'invoked' | 'returned'

/**
 * What may be asked of a run, just after one of its events. The one language of goals, of the `when` of commands, of the truths of
 * predictions and of the expectations of claims.
 */
export type Condition =
  /** The phenomenon was sighted at least `min` times (1 where not said), each sighting passing all filters. */
  | {
      readonly type: 'see'
      readonly phenomenon: PhenomenonName
      /** The client that was struck. */
      readonly by?: string
      /** A node that took part. */
      readonly at?: string
      readonly key?: string
      readonly min?: number
      readonly beforeMs?: number
      readonly afterMs?: number
    }
  /** At least `min` (1) of the operations stand so; `value` is what a read returned or what another operation asked to write. */
  | {
      readonly type: 'operation'
      readonly pick: OperationPick
      readonly is: OperationStatus
      readonly value?: Json
      readonly key?: string
      /** The node that answered. */
      readonly servedBy?: string
      readonly min?: number
    }
  /** Every node of the set has this role (or status) now. */
  | { readonly type: 'is'; readonly nodes: NodeSet; readonly is: NodeStatus | string }
  /** Every node of the set holds this value for the key now, among its siblings where there are some. */
  | { readonly type: 'has'; readonly nodes: NodeSet; readonly key: string; readonly value: Json }
  /** Every node of the set shows this fact now. */
  | { readonly type: 'shows'; readonly nodes: NodeSet; readonly fact: string; readonly value: string }
  /** This very event sent, delivered or lost such a message. */
  | { readonly type: 'message'; readonly happened: 'sent' | 'delivered' | 'lost'; readonly pick: MessagePick }
  | { readonly type: 'verdict'; readonly consistency: Consistency; readonly answer: 'holds' | 'violated' | 'unknown' }
  /** The knob stands at this value. */
  | { readonly type: 'knob'; readonly knob: string; readonly value: string }
  | {
      readonly type: 'measure'
      readonly measure: MeasurePick
      readonly compare: '>=' | '<=' | '='
      readonly number: number
    }
  /** A command of this verb was carried out (`cut`, `crash`, `drop`, ...). */
  | { readonly type: 'did'; readonly verb: string }
  /** Whether a fault is in force now. */
  | { readonly type: 'faulty'; readonly is: boolean }
  | { readonly type: 'ended' }
  | { readonly type: 'all'; readonly of: readonly Condition[] }
  | { readonly type: 'any'; readonly of: readonly Condition[] }
  | { readonly type: 'not'; readonly of: Condition }
