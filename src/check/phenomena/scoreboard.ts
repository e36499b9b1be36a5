import type { History } from '../../kernel/operation.ts'
import type { Phenomenon, PhenomenonName } from '../phenomenon.ts'
import { writtenKeys } from './written-keys.ts'

/** What a run has cost its clients so far, in operations. */
export interface Scoreboard {
  /** Writes answered with ok that are not known to be lost. */
  readonly ackedAndKept: number
  readonly ackedAndLost: number
  readonly unackedButKept: number
  readonly staleReads: number
  readonly refusedAtLiveNode: number
  readonly dirtyReads: number
}

/** Counts operations, not sightings: a transaction that lost two keys is one lost write. */
export const scoreboard = (history: History, phenomena: readonly Phenomenon[]): Scoreboard => {
  const count = (name: PhenomenonName): number =>
    new Set(phenomena.flatMap(one => (one.name === name ? one.ops.slice(0, 1) : []))).size
  const acked = history.filter(op => op.outcome === 'ok' && writtenKeys(op).length > 0).length
  const ackedAndLost = count('acked-write-lost')
  return {
    ackedAndKept: acked - ackedAndLost,
    ackedAndLost,
    unackedButKept: count('unacked-but-kept'),
    staleReads: count('stale-read'),
    refusedAtLiveNode: count('refused-at-live-node'),
    dirtyReads: count('dirty-read'),
  }
}
