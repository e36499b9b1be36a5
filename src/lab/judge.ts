import { checkCausal } from '../check/causal.ts'
import { checkLinearizable } from '../check/linearizable.ts'
import { followLive, type Live, liveStart, liveVerdict } from '../check/live.ts'
import { type Model, models } from '../check/model.ts'
import { modelFor } from '../check/partition.ts'
import type { Scene } from '../check/scene.ts'
import { checkSequential } from '../check/sequential.ts'
import { checkSession } from '../check/sessions.ts'
import type { Consistency, Verdict } from '../check/verdict.ts'
import { assertNever } from '../kernel/assert-never.ts'
import type { History } from '../kernel/operation.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import type { Lab } from './lab.ts'

const started = new WeakMap<Lab, Model>()

/** The lab's object, with the lab's initial value as its own. */
const liveModel = (lab: Lab): Model => {
  const known = started.get(lab)
  if (known !== undefined) return known
  const model = models[lab.model]
  const own = lab.initial === null ? model : { ...model, init: () => model.init(lab.initial) }
  started.set(lab, own)
  return own
}

const fits = (model: Model, history: History): boolean => history.every(op => model.kinds.includes(op.kind))

/** Asks a checker about a whole history, with at most `budget` steps where it counts them. */
export const judge = (consistency: Consistency, history: History, lab: Lab, budget: number): Verdict => {
  const own = models[lab.model]
  const model = fits(own, history) ? own : (modelFor(history) ?? own)
  const start = lab.initial === null ? {} : { initial: lab.initial }
  switch (consistency) {
    case 'linearizable':
      return checkLinearizable(history, model, { ...start, budget })
    case 'sequential':
      return checkSequential(history, model, { ...start, budget })
    case 'causal':
      return checkCausal(history, model, start)
    case 'read-your-writes':
    case 'monotonic-reads':
    case 'monotonic-writes':
    case 'writes-follow-reads':
      return lab.initial === null
        ? checkSession(history, model, consistency)
        : checkSession(history, model, consistency, lab.initial)
    default:
      return assertNever(consistency)
  }
}

/** What the checker that goes along with a run knows; null where it cannot follow the kinds of operations. */
export type Following = Live | null

export const notFollowedYet: Following = liveStart

/** The live checker one event later. */
export const followRun = (
  following: Following,
  event: TraceEvent,
  scene: Pick<Scene, 'history'>,
  lab: Lab,
): Following => {
  if (following === null) return null
  if (event.cause.type === 'invoke' && !models[lab.model].kinds.includes(event.cause.request.kind)) return null
  return followLive(following, event, scene, liveModel(lab))
}

/** The live checker's verdict; null where it has none to give, and the whole history must be asked. */
export const followedVerdict = (following: Following, history: History, lab: Lab): Verdict | null => {
  if (following === null) return null
  const verdict = liveVerdict(following, history, liveModel(lab))
  return verdict.answer === 'unknown' ? null : verdict
}
