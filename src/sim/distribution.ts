import { normalQuantile } from './normal.ts'
import type { Distribution } from './spec.ts'

/**
 * The value of a distribution, in milliseconds, at the fraction `u` (0 < u < 1) of its probability: one draw, one value.
 * Powers are taken as `exp(a * log(b))`, for `**` differs between versions of V8 in the last bit.
 */
export const quantileMs = (distribution: Distribution, u: number): number => {
  if (typeof distribution === 'number') return distribution
  if ('constant' in distribution) return distribution.constant
  if ('uniform' in distribution) {
    const { min, max } = distribution.uniform
    return min + u * (max - min)
  }
  if ('normal' in distribution) return distribution.normal.mean + distribution.normal.sd * normalQuantile(u)
  if ('exponential' in distribution) return -distribution.exponential.mean * Math.log(u)
  if ('pareto' in distribution) {
    const { scale, shape } = distribution.pareto
    return scale * Math.exp(-Math.log(u) / shape)
  }
  if ('empirical' in distribution) {
    const samples = distribution.empirical
    return samples[Math.floor(u * samples.length)] ?? 0
  }
  return mixtureMs(distribution.mixture, u)
}

/** The draw picks the component, and what is left of it, stretched to 0..1 again, picks the value within. */
const mixtureMs = (parts: readonly { readonly weight: number; readonly of: Distribution }[], u: number): number => {
  const total = parts.reduce((sum, part) => sum + part.weight, 0)
  let rest = u * total
  for (const [index, part] of parts.entries()) {
    if (rest < part.weight || index === parts.length - 1) {
      const within = Math.min(rest / part.weight, 1 - Number.EPSILON)
      return quantileMs(part.of, within > 0 ? within : Number.EPSILON)
    }
    rest -= part.weight
  }
  return 0
}

/** A duration in whole microseconds, never below `minMs` nor below 0. Constants take no draw: `u` is asked for only when needed. */
export const sampleUs = (distribution: Distribution, minMs: number, u: () => number): number =>
  toUs(Math.max(minMs, typeof distribution === 'number' ? distribution : quantileMs(distribution, u())))

/** Milliseconds as whole microseconds, at least 0. */
export const toUs = (ms: number): number => Math.max(0, Math.round(ms * 1000))
