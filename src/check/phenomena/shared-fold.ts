import type { TraceEvent } from '../../kernel/trace.ts'
import type { Scene } from '../scene.ts'

type Fold<State> = (state: State, event: TraceEvent, scene: Scene) => State

/**
 * The same fold for several detectors that begin with the same state: what one of them has computed for an event, the others are given.
 * A cache of one step; the fold must depend on nothing but the state, the event and the run as it stands just after it.
 */
export const sharedFold = <State>(fold: Fold<State>): Fold<State> => {
  let last: { readonly state: State; readonly event: TraceEvent; readonly next: State } | undefined
  return (state, event, scene) => {
    if (last?.event === event && last.state === state) return last.next
    const next = fold(state, event, scene)
    last = { state, event, next }
    return next
  }
}
