import {
  type Branches,
  type BranchNode,
  commandsOf,
  give,
  noBranches,
  type Placed,
  redo,
  switchTo,
  undo,
} from './branches.ts'
import { Checkpoints, type Kept } from './checkpoints.ts'
import { TraceWindow } from './trace-window.ts'

/** A machine of immutable moments: the world, and whatever folds over the run live beside it. */
export interface Machine<Moment, Event, Command> {
  initial(): Moment
  /** When the moment's next event is due, microseconds; undefined when none is. */
  nextUs(moment: Moment): number | undefined
  /** The time at which the moment stands, microseconds. */
  nowUs(moment: Moment): number
  /** The next event by itself. */
  advance(moment: Moment): { readonly moment: Moment; readonly event: Event } | undefined
  /**
   * Carries out a command. Without an event (a command that is refused, or that only waits for its condition) the moment may change
   * all the same, but the run has not gone on. It is asked again whenever the run is gone through again, and must then do the same.
   */
  obey(moment: Moment, command: Placed<Command>): { readonly moment: Moment; readonly event?: Event }
  /** Goes on by `events` events at most without telling them, as fast as it can; `advance` so many times must lead to an equal moment. */
  fastForward?(moment: Moment, events: number): { readonly moment: Moment; readonly events: number }
}

/** What a timeline may keep. */
export interface TimelineLimits {
  /** Moments around the cursor; up to twice as many for a short time. */
  readonly dense: number
  /** Moments far behind. */
  readonly sparse: number
  /** Events that can be looked at. */
  readonly events: number
}

/** Events that `fastForward` is asked for at once on the way to a time; what lies beyond the time was for nothing. */
const rushed = 2048

const usualLimits: TimelineLimits = { dense: 256, sparse: 64, events: 4096 }

/**
 * Travel through a run: step, back, seek, undo, branches. The cursor stands after `index` events. *Back* moves the cursor only;
 * *undo* takes the last command away and goes through the run without it. A moment that is not kept is computed again from the last one before it.
 */
export class Timeline<Moment, Event, Command> {
  readonly #machine: Machine<Moment, Event, Command>
  readonly #limits: TimelineLimits
  readonly #kept: Checkpoints<Moment>
  readonly #start: Kept<Moment>
  #cursor: Kept<Moment>
  #branches: Branches<Command> = noBranches
  #commands: readonly BranchNode<Command>[] = []
  readonly #events: TraceWindow<Event>

  constructor(machine: Machine<Moment, Event, Command>, limits: Partial<TimelineLimits> = {}) {
    this.#machine = machine
    this.#limits = { ...usualLimits, ...limits }
    this.#kept = new Checkpoints(this.#limits.dense, this.#limits.sparse)
    this.#events = new TraceWindow(this.#limits.events)
    this.#start = { index: 0, taken: 0, moment: machine.initial() }
    this.#cursor = this.#start
    this.#kept.keep(this.#start)
  }

  /** The moment at the cursor. */
  get moment(): Moment {
    return this.#cursor.moment
  }

  /** How many events lie before the cursor. */
  get index(): number {
    return this.#cursor.index
  }

  /** How many of the commands in force have been carried out at the cursor. */
  get taken(): number {
    return this.#cursor.taken
  }

  /** Every command ever given, as a tree. */
  get branches(): Branches<Command> {
    return this.#branches
  }

  /** The commands in force, also those that lie after the cursor. */
  get commands(): readonly BranchNode<Command>[] {
    return this.#commands
  }

  /** How many moments are kept just now. */
  get keptMoments(): number {
    return this.#kept.count
  }

  /** Takes the next event: a command in force at this place, or what is due. Undefined when nothing is left. */
  step(): Event | undefined {
    const { event, kept } = this.#next(this.#cursor)
    this.#cursor = this.#obeyQuietly(kept)
    if (event === undefined) return undefined
    this.#events.record(event, kept.index - 1)
    this.#kept.keep(this.#cursor)
    return event
  }

  #next(from: Kept<Moment>): { readonly kept: Kept<Moment>; readonly event?: Event } {
    const settled = this.#obeyQuietly(from)
    const command = this.#commands[settled.taken]
    if (command !== undefined && command.atIndex <= settled.index) {
      const { moment, event } = this.#machine.obey(settled.moment, command)
      const kept = { index: settled.index + 1, taken: settled.taken + 1, moment }
      return event === undefined ? { kept: settled } : { kept, event }
    }
    const advanced = this.#machine.advance(settled.moment)
    if (advanced === undefined) return { kept: settled }
    return { kept: { index: settled.index + 1, taken: settled.taken, moment: advanced.moment }, event: advanced.event }
  }

  /** Carries out the commands that are due and bring no event about; one that does is left for the next step. */
  #obeyQuietly(from: Kept<Moment>): Kept<Moment> {
    let at = from
    for (;;) {
      const command = this.#commands[at.taken]
      if (command === undefined || command.atIndex > at.index) return at
      const { moment, event } = this.#machine.obey(at.moment, command)
      if (event !== undefined) return at
      at = { index: at.index, taken: at.taken + 1, moment }
    }
  }

  /** The events before the cursor that are still at hand, and the index of the first. */
  trace(): { readonly from: number; readonly events: readonly Event[] } {
    return this.#events.before(this.#cursor.index)
  }

  /** Puts the cursor one event back; false at the beginning. */
  back(): boolean {
    if (this.#cursor.index === 0) return false
    this.seek(this.#cursor.index - 1)
    return true
  }

  /** Puts the cursor after `index` events, or as far as the run goes. */
  seek(index: number): void {
    const target = Math.max(0, Math.floor(index))
    if (target !== this.#cursor.index) this.#restore(this.#kept.atOrBefore(target) ?? this.#start, target)
    this.#cursor = this.#obeyQuietly(this.#cursor)
    while (this.#cursor.index < target && this.step() !== undefined);
  }

  /** Puts the cursor after the last event at or before the time, microseconds. Goes on by at most `maxEvents`; true when it got there. */
  seekTime(us: number, maxEvents = Number.POSITIVE_INFINITY): boolean {
    const { nowUs } = this.#machine
    if (nowUs(this.#cursor.moment) > us) {
      this.#cursor = this.#kept.latestWhere(moment => nowUs(moment) <= us) ?? this.#start
      this.#rush(us)
    }
    this.#cursor = this.#obeyQuietly(this.#cursor)
    for (let left = maxEvents; left > 0 && this.#isDueBy(us); left--) this.step()
    return !this.#isDueBy(us)
  }

  /** Goes fast towards a time, as long as whole stretches lie before it. */
  #rush(us: number): void {
    const { fastForward, nowUs } = this.#machine
    while (fastForward !== undefined) {
      const at = this.#obeyQuietly(this.#cursor)
      const room = Math.min(this.#room(at), rushed)
      if (room <= 0) {
        if (!this.#isDueBy(us) || this.step() === undefined) return
        continue
      }
      const { moment, events } = fastForward.call(this.#machine, at.moment, room)
      if (events === 0 || nowUs(moment) > us) return
      this.#cursor = { index: at.index + events, taken: at.taken, moment }
      this.#kept.keep(this.#cursor)
    }
  }

  /** How far the run can go fast: up to the next command, or the next place where a far moment is to be kept. */
  #room(at: Kept<Moment>): number {
    const { stride } = this.#kept
    const mark = (Math.floor(at.index / stride) + 1) * stride
    return Math.min(mark, this.#commands[at.taken]?.atIndex ?? mark) - at.index
  }

  #isDueBy(us: number): boolean {
    const command = this.#commands[this.#cursor.taken]
    if (command !== undefined && command.atIndex <= this.#cursor.index) {
      const { moment } = this.#machine.obey(this.#cursor.moment, command)
      return this.#machine.nowUs(moment) <= us
    }
    const nextUs = this.#machine.nextUs(this.#cursor.moment)
    return nextUs !== undefined && nextUs <= us
  }

  /** Goes to a kept moment, and from there fast to where the stretch of dense moments before the target begins. */
  #restore(kept: Kept<Moment>, target: number): void {
    this.#cursor = kept
    const { fastForward } = this.#machine
    if (fastForward === undefined) return
    const until = target - this.#limits.dense
    while (this.#cursor.index < until) {
      const at = this.#obeyQuietly(this.#cursor)
      const room = Math.min(until - at.index, this.#room(at))
      if (room <= 0) {
        if (this.step() === undefined) return
        continue
      }
      const { moment, events } = fastForward.call(this.#machine, at.moment, room)
      if (events === 0) return
      this.#cursor = { index: at.index + events, taken: at.taken, moment }
      this.#kept.keep(this.#cursor)
    }
  }

  /** Gives a command at the cursor and carries it out. Commands in force after the cursor stay behind in their own branch. */
  give(payload: Command): Event | undefined {
    this.#adopt(give(this.#branches, this.#cursor.taken, { atIndex: this.#cursor.index, payload }))
    const { event, kept } = this.#obeyLoudly()
    this.#cursor = kept
    if (event !== undefined) this.#events.record(event, kept.index - 1)
    this.#kept.keep(kept)
    return event
  }

  #obeyLoudly(): { readonly kept: Kept<Moment>; readonly event?: Event } {
    const { index, taken, moment: before } = this.#cursor
    const command = this.#commands[taken]
    if (command === undefined) return { kept: this.#cursor }
    const { moment, event } = this.#machine.obey(before, command)
    const kept = { index: event === undefined ? index : index + 1, taken: taken + 1, moment }
    return event === undefined ? { kept } : { kept, event }
  }

  /** Takes the last command in force away and goes through the run without it, up to the time at which the cursor stood. The command. */
  undo(): BranchNode<Command> | undefined {
    const last = this.#commands.at(-1)
    if (last !== undefined) this.#moveTo(undo(this.#branches))
    return last
  }

  /** Brings the command back that undo took away last, and goes through the run with it. The command. */
  redo(): BranchNode<Command> | undefined {
    if (this.#branches.undone.length === 0) return undefined
    this.#moveTo(redo(this.#branches))
    const last = this.#commands.at(-1)
    if (last?.atIndex === this.#cursor.index && this.#cursor.taken === this.#commands.length - 1) this.step()
    return last
  }

  /** Goes over to the branch that ends with this command (an id in `branches`; null for no commands), at the time of the cursor. */
  switchTo(tip: number | null): void {
    this.#moveTo(switchTo(this.#branches, tip))
  }

  #moveTo(branches: Branches<Command>): void {
    const us = this.#machine.nowUs(this.#cursor.moment)
    const { index } = this.#cursor
    this.#adopt(branches)
    if (!this.#isValid(this.#cursor)) {
      this.#cursor = this.#kept.atOrBefore(index) ?? this.#start
      this.#rush(us)
    }
    this.seekTime(us)
  }

  /** Puts other commands in force and forgets what went by the old ones. */
  #adopt(branches: Branches<Command>): void {
    const old = this.#commands
    this.#branches = branches
    this.#commands = commandsOf(branches)
    const common = this.#commands.findIndex((command, at) => command.id !== old[at]?.id)
    this.#common = common < 0 ? Math.min(old.length, this.#commands.length) : common
    this.#parting = Math.min(
      old[this.#common]?.atIndex ?? Number.POSITIVE_INFINITY,
      this.#commands[this.#common]?.atIndex ?? Number.POSITIVE_INFINITY,
    )
    this.#kept.retain(kept => this.#isValid(kept))
    this.#events.cutAt(this.#parting)
  }

  /** How many commands the old and the new list share, and the index where their runs part. */
  #common = 0
  #parting = Number.POSITIVE_INFINITY

  #isValid(kept: Kept<Moment>): boolean {
    return kept.taken <= this.#common && kept.index <= this.#parting
  }
}
