import { type Scoreboard, scoreboard } from '../check/phenomena/scoreboard.ts'
import type { Phenomenon } from '../check/phenomenon.ts'
import type { Verdict } from '../check/verdict.ts'
import type { History } from '../kernel/operation.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import { advance } from './advance.ts'
import type { Command } from './command.ts'
import { conditionHolds } from './condition-holds.ts'
import { batchEngine } from './engine.ts'
import type { Lab } from './lab.ts'
import { firstMoment, type LogEntry, type Moment, type Play, type Reached } from './moment.ts'
import { type PlayOptions, playLab } from './play-lab.ts'
import { RunScene } from './run-scene.ts'

export interface RunOptions extends Omit<PlayOptions, 'script' | 'seed'> {
  /** Whether the result has the events; false where not said. */
  readonly trace?: boolean
  /** Steps that each checker may take; 0 leaves the verdicts out. 500,000 where not said. */
  readonly budget?: number
}

/** What came of a run. */
export interface RunResult {
  readonly nowUs: number
  readonly events: number
  readonly history: History
  readonly phenomena: readonly Phenomenon[]
  /** One for each consistency that the lab asks about. */
  readonly verdicts: readonly Verdict[]
  readonly scoreboard: Scoreboard
  /** By goal id; null for one that was not reached. */
  readonly goals: { readonly [goal: string]: Reached | null }
  /** Every command and what became of it. */
  readonly log: readonly LogEntry[]
  readonly views: { readonly [node: string]: NodeView }
  /** Sixteen hexadecimal digits over the whole trace. */
  readonly traceHash: string
  /** Empty unless asked for. */
  readonly trace: readonly TraceEvent[]
  /** The run at its end, for conditions and measures. */
  readonly scene: RunScene
}

const goalsAtEnd = (lab: Lab, moment: Moment, scene: RunScene): RunResult['goals'] =>
  Object.fromEntries(
    lab.goals.map(goal => {
      const early = moment.reached[goal.id]
      if (early !== undefined) return [goal.id, early]
      const fits = Object.entries(goal.settings).every(([knob, value]) => moment.settings[knob] === value)
      const late = { atUs: scene.nowUs, atIndex: moment.world.nextIndex - 1 }
      return [goal.id, fits && conditionHolds(goal.when, scene) ? late : null]
    }),
  )

const resultOf = (play: Play, moment: Moment, trace: readonly TraceEvent[], budget: number): RunResult => {
  const { lab } = play
  const scene = new RunScene(play, moment, play.endUs ?? moment.world.nowUs, true)
  const phenomena = scene.phenomena()
  return {
    nowUs: scene.nowUs,
    events: moment.world.nextIndex,
    history: scene.history,
    phenomena,
    verdicts: budget === 0 ? [] : lab.verdicts.map(each => scene.fullVerdict(each, budget)),
    scoreboard: scoreboard(scene.history, phenomena),
    goals: play.judging ? goalsAtEnd(lab, moment, scene) : {},
    log: moment.log,
    views: moment.views,
    traceHash: moment.traceHash,
    trace,
    scene,
  }
}

const USUAL_BUDGET = 500_000

/** Runs a lab to its end (`endUs`, or the lab's `untilMs`) in place, as fast as it goes. The same run as on the screen, event for event. */
export const runLab = (lab: Lab, seed: number, commands: readonly Command[], options: RunOptions = {}): RunResult => {
  const endUs = options.endUs ?? lab.untilUs
  const play = playLab(lab, batchEngine, { ...options, endUs, seed, script: commands })
  const trace: TraceEvent[] = []
  let moment = firstMoment(play)
  for (;;) {
    const result = advance(play, moment, endUs)
    moment = result.moment
    if (!('event' in result)) return resultOf(play, moment, trace, options.budget ?? USUAL_BUDGET)
    if (options.trace === true) trace.push(result.event)
  }
}
