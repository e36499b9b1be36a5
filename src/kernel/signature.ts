import type { NodeId } from './ids.ts'
import type { Json } from './json.ts'

/** A payload with a signature. Only the signer's own outbox makes one; `Outbox.verify` refuses anything else. A JSON value itself, so that it fits into a box. */
export type Signed<P extends Json> = {
  readonly signer: NodeId
  readonly payload: P
  readonly tag: string
}

/** A payload that only the named readers can open, with `Outbox.open`. */
export interface Sealed<_P extends Json> {
  readonly readers: readonly NodeId[]
  readonly box: string
}
