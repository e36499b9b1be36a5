import type { NodeId, RequestId } from './ids.ts'
import type { Json } from './json.ts'

/**
 * What a client asks for. `read`/`write`/`cas` act on a register (`cas` has input `{from, to}`; its output tells
 * whether it swapped), `get`/`put`/`append` on a key-value store of strings, `add` with `read` on a counter or a set.
 * `txn` is a list of reads and writes over several keys: input `[{f: 'r', key} | {f: 'w', key, value}]`.
 */
export type OperationKind = 'read' | 'write' | 'cas' | 'get' | 'put' | 'append' | 'add' | 'txn'

/**
 * `ok`: it took effect. `fail`: it definitely did not and never will. `unknown`: no answer in time, or none yet; it may
 * take effect at any later time, or never.
 */
export type Outcome = 'ok' | 'fail' | 'unknown'

/** One operation of one client as the client saw it. Times are microseconds of real (simulated) time. */
export interface Operation {
  readonly id: RequestId
  readonly client: NodeId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
  readonly output: Json
  readonly outcome: Outcome
  /** The reason that came with a `fail`, in a few words. */
  readonly reason?: string
  readonly invokedUs: number
  /** When the answer arrived; null for `unknown`. */
  readonly returnedUs: number | null
  /** When the client stopped waiting (outcome `unknown`); null while it still waits. */
  readonly gaveUpUs?: number | null
  /** The node that answered, where the protocol of the client says so. */
  readonly servedBy?: NodeId
}

/** Operations in the order of their invocation. */
export type History = readonly Operation[]

/** A client operation handed to the client's node to perform. */
export interface ClientRequest {
  readonly id: RequestId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
}

/** How a client's node closes an operation. */
export type Completion =
  | { readonly outcome: 'ok'; readonly output: Json; readonly servedBy?: NodeId }
  | { readonly outcome: 'fail'; readonly reason: string; readonly servedBy?: NodeId }
  | { readonly outcome: 'unknown'; readonly reason: string }
