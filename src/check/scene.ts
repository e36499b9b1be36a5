import type { NodeId } from '../kernel/ids.ts'
import type { History } from '../kernel/operation.ts'
import type { NodeStatus } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'

/** The run as a detector sees it just after an event. */
export interface Scene {
  readonly nowUs: number
  readonly servers: readonly NodeId[]
  readonly clients: readonly NodeId[]
  view(node: NodeId): NodeView
  status(node: NodeId): NodeStatus
  /** All operations so far, in the order of invocation. */
  readonly history: History
  /** True while any fault is in force: a cut, a lossy or slowed link, a node that is down, paused, omitting or lying. */
  readonly faulty: boolean
  /** Messages between servers that are under way or held and are no mere heartbeats. */
  readonly inFlight: number
  /** True once the run has reached its end (`untilMs`) or nothing can happen any more. */
  readonly ended: boolean
  /** The lab's settling time: so long without faults, and whatever is going to be repaired is repaired. */
  readonly settlingUs: number
}
