import { describe, expect, it } from 'vitest'
import { quantileMs, sampleUs } from '../../src/sim/distribution.ts'
import { draw, streams, subjectOf } from '../../src/sim/draw.ts'
import type { Distribution } from '../../src/sim/spec.ts'

const samples = (distribution: Distribution, count = 40_000): number[] => {
  const subject = subjectOf('n1>n2')
  const drawn: number[] = []
  for (let k = 1; k <= count; k++) drawn.push(quantileMs(distribution, draw(11, streams.latency, subject, k)))
  return drawn.sort((a, b) => a - b)
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const at = (sorted: readonly number[], fraction: number): number => sorted[Math.floor(fraction * sorted.length)] ?? 0

describe('the draws of', () => {
  it('a uniform distribution fill its range', () => {
    const drawn = samples({ uniform: { min: 10, max: 30 } })
    expect(mean(drawn)).toBeCloseTo(20, 0)
    expect(at(drawn, 0.25)).toBeCloseTo(15, 0)
    expect(at(drawn, 0)).toBeGreaterThanOrEqual(10)
    expect(drawn.at(-1)).toBeLessThanOrEqual(30)
  })

  it('a normal distribution have its mean and quantiles', () => {
    const drawn = samples({ normal: { mean: 50, sd: 5 } })
    expect(mean(drawn)).toBeCloseTo(50, 0)
    expect(at(drawn, 0.8413)).toBeCloseTo(55, 0)
    expect(at(drawn, 0.0228)).toBeCloseTo(40, 0)
  })

  it('an exponential distribution have its mean and median', () => {
    const drawn = samples({ exponential: { mean: 20 } })
    expect(Math.abs(mean(drawn) - 20)).toBeLessThan(0.4)
    expect(Math.abs(at(drawn, 0.5) - 20 * Math.LN2)).toBeLessThan(0.4)
  })

  it('a Pareto distribution have its scale as least value, its mean and its tail', () => {
    const drawn = samples({ pareto: { scale: 10, shape: 3 } })
    expect(at(drawn, 0)).toBeGreaterThanOrEqual(10)
    expect(Math.abs(mean(drawn) - 15)).toBeLessThan(0.5)
    // P(X > 20) = (10 / 20)^3.
    expect(drawn.filter(value => value > 20).length / drawn.length).toBeCloseTo(0.125, 2)
  })

  it('a mixture come from its parts by their weights', () => {
    const drawn = samples({
      mixture: [
        { weight: 3, of: { uniform: { min: 0, max: 10 } } },
        { weight: 1, of: { constant: 100 } },
      ],
    })
    expect(drawn.filter(value => value === 100).length / drawn.length).toBeCloseTo(0.25, 2)
    const rest = drawn.filter(value => value < 100)
    expect(mean(rest)).toBeCloseTo(5, 0)
    expect(at(rest, 0.9)).toBeCloseTo(9, 0)
  })

  it('an empirical distribution are its samples, each as often', () => {
    const drawn = samples({ empirical: [1, 5, 5, 9] })
    expect(new Set(drawn)).toEqual(new Set([1, 5, 9]))
    expect(drawn.filter(value => value === 5).length / drawn.length).toBeCloseTo(0.5, 2)
  })
})

describe('a sample', () => {
  it('is whole microseconds, at least the minimum and never negative', () => {
    expect(sampleUs({ normal: { mean: 10, sd: 1 } }, 12, () => 0.5)).toBe(12_000)
    expect(sampleUs({ normal: { mean: 0, sd: 1 } }, -5, () => 0.1)).toBe(0)
    expect(Number.isInteger(sampleUs({ exponential: { mean: 1.2345 } }, 0, () => 0.123))).toBe(true)
  })

  it('of a constant asks for no draw', () => {
    const never = (): number => {
      throw new Error('asked')
    }
    expect(sampleUs(2.5, 0, never)).toBe(2500)
  })
})
