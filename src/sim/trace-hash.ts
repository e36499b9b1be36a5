import { canonicalJson, type Json } from '../kernel/json.ts'
import type { TraceEvent } from '../kernel/trace.ts'
import { fnv1a64, fnvBasis, fromHex, toHex } from './fnv.ts'
import type { SimSpec } from './spec.ts'
import type { World } from './world.ts'

/** The hash of the empty trace, to begin `hashEvent` with. */
export const emptyTraceHash = toHex(fnvBasis)

/** The hash of a trace that is one event longer: FNV-1a over the canonical text of the events, sixteen hexadecimal digits. */
export const hashEvent = (hash: string, event: TraceEvent): string =>
  toHex(fnv1a64(canonicalJson(event as unknown as Json), fromHex(hash)))

/** The hash of a whole world under a seed: equal for equal worlds, whether they were made in place or as immutable ones. */
export const worldHash = (spec: SimSpec, world: World): string => {
  const queue = world.queue.toSorted((a, b) => a.us - b.us || a.seq - b.seq)
  return toHex(fnv1a64(canonicalJson({ seed: spec.seed, world: { ...world, queue } } as unknown as Json)))
}
