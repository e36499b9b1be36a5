import type { Purpose } from '../../kernel/protocol.ts'
import { type Line, lineWidth, type Span, toWidth, truncate } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import { stringWidth } from '../width.ts'
import { ticks, timeLabel } from './axis.ts'
import { drawLanes, drawMarks, gutterOf } from './lane-strokes.ts'
import { drawMessageLabels } from './message-labels.ts'
import { drawArrivals, drawMessages, visibleMessages } from './message-strokes.ts'
import { drawSpans } from './operation-spans.ts'
import type { PaneSize } from './pane-size.ts'
import { CONE_TONES, Plot } from './plot.ts'
import { PURPOSE_STYLES } from './purpose-style.ts'
import type { RunBand, SpaceTimeView } from './space-time-view.ts'

/** Columns of the drawing itself in a pane so wide: what `axisWindow` is asked for. */
export const plotWidth = (view: Pick<SpaceTimeView, 'lanes'>, width: number): number =>
  Math.max(1, width - gutterOf(view.lanes))

/**
 * The space-time diagram: one lane a node, time to the right, messages as slanted lines from sending to arrival. Above it the
 * faults of the run as bars, under it the axis, and, where there is room, a line that says what the cursor stands on.
 */
export const spaceTime = (view: SpaceTimeView, size: PaneSize, theme: Theme): Line[] => {
  if (size.height < 3 || size.width < 20) return []
  const gutter = gutterOf(view.lanes)
  const width = size.width - gutter
  // Messages come first: the words under the axis need a row that no gap between lanes lacks.
  const least = view.cursor ? view.lanes.length + 4 : 2 * view.lanes.length + 2
  const caption = size.height >= least ? 1 : 0
  const plot = new Plot(view, width, size.height - 2 - caption, theme)
  draw(plot)
  const lanes = plot.canvas.lines().map((drawn, row): Line => [nameAt(plot, row, gutter), ...drawn])
  const pad: Span = { text: ' '.repeat(gutter) }
  const hidden = view.lanes.filter(({ node }) => plot.row(node) === undefined).length
  const rest: Span = hidden > 0 ? { text: `+${hidden}`.padEnd(gutter), style: 'unknown' } : pad
  const axis: Line = [rest, ...axisLine(plot)]
  return [
    [pad, ...bandLine(plot)],
    ...lanes,
    axis,
    ...(caption ? [toWidth(captionLine(view, theme, size.width), size.width, theme)] : []),
  ]
}

const draw = (plot: Plot): void => {
  drawCursor(plot)
  const messages = visibleMessages(plot)
  drawMessages(plot, messages)
  drawLanes(plot)
  drawSpans(plot)
  drawMarks(plot)
  drawArrivals(plot, messages)
  drawMessageLabels(plot, messages)
  drawCursorPoint(plot)
}

const drawCursor = (plot: Plot): void => {
  const { cursor } = plot.view
  if (!cursor || !plot.shows(cursor.atUs)) return
  const x = plot.column(cursor.atUs)
  for (let y = 0; y < plot.height; y++) plot.canvas.text(x, y, plot.theme.glyph.vertical, 'accent', { layer: 0 })
}

const drawCursorPoint = (plot: Plot): void => {
  const { cursor } = plot.view
  if (!cursor || !plot.shows(cursor.atUs)) return
  const x = plot.column(cursor.atUs)
  // How a request ended is what the cursor is there for; its sign stays in sight.
  const ends = plot.view.spans.some(
    ({ client, endedUs }) => client === cursor.node && endedUs !== null && plot.column(endedUs) === x,
  )
  for (const lane of plot.view.lanes) {
    const row = plot.row(lane.node)
    if (row === undefined || (ends && lane.node === cursor.node)) continue
    if (lane.node === cursor.node) plot.canvas.text(x, row, plot.theme.glyph.event, ['accent', 'fresh'])
    else if (plot.isFree(x, row, 1)) plot.canvas.text(x, row, plot.theme.glyph.cross, 'accent')
  }
}

const nameAt = (plot: Plot, row: number, gutter: number): Span => {
  const lane = plot.view.lanes.find(({ node }) => plot.row(node) === row)
  if (!lane) return { text: ' '.repeat(gutter) }
  const name = lane.node.slice(0, gutter - 1).padEnd(gutter)
  const style: Style = lane.node === plot.view.cursor?.node ? 'accent' : lane.kind === 'client' ? 'plain' : 'title'
  return { text: name, style }
}

/** The faults of the run as bars; where bars overlap, the one that began last is written over the others. */
const bandLine = (plot: Plot): Line => {
  const strip = new Plot({ ...plot.view, lanes: [] }, plot.width, 1, plot.theme)
  for (const band of plot.view.bands) drawBand(strip, band)
  return strip.canvas.lines()[0] ?? []
}

const drawBand = (strip: Plot, band: RunBand): void => {
  const { glyph } = strip.theme
  const toUs = Math.min(band.toUs ?? strip.view.nowUs, strip.view.nowUs)
  if (toUs < band.fromUs || strip.at(toUs) < 0 || strip.at(band.fromUs) >= strip.width) return
  const from = strip.column(band.fromUs)
  const length = strip.column(toUs) - from + 1
  const style: Style = strip.view.cones ? 'old' : band.kind === 'cut' ? 'bad' : 'unknown'
  const begun = strip.shows(band.fromUs) ? (band.kind === 'cut' ? glyph.cut : glyph.note) : glyph.horizontal
  const healed = band.toUs !== null && strip.shows(band.toUs)
  strip.canvas.text(from, 0, begun + glyph.horizontal.repeat(Math.max(0, length - 1)), style)
  if (healed && length > 1) strip.canvas.text(from + length - 1, 0, glyph.spanEnd, style)
  const room = length - 3 - (healed ? 1 : 0)
  const label = truncate([{ text: band.label, style }], room, strip.theme)
  if (lineWidth(label) > 3) strip.canvas.text(from + 1, 0, ` ${label.map(({ text }) => text).join('')} `, style)
}

const axisLine = (plot: Plot): Line => {
  const { view, theme, width } = plot
  const strip = new Plot({ ...view, lanes: [] }, width, 1, theme)
  const { cursor } = view
  if (cursor && strip.shows(cursor.atUs)) {
    const label = ` ${timeLabel(cursor.atUs, Math.min(1_000, view.window.usPerCell))} `
    const x = Math.min(width - label.length, Math.max(0, strip.column(cursor.atUs) - Math.floor(label.length / 2)))
    strip.place(x, 0, label, 'selected')
  }
  for (const { column, label } of ticks(view.window, width)) {
    const placed = strip.place(column, 0, `${theme.glyph.vertical}${label}`, 'old')
    if (!placed) strip.place(column, 0, theme.glyph.vertical, 'old')
  }
  return strip.canvas.lines()[0] ?? []
}

const LEGEND = [
  ['request', 'request, reply'],
  ['replicate', 'replicate'],
  ['election', 'election'],
  ['repair', 'repair'],
] as const

/** What the cursor stands on; without a cursor, what the colours mean. */
const captionLine = (view: SpaceTimeView, theme: Theme, width: number): Line => {
  const picked = view.selected === null ? undefined : view.messages.find(({ id }) => id === view.selected)
  if (picked) {
    const where = picked.end.type === 'held' ? 'held back' : 'on its way'
    return [{ text: `selected: ${picked.label} from ${picked.from} to ${picked.to}, ${where}`, style: 'accent' }]
  }
  if (view.cursor) {
    const said: Line = [{ text: view.cursor.label, style: 'accent' }]
    const cones: Line = view.cones
      ? [
          { text: '   ' },
          { text: 'may have led to it', style: CONE_TONES.past },
          { text: '   ' },
          { text: 'it may have led to', style: CONE_TONES.future },
          { text: '   concurrent', style: 'old' },
        ]
      : []
    return lineWidth(said) + lineWidth(cones) <= width ? [...said, ...cones] : said
  }
  const shown: ReadonlySet<Purpose> = view.purposes ?? new Set(view.messages.map(({ purpose }) => purpose))
  const used = LEGEND.filter(([purpose]) => shown.has(purpose) || (purpose === 'request' && shown.has('reply')))
  const legend = used.flatMap(
    ([purpose, word]): Line => [
      { text: theme.glyph.horizontal.repeat(2), style: PURPOSE_STYLES[purpose] },
      { text: ` ${word}   `, style: 'old' },
    ],
  )
  const rest: Line = [
    { text: theme.glyph.lost, style: 'bad' },
    { text: ' lost', style: 'old' },
    ...(view.stretches.some(({ kind }) => kind === 'authority')
      ? [
          { text: `   ${theme.glyph.heavy.repeat(2)}`, style: 'plain' as const },
          { text: ' in charge', style: 'old' as const },
        ]
      : []),
  ]
  const whole = [...legend, ...rest]
  return whole.reduce((sum, { text }) => sum + stringWidth(text), 0) <= width ? whole : legend
}
