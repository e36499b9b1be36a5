import type { Session } from '../../lab/session.ts'
import { RunRecord } from './run-record.ts'

/** Two, so that two runs can be shown side by side. */
const records: readonly RunRecord[] = [new RunRecord(), new RunRecord()]
let latest = 0

/**
 * The picture of a session's run up to its cursor. Nothing but a cache: it goes on from what was folded for the last frame where the
 * session goes on from there, and folds the events at hand anew otherwise.
 */
export const recordOf = (session: Session): RunRecord => {
  const { trace } = session
  const known = records.findIndex(record => record.goesOnIn(trace))
  latest = known >= 0 ? known : 1 - latest
  const record = records[latest] as RunRecord
  record.follow(trace)
  record.messages.underWay(session.flights)
  return record
}
