import { canonicalJson, type Json } from '../kernel/json.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import { runLab } from './run-lab.ts'
import { Session } from './session.ts'

/** The same run without one of its commands, and where the two part. */
export interface Alongside {
  /** The run without the command, at the time of the other's cursor. */
  readonly without: Session
  /** The first event that is not in both (the command's own apart); null while they are the same. */
  readonly parts: {
    readonly atUs: number
    /** Its index in the run with the command, and in the run without; null where that run has nothing more by then. */
    readonly withIndex: number | null
    readonly withoutIndex: number | null
  } | null
}

/** What happened, without the numbers of events: those shift by the command's own. */
const told = (event: TraceEvent): string => {
  const text = canonicalJson({ atUs: event.atUs, cause: event.cause, effects: event.effects } as unknown as Json)
  return text.replaceAll(/"sentAt":\d+/g, '"sentAt":0')
}

/**
 * The session's run without the `at`-th of its commands (`session.commands`). Because every draw is keyed, the two differ only in what the
 * command caused.
 */
export const alongside = (session: Session, at: number): Alongside => {
  const { lab, seed, nowUs } = session
  const script = session.commands.toSpliced(at, 1)
  const settings = session.initialSettings
  const without = Session.create(lab, { seed, settings, script }).advanceTo(nowUs)
  const options = { settings, endUs: nowUs, trace: true, budget: 0, judging: false, hashing: false, phenomena: [] }
  const full = runLab(lab, seed, session.commands, options)
  const other = runLab(lab, seed, script, options)
  const own = new Set(full.log.find(entry => entry.id === lab.script.length + at)?.events ?? [])
  const a = full.trace.filter(event => !own.has(event.index))
  const b = other.trace
  const length = Math.max(a.length, b.length)
  for (let k = 0; k < length; k++) {
    const [left, right] = [a[k], b[k]]
    if (left !== undefined && right !== undefined && told(left) === told(right)) continue
    const atUs = Math.min(left?.atUs ?? Number.MAX_SAFE_INTEGER, right?.atUs ?? Number.MAX_SAFE_INTEGER)
    return { without, parts: { atUs, withIndex: left?.index ?? null, withoutIndex: right?.index ?? null } }
  }
  return { without, parts: null }
}
