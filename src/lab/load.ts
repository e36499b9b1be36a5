import type { NodeId } from '../kernel/ids.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import { quantileMs, toUs } from '../sim/distribution.ts'
import { draw, subjectOf } from '../sim/draw.ts'
import type { Workload } from './lab.ts'

/** The streams of draws of this folder, beside those of the simulator. The numbers are part of the run code's format. */
const streams = { interval: 101, kind: 102, key: 103, think: 104 } as const

/** One client's part in one workload. Draws depend on (seed, workload, client, ordinal) alone, so a fault elsewhere changes no arrival of an open loop. */
export interface LoadState {
  readonly workload: Workload
  readonly client: NodeId
  /** Operations asked for so far. */
  readonly asked: number
  /** When the next is due; null while it waits for an answer, or when it is done. */
  readonly nextUs: number | null
  /** The next of the operations asked for here that is still open, in a closed loop. */
  readonly waitsFor: string | null
}

const drawn = (seed: number, stream: number, { workload, client, asked }: LoadState): number =>
  draw(seed, stream, subjectOf(`${workload.name}/${client}`), asked)

const within = (load: LoadState, us: number): number | null =>
  us > load.workload.endUs || load.asked >= load.workload.count ? null : us

const pauseUs = (seed: number, state: LoadState): number => {
  const { load } = state.workload
  if (load.type === 'closed') return toUs(quantileMs(load.thinkMs, drawn(seed, streams.think, state)))
  const meanMs = 1000 / load.ratePerS
  if (!load.even) return toUs(quantileMs({ exponential: { mean: meanMs } }, drawn(seed, streams.interval, state)))
  return toUs(state.asked === 0 ? meanMs * drawn(seed, streams.interval, state) : meanMs)
}

/** All loads before the run. */
export const startLoads = (
  workloads: readonly Workload[],
  present: readonly NodeId[],
  seed: number,
): readonly LoadState[] =>
  workloads.flatMap(workload =>
    workload.clients
      .filter(client => present.includes(client))
      .map(client => {
        const state: LoadState = { workload, client, asked: 0, nextUs: null, waitsFor: null }
        return { ...state, nextUs: within(state, workload.startUs + pauseUs(seed, state)) }
      }),
  )

const pickWeighted = (mix: Workload['mix'], u: number): OperationKind => {
  let rest = u * mix.reduce((sum, { weight }) => sum + weight, 0)
  for (const { kind, weight } of mix) {
    if (rest < weight) return kind
    rest -= weight
  }
  return mix.findLast(({ weight }) => weight > 0)?.kind ?? 'read'
}

/** What the load asks for next. */
export const nextRequest = (load: LoadState, seed: number): { readonly kind: OperationKind; readonly key: string } => {
  const { mix, keys } = load.workload
  const kind = pickWeighted(mix, drawn(seed, streams.kind, load))
  return { kind, key: keys[Math.floor(drawn(seed, streams.key, load) * keys.length)] ?? '' }
}

/** The load after it asked, at its time, and the operation that came of it (null where the request was refused). */
export const afterAsking = (load: LoadState, op: string | null, seed: number): LoadState => {
  const asked = { ...load, asked: load.asked + 1 }
  const at = load.nextUs ?? 0
  if (load.workload.load.type === 'closed' && op !== null) return { ...asked, nextUs: null, waitsFor: op }
  return { ...asked, nextUs: within(asked, at + Math.max(1, pauseUs(seed, asked))) }
}

/** Closed loops go on when their operation is answered or given up. Returns the same list when none does. */
export const afterEvent = (loads: readonly LoadState[], event: TraceEvent, seed: number): readonly LoadState[] => {
  const closed = event.effects.flatMap(effect => (effect.type === 'completed' ? [effect.op as string] : []))
  if (closed.length === 0 || !loads.some(load => load.waitsFor !== null && closed.includes(load.waitsFor))) return loads
  return loads.map(load =>
    load.waitsFor !== null && closed.includes(load.waitsFor)
      ? { ...load, waitsFor: null, nextUs: within(load, event.atUs + Math.max(1, pauseUs(seed, load))) }
      : load,
  )
}
