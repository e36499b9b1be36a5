import { Canvas } from '../canvas.ts'
import { type Line, spread } from '../line.ts'
import type { Theme } from '../theme.ts'
import { timeLabel } from './axis.ts'
import type { Series } from './numbers-view.ts'
import { quantity } from './quantity.ts'

const GUTTER = 8

/** The next of 1, 2, 5, 10, 20, ... at or above. */
const roundUp = (value: number): number => {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 5, 10].find(each => each * power >= value * (1 - 1e-9)) ?? 10
  return step * power
}

/** The steps of the series as dots; where many points share a column, the highest counts. */
const drawSteps = (canvas: Canvas, { points, fromUs, toUs }: Series, most: number): void => {
  const dotsAcross = canvas.width * 2 - 1
  const dotsDown = canvas.height * 4 - 1
  const x = (us: number): number => ((us - fromUs) / Math.max(1, toUs - fromUs)) * dotsAcross
  const y = (value: number): number => dotsDown - (Math.min(value, most) / most) * dotsDown
  points.forEach((point, i) => {
    const next = points[i + 1]
    const untilUs = Math.min(toUs, next?.atUs ?? toUs)
    if (untilUs < fromUs || point.atUs > toUs) return
    const from = Math.max(0, x(point.atUs))
    canvas.line(from, y(point.value), x(untilUs), y(point.value), 'accent')
    if (next && next.atUs <= toUs) canvas.line(x(next.atUs), y(point.value), x(next.atUs), y(next.value), 'accent')
  })
}

/** A number over time in so many rows: title with the latest value, the curve with its scale at the left, the times under it. */
export const series = (chart: Series, width: number, height: number, theme: Theme): Line[] => {
  const { title, unit, points, fromUs, toUs } = chart
  const shown = points.filter(({ atUs }) => atUs <= toUs)
  const inside = shown.filter(({ atUs }, i) => atUs >= fromUs || (shown[i + 1]?.atUs ?? toUs) > fromUs)
  const most = roundUp(inside.reduce((highest, { value }) => Math.max(highest, value), 0))
  const last = shown.at(-1)
  const head = spread(
    [{ text: title }],
    [{ text: last ? quantity(last.value, unit) : '', style: 'fresh' }],
    width,
    theme,
  )
  const plot = new Canvas(width - GUTTER, Math.max(1, height - 2), theme)
  drawSteps(plot, chart, most)
  const lines = plot.lines()
  const scale = (row: number): string =>
    row === 0 ? quantity(most, unit) : row === lines.length - 1 ? quantity(0, unit) : ''
  const body = lines.map(
    (drawn, row): Line => [
      { text: `${scale(row).padStart(GUTTER - 2)} ${theme.glyph.vertical}`, style: 'old' },
      ...drawn,
    ],
  )
  const step = Math.max(1, (toUs - fromUs) / 10)
  const times = spread(
    [{ text: ' '.repeat(GUTTER) + timeLabel(fromUs, step), style: 'old' }],
    [{ text: timeLabel(toUs, step), style: 'old' }],
    width,
    theme,
  )
  return [head, ...body, times].slice(0, height)
}
