import { conditionHolds, phenomenaIn } from './condition-holds.ts'
import { whyNot } from './explain-condition.ts'
import type { Claim, Lab, LabRun } from './lab.ts'
import { measuredValues, statistic, usualStatistic } from './measure.ts'
import { printMeasurePick } from './measure-pick.ts'
import type { RunResult } from './run-lab.ts'
import { runOf } from './run-of.ts'
import { wilsonInterval } from './wilson.ts'

/** What came of one variant of a claim, over all its seeds. */
export interface VariantResult {
  /** `policy=CP`, or empty where there is one variant. */
  readonly label: string
  readonly holds: boolean
  readonly seeds: number
  /** In how many runs the expectation held. */
  readonly hits: number
  readonly share: number
  /** The 95 % interval of the share (Wilson 1927). */
  readonly interval: readonly [number, number]
  /** The measured number over all runs; null where nothing was measured. */
  readonly value: number | null
  /** What was found, in words; with a seed that shows it where the claim fails. */
  readonly found: string
}

export interface ClaimResult {
  readonly id: string
  readonly holds: boolean
  readonly variants: readonly VariantResult[]
  /** One sentence: what was claimed, and what was found. */
  readonly sentence: string
}

interface Counted {
  hits: number
  readonly values: number[]
  /** The first run against the expectation, and the first for it. */
  miss: { readonly seed: number; readonly why: string } | null
  hitSeed: number | null
}

const runSeeds = (lab: Lab, claim: Claim, run: LabRun): Counted => {
  const counted: Counted = { hits: 0, values: [], miss: null, hitSeed: null }
  const { expect, measure } = claim
  const phenomena = expect === null ? [] : phenomenaIn(expect)
  for (let seed = run.seed; seed < run.seed + claim.seeds; seed++) {
    const result: RunResult = runOf(lab, run, { phenomena, judging: false }, seed)
    if (expect !== null && conditionHolds(expect, result.scene)) {
      counted.hits++
      counted.hitSeed ??= seed
    } else if (expect !== null) counted.miss ??= { seed, why: whyNot(expect, result.scene) }
    if (measure === null) continue
    const values = measuredValues(measure, result.history, result.scene.tally, result.scene)
    // Counts of single runs are averaged over the runs; times and other sizes are pooled.
    if (usualStatistic(measure) === 'sum' || usualStatistic(measure) === 'count') {
      counted.values.push(statistic(values, usualStatistic(measure)) ?? 0)
    } else for (const value of values) counted.values.push(value)
  }
  return counted
}

const shareHolds = (claim: Claim, hits: number): boolean => {
  const { share, seeds } = claim
  if (claim.expect === null) return true
  if (share === 'always') return hits === seeds
  if (share === 'never') return hits === 0
  if (share === 'sometimes') return hits > 0 && hits < seeds
  return hits / seeds >= share[0] && hits / seeds <= share[1]
}

const measuredValue = (claim: Claim, values: readonly number[]): number | null => {
  if (claim.measure === null) return null
  const which = usualStatistic(claim.measure)
  return statistic(values, which === 'sum' || which === 'count' ? 'mean' : which)
}

const valueHolds = (claim: Claim, value: number | null): boolean =>
  (claim.atLeast === null || (value !== null && value >= claim.atLeast)) &&
  (claim.atMost === null || (value !== null && value <= claim.atMost)) &&
  (claim.measure === null || value !== null)

const foundOf = (claim: Claim, counted: Counted, value: number | null): string => {
  const parts: string[] = []
  if (claim.expect !== null) {
    parts.push(`it held in ${counted.hits} of ${claim.seeds} runs`)
    if (claim.share !== 'never' && counted.miss !== null)
      parts.push(`not for seed ${counted.miss.seed}: ${counted.miss.why}`)
    if (claim.share === 'never' && counted.hitSeed !== null) parts.push(`first for seed ${counted.hitSeed}`)
  }
  if (claim.measure !== null) parts.push(`${printMeasurePick(claim.measure)} is ${value ?? 'not measured'}`)
  return parts.join(', ')
}

const checkVariant = (lab: Lab, claim: Claim, run: LabRun): VariantResult => {
  const counted = runSeeds(lab, claim, run)
  const value = measuredValue(claim, counted.values)
  return {
    label: run.label,
    holds: shareHolds(claim, counted.hits) && valueHolds(claim, value),
    seeds: claim.seeds,
    hits: counted.hits,
    share: counted.hits / claim.seeds,
    interval: wilsonInterval(counted.hits, claim.seeds),
    value,
    found: foundOf(claim, counted, value),
  }
}

const wanted = ({ expect, share, atLeast, atMost }: Claim): string => {
  const often = typeof share === 'string' ? share : `in ${share[0] * 100} to ${share[1] * 100} % of the runs`
  return [
    ...(expect === null ? [] : [often]),
    ...(atLeast === null ? [] : [`at least ${atLeast}`]),
    ...(atMost === null ? [] : [`at most ${atMost}`]),
  ].join(', ')
}

/** Makes every run of a claim. A claim holds when all its variants do. */
export const checkClaim = (lab: Lab, claim: Claim): ClaimResult => {
  const variants = claim.runs.map(run => checkVariant(lab, claim, run))
  const telling = variants.find(variant => !variant.holds) ?? variants[0]
  const label = telling === undefined || telling.label === '' ? '' : ` (${telling.label})`
  const holds = variants.every(variant => variant.holds)
  const verdict = holds ? 'holds' : 'does not hold'
  return {
    id: claim.id,
    holds,
    variants,
    sentence: `the claim ${claim.id}${label} ${verdict}: wanted ${wanted(claim) || 'a number'}, and ${telling?.found ?? ''}.`,
  }
}

/** The figures of a claim that prose may quote. */
export type ClaimFigure = 'value' | 'hits' | 'seeds' | 'percent' | 'low' | 'high'

/** A figure of a claim's first variant, or of the one with this label. `percent`, `low` and `high` are in percent. Null where there is none. */
export const claimFigure = (result: ClaimResult, figure: ClaimFigure, label?: string): number | null => {
  const variant = label === undefined ? result.variants[0] : result.variants.find(one => one.label === label)
  if (variant === undefined) return null
  switch (figure) {
    case 'value':
      return variant.value
    case 'hits':
      return variant.hits
    case 'seeds':
      return variant.seeds
    case 'percent':
      return variant.share * 100
    case 'low':
      return variant.interval[0] * 100
    case 'high':
      return variant.interval[1] * 100
  }
}
