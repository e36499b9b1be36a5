import type { NodeId } from '../kernel/ids.ts'
import type { Operation } from '../kernel/operation.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import { hashEvent, nextEventUs, nodeView } from '../sim/simulator.ts'
import { carryOut, isImmediate } from './carry-out.ts'
import type { Command, Deed, Place } from './command.ts'
import { conditionHolds } from './condition-holds.ts'
import type { Taken } from './engine.ts'
import { followRun } from './judge.ts'
import { afterAsking, afterEvent, nextRequest } from './load.ts'
import { type Moment, type Pending, type Play, withCommands } from './moment.ts'
import { performDeed, requestAct } from './perform.ts'
import { RunScene } from './run-scene.ts'
import { tallyEvent } from './tally.ts'

/** A run one event later. */
export interface Advanced {
  readonly moment: Moment
  readonly event: TraceEvent
}

const touchedBy = (event: TraceEvent, play: Play): readonly NodeId[] => {
  if (event.cause.type === 'act')
    return event.cause.nodes.length > 0 ? event.cause.nodes : play.spec.nodes.map(n => n.id)
  return [event.cause.node]
}

const withViews = (moment: Moment, event: TraceEvent, play: Play): Moment['views'] => {
  const views = { ...moment.views }
  for (const node of touchedBy(event, play)) views[node] = nodeView(play.spec, moment.world, node)
  return views
}

const withOperations = (moment: Moment, event: TraceEvent, closed: readonly Operation[]): Moment['operations'] => {
  let list = moment.operations
  if (event.cause.type === 'invoke' && event.cause.waited !== true) {
    const { id } = event.cause.request
    const opened = moment.world.open.findLast(op => op.id === id) ?? closed.find(op => op.id === id)
    if (opened !== undefined) list = list.opened(opened)
  }
  for (const operation of closed) list = list.closed(operation)
  return list
}

const withGoals = (moment: Moment, event: TraceEvent, play: Play, scene: RunScene): Moment['reached'] => {
  let { reached } = moment
  for (const goal of play.lab.goals) {
    if (reached[goal.id] !== undefined) continue
    const fits = Object.entries(goal.settings).every(([knob, value]) => moment.settings[knob] === value)
    if (fits && conditionHolds(goal.when, scene)) {
      reached = { ...reached, [goal.id]: { atUs: event.atUs, atIndex: event.index } }
    }
  }
  return reached
}

/** Whether what the deed acts on is there; for a key, what any of its commands does at once. */
const isReady = (deed: Deed, play: Play, scene: RunScene): boolean => {
  const key = deed.verb === 'key' ? play.lab.keys.find(one => one.letter === deed.key) : undefined
  if (key === undefined) return !('missing' in performDeed(deed, scene))
  const now = key.commands.filter(isImmediate)
  return now.length === 0 || now.some(command => !('missing' in performDeed(command.do, scene)))
}

/** Sets the commands due whose condition holds now, or whose targets are there now. */
const wake = (moment: Moment, play: Play): Moment => {
  if (!moment.pending.some(one => one.dueUs === null && one.command.when.type !== 'at')) return moment
  const scene = new RunScene(play, moment)
  const started = moment.world.nextIndex >= play.spec.nodes.length
  const wakes = ({ command, armed, dueUs }: Pending): number | null => {
    const { when } = command
    if (dueUs !== null) return dueUs
    if (when.type === 'when' && armed && conditionHolds(when.condition, scene)) return scene.nowUs + when.delayUs
    if (when.type === 'soon' && started) {
      return isReady(command.do, play, scene) ? scene.nowUs : null
    }
    return null
  }
  return { ...moment, pending: moment.pending.map(one => ({ ...one, dueUs: wakes(one) })) }
}

/** The states of the detectors after the event; the same list when none of them changed. */
const observed = (play: Play, before: Moment['detected'], event: TraceEvent, scene: RunScene): Moment['detected'] => {
  let states: unknown[] | undefined
  for (const [at, detector] of play.detectors.entries()) {
    const state = detector.observe(before[at], event, scene)
    if (state === before[at]) continue
    states ??= [...before]
    states[at] = state
  }
  return states ?? before
}

/** Everything that folds over the run takes in the event. */
const absorb = (play: Play, before: Moment, { world, event, closed }: Taken, byCommand: boolean): Moment => {
  const instant = before.instant.us === event.atUs ? before.instant : { us: event.atUs, count: 0 }
  const taken: Moment = {
    ...before,
    world,
    event,
    instant: byCommand ? instant : { us: instant.us, count: instant.count + 1 },
    loads: afterEvent(before.loads, event, play.seed),
    traceHash: play.hashing ? hashEvent(before.traceHash, event) : before.traceHash,
    tally: tallyEvent(before.tally, event),
  }
  const seen = { ...taken, views: withViews(taken, event, play), operations: withOperations(taken, event, closed) }
  const scene = new RunScene(play, seen)
  const detected = observed(play, seen.detected, event, scene)
  const following = followRun(seen.following, event, scene, play.lab)
  const detectedAll: Moment = { ...seen, detected, following }
  const judged = play.judging
    ? { ...detectedAll, reached: withGoals(detectedAll, event, play, new RunScene(play, detectedAll)) }
    : detectedAll
  return wake(judged, play)
}

/** What comes next, and when. Of things due at once, a command placed after some events of the instant goes first, other commands last. */
type Next =
  | { readonly us: number; readonly phase: 0 | 3; readonly pending: Pending }
  | { readonly us: number; readonly phase: 1; readonly load: number }
  | { readonly us: number; readonly phase: 2 }

const placeOf = (one: Pending, moment: Moment): { readonly us: number; readonly after: number | undefined } | null => {
  const { when } = one.command
  if (one.dueUs !== null) return { us: one.dueUs, after: one.dueUs <= moment.world.nowUs ? 0 : undefined }
  if (when.type === 'at') return { us: when.atUs, after: when.after }
  if (when.type === 'index') return moment.world.nextIndex > when.index ? { us: moment.world.nowUs, after: 0 } : null
  return when.type === 'when' && !one.armed ? { us: when.from.atUs, after: when.from.after } : null
}

const nextOf = (moment: Moment): Next | null => {
  const { world, instant } = moment
  const due: Next[] = []
  for (const pending of moment.pending) {
    const place = placeOf(pending, moment)
    if (place === null) continue
    const us = Math.max(place.us, world.nowUs)
    const past = place.us < world.nowUs
    const counted = instant.us === us ? instant.count : 0
    due.push({ us, phase: past || (place.after !== undefined && place.after <= counted) ? 0 : 3, pending })
  }
  for (const [load, { nextUs }] of moment.loads.entries()) {
    if (nextUs !== null) due.push({ us: Math.max(nextUs, world.nowUs), phase: 1, load })
  }
  const stepUs = nextEventUs(world)
  if (stepUs !== undefined) due.push({ us: stepUs, phase: 2 })
  return due.reduce<Next | null>(
    (best, one) => (best === null || one.us < best.us || (one.us === best.us && one.phase < best.phase) ? one : best),
    null,
  )
}

const takeLoad = (play: Play, moment: Moment, us: number, index: number): Advanced | Moment => {
  const load = moment.loads[index]
  if (load === undefined) return moment
  const request = requestAct(load.client, nextRequest(load, play.seed), moment.invented, play.lab.values)
  const result = play.engine.act(play.spec, play.engine.wait(moment.world, us), request.act)
  const refused = 'refused' in result
  const op = !refused && result.event.cause.type === 'invoke' ? result.event.cause.request.id : null
  const loads = moment.loads.with(index, afterAsking(load, op, play.seed))
  const asked = { ...moment, loads, invented: request.invented }
  if (refused) return asked
  return { moment: absorb(play, asked, result, false), event: result.event }
}

/** A command whose place has come: watched for from now on, or carried out. */
const begin = (play: Play, moment: Moment, one: Pending, us: number): Moment => {
  const at = { ...moment, world: play.engine.wait(moment.world, us) }
  if (one.command.when.type !== 'when' || one.armed) return carryOut.start(at, one)
  const pending = moment.pending.map(other => (other === one ? { ...one, armed: true } : other))
  // The event before the place is over: a condition on messages looks at later ones only.
  return { ...wake({ ...at, pending, event: null }, play), event: at.event }
}

const takeQueued = (play: Play, from: Moment): Advanced | { readonly moment: Moment } => {
  let moment = from
  for (let first = moment.queue[0]; first !== undefined; first = moment.queue[0]) {
    const result = carryOut.next(play, moment, first)
    if ('moment' in result) {
      const { verb } = result
      const verbs = moment.verbs.includes(verb) ? moment.verbs : [...moment.verbs, verb]
      return { moment: absorb(play, { ...result.moment, verbs }, result.taken, true), event: result.taken.event }
    }
    moment = result.without
  }
  return { moment }
}

/** The commands whose place came before this one and that made no event: a watch set up, a knob turned. Batch runs take them in the same order. */
const overtaken = (play: Play, from: Moment, place: Place): Moment => {
  for (let moment = from; ; ) {
    const next = nextOf(moment)
    if (next === null || next.phase === 1 || next.phase === 2 || next.us > place.atUs) return moment
    if (next.us === place.atUs && next.phase === 3 && place.after !== undefined) return moment
    const begun = takeQueued(play, begin(play, moment, next.pending, next.us))
    if ('event' in begun) return moment
    moment = begun.moment
  }
}

/** Gives a command at this very place and begins to carry it out: with the first event that it makes, or none. Nothing else happens. */
export const give = (
  play: Play,
  from: Moment,
  command: Command,
  place: Place,
): Advanced | { readonly moment: Moment } => {
  const moment = withCommands(overtaken(play, from, place), [command], null)
  const one = moment.pending.at(-1)
  const us = Math.max(place.atUs, moment.world.nowUs)
  const { when } = command
  if (one === undefined || (when.type === 'at' && when.atUs > us)) return { moment }
  return takeQueued(play, begin(play, moment, one, us))
}

/**
 * The run one event later, or the run as it stands when nothing more happens by `limitUs` (then without an event; commands that turned
 * out to have nothing to act on are on the log as skipped).
 */
export const advance = (play: Play, from: Moment, limitUs: number): Advanced | { readonly moment: Moment } => {
  let moment = from
  for (;;) {
    const queued = takeQueued(play, moment)
    if ('event' in queued) return queued
    moment = queued.moment
    const next = nextOf(moment)
    if (next === null || next.us > limitUs) return { moment }
    if (next.phase === 2) {
      const taken = play.engine.step(play.spec, moment.world)
      return { moment: absorb(play, moment, taken, false), event: taken.event }
    }
    if (next.phase === 1) {
      const result = takeLoad(play, moment, next.us, next.load)
      if ('event' in result && 'moment' in result) return result
      moment = result as Moment
      continue
    }
    moment = begin(play, moment, next.pending, next.us)
  }
}
