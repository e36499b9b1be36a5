/** The part of a run that a diagram shows: `usPerCell` microseconds a column, from `fromUs` at the left edge. */
export interface AxisWindow {
  readonly fromUs: number
  readonly usPerCell: number
}

/** The zoom levels: microseconds a column, finest first. */
export const ZOOM_LEVELS: readonly number[] = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
  5_000_000, 10_000_000,
]

/** The zoom level at which a message that travels so long, microseconds, is about six columns wide: steep, but no wall. */
export const usualScale = (travelUs: number): number =>
  ZOOM_LEVELS.findLast(level => level * 5 <= travelUs) ?? ZOOM_LEVELS[0] ?? 1

/** The next zoom level: `by` 1 shows more time, -1 less. Stays at the ends. */
export const zoomed = (usPerCell: number, by: 1 | -1): number => {
  const next = by > 0 ? ZOOM_LEVELS.find(level => level > usPerCell) : ZOOM_LEVELS.findLast(level => level < usPerCell)
  return next ?? usPerCell
}

/**
 * The window of the next frame. It stands still while `focusUs` (now, or the cursor) is inside of it, and pages by half a screen
 * when the focus leaves, so that playing changes few cells. It always starts at a multiple of half a screen, so the same focus
 * reached by another way, or after a change of size or zoom, gives the same window.
 */
export const axisWindow = (
  focusUs: number,
  previous: AxisWindow | null,
  width: number,
  usPerCell: number,
): AxisWindow => {
  const half = Math.max(1, Math.floor(width / 2)) * usPerCell
  const inside = (fromUs: number): boolean => focusUs >= fromUs && focusUs < fromUs + 2 * half - usPerCell
  if (previous && previous.usPerCell === usPerCell && previous.fromUs % half === 0 && inside(previous.fromUs))
    return previous
  const page = Math.floor(Math.max(0, focusUs) / half) * half
  // Going forward the focus lands in the middle, so that what has just happened stays in sight.
  return { fromUs: Math.max(0, page - half), usPerCell }
}

/** The column of a time, not rounded and not clipped. */
export const columnOf = (window: AxisWindow, atUs: number): number => (atUs - window.fromUs) / window.usPerCell

/** One tick: its column and its label. */
export interface Tick {
  readonly column: number
  readonly label: string
}

const STEPS = [1, 2, 5]

/** The smallest 1-2-5 step in microseconds that leaves at least `cells` columns between ticks. */
const tickStep = (usPerCell: number, cells: number): number => {
  for (let power = 1; ; power *= 10) {
    for (const step of STEPS) if (step * power >= usPerCell * cells) return step * power
  }
}

/** A time as the axis writes it: as many decimals of a second as the step needs, or milliseconds below a second. */
export const timeLabel = (atUs: number, stepUs: number): string => {
  if (stepUs >= 1_000_000) return `${Math.round(atUs / 1_000_000)} s`
  if (stepUs >= 10_000) return `${(atUs / 1_000_000).toFixed(stepUs >= 100_000 ? 1 : 2)} s`
  return stepUs >= 1_000 ? `${(atUs / 1_000_000).toFixed(3)} s` : `${(atUs / 1_000).toFixed(1)} ms`
}

/** The ticks of a window of `width` columns, all multiples of one round step. */
export const ticks = (window: AxisWindow, width: number): readonly Tick[] => {
  const step = tickStep(window.usPerCell, 12)
  const first = Math.ceil(window.fromUs / step) * step
  const found: Tick[] = []
  for (let at = first; columnOf(window, at) < width; at += step)
    found.push({ column: Math.round(columnOf(window, at)), label: timeLabel(at, step) })
  return found
}
