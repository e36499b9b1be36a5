import type { Operation } from '../kernel/operation.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import { advanceTo, applyAct, applyActDraft, createWorld, freeze, step, stepDraft } from '../sim/simulator.ts'
import type { Act, Refusal, SimSpec } from '../sim/spec.ts'
import type { World } from '../sim/world.ts'
import { ChunkedList, GrowingList, type OperationList } from './operation-list.ts'

/** What became of a world by one event, and the operations that it closed. */
export interface Taken {
  readonly world: World
  readonly event: TraceEvent
  readonly closed: readonly Operation[]
}

/** The two ways to run the same code: in place for batches, on immutable worlds for the screen. */
export interface Engine {
  create(spec: SimSpec): World
  operations(): OperationList
  /** Takes the next event, which must be there. */
  step(spec: SimSpec, world: World): Taken
  act(spec: SimSpec, world: World, act: Act): Taken | Refusal
  /** Lets time pass without an event. */
  wait(world: World, us: number): World
}

const nothingDue = (): never => {
  throw new Error('the simulator was asked for an event, but none is due')
}

/** Changes the world in place. */
export const batchEngine: Engine = {
  create: createWorld,
  operations: () => new GrowingList(),
  step(spec, world) {
    const closed: Operation[] = []
    const event = step(spec, world, { closed: operation => closed.push(operation) })
    return event === undefined ? nothingDue() : { world, event, closed }
  },
  act(spec, world, act) {
    const closed: Operation[] = []
    const event = applyAct(spec, world, act, { closed: operation => closed.push(operation) })
    return 'refused' in event ? event : { world, event, closed }
  },
  wait: advanceTo,
}

/** Makes a new world with every event; the old one stays as it is. */
export const screenEngine: Engine = {
  create: spec => freeze(createWorld(spec)),
  operations: () => new ChunkedList(),
  step(spec, world) {
    const closed: Operation[] = []
    const stepped = stepDraft(spec, world, { closed: operation => closed.push(operation) })
    return stepped === undefined ? nothingDue() : { ...stepped, closed }
  },
  act(spec, world, act) {
    const closed: Operation[] = []
    const stepped = applyActDraft(spec, world, act, { closed: operation => closed.push(operation) })
    return 'refused' in stepped ? stepped : { ...stepped, closed }
  },
  wait: advanceTo,
}
