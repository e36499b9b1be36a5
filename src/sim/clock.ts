import type { ClockState } from './world.ts'

const factor = (clock: ClockState): number => 1 + clock.ratePpm / 1e6

/** The monotonic clock: it runs at the clock's rate, and no step moves it. */
export const monotonicUs = (clock: ClockState, realUs: number): number => {
  const elapsed = realUs - clock.realUs
  return clock.ownUs + (clock.ratePpm === 0 ? elapsed : Math.floor(elapsed * factor(clock)))
}

/** The wall clock, which the protocol reads: it can be stepped, also backwards. */
export const wallUs = (clock: ClockState, realUs: number): number => monotonicUs(clock, realUs) + clock.offsetUs

/**
 * The first real time at which the monotonic clock has reached `dueUs`. Timers are intervals of the monotonic clock, as those
 * of operating systems are (POSIX CLOCK_MONOTONIC): a rate that is off stretches
 * them, a step of the wall clock does not.
 */
export const realTimeOf = (clock: ClockState, dueUs: number): number => {
  const own = dueUs - clock.ownUs
  return clock.realUs + (clock.ratePpm === 0 ? own : Math.ceil(own / factor(clock)))
}
