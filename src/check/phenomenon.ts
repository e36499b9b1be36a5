import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import type { Scene } from './scene.ts'

/** The named things that can be seen to happen in a run. Each has a row in the table of detectors with its definition. */
export type PhenomenonName =
  | 'stale-read'
  | 'new-then-old'
  | 'acked-write-lost'
  | 'unacked-but-kept'
  | 'dirty-read'
  | 'lost-update'
  | 'split-brain'
  | 'two-leaders'
  | 'diverged'
  | 'converged'
  | 'refused-at-live-node'
  | 'duplicate-applied'
  | 'out-of-order'
  | 'false-suspicion'
  | 'disagreement'

/** One sighting, with its evidence. */
export interface Phenomenon {
  readonly name: PhenomenonName
  /** When it became true, and the index of the event that made it so. */
  readonly atUs: number
  readonly atIndex: number
  /** The client that was struck, where one was. */
  readonly by?: NodeId
  readonly nodes: readonly NodeId[]
  readonly key?: string
  readonly ops: readonly RequestId[]
  /** False while later events could still take it back (a lost write that may yet turn up). */
  readonly final: boolean
  /** One or two sentences with names, values and times: `Bob read 1 at 1.42 s. Alice's write of 2 had finished at 1.10 s.` */
  readonly evidence: string
}

/** A fold over a run that finds one phenomenon. State is immutable: `observe` returns the same state when nothing changed. */
export interface Detector<State = unknown> {
  readonly name: PhenomenonName
  /** The definition, a sentence or two, for the glossary. */
  readonly definition: string
  readonly initial: State
  observe(state: State, event: TraceEvent, scene: Scene): State
  /** All sightings so far, earliest first. */
  report(state: State, scene: Scene): readonly Phenomenon[]
}
