import type { TraceEvent } from '../kernel/trace.ts'
import { freeze, thaw } from '../sim/simulator.ts'
import type { Machine } from '../sim/timeline.ts'
import { type Advanced, advance, give } from './advance.ts'
import type { Command, Place } from './command.ts'
import { batchEngine } from './engine.ts'
import { firstMoment, type Moment, type Play } from './moment.ts'

/** A command given by hand, and the exact place where. */
export interface Given {
  readonly command: Command
  readonly place: Place
}

const NEVER = Number.MAX_SAFE_INTEGER

/** The machine that a timeline drives: moments of a play. What comes next is computed once for the moment that was asked about last. */
export const sessionMachine = (
  play: Play,
): Machine<Moment, TraceEvent, Given> & {
  /** The moment with everything skipped that has nothing to act on, where no event follows. */
  settled(moment: Moment): Moment
} => {
  // One only: a map from moments to the next would let every moment that is kept keep all that came after it.
  let ahead: { readonly of: Moment; readonly next: Advanced | { readonly moment: Moment } } | undefined
  const nextOf = (moment: Moment): Advanced | { readonly moment: Moment } => {
    if (ahead?.of !== moment) ahead = { of: moment, next: advance(play, moment, play.endUs ?? NEVER) }
    return ahead.next
  }
  return {
    initial: () => firstMoment(play),
    nowUs: moment => moment.world.nowUs,
    nextUs: moment => {
      const next = nextOf(moment)
      return 'event' in next ? next.event.atUs : undefined
    },
    advance: moment => {
      const next = nextOf(moment)
      return 'event' in next ? next : undefined
    },
    obey: (moment, { payload }) => give(play, moment, payload.command, payload.place),
    fastForward: (moment, events) => {
      const fast: Play = { ...play, engine: { ...batchEngine, operations: play.engine.operations } }
      let at: Moment = { ...moment, world: thaw(moment.world) }
      let count = 0
      while (count < events) {
        const next = advance(fast, at, play.endUs ?? NEVER)
        if (!('event' in next)) break
        at = next.moment
        count++
      }
      return { moment: { ...at, world: freeze(at.world) }, events: count }
    },
    settled: moment => {
      const next = nextOf(moment)
      return 'event' in next ? moment : { ...moment, log: next.moment.log }
    },
  }
}
