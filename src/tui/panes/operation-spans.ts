import type { Style } from '../theme.ts'
import { stringWidth } from '../width.ts'
import type { Plot } from './plot.ts'
import type { OperationSpan } from './space-time-view.ts'

/** How a span ends: its sign and its look. */
const endOf = (plot: Plot, span: OperationSpan): { readonly sign: string; readonly style: Style } => {
  const { glyph } = plot.theme
  if (span.endedUs === null) return { sign: '', style: 'plain' }
  if (span.outcome === 'ok') return { sign: glyph.ok, style: 'ok' }
  return span.outcome === 'fail' ? { sign: glyph.bad, style: 'bad' } : { sign: glyph.unknown, style: 'unknown' }
}

interface Placed {
  readonly span: OperationSpan
  readonly row: number
  readonly from: number
  readonly to: number
  readonly sign: string
  readonly style: Style
}

const placeSpan = (plot: Plot, span: OperationSpan): Placed | undefined => {
  const row = plot.row(span.client)
  const endUs = span.endedUs ?? plot.view.nowUs
  if (row === undefined || endUs < span.invokedUs || plot.at(endUs) < 0 || plot.at(span.invokedUs) >= plot.width)
    return undefined
  const { sign, style } = endOf(plot, span)
  return {
    span,
    row,
    from: plot.column(span.invokedUs),
    to: plot.column(endUs),
    sign: plot.at(endUs) >= plot.width ? '' : sign,
    style: plot.style(style, span.endedAt ?? span.invokedAt),
  }
}

const drawBar = (plot: Plot, { span, row, from, to, sign, style }: Placed): void => {
  const { glyph } = plot.theme
  const open = span.endedUs === null || span.outcome === 'unknown'
  plot.canvas.text(from, row, (open ? glyph.dashed : glyph.heavy).repeat(to - from + 1), style)
  if (plot.shows(span.invokedUs)) plot.canvas.text(from, row, glyph.spanStart, style)
  if (sign !== '') plot.canvas.text(to, row, sign, style)
}

/** The label inside of its bar; for a bar too short, behind the sign; its shortest form where neither has room. */
const drawLabel = (plot: Plot, placed: Placed): void => {
  const { span, row, from, to, sign, style } = placed
  const start = plot.shows(span.invokedUs) ? from + 1 : 0
  const room = to - start - (sign === '' ? 0 : 1)
  const fits = (label: string): boolean => stringWidth(label) + 2 <= room
  const behind = (label: string): boolean => {
    const text = [label, span.result].filter(part => part !== '').join(' ')
    return text !== '' && plot.place(to + 1, row, ` ${text} `, style)
  }
  const long = span.labels.length > 1 ? span.labels.slice(0, -1) : span.labels
  const inside = long.find(fits)
  if (inside === undefined && long.some(behind)) return
  const label = inside ?? span.labels.find(fits)
  if (label !== undefined) plot.canvas.text(start, row, ` ${label} `, plot.style('fresh', span.invokedAt))
  behind('')
}

/** Client operations: a bar from question to answer on the client's lane, dashed where no answer came. */
export const drawSpans = (plot: Plot): void => {
  const placed: Placed[] = []
  for (const span of plot.view.spans) {
    const found = placeSpan(plot, span)
    if (found) placed.push(found)
  }
  for (const span of placed) drawBar(plot, span)
  // All bars first, so that no result is written over the next question.
  for (const { row, from, to } of placed) plot.take(from, row, to - from + 1)
  for (const span of placed) drawLabel(plot, span)
}
