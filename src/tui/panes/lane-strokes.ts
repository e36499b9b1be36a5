import { assertNever } from '../../kernel/assert-never.ts'
import type { Style, Theme } from '../theme.ts'
import type { Plot } from './plot.ts'
import type { Lane, LaneMark, LaneStretch } from './space-time-view.ts'

/** The lanes themselves, up to now: plain, heavy while the node has authority, broken while paused, gone while down. */
export const drawLanes = (plot: Plot): void => {
  const { view, canvas, theme } = plot
  const end = plot.at(view.nowUs)
  for (const lane of view.lanes) {
    const row = plot.row(lane.node)
    if (row === undefined || end < 0) continue
    const length = Math.min(plot.width, Math.floor(end) + 1)
    canvas.text(0, row, theme.glyph.horizontal.repeat(length), 'old', { layer: plot.laneLayer })
  }
  // Down comes last: a dead leader leads nothing.
  for (const kind of ['authority', 'paused', 'down'] as const)
    for (const stretch of view.stretches) if (stretch.kind === kind) drawStretch(plot, stretch)
}

const drawStretch = (plot: Plot, stretch: LaneStretch): void => {
  const row = plot.row(stretch.node)
  const { view, theme } = plot
  const toUs = Math.min(stretch.toUs ?? view.nowUs, view.nowUs)
  if (row === undefined || toUs < stretch.fromUs || plot.at(toUs) < 0 || plot.at(stretch.fromUs) >= plot.width) return
  const from = plot.column(stretch.fromUs)
  const length = plot.column(toUs) - from + 1
  const options = { layer: plot.laneLayer }
  switch (stretch.kind) {
    case 'authority':
      plot.canvas.text(from, row, theme.glyph.heavy.repeat(length), plot.view.cones ? 'old' : 'plain', options)
      return
    case 'paused':
      plot.canvas.text(from, row, theme.glyph.dashed.repeat(length), 'unknown', options)
      return
    case 'down':
      plot.canvas.text(from, row, `${theme.glyph.dot} `.repeat(length).slice(0, length), 'old', options)
      return
    default:
      assertNever(stretch.kind)
  }
}

const MARKS: Readonly<
  Record<LaneMark['kind'], { readonly sign: keyof Theme['glyph']; readonly style: Style; readonly rank: number }>
> = {
  crash: { sign: 'crashed', style: 'bad', rank: 0 },
  restart: { sign: 'open', style: 'ok', rank: 1 },
  authority: { sign: 'star', style: 'fresh', rank: 2 },
  candidate: { sign: 'note', style: 'actor1', rank: 3 },
  clock: { sign: 'timer', style: 'unknown', rank: 4 },
  applied: { sign: 'event', style: 'ok', rank: 5 },
  timer: { sign: 'timer', style: 'old', rank: 6 },
  event: { sign: 'bullet', style: 'old', rank: 7 },
}

const visibleMarks = (plot: Plot): readonly LaneMark[] =>
  plot.view.marks.filter(mark => plot.shows(mark.atUs)).sort((a, b) => MARKS[a.kind].rank - MARKS[b.kind].rank)

/** Signs of what happened at the nodes, the weightier first; a sign that finds its place taken is left out. */
export const drawMarks = (plot: Plot): void => {
  const { glyph } = plot.theme
  const placed: LaneMark[] = []
  for (const mark of visibleMarks(plot)) {
    const row = plot.row(mark.node)
    if (row === undefined) continue
    const { sign, style } = MARKS[mark.kind]
    if (plot.place(plot.column(mark.atUs), row, glyph[sign], plot.style(style, mark.index))) placed.push(mark)
  }
  for (const mark of placed) {
    const row = plot.row(mark.node)
    if (mark.label === '' || row === undefined) continue
    plot.place(plot.column(mark.atUs) + 1, row, mark.label, plot.style(MARKS[mark.kind].style, mark.index))
  }
}

const NAME_COLUMNS = 9

/** Columns that the names at the left take, with the blank after them. */
export const gutterOf = (lanes: readonly Lane[]): number =>
  Math.min(NAME_COLUMNS, Math.max(2, ...lanes.map(lane => lane.node.length))) + 1
