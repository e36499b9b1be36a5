import { type Scoreboard, scoreboard } from '../check/phenomena/scoreboard.ts'
import type { Phenomenon } from '../check/phenomenon.ts'
import type { Consistency, Verdict } from '../check/verdict.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { History } from '../kernel/operation.ts'
import type { NodeStatus, TraceEvent } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import { planOf } from '../sim/plan.ts'
import { isCut } from '../sim/simulator.ts'
import type { Flight, World } from '../sim/world.ts'
import type { Lab, Settings } from './lab.ts'
import type { Moment, Play, Reached } from './moment.ts'
import { RunScene } from './run-scene.ts'

/** Histories here are immutable, so a verdict on one stays. */
interface Judged {
  readonly budget: number
  readonly verdict: Verdict
}
const judged = new WeakMap<History, Map<Consistency, Judged>>()

const counted = new WeakMap<History, { readonly phenomena: readonly Phenomenon[]; readonly board: Scoreboard }>()

/** All that can be seen of a run on the screen at one moment. Immutable; costly parts are computed when asked for, and once. */
export class RunView {
  readonly lab: Lab
  /** Time at the cursor, microseconds; it may be later than the last event. */
  readonly nowUs: number
  protected readonly play: Play
  protected readonly moment: Moment
  private known: { scene?: RunScene; phenomena?: readonly Phenomenon[] } = {}

  constructor(play: Play, moment: Moment, nowUs: number) {
    this.lab = play.lab
    this.play = play
    this.moment = moment
    this.nowUs = nowUs
  }

  get seed(): number {
    return this.play.seed
  }
  /** The knobs as they stood at the start. */
  get initialSettings(): Settings {
    return this.play.settings
  }
  /** The ways to lie that a node can be given. */
  get strategies(): readonly string[] {
    return [...planOf(this.play.spec).strategies.keys()]
  }
  /** The knobs as they stand at the cursor. */
  get settings(): Settings {
    return this.moment.settings
  }
  get ended(): boolean {
    const { endUs } = this.play
    return endUs !== null && this.nowUs >= endUs
  }
  /** The event that the cursor stands after; null at the beginning. */
  get event(): TraceEvent | null {
    return this.moment.event
  }
  get traceHash(): string {
    return this.moment.traceHash
  }
  get world(): World {
    return this.moment.world
  }
  get servers(): readonly NodeId[] {
    return this.scene.servers
  }
  get clients(): readonly NodeId[] {
    return this.scene.clients
  }
  view(node: NodeId): NodeView {
    return this.scene.view(node)
  }
  status(node: NodeId): NodeStatus {
    return this.scene.status(node)
  }
  /** The messages under way, in the order of their arrival, and then those that are held. */
  get flights(): readonly Flight[] {
    return this.scene.flights
  }
  isCut(from: NodeId, to: NodeId): boolean {
    return isCut(this.moment.world, from, to)
  }
  get faulty(): boolean {
    return this.scene.faulty
  }
  get history(): History {
    return this.scene.history
  }
  /** Everything sighted so far, the earliest first. */
  get phenomena(): readonly Phenomenon[] {
    this.known.phenomena ??= this.scene.phenomena()
    return this.known.phenomena
  }
  get scoreboard(): Scoreboard {
    const { history, phenomena } = this
    const known = counted.get(history)
    if (known?.phenomena === phenomena) return known.board
    const board = scoreboard(history, phenomena)
    counted.set(history, { phenomena, board })
    return board
  }
  /** By goal id; goals not yet reached are absent. */
  get goals(): { readonly [goal: string]: Reached } {
    return this.moment.reached
  }
  /** The answers of the checkers that the lab asks, each with at most `budget` steps. Asked once for each history. */
  verdicts(budget: number): readonly Verdict[] {
    return this.lab.verdicts.map(each => this.verdict(each, budget))
  }
  /** The answer of one checker. `linearizable` is followed live; the others go through the whole history, once for each history. */
  verdict(consistency: Consistency, budget: number): Verdict {
    const { history } = this
    const known = judged.get(history) ?? new Map<Consistency, Judged>()
    judged.set(history, known)
    const before = known.get(consistency)
    if (before !== undefined && before.budget >= budget) return before.verdict
    const verdict = this.scene.fullVerdict(consistency, budget)
    known.set(consistency, { budget, verdict })
    return verdict
  }
  /** The run at the cursor, as conditions and measures see it. */
  get scene(): RunScene {
    this.known.scene ??= new RunScene(this.play, this.moment, this.nowUs, this.ended)
    return this.known.scene
  }
}
