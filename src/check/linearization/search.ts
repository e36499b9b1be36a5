import type { Model, ObjectState, Step } from '../model.ts'
import type { Foresight } from './foresight.ts'
import type { Due, Loose, Plan } from './plan.ts'

/** Where a search stands just before an answer. */
export interface Configuration {
  readonly state: ObjectState
  /** Open operations that have been linearized. */
  readonly done: bigint
  /**
   * Open silent operations (writes, appends) that need not be placed any more: a blind write has been linearized since their
   * call, and right before that one nobody would have noticed them. They may still be placed where they are noticed.
   */
  readonly free: bigint
  /** How many of each class of operations without an answer have been used. */
  readonly used: readonly number[]
  /** The last thing linearized was silent and nothing has noticed it yet, so a blind write right after it would be pointless. */
  readonly idle: boolean
}

type Row = readonly number[]
const noMore = (a: Row, b: Row): boolean => a.every((count, at) => count <= (b[at] as number))
const sum = (row: Row): number => row.reduce((total, count) => total + count, 0)

/** Comparing so many remembered configurations costs about as much as a step. */
const COMPARISONS_A_STEP = 64

/** True when whatever succeeds from `b` succeeds from `a`, for two configurations with equal `state` and `done`. */
const dominates = (a: Configuration, b: Configuration): boolean =>
  (b.free & ~a.free) === 0n && (!a.idle || b.idle) && noMore(a.used, b.used)

/**
 * The search for a linearization of one object's history: Wing and Gong (1993) with the just-in-time rule and the memory of
 * configurations of Lowe (2017), depth first over answers. An operation is linearized only when an answer needs it: the one
 * that is answered, or one that must come before it. Four arguments keep the search small, and none changes the verdict:
 * an observation that holds now is placed at once, since it changes nothing; of interchangeable operations the one that must
 * be placed first goes first; an unnoticed write is placed right before the next one (`free`); and a configuration is dropped
 * when one at least as good has been visited.
 */
export class Search {
  /** Comparisons of remembered configurations that were not yet put down as steps. */
  #compared = 0
  /** Work done so far: configurations expanded, and comparisons at their price. */
  steps = 0
  /** Configurations remembered, a measure of memory. */
  remembered = 0
  /** The furthest answer that some order reaches. When the search fails, the history fails there. */
  furthest = 0
  readonly #plan: Plan
  readonly #foresight: Foresight | undefined
  readonly #end: number
  readonly #states = new Map<ObjectState, number>()
  readonly #visited: Map<bigint, Configuration[]>[] = []
  /** For each answer the configurations to expand, stacked by how many operations without an answer they have used. */
  readonly #waiting: Configuration[][][] = []
  #deepest = -1
  readonly #arrived: Configuration[] = []

  /** Searches up to answer number `end` (all by default) from configurations before answer 0. */
  constructor(
    plan: Plan,
    starts: readonly Configuration[],
    foresight: Foresight | undefined,
    end: number = plan.due.length,
  ) {
    this.#plan = plan
    this.#foresight = foresight
    this.#end = end
    for (const start of starts) this.#arrive(0, start)
  }

  /** The one configuration before anything happened. */
  static start(plan: Plan, model: Model, initial: ObjectState = model.init()): Configuration {
    return { state: initial, done: 0n, free: 0n, used: plan.loose.map(() => 0), idle: false }
  }

  /** Works for up to `steps` steps: a linearization was found, there is none, or it needs more. */
  run(steps: number): 'found' | 'none' | 'more' {
    for (let left = steps; left > 0; left -= 1 + this.#comparing()) {
      if (this.#arrived.length > 0) return 'found'
      const taken = this.#take()
      if (taken === undefined) return 'none'
      this.steps += 1
      this.#expand(taken.e, taken.configuration)
    }
    return this.#arrived.length > 0 ? 'found' : 'more'
  }

  /** All configurations before answer `end` that matter, or undefined when more than `steps` steps are needed. */
  all(steps: number): readonly Configuration[] | undefined {
    for (let left = steps; left > 0; left -= 1 + this.#comparing()) {
      const taken = this.#take()
      if (taken === undefined) return this.#arrived
      this.steps += 1
      this.#expand(taken.e, taken.configuration)
    }
    return undefined
  }

  /** What the comparisons since the last look have cost, in steps: long memories must not outlast a budget. */
  #comparing(): number {
    const cost = Math.floor(this.#compared / COMPARISONS_A_STEP)
    this.#compared -= cost * COMPARISONS_A_STEP
    this.steps += cost
    return cost
  }

  #take(): { readonly e: number; readonly configuration: Configuration } | undefined {
    for (; this.#deepest >= 0; this.#deepest -= 1) {
      for (const stack of this.#waiting[this.#deepest] ?? []) {
        const configuration = stack?.pop()
        if (configuration !== undefined) return { e: this.#deepest, configuration }
      }
    }
    return undefined
  }

  /** Remembers a configuration before answer `e` and puts it up for expansion, unless one as good was there. */
  #visit(e: number, configuration: Configuration): void {
    const id = this.#states.get(configuration.state) ?? this.#states.size
    this.#states.set(configuration.state, id)
    const key = (configuration.done << 32n) | BigInt(id)
    this.#visited[e] ??= new Map()
    const memory = this.#visited[e]
    const known = memory.get(key)
    if (known === undefined) memory.set(key, [configuration])
    else {
      this.#compared += known.length
      if (known.some(other => dominates(other, configuration))) return
      known.push(configuration)
    }
    this.remembered += 1
    if (e >= this.#end) {
      this.#arrived.push(configuration)
      return
    }
    this.#waiting[e] ??= []
    const stacks = this.#waiting[e]
    const rank = sum(configuration.used)
    while (stacks.length <= rank) stacks.push([])
    stacks[rank]?.push(configuration)
    if (e > this.#deepest) this.#deepest = e
  }

  /** Moves on to answer `e`: what was called before it is open now. */
  #arrive(e: number, configuration: Configuration): void {
    if (e > this.furthest) this.furthest = e
    if (e >= this.#end) {
      this.#visit(e, configuration)
      return
    }
    const settled = this.#settle(e, configuration)
    if (!this.#foresight?.doomed(e, settled.state, settled.done)) this.#visit(e, settled)
  }

  /** Places at once what can only gain by it: open observations that hold, and adds that no read still to come lacks. */
  #settle(e: number, configuration: Configuration): Configuration {
    let { state, done, free, used } = configuration
    const open = this.#plan.open[e] as readonly Due[]
    if (this.#foresight !== undefined) {
      state = this.#foresight.essence(e, state)
      for (let grown = true; grown; ) {
        grown = false
        for (const task of open) {
          if ((done & task.bit) !== 0n) continue
          const after = this.#ripe(e, task, state, done)
          if (after === undefined) continue
          grown = true
          state = after
          done |= task.bit
        }
        for (const [at, loose] of this.#plan.loose.entries()) {
          if (loose.step.element === undefined || used[at] !== 0 || !this.#called(e, loose, 0)) continue
          const task = loose.tasks[0]
          if (task === undefined || !this.#foresight.wanted(task) || !this.#foresight.ripe(e, task, done)) continue
          grown = true
          state = loose.step.apply(state) ?? state
          used = used.with(at, 1)
        }
      }
      // Where nobody looks, whatever is open and silent could take effect right now.
      if (state === this.#foresight.spent) free = (free | (this.#plan.silent[e] as bigint)) & ~done
    } else {
      for (const task of open) {
        if (task.step.observes && (done & task.bit) === 0n && task.step.apply(state) !== undefined) done |= task.bit
      }
    }
    const same = state === configuration.state && done === configuration.done && free === configuration.free
    return same && used === configuration.used ? configuration : { ...configuration, state, done, free, used }
  }

  #ripe(e: number, task: Due, state: ObjectState, done: bigint): ObjectState | undefined {
    if (task.step.observes) return task.step.apply(state)
    if (task.step.element === undefined || !this.#foresight?.ripe(e, task, done)) return undefined
    return task.step.apply(state)
  }

  #called(e: number, loose: Loose, nth: number): boolean {
    const rank = loose.calls[nth]
    return rank !== undefined && rank < (this.#plan.due[e] as Due).returned
  }

  #expand(e: number, from: Configuration): void {
    const now = this.#plan.due[e] as Due
    if ((from.done & now.bit) !== 0n) {
      this.#arrive(e + 1, { ...from, done: from.done & ~now.bit, idle: false })
      return
    }
    const passes = (from.free & now.bit) !== 0n
    this.#expandLoose(e, from)
    const tried = new Set<string>()
    const open = this.#plan.open[e] as readonly Due[]
    const choices: Due[] = []
    for (const task of open) {
      if ((from.done & task.bit) !== 0n || task.step.observes) continue
      if (this.#foresight !== undefined && task.step.element !== undefined) continue
      const label = `${(from.free & task.bit) !== 0n}${task.step.label}`
      if (tried.has(label)) continue
      tried.add(label)
      choices.push(task)
    }
    // The stack gives back the last first: the one that is answered now goes in last.
    for (let at = choices.length - 1; at >= 0; at -= 1) this.#place(e, from, choices[at] as Due, now)
    if (passes) this.#arrive(e + 1, { ...from, free: from.free & ~now.bit, idle: false })
  }

  #place(e: number, from: Configuration, task: Due, now: Due): void {
    const { step, bit } = task
    if (step.blind !== undefined && from.idle) return
    const state = step.apply(from.state)
    if (state === undefined) return
    const done = from.done | bit
    const free = (step.blind === undefined ? from.free : from.free | (this.#plan.silent[e] as bigint)) & ~done
    this.#next(e, { ...from, state, done, free }, task === now ? undefined : step, now)
  }

  /** Uses operations without an answer, where no open one of the same label could be used instead. */
  #expandLoose(e: number, from: Configuration): void {
    const open = this.#plan.open[e] as readonly Due[]
    const now = this.#plan.due[e] as Due
    for (const [at, loose] of this.#plan.loose.entries()) {
      const { step } = loose
      if ((step.blind !== undefined && from.idle) || step.observes) continue
      if (this.#foresight !== undefined && step.element !== undefined) continue
      if (!this.#called(e, loose, from.used[at] as number)) continue
      const state = step.apply(from.state)
      if (state === undefined) continue
      if (open.some(task => (from.done & task.bit) === 0n && task.step.label === step.label)) continue
      const free = step.blind === undefined ? from.free : (from.free | (this.#plan.silent[e] as bigint)) & ~from.done
      if (state === from.state && free === from.free) continue
      const used = from.used.with(at, (from.used[at] as number) + 1)
      this.#next(e, { ...from, state, free, used }, step, now)
    }
  }

  /** Goes on from a configuration reached before answer `e` by `early`, which was not due yet; undefined where it was due. */
  #next(e: number, reached: Configuration, early: Step | undefined, now: Due): void {
    const settled = this.#settle(e, { ...reached, idle: false })
    const idle = early?.silent === true && settled.done === reached.done
    if (idle && early.blind !== undefined && !this.#noticed(e, settled)) return
    // What leads only to where nobody looks can wait until it is due, or until right before the next write that is seen.
    if (idle && settled.state === this.#foresight?.spent) return
    if (this.#foresight?.doomed(e, settled.state, settled.done)) return
    if ((settled.done & now.bit) !== 0n) this.#arrive(e + 1, { ...settled, done: settled.done & ~now.bit })
    else this.#visit(e, { ...settled, idle })
  }

  /** True when something other than a blind write could follow and build on the state. */
  #noticed(e: number, { state, done, used }: Configuration): boolean {
    const open = this.#plan.open[e] as readonly Due[]
    const builds = (task: Due) =>
      task.step.blind === undefined && (done & task.bit) === 0n && task.step.apply(state) !== undefined
    if (open.some(builds)) return true
    return this.#plan.loose.some(
      (loose, at) =>
        loose.step.blind === undefined &&
        this.#called(e, loose, used[at] as number) &&
        loose.step.apply(state) !== undefined,
    )
  }
}
