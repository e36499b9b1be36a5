import { assertNever } from '../../kernel/assert-never.ts'
import type { Unit } from './numbers-view.ts'

const rounded = (value: number): string => {
  const size = Math.abs(value)
  return value === 0
    ? '0'
    : size >= 100
      ? String(Math.round(value))
      : String(Number(value.toPrecision(size >= 10 ? 3 : 2)))
}

const STEPS: readonly (readonly [number, string])[] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]

const shortened = (value: number): string => {
  const step = STEPS.find(([size]) => Math.abs(value) >= size * 10)
  return step ? `${rounded(value / step[0])} ${step[1]}` : rounded(value)
}

const SECOND = 1_000_000

/** Units of long times, each with the least time that is told in it, microseconds. */
const LONG: readonly (readonly [least: number, size: number, name: string])[] = [
  [172_800 * SECOND, 86_400 * SECOND, 'days'],
  [7_200 * SECOND, 3_600 * SECOND, 'h'],
  [120 * SECOND, 60 * SECOND, 'min'],
]

const dollars = (value: number): string => {
  if (value >= 1) return value < 1000 ? value.toFixed(2) : shortened(value)
  // Fractions of a cent without an exponent.
  return value > 0 && value < 1e-6 ? value.toFixed(8) : String(Number(value.toPrecision(3)))
}

/** A number with its unit, short: `12 ms`, `1.4 s`, `8.8 h`, `350/s`, `12.5 %`, `20 kB`. */
export const quantity = (value: number, unit: Unit): string => {
  switch (unit) {
    case 'duration':
      for (const [least, size, name] of LONG) if (value >= least) return `${rounded(value / size)} ${name}`
      if (value >= 1_000_000) return `${rounded(value / 1_000_000)} s`
      if (value > 0 && value < 0.9995) return `${rounded(value * 1_000)} ns`
      return value >= 1_000 || value === 0 ? `${rounded(value / 1_000)} ms` : `${rounded(value)} µs`
    case 'count':
      return shortened(value)
    case 'perSecond':
      return `${shortened(value)}/s`
    case 'share':
      return `${rounded(value * 100)} %`
    case 'bytes':
      return `${shortened(value)}${Math.abs(value) >= 10_000 ? '' : ' '}B`
    case 'money':
      return `$${dollars(value)}`
    default:
      return assertNever(unit)
  }
}

/** The value below which this share of the values lies (nearest rank); undefined for none. */
export const quantile = (sorted: readonly number[], share: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]
