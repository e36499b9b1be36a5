import { conditionHolds } from '../../lab/condition-holds.ts'
import type { Session } from '../../lab/session.ts'
import type { LampView } from '../panes/lamp-lines.ts'

/** The lamps as they stand at the cursor. */
export const lampsOf = (session: Session): readonly LampView[] =>
  session.lab.lamps.map(({ say, out }) => ({ say, lit: !conditionHolds(out, session.scene) }))
