import type { TraceEvent } from '../kernel/trace.ts'
import { type Branches, type BranchNode, commandsOf, leavesOf } from '../sim/branches.ts'
import { Timeline } from '../sim/timeline.ts'
import type { Command, Place, When } from './command.ts'
import { screenEngine } from './engine.ts'
import type { Lab, Settings } from './lab.ts'
import type { LogEntry, Moment, Play } from './moment.ts'
import { type PlayOptions, playLab } from './play-lab.ts'
import { printRunCode } from './run-code.ts'
import { RunView } from './run-view.ts'
import { type Given, sessionMachine } from './session-machine.ts'

/** One line of commands that was tried. */
export interface Branch {
  /** Names the branch for `switchTo`. */
  readonly tip: number
  readonly commands: readonly Command[]
  readonly current: boolean
}

interface Line {
  readonly play: Play
  readonly machine: ReturnType<typeof sessionMachine>
}

/** The timeline that the sessions of one run share, and the session whose cursor it stands at. A cache: any session can rebuild it. */
interface Shared {
  readonly timeline: Timeline<Moment, TraceEvent, Given>
  at: Session | null
}

interface Cursor {
  readonly moment: Moment
  readonly index: number
  readonly nowUs: number
  readonly branches: Branches<Given>
}

const LIMITS = { dense: 256, sparse: 64, events: 4096 }

const newTimeline = ({ machine }: Line): Timeline<Moment, TraceEvent, Given> => new Timeline(machine, LIMITS)

/**
 * A lab that runs, for the screen: a persistent value. Every method that changes something returns a new session, and the old one stays
 * as it was. The run is the lab, the seed, the knobs and the commands; the cursor says how much of it has been seen.
 */
export class Session extends RunView {
  /** How many events lie before the cursor. */
  readonly index: number
  private readonly line: Line
  private readonly shared: Shared
  private readonly branchTree: Branches<Given>

  private constructor(line: Line, shared: Shared, cursor: Cursor) {
    super(line.play, cursor.moment, cursor.nowUs)
    this.line = line
    this.shared = shared
    this.index = cursor.index
    this.branchTree = cursor.branches
    shared.at = this
  }

  /** A session before the first event. It goes on for ever unless `endUs` is given. */
  static create(lab: Lab, options: Omit<PlayOptions, 'judging' | 'phenomena'> = {}): Session {
    const play = playLab(lab, screenEngine, options)
    const line = { play, machine: sessionMachine(play) }
    const timeline = newTimeline(line)
    const { moment, index, branches } = timeline
    return new Session(line, { timeline, at: null }, { moment, index, branches, nowUs: 0 })
  }

  /** The timeline with its cursor here. A session that is no longer the latest of its run gets one of its own. */
  private claim(): Shared {
    if (this.shared.at === this) return this.shared
    const timeline = newTimeline(this.line)
    for (const node of this.branchTree.nodes) {
      timeline.switchTo(node.parent)
      timeline.seek(node.atIndex)
      timeline.give(node.payload)
    }
    const { tip, undone } = this.branchTree
    timeline.switchTo(undone[0] ?? tip)
    for (const _ of undone) timeline.undo()
    timeline.seek(this.index)
    return { timeline, at: null }
  }

  private at(shared: Shared, nowUs?: number): Session {
    const { moment, index, branches } = shared.timeline
    return new Session(this.line, shared, { moment, index, branches, nowUs: nowUs ?? moment.world.nowUs })
  }

  /** One event forward; the same session when nothing more happens. */
  step(): Session {
    const shared = this.claim()
    const event = shared.timeline.step()
    return event === undefined ? this.at(shared, this.nowUs) : this.at(shared)
  }

  /** One event back. */
  back(): Session {
    const shared = this.claim()
    shared.timeline.back()
    return this.at(shared)
  }

  /** Lets the run go on (or back) to a time. At most `maxEvents` events are taken; the session then stands at the last of them. */
  advanceTo(us: number, maxEvents: number = Number.POSITIVE_INFINITY): Session {
    const shared = this.claim()
    const target = Math.max(0, Math.min(us, this.play.endUs ?? us))
    const arrived = shared.timeline.seekTime(target, maxEvents)
    return this.at(shared, arrived ? target : undefined)
  }

  /** Puts the cursor after so many events, or at a time. */
  seek(to: { readonly index: number } | { readonly us: number }): Session {
    if ('us' in to) return this.advanceTo(to.us)
    const shared = this.claim()
    shared.timeline.seek(to.index)
    return this.at(shared)
  }

  /** The exact place of the cursor, for a command. */
  private get place(): Place {
    const { moment, nowUs } = this
    const nextUs = this.line.machine.nextUs(moment)
    if (nextUs === undefined || nextUs > nowUs) return { atUs: nowUs }
    return { atUs: nowUs, after: moment.instant.us === nowUs ? moment.instant.count : 0 }
  }

  /** Gives a command at the cursor: now, whatever its time, unless it waits for a condition or a later time. */
  command(command: Command): Session {
    const shared = this.claim()
    const { place } = this
    shared.timeline.give({ command: { do: command.do, when: whenFrom(command.when, place) }, place })
    while (shared.timeline.moment.queue.length > 0 && shared.timeline.step() !== undefined);
    const { nowUs } = shared.timeline.moment.world
    return this.at(shared, Math.max(nowUs, this.nowUs))
  }

  /** Presses a key of the lab: a letter of its keys or of a knob that acts while running. */
  press(key: string): Session {
    return this.command({ do: { verb: 'key', key }, when: { type: 'soon' } })
  }

  /** Takes the last command away: the run without it, at the time of the cursor. */
  undo(): Session {
    const shared = this.claim()
    if (shared.timeline.undo() === undefined) return this.at(shared, this.nowUs)
    shared.timeline.seekTime(this.nowUs)
    return this.at(shared, this.nowUs)
  }

  redo(): Session {
    const shared = this.claim()
    if (shared.timeline.redo() === undefined) return this.at(shared, this.nowUs)
    shared.timeline.seekTime(this.nowUs)
    return this.at(shared, this.nowUs)
  }

  /** Goes over to another branch (`branches`), at the time of the cursor. */
  switchTo(tip: number): Session {
    const shared = this.claim()
    shared.timeline.switchTo(tip)
    shared.timeline.seekTime(this.nowUs)
    return this.at(shared, this.nowUs)
  }

  /** The lab from the start: without the commands, and with other knobs or another seed where given. */
  reset(
    change: { readonly settings?: Settings; readonly seed?: number; readonly keepCommands?: boolean } = {},
  ): Session {
    const { play } = this
    return Session.create(this.lab, {
      seed: change.seed ?? play.seed,
      settings: { ...play.settings, ...change.settings },
      script: change.keepCommands === true ? this.commands : play.script,
      endUs: play.endUs,
      hashing: play.hashing,
    })
  }

  /** When the next event is due, microseconds; null when nothing more happens. */
  get nextUs(): number | null {
    return this.line.machine.nextUs(this.moment) ?? null
  }
  get canUndo(): boolean {
    return this.branchTree.tip !== null
  }
  get canRedo(): boolean {
    return this.branchTree.undone.length > 0
  }
  /** Every command in force: those given from the start and those given by hand, at their places. */
  get commands(): readonly Command[] {
    return [...this.play.script, ...commandsOf(this.branchTree).map(commandOf)]
  }
  /** Everything that was tried. */
  get branches(): readonly Branch[] {
    const path = (tip: BranchNode<Given>): readonly Command[] =>
      commandsOf({ ...this.branchTree, tip: tip.id }).map(commandOf)
    return leavesOf(this.branchTree).map(leaf => ({
      tip: leaf.id,
      commands: path(leaf),
      current: leaf.id === this.branchTree.tip,
    }))
  }
  /** What became of the commands so far. */
  get log(): readonly LogEntry[] {
    return this.line.machine.settled(this.moment).log
  }
  /** The events before the cursor that are still at hand: several thousand, the latest last. */
  get trace(): readonly TraceEvent[] {
    return this.claim().timeline.trace().events
  }
  /** The run as one line of text. It ends where the lab says, or at the cursor where that is later. */
  code(): string {
    const endUs = this.nowUs > this.lab.untilUs ? this.nowUs : null
    return printRunCode(this.lab, {
      seed: this.seed,
      settings: this.play.settings,
      commands: this.commands,
      endUs,
    })
  }
}

/** When the command is, given at this place. */
const whenFrom = (when: When, place: Place): When => {
  switch (when.type) {
    case 'when':
      return { ...when, from: place }
    case 'at':
      return when.atUs > place.atUs ? when : { type: 'at', ...place }
    default:
      return { type: 'at', ...place }
  }
}

const commandOf = (node: BranchNode<Given>): Command => node.payload.command
