/** What a number measures, for its axis: durations are given in microseconds, shares 0 to 1, money in US dollars. */
export type Unit = 'duration' | 'count' | 'perSecond' | 'share' | 'bytes' | 'money'

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

/** Numbers of several kinds, a row each, every one against its own most; null where there is none yet. */
export interface Gauges {
  readonly type: 'gauges'
  readonly title: string
  readonly rows: readonly {
    readonly label: string
    readonly unit: Unit
    readonly value: number | null
    readonly most: number
  }[]
}

/** Numbers of runs side by side: with and without the fault. */
export interface Comparison {
  readonly type: 'comparison'
  readonly title: string
  readonly runs: readonly string[]
  readonly rows: readonly { readonly label: string; readonly unit: Unit; readonly values: readonly (number | null)[] }[]
}

/** Numbers side by side as bars; null where there is none yet. */
export interface Bars {
  readonly type: 'bars'
  readonly title: string
  readonly unit: Unit
  /** On a `log` scale each decade is as wide as the next. */
  readonly scale: 'linear' | 'log'
  readonly bars: readonly {
    readonly label: string
    readonly value: number | null
    /** A number to compare with, no measurement of this run. */
    readonly fixed: boolean
  }[]
}

export type Chart = Histogram | Series | Meter | Gauges | Comparison | Bars

export interface NumbersView {
  /** The most important first; those that find no room are left out. */
  readonly charts: readonly Chart[]
}
