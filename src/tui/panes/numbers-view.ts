/** What a number measures, for its axis: durations are given in microseconds, shares 0 to 1. */
export type Unit = 'duration' | 'count' | 'perSecond' | 'share' | 'bytes'

/** How often values of each size occurred: durations on a logarithmic axis. */
export interface Histogram {
  readonly type: 'histogram'
  readonly title: string
  readonly unit: Unit
  /** The values themselves, any order. */
  readonly values: readonly number[]
  /** Of another run, drawn beside them for comparison: without the fault. */
  readonly compared?: { readonly label: string; readonly values: readonly number[] }
}

/** How a number went over time. */
export interface Series {
  readonly type: 'series'
  readonly title: string
  readonly unit: Unit
  /** Ordered by time; the value holds until the next point. */
  readonly points: readonly { readonly atUs: number; readonly value: number }[]
  readonly fromUs: number
  readonly toUs: number
}

/** A number against what it can be at most. */
export interface Meter {
  readonly type: 'meter'
  readonly title: string
  readonly unit: Unit
  readonly value: number
  readonly most: number
}

/** Numbers of runs side by side: with and without the fault. */
export interface Comparison {
  readonly type: 'comparison'
  readonly title: string
  readonly runs: readonly string[]
  readonly rows: readonly { readonly label: string; readonly unit: Unit; readonly values: readonly (number | null)[] }[]
}

export type Chart = Histogram | Series | Meter | Comparison

export interface NumbersView {
  /** The most important first; those that find no room are left out. */
  readonly charts: readonly Chart[]
}
