import type { Detector } from '../check/phenomenon.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import { emptyTraceHash } from '../sim/simulator.ts'
import type { Act, SimSpec } from '../sim/spec.ts'
import type { World } from '../sim/world.ts'
import type { Command, Deed } from './command.ts'
import { printCommand } from './command-text.ts'
import type { Engine } from './engine.ts'
import { type Following, notFollowedYet } from './judge.ts'
import type { Lab, Settings } from './lab.ts'
import { type LoadState, startLoads } from './load.ts'
import type { OperationList } from './operation-list.ts'
import { noTally, type Tally } from './tally.ts'

/** All that a run depends on, and how it is watched. */
export interface Play {
  readonly lab: Lab
  readonly spec: SimSpec
  readonly seed: number
  /** The knobs as they stand at the start. */
  readonly settings: Settings
  /** Commands given from the start. */
  readonly script: readonly Command[]
  readonly engine: Engine
  readonly detectors: readonly Detector[]
  /** Where the run ends, microseconds; null: it goes on for as long as someone looks. */
  readonly endUs: number | null
  /** Whether the trace is hashed. */
  readonly hashing: boolean
  /** Whether goals are looked for and the live checker goes along. */
  readonly judging: boolean
}

/** What became of a command. `why` says it of one that was skipped. */
export interface LogEntry {
  readonly id: number
  /** The key press that it is a part of; null where it was given by itself. */
  readonly of: number | null
  readonly command: Command
  readonly text: string
  readonly state: 'waiting' | 'done' | 'skipped'
  readonly why: string | null
  /** When it was carried out or skipped. */
  readonly atUs: number | null
  /** The indexes of the events that it made. */
  readonly events: readonly number[]
}

/** A command whose time has not come. `dueUs` is set once its condition has held or its targets are there. */
export interface Pending {
  readonly log: number
  readonly command: Command
  readonly armed: boolean
  readonly dueUs: number | null
}

/** What is left of a command that is being carried out. */
export type Queued = { readonly log: number } & ({ readonly deed: Deed } | { readonly act: Act; readonly verb: string })

/** A goal that was reached. */
export interface Reached {
  readonly atUs: number
  readonly atIndex: number
}

/** A run just after an event, and everything that folds over it. Immutable, but for the world and the lists of a batch run. */
export interface Moment {
  readonly world: World
  /** The event that led here; null at the beginning. */
  readonly event: TraceEvent | null
  readonly settings: Settings
  readonly pending: readonly Pending[]
  readonly queue: readonly Queued[]
  readonly log: readonly LogEntry[]
  readonly loads: readonly LoadState[]
  /** How many events of the present instant there were, those of commands not counted. */
  readonly instant: { readonly us: number; readonly count: number }
  /** Values invented so far. */
  readonly invented: number
  readonly operations: OperationList
  readonly views: { readonly [node: string]: NodeView }
  /** One for each detector of the play. */
  readonly detected: readonly unknown[]
  /** The checker that goes along; null where nothing is judged. */
  readonly following: Following
  readonly traceHash: string
  /** By goal id. */
  readonly reached: { readonly [goal: string]: Reached }
  /** The verbs of the commands carried out, each once. */
  readonly verbs: readonly string[]
  readonly tally: Tally
}

const notStarted: NodeView = { role: 'down', values: {}, facts: [] }

/** Puts commands on the list of those whose time has not come, and into the log. */
export const withCommands = (moment: Moment, commands: readonly Command[], of: number | null): Moment => {
  const first = moment.log.length
  const entries = commands.map(
    (command, k): LogEntry => ({
      id: first + k,
      of,
      command,
      text: printCommand(command),
      state: 'waiting',
      why: null,
      atUs: null,
      events: [],
    }),
  )
  const pending = commands.map((command, k): Pending => ({ log: first + k, command, armed: false, dueUs: null }))
  return { ...moment, log: [...moment.log, ...entries], pending: [...moment.pending, ...pending] }
}

/** The run before anything happened. */
export const firstMoment = (play: Play): Moment => {
  const { spec, lab, seed } = play
  const empty: Moment = {
    world: play.engine.create(spec),
    event: null,
    settings: play.settings,
    pending: [],
    queue: [],
    log: [],
    loads: startLoads(
      lab.workloads,
      spec.nodes.map(node => node.id),
      seed,
    ),
    instant: { us: 0, count: 0 },
    invented: 0,
    operations: play.engine.operations(),
    views: Object.fromEntries(spec.nodes.map(node => [node.id, notStarted])),
    detected: play.detectors.map(detector => detector.initial),
    following: play.judging ? notFollowedYet : null,
    traceHash: emptyTraceHash,
    reached: {},
    verbs: [],
    tally: noTally,
  }
  return withCommands(withCommands(empty, lab.script, null), play.script, null)
}
