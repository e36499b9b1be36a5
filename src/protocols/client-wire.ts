import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'

/**
 * What clients and stores say to each other. One client protocol (`client.ts`) serves every store, so that a lab can change the
 * store under the same clients. A reply lost on the way leaves the client with a question mark, whatever the store.
 */
export interface Call {
  readonly t: 'call'
  readonly op: RequestId
  /** 1 for the first attempt; retries count up. */
  readonly attempt: number
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
  /** Set when the client uses idempotency keys: the same for all attempts. `seq` counts the client's operations from 1. */
  readonly session: { readonly client: NodeId; readonly seq: number } | null
  /** The client's own clock when the operation was asked for, microseconds, where the client stamps its writes (Cassandra's drivers do). */
  readonly stampUs?: number
  /** What the client got with its last answer about the key, returned unread: the context of Dynamo's `put` (section 4.3). */
  readonly context?: Json
}

/** The answer to one attempt. `redirect` names the node to ask instead (null: nobody knows yet, try another). */
export interface Answer {
  readonly t: 'answer'
  readonly op: RequestId
  readonly attempt: number
  readonly result:
    | { readonly outcome: 'ok'; readonly output: Json; readonly context?: Json }
    | { readonly outcome: 'fail'; readonly reason: string }
    | { readonly outcome: 'redirect'; readonly to: NodeId | null }
}
