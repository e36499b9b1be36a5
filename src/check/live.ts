import type { History, Operation } from '../kernel/operation.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import { checkLinearizable } from './linearizable.ts'
import { type Plan, planOf } from './linearization/plan.ts'
import { type Configuration, Search } from './linearization/search.ts'
import { tasksOf } from './linearization/task.ts'
import type { Model, ObjectState } from './model.ts'
import { calledIn } from './phenomena/run-notes.ts'
import type { Scene } from './scene.ts'
import type { Verdict } from './verdict.ts'

/** One way things may stand at the cut, by ids of operations that are not settled there. */
interface Possibility {
  readonly state: ObjectState
  readonly done: readonly string[]
  readonly free: readonly string[]
  readonly used: readonly string[]
}

/** One object. What was answered before the cut is forgotten: all that is left of it are the possible states there. */
interface LiveObject {
  readonly possible: readonly Possibility[]
  /** Operations open at the cut or called later, and those that will never be answered, by call. */
  readonly operations: readonly Operation[]
  readonly answer: Verdict['answer']
  /** When the first answer came that cannot be explained; from the next moment on it is final. */
  readonly violatedUs: number | null
  /** Unanswered operations had to be forgotten, so nothing can be called a violation any more. */
  readonly vague: boolean
}

/** The incremental checker's state, immutable: an old one is the verdict of an old moment. */
export interface Live {
  readonly objects: ReadonlyMap<string, LiveObject>
  readonly steps: number
}

export const liveStart: Live = { objects: new Map(), steps: 0 }

/** Work after one answer, in configurations; past it the object is `unknown` from then on. */
const stepsAnAnswer = 3_000
const mostPossible = 400
const mostUnanswered = 200

const isOpen = (op: Operation): boolean => op.outcome === 'unknown' && (op.gaveUpUs ?? null) === null
const isAnswered = (op: Operation): boolean => op.outcome !== 'unknown'

const fresh = (model: Model): LiveObject => ({
  possible: [{ state: model.init(), done: [], free: [], used: [] }],
  operations: [],
  answer: 'holds',
  violatedUs: null,
  vague: false,
})

const configurationsOf = (possible: readonly Possibility[], plan: Plan): readonly Configuration[] => {
  const bits = new Map<string, bigint>()
  for (const task of plan.open[0] ?? []) bits.set(task.op.id, task.bit)
  const mask = (ids: readonly string[]) => ids.reduce((all, id) => all | (bits.get(id) ?? 0n), 0n)
  return possible.map(({ state, done, free, used }) => ({
    state,
    done: mask(done),
    free: mask(free),
    used: plan.loose.map(({ tasks }) => tasks.filter(task => used.includes(task.op.id)).length),
    idle: false,
  }))
}

const possibilitiesAt = (end: number, configurations: readonly Configuration[], plan: Plan): readonly Possibility[] => {
  const open = plan.open[end] ?? []
  const ids = (mask: bigint) => open.filter(task => (mask & task.bit) !== 0n).map(task => task.op.id as string)
  return configurations.map(({ state, done, free, used }) => ({
    state,
    done: ids(done),
    free: ids(free),
    used: plan.loose.flatMap(({ tasks }, at) => tasks.slice(0, used[at]).map(task => task.op.id as string)),
  }))
}

/** Moves the cut up to the first call that is still open, so that only possible states remain of what was answered before. */
const forget = (
  object: LiveObject,
  model: Model,
  nowUs: number,
): { readonly object: LiveObject; readonly steps: number } => {
  // Strictly before: a call of this very moment may still come, and would be concurrent with an answer of this moment.
  const cutUs = object.operations.reduce((cut, op) => (isOpen(op) ? Math.min(cut, op.invokedUs) : cut), nowUs)
  const settled = (op: Operation) => isAnswered(op) && (op.returnedUs ?? Number.POSITIVE_INFINITY) < cutUs
  if (!object.operations.some(settled)) return { object, steps: 0 }
  const certain = object.operations.filter(op => op.invokedUs < cutUs)
  const plan = planOf(tasksOf(certain, model))
  const end = plan.due.filter(task => settled(task.op)).length
  const search = new Search(plan, configurationsOf(object.possible, plan), undefined, end)
  const arrived = search.all(stepsAnAnswer)
  const { steps } = search
  if (arrived === undefined || arrived.length > mostPossible) {
    return { object: { ...object, possible: [], operations: [], answer: 'unknown' }, steps }
  }
  if (arrived.length === 0) return { object, steps }
  const kept = object.operations.filter(op => !settled(op) && !(op.outcome === 'fail' && model.step(op) === undefined))
  const lost = kept.filter(op => op.outcome === 'unknown' && !isOpen(op))
  const dropped = new Set(lost.slice(0, Math.max(0, lost.length - mostUnanswered)))
  const operations = kept.filter(op => !dropped.has(op) && (isOpen(op) || model.step(op) !== undefined))
  return {
    object: {
      ...object,
      operations,
      possible: possibilitiesAt(end, arrived, plan),
      vague: object.vague || dropped.size > 0,
    },
    steps,
  }
}

/** Judges an object after an answer: operations still open may or may not have taken effect. */
const judge = (
  object: LiveObject,
  model: Model,
  nowUs: number,
): { readonly object: LiveObject; readonly steps: number } => {
  const plan = planOf(tasksOf(object.operations, model))
  const search = new Search(plan, configurationsOf(object.possible, plan), undefined)
  const result = search.run(stepsAnAnswer)
  const { steps } = search
  if (result === 'none') {
    return { object: { ...object, answer: object.vague ? 'unknown' : 'violated', violatedUs: nowUs }, steps }
  }
  const judged: LiveObject = { ...object, answer: result === 'found' ? 'holds' : 'unknown', violatedUs: null }
  const forgotten = result === 'found' ? forget(judged, model, nowUs) : { object: judged, steps: 0 }
  return { object: forgotten.object, steps: steps + forgotten.steps }
}

const isFinal = ({ answer, violatedUs, operations, possible }: LiveObject, nowUs: number): boolean =>
  (violatedUs !== null && violatedUs < nowUs) ||
  (answer === 'unknown' && possible.length === 0 && operations.length === 0)

const follow = (live: Live, op: Operation, model: Model, nowUs: number): Live => {
  const object = live.objects.get(op.key) ?? fresh(model)
  if (isFinal(object, nowUs)) return live
  const at = object.operations.findLastIndex(one => one.id === op.id)
  const operations = at < 0 ? [...object.operations, op] : object.operations.with(at, op)
  const changed = { ...object, operations }
  const result =
    op.kind === 'txn'
      ? { object: { ...fresh(model), possible: [], answer: 'unknown' as const }, steps: 0 }
      : isAnswered(op) || object.violatedUs === nowUs
        ? judge(changed, model, nowUs)
        : { object: changed, steps: 0 }
  return { objects: new Map(live.objects).set(op.key, result.object), steps: live.steps + result.steps }
}

/**
 * Takes the calls and answers of one event into account. At a quiet point (no operation open) an object's past shrinks to the set
 * of its possible states; while some are open, to the states before the first of those calls. So the work after an answer is
 * bounded by what is open, not by how long the run has been going on.
 */
export const followLive = (live: Live, event: TraceEvent, scene: Pick<Scene, 'history'>, model: Model): Live => {
  const find = (id: string) => scene.history.findLast(op => op.id === id)
  const request = calledIn(event)
  const called = request === undefined ? undefined : find(request.id)
  const open: Operation | undefined =
    called === undefined ? undefined : { ...called, outcome: 'unknown', output: null, returnedUs: null, gaveUpUs: null }
  let next = open === undefined ? live : follow(live, open, model, event.atUs)
  for (const effect of event.effects) {
    const op = effect.type === 'completed' ? find(effect.op) : undefined
    if (op === undefined) continue
    const given = op.outcome === 'unknown' ? { ...op, gaveUpUs: op.gaveUpUs ?? event.atUs } : op
    next = follow(next, given, model, event.atUs)
  }
  return next
}

/** The answer over all objects. */
export const liveAnswer = ({ objects }: Live): Verdict['answer'] => {
  const answers = new Set([...objects.values()].map(object => object.answer))
  return answers.has('violated') ? 'violated' : answers.has('unknown') ? 'unknown' : 'holds'
}

/** Evidence is asked for at every frame and costs a search, so it is kept with the object that it is about. */
const told = new WeakMap<LiveObject, Verdict>()

/** The verdict as of this state; `history` is what it has followed. Evidence is drawn from the violated object's own history. */
export const liveVerdict = (live: Live, history: History, model: Model): Verdict => {
  const { steps } = live
  const consistency = 'linearizable'
  const answer = liveAnswer(live)
  if (answer === 'holds') return { answer, consistency, steps }
  if (answer === 'unknown') {
    return { answer, consistency, steps, why: 'too many operations were open at once to follow every possibility' }
  }
  const [key = '', object] = [...live.objects].find(([, one]) => one.answer === 'violated') ?? []
  const known = object === undefined ? undefined : told.get(object)
  if (known !== undefined) return known
  const endUs = object?.violatedUs ?? Number.POSITIVE_INFINITY
  const full = checkLinearizable(
    history.filter(op => op.key === key && op.invokedUs <= endUs),
    model,
  )
  const why = 'an answer cannot be explained, but the search for evidence took too long'
  const verdict: Verdict =
    full.answer === 'violated' ? { ...full, steps } : { answer: 'unknown', consistency, steps, why }
  if (object !== undefined) told.set(object, verdict)
  return verdict
}
