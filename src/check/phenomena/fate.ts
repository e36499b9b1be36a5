import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { Detector, Phenomenon, PhenomenonName } from '../phenomenon.ts'
import type { Scene } from '../scene.ts'
import { appliedIn, completedIn } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'
import { canJudge, followSurvival, nothingHidden, reflected, type Survival, settledFrom, unharmed } from './survival.ts'

/** A write whose fate is followed, on behalf of the client `by` (the writer, or one who read it). */
export interface Followed {
  readonly key: string
  readonly write: RequestId
  readonly invokedUs: number
  readonly closedUs: number
  readonly by: NodeId
  /** The operation that makes the write worth following: itself, or a read that saw it. */
  readonly op: RequestId
}

interface Judged extends Followed {
  /** The calm (its first moment) in which it was last judged; null before that. */
  readonly calmUs: number | null
}

export interface Fates {
  readonly survival: Survival
  readonly followed: readonly Judged[]
  /** The earliest moment at which one of them has to be judged. */
  readonly dueUs: number
  readonly ended: boolean
  /** Sightings that may yet be taken back. */
  readonly open: readonly Phenomenon[]
  readonly final: Sightings
}

/** What a detector of fates looks for. */
export interface FateRule {
  readonly name: PhenomenonName
  readonly definition: string
  /** The writes to follow because `op` was closed (or because the run ended while it was open). */
  follow(op: Operation, scene: Scene): readonly Followed[]
  /** Which fate is the phenomenon. */
  readonly fate: 'lost' | 'kept'
  tell(followed: Followed, scene: Scene): string
}

/** More writes than so many are not followed at once: the oldest are let go. */
const mostFollowed = 256

const sightingOf = (rule: FateRule, one: Followed, scene: Scene, atIndex: number, final: boolean): Phenomenon => ({
  name: rule.name,
  atUs: scene.nowUs,
  atIndex,
  by: one.by,
  nodes: [],
  key: one.key,
  ops: [...new Set([one.op, one.write])],
  final,
  evidence: rule.tell(one, scene),
})

const about = (one: Followed) => (sighting: Phenomenon) =>
  sighting.key === one.key && sighting.ops[0] === one.op && sighting.ops.at(-1) === one.write

const earliestDue = (survival: Survival, followed: readonly Judged[], scene: Scene): number => {
  let due = Number.POSITIVE_INFINITY
  for (const one of followed) {
    if (one.calmUs !== null && one.calmUs === survival.calmSinceUs) continue
    due = Math.min(due, settledFrom(survival, one.closedUs, scene) ?? Number.POSITIVE_INFINITY)
  }
  return due
}

const judgeAll = (rule: FateRule, state: Fates, scene: Scene, atIndex: number): Fates => {
  const sets = new Map<string, ReadonlySet<RequestId>>()
  const holds = (one: Followed): boolean => {
    const known = sets.get(one.key) ?? reflected(state.survival, one.key, scene)
    sets.set(one.key, known)
    return known.has(one.write)
  }
  const isFinal = rule.fate === 'lost' ? nothingHidden(scene) : scene.ended
  let { open, final } = state
  const followed: Judged[] = []
  for (const one of state.followed) {
    const due = settledFrom(state.survival, one.closedUs, scene)
    if (due === undefined || due > scene.nowUs) {
      followed.push(one)
      continue
    }
    if (!canJudge(state.survival, one.key, one.invokedUs)) continue
    const found = holds(one) === (rule.fate === 'kept')
    const earlier = open.length === 0 ? undefined : open.find(about(one))
    if (earlier !== undefined) open = open.filter(sighting => sighting !== earlier)
    const { calmSinceUs } = state.survival
    followed.push(one.calmUs === calmSinceUs ? one : { ...one, calmUs: calmSinceUs })
    if (!found) continue
    const told = earlier ?? sightingOf(rule, one, scene, atIndex, isFinal)
    const sighting = told.final === isFinal ? told : { ...told, final: isFinal }
    if (!sighting.final) open = [...open, sighting]
    else {
      final = withSighting(final, sighting)
      followed.pop()
    }
  }
  return { ...state, open, final, followed, dueUs: earliestDue(state.survival, followed, scene) }
}

const newlyFollowed = (rule: FateRule, state: Fates, event: TraceEvent, scene: Scene): readonly Judged[] => {
  const closed = completedIn(event, scene)
  const ops = scene.ended && !state.ended ? [...closed, ...scene.history.filter(op => op.returnedUs === null)] : closed
  return ops
    .flatMap(op => rule.follow(op, scene))
    .filter(one => !state.followed.some(known => known.write === one.write && known.op === one.op))
    .map(one => ({ ...one, calmUs: null }))
}

/** A detector of writes that met a certain fate. */
export const fateDetector = (rule: FateRule): Detector<Fates> => ({
  name: rule.name,
  definition: rule.definition,
  initial: {
    survival: unharmed,
    followed: [],
    dueUs: Number.POSITIVE_INFINITY,
    ended: false,
    open: [],
    final: noSightings,
  },
  observe(state, event, scene) {
    const survival = followSurvival(state.survival, event, scene)
    const fresh = newlyFollowed(rule, state, event, scene)
    let next = state
    if (fresh.length > 0) next = { ...next, followed: [...next.followed, ...fresh].slice(-mostFollowed) }
    const ends = scene.ended && !state.ended
    if (survival !== state.survival || ends) next = { ...next, survival, ended: scene.ended }
    const calmed = survival.calmSinceUs !== state.survival.calmSinceUs
    if (fresh.length > 0 || calmed) next = { ...next, dueUs: earliestDue(survival, next.followed, scene) }
    // What may be taken back is looked at again whenever a copy changes.
    const stirred = next.open.length > 0 && (appliedIn(event).length > 0 || event.cause.type === 'start' || calmed)
    const settles = next.open.length > 0 && nothingHidden(scene)
    const due = next.followed.length > 0 && (scene.nowUs >= next.dueUs || ends || stirred || settles)
    return due ? judgeAll(rule, next, scene, event.index) : next
  },
  report: state =>
    state.open.length === 0
      ? listed(state.final)
      : [...listed(state.final), ...state.open].sort((a, b) => a.atIndex - b.atIndex),
})
