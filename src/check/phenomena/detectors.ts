import type { Detector, PhenomenonName } from '../phenomenon.ts'
import { ackedWriteLost } from './acked-write-lost.ts'
import { dirtyRead } from './dirty-read.ts'
import { disagreement } from './disagreement.ts'
import { converged, diverged } from './diverged.ts'
import { duplicateApplied } from './duplicate-applied.ts'
import { falseSuspicion } from './false-suspicion.ts'
import { lostUpdate } from './lost-update.ts'
import { newThenOld } from './new-then-old.ts'
import { outOfOrder } from './out-of-order.ts'
import { refusedAtLiveNode } from './refused-at-live-node.ts'
import { splitBrain } from './split-brain.ts'
import { staleRead } from './stale-read.ts'
import { twoLeaders } from './two-leaders.ts'
import { unackedButKept } from './unacked-but-kept.ts'

/** The table of phenomena, and the glossary of them: every name has its one detector here. */
const table: { readonly [name in PhenomenonName]: Detector } = {
  'stale-read': staleRead,
  'new-then-old': newThenOld,
  'acked-write-lost': ackedWriteLost,
  'unacked-but-kept': unackedButKept,
  'dirty-read': dirtyRead,
  'lost-update': lostUpdate,
  'split-brain': splitBrain,
  'two-leaders': twoLeaders,
  diverged,
  converged,
  'refused-at-live-node': refusedAtLiveNode,
  'duplicate-applied': duplicateApplied,
  'out-of-order': outOfOrder,
  'false-suspicion': falseSuspicion,
  disagreement,
}

/** All detectors, in the order in which the glossary lists them. Each is handed back only states of its own making. */
export const detectors: readonly Detector[] = Object.values(table)
