import type { MessageId, NodeId, RequestId } from '../../kernel/ids.ts'
import type { Outcome } from '../../kernel/operation.ts'
import type { Purpose } from '../../kernel/protocol.ts'
import type { LossReason } from '../../kernel/trace.ts'
import type { AxisWindow } from './axis.ts'

/** One horizontal line of the diagram. Lanes are given top to bottom; a client stands beside the node it sits at. */
export interface Lane {
  readonly node: NodeId
  readonly kind: 'server' | 'client'
}

/** How a message ended, or where it is now. Times are microseconds of simulated real time. */
export type MessageEnd =
  | { readonly type: 'arrived'; readonly atUs: number; readonly index: number }
  /** Lost at `atUs` after `part` (0 to 1) of its way; `index` is the event at which that was known. */
  | {
      readonly type: 'lost'
      readonly atUs: number
      readonly part: number
      readonly reason: LossReason
      readonly index: number
    }
  /** Under way; would arrive at `dueUs`. */
  | { readonly type: 'flying'; readonly dueUs: number }
  /** Stopped by hand at `atUs`. */
  | { readonly type: 'held'; readonly atUs: number }

/** One message, from its sender's lane to its receiver's. */
export interface MessageStroke {
  readonly id: MessageId
  readonly from: NodeId
  readonly to: NodeId
  readonly purpose: Purpose
  readonly label: string
  readonly sentUs: number
  /** Index of the event that sent it. */
  readonly sentAt: number
  readonly end: MessageEnd
}

/** A client operation on its client's lane. */
export interface OperationSpan {
  readonly op: RequestId
  readonly client: NodeId
  /** What was asked, longest form first: `write x=2`, `w x=2`, `w 2`, `w`. The longest that fits is shown. */
  readonly labels: readonly string[]
  /** What came back, short: the value of a read; empty for a write. */
  readonly result: string
  readonly outcome: Outcome
  readonly invokedUs: number
  readonly invokedAt: number
  /** When it was answered or given up; null while it is open. */
  readonly endedUs: number | null
  readonly endedAt: number | null
}

/** Something that happened at one instant on one lane. */
export interface LaneMark {
  readonly node: NodeId
  readonly atUs: number
  readonly index: number
  readonly kind: 'authority' | 'candidate' | 'timer' | 'crash' | 'restart' | 'applied' | 'clock' | 'event'
  /** A few characters beside the glyph where there is room: `t2`, `x=2`. */
  readonly label: string
}

/** A stretch of one lane during which its node was not simply up. `toUs` is null while it lasts. */
export interface LaneStretch {
  readonly node: NodeId
  readonly fromUs: number
  readonly toUs: number | null
  readonly kind: 'down' | 'paused' | 'authority'
}

/** A stretch of the whole run, shown in the bar at the top: a cut until its healing. */
export interface RunBand {
  readonly fromUs: number
  readonly toUs: number | null
  readonly kind: 'cut' | 'fault'
  readonly label: string
}

/** The event under the cursor. */
export interface TimeCursor {
  readonly atUs: number
  readonly node: NodeId | null
  /** What happened there, one line. */
  readonly label: string
}

/** Events by index that can have influenced the event under the cursor, and those that it can have influenced. */
export interface CausalCones {
  readonly past: ReadonlySet<number>
  readonly future: ReadonlySet<number>
}

/**
 * All that the space-time diagram shows. The lists hold at least everything that touches the window, in order of time; what lies
 * outside of it is skipped.
 */
export interface SpaceTimeView {
  readonly lanes: readonly Lane[]
  /** Those that the window may show; more do no harm. */
  readonly messages: readonly MessageStroke[]
  /** What the run's messages so far were for; those of `messages` where not said. */
  readonly purposes?: ReadonlySet<Purpose>
  readonly spans: readonly OperationSpan[]
  readonly marks: readonly LaneMark[]
  readonly stretches: readonly LaneStretch[]
  readonly bands: readonly RunBand[]
  readonly nowUs: number
  readonly window: AxisWindow
  readonly cursor: TimeCursor | null
  readonly cones: CausalCones | null
  /** False leaves heartbeats out. */
  readonly heartbeats: boolean
  /** A message drawn in the accent. */
  readonly selected: MessageId | null
}
