import type { RequestId } from './ids.ts'
import type { Json } from './json.ts'

/** One node's copy of one key. */
export interface Copy {
  readonly value: Json
  /** The version in the protocol's own terms, short enough to show: `t3 i7`, `1402.0@n2`, `v5`. */
  readonly version: string
  /** The client operation that wrote it; null for the initial value. */
  readonly op: RequestId | null
  /** Concurrent values kept side by side (Dynamo siblings), each with the operation that wrote it. */
  readonly siblings?: readonly { readonly value: Json; readonly op: RequestId | null }[]
  /** True while the copy may still be rolled back (not committed). */
  readonly tentative?: boolean
}

/** Something more that a pane may show of a node, the most important first. */
export interface Fact {
  readonly label: string
  readonly value: string
}

/** What panes and phenomena may know of a node. Everything else of its state is its own. */
export interface NodeView {
  /** The paper's word: leader, follower, candidate, primary, backup, replica, client, ... */
  readonly role: string
  /** Set while the node acts as the one in charge: of what (`*` for everything), and in which term or epoch. */
  readonly authority?: { readonly over: string; readonly term: number }
  readonly term?: number
  readonly values: { readonly [key: string]: Copy }
  readonly facts: readonly Fact[]
}
