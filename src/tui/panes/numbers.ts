import { assertNever } from '../../kernel/assert-never.ts'
import { blankLine, type Line, line, type Span, spread, toWidth } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import { barRows } from './bars.ts'
import { gaugeRows } from './gauges.ts'
import { histogram } from './histogram.ts'
import type { Chart, Comparison, Meter, NumbersView } from './numbers-view.ts'
import type { PaneSize } from './pane-size.ts'
import { quantity } from './quantity.ts'
import { series } from './series.ts'

/** A bar that fills with the value: `calls  ██████░░░░  12 of 20`. */
const meter = ({ title, unit, value, most }: Meter, width: number, theme: Theme): Line[] => {
  const words = `${quantity(value, unit)} of ${quantity(most, unit)}`
  const room = Math.max(4, width)
  const share = most > 0 ? Math.max(0, Math.min(1, value / most)) : 0
  const filled = Math.round(share * room)
  const style: Style = share >= 1 ? 'bad' : share >= 0.8 ? 'unknown' : 'accent'
  return [
    spread([{ text: title }], [{ text: words, style: share >= 1 ? 'bad' : 'plain' }], width, theme),
    [
      { text: theme.glyph.block.repeat(filled), style },
      { text: theme.glyph.shade.repeat(room - filled), style: 'old' },
    ],
  ]
}

/** Numbers of runs in columns, right-aligned; where the first run differs from the second it is bright. */
const comparison = ({ title, runs, rows }: Comparison, width: number, theme: Theme): Line[] => {
  const shown = rows.map(({ label, unit, values }) => ({
    label,
    cells: runs.map((_, i) => {
      const value = values[i] ?? null
      return value === null ? theme.glyph.dash : quantity(value, unit)
    }),
  }))
  const widths = runs.map((run, i) => Math.max(run.length, ...shown.map(({ cells }) => (cells[i] ?? '').length)) + 3)
  const labels = Math.max(8, Math.min(width - widths.reduce((a, b) => a + b, 0), 32))
  const row = (label: Span, cells: readonly Span[]): Line => [
    ...toWidth([label], labels, theme),
    ...cells.flatMap((cell, i) => toWidth([cell], widths[i] ?? 0, theme, 'right')),
  ]
  return [
    row(
      { text: title, style: 'title' },
      runs.map(text => ({ text, style: 'old' })),
    ),
    ...shown.map(({ label, cells }) =>
      row(
        { text: label },
        cells.map((text, i) => ({ text, style: i === 0 && text !== cells[1] ? 'fresh' : 'plain' })),
      ),
    ),
  ]
}

/** Rows that a chart needs at least, and those it would like. */
const rowsOf = (chart: Chart): readonly [number, number] => {
  switch (chart.type) {
    case 'histogram':
      return chart.compared ? [5, 11] : [3, 7]
    case 'series':
      return [4, 8]
    case 'meter':
      return [2, 2]
    case 'comparison':
      return [chart.rows.length + 1, chart.rows.length + 1]
    case 'bars':
      return [chart.bars.length + 1, chart.bars.length + 1]
    case 'gauges':
      return [chart.rows.length + 1, chart.rows.length + 1]
    default:
      return assertNever(chart)
  }
}

const drawChart = (chart: Chart, width: number, height: number, theme: Theme): Line[] => {
  switch (chart.type) {
    case 'histogram':
      return histogram(chart, width, height, theme)
    case 'series':
      return series(chart, width, height, theme)
    case 'meter':
      return meter(chart, width, theme)
    case 'comparison':
      return comparison(chart, width, theme)
    case 'gauges':
      return gaugeRows(chart, width, theme)
    case 'bars':
      return barRows(chart, width, theme)
    default:
      return assertNever(chart)
  }
}

/** Charts under one another, as high as the room allows; what finds no room is left out. */
export const numbers = (view: NumbersView, { width, height }: PaneSize, theme: Theme): Line[] => {
  if (width < 24 || height < 2) return []
  if (view.charts.length === 0) return [line('Nothing has been measured yet.', 'old')]
  let left = height
  const shown: { chart: Chart; rows: number }[] = []
  for (const chart of view.charts) {
    const [least] = rowsOf(chart)
    const gap = shown.length > 0 ? 1 : 0
    if (least + gap > left) continue
    shown.push({ chart, rows: least })
    left -= least + gap
  }
  for (let grew = true; left > 0 && grew; ) {
    grew = false
    for (const each of shown)
      if (left > 0 && each.rows < rowsOf(each.chart)[1]) {
        each.rows++
        left--
        grew = true
      }
  }
  return shown.flatMap(({ chart, rows }, i) => [...(i > 0 ? [blankLine] : []), ...drawChart(chart, width, rows, theme)])
}
