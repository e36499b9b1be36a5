import { bars } from '../glyphs.ts'
import { type Line, type Span, toWidth, truncate } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import type { Histogram } from './numbers-view.ts'
import { quantile, quantity } from './quantity.ts'

/** Bounds of the axis: a decade at least. */
interface Scale {
  readonly low: number
  readonly high: number
  /** The column of a value among `columns`. */
  column(value: number, columns: number): number
}

const scaleOf = ({ unit }: Histogram, values: readonly number[]): Scale => {
  const most = values.reduce((a, b) => Math.max(a, b), 1)
  if (unit !== 'duration') {
    return { low: 0, high: most, column: (value, columns) => clamp((value / most) * columns, columns) }
  }
  const least = values.reduce((a, b) => (b > 0 ? Math.min(a, b) : a), Number.POSITIVE_INFINITY)
  const low = decade(Number.isFinite(least) ? least : 1)
  const high = Math.max(decade(most) * 10, low * 10)
  const width = Math.log(high / low)
  return {
    low,
    high,
    column: (value, columns) => clamp((Math.log(Math.max(value, low) / low) / width) * columns, columns),
  }
}

const clamp = (column: number, columns: number): number => Math.max(0, Math.min(columns - 1, Math.floor(column)))

/** The power of ten at or below. */
const decade = (value: number): number => 10 ** Math.floor(Math.log10(Math.max(1, value)) + 1e-9)

const counts = (values: readonly number[], scale: Scale, columns: number): readonly number[] => {
  const found = new Array<number>(columns).fill(0)
  for (const value of values) {
    const column = scale.column(value, columns)
    found[column] = (found[column] ?? 0) + 1
  }
  return found
}

/** Bars `height` rows high, in eighths of a row; anything above zero shows. */
const barRows = (found: readonly number[], most: number, height: number, style: Style, theme: Theme): Line[] => {
  const blocks = bars(theme.unicode)
  const eighths = found.map(count => (count === 0 ? 0 : Math.max(1, Math.round((count / most) * height * 8))))
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8
    const text = eighths.map(each => blocks[Math.max(0, Math.min(8, each - below))] ?? ' ').join('')
    return [{ text, style }]
  })
}

const axisRow = (scale: Scale, columns: number, histogram: Histogram): Line => {
  const row: string[] = new Array<string>(columns).fill(' ')
  const marks: number[] = []
  if (histogram.unit === 'duration') for (let at = scale.low; at <= scale.high; at *= 10) marks.push(at)
  else marks.push(0, scale.high)
  let free = 0
  for (const mark of marks) {
    const text = quantity(mark, histogram.unit)
    const at = Math.min(columns - text.length, scale.column(mark, columns + 1))
    if (at < free) continue
    ;[...text].forEach((character, i) => {
      row[at + i] = character
    })
    free = at + text.length + 1
  }
  return [{ text: row.join(''), style: 'old' }]
}

const summary = (label: string, values: readonly number[], { unit }: Histogram): Span[] => {
  const sorted = [...values].sort((a, b) => a - b)
  const part = (name: string, share: number): string => `${name} ${quantity(quantile(sorted, share) ?? 0, unit)}`
  const words = values.length === 0 ? 'none yet' : [part('median', 0.5), part('p99', 0.99), part('most', 1)].join('   ')
  return [{ text: `${label}  ` }, { text: words, style: 'old' }]
}

/** A histogram in so many rows: title, bars (those of the compared run under them), axis, quantiles. */
export const histogram = (chart: Histogram, width: number, height: number, theme: Theme): Line[] => {
  const { values, compared, title } = chart
  const scale = scaleOf(chart, [...values, ...(compared?.values ?? [])])
  const sets = [
    { values, style: 'accent' as const },
    ...(compared ? [{ values: compared.values, style: 'old' as const }] : []),
  ]
  const found = sets.map(set => counts(set.values, scale, width))
  const most = Math.max(1, ...found.flat())
  const words = [summary(title, values, chart), ...(compared ? [summary(compared.label, compared.values, chart)] : [])]
  const rows = Math.max(1, Math.floor((height - words.length - 1) / sets.length))
  const drawn = sets.flatMap((set, i) => [
    truncate(words[i] ?? [], width, theme),
    ...barRows(found[i] ?? [], most, rows, set.style, theme),
  ])
  return [...drawn, toWidth(axisRow(scale, width, chart), width, theme)].slice(0, height)
}
