import type { LineOptions } from '../canvas.ts'
import type { Style } from '../theme.ts'
import type { Plot } from './plot.ts'
import { PURPOSE_DASHES, PURPOSE_ORDER, PURPOSE_STYLES } from './purpose-style.ts'
import type { MessageStroke } from './space-time-view.ts'

/** A point of the diagram in dots: two a column, four a row. */
interface Dot {
  readonly x: number
  readonly y: number
}

const CENTRE = 2

const dotOf = (plot: Plot, us: number, row: number): Dot => ({ x: plot.at(us) * 2, y: row * 4 + CENTRE })

const between = (a: Dot, b: Dot, part: number): Dot => ({ x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part })

/** The part of a stroke that lies within the drawing, as fractions; undefined when none does. */
const visiblePart = (a: Dot, b: Dot, plot: Plot): readonly [number, number] | undefined => {
  const most = plot.width * 2 - 1
  const across = b.x - a.x
  if (across === 0) return a.x >= 0 && a.x <= most ? [0, 1] : undefined
  const atLeft = -a.x / across
  const atRight = (most - a.x) / across
  const from = Math.max(0, Math.min(atLeft, atRight))
  const to = Math.min(1, Math.max(atLeft, atRight))
  return from < to ? [from, to] : undefined
}

const stroke = (plot: Plot, a: Dot, b: Dot, style: Style, dash: readonly number[]): void => {
  const part = visiblePart(a, b, plot)
  if (!part) return
  const from = between(a, b, part[0])
  const to = between(a, b, part[1])
  const options: LineOptions = dash.length > 0 ? { dash } : {}
  plot.canvas.line(from.x, from.y, to.x, to.y, style, options)
  takeAlong(plot, from, to)
}

/** Keeps labels off the stroke. */
const takeAlong = (plot: Plot, a: Dot, b: Dot): void => {
  const [top, bottom] = a.y <= b.y ? [a, b] : [b, a]
  for (let row = Math.floor(top.y / 4); row <= Math.floor(bottom.y / 4); row++) {
    if (plot.isLane(row)) continue
    const down = bottom.y - top.y || 1
    const x0 = between(top, bottom, Math.max(0, (row * 4 - top.y) / down)).x / 2
    const x1 = between(top, bottom, Math.min(1, (row * 4 + 3 - top.y) / down)).x / 2
    const left = Math.floor(Math.min(x0, x1))
    plot.take(left, row, Math.floor(Math.max(x0, x1)) - left + 1)
  }
}

/** A sign on the way, beside a lane rather than on it. */
const sign = (plot: Plot, at: Dot, towardsRow: number, glyph: string, style: Style): void => {
  const x = Math.floor(at.x / 2)
  let y = Math.floor(at.y / 4)
  const step = y > towardsRow ? -1 : 1
  if (plot.isLane(y) && !plot.isLane(y + step)) y += step
  if (x < 0 || x >= plot.width) return
  plot.canvas.text(x, y, glyph, style)
  plot.take(x, y)
}

const styleOf = (plot: Plot, message: MessageStroke): Style => {
  if (message.id === plot.view.selected) return ['accent', 'fresh']
  const base = PURPOSE_STYLES[message.purpose]
  const { end } = message
  const sent = plot.relation(message.sentAt)
  // A message belongs to the past when it has arrived in the past, to the future when it was sent there.
  if (sent === 'past' && end.type !== 'flying' && end.type !== 'held') return plot.style(base, end.index)
  return plot.style(base, sent === 'past' ? null : message.sentAt)
}

const drawMessage = (plot: Plot, message: MessageStroke): void => {
  const fromRow = plot.row(message.from)
  const toRow = plot.row(message.to)
  if (fromRow === undefined || toRow === undefined || fromRow === toRow) return
  const { end } = message
  const style = styleOf(plot, message)
  const dim = plot.view.cones !== null && style.includes('old')
  const dash = dim ? [1, 3] : PURPOSE_DASHES[message.purpose]
  const a = dotOf(plot, message.sentUs, fromRow)
  switch (end.type) {
    case 'arrived': {
      stroke(plot, a, dotOf(plot, end.atUs, toRow), style, dash)
      return
    }
    case 'lost': {
      const across = dotOf(plot, end.atUs, fromRow)
      const stop = { x: across.x, y: a.y + (toRow - fromRow) * 4 * end.part }
      stroke(plot, a, stop, style, dash)
      const faint = message.purpose === 'heartbeat' || dim
      sign(plot, stop, fromRow, plot.theme.glyph.lost, faint ? ['bad', 'old'] : 'bad')
      return
    }
    case 'flying': {
      const b = dotOf(plot, Math.max(end.dueUs, plot.view.nowUs), toRow)
      const now = plot.at(plot.view.nowUs) * 2
      const head = between(a, b, b.x > a.x ? Math.max(0, Math.min(1, (now - a.x) / (b.x - a.x))) : 1)
      stroke(plot, a, head, style, dash)
      stroke(plot, head, b, message.id === plot.view.selected ? style : 'old', [1, 3])
      return
    }
    case 'held': {
      const b = dotOf(plot, end.atUs, toRow)
      const stop = between(a, b, 0.5)
      stroke(plot, a, { x: dotOf(plot, end.atUs, fromRow).x, y: stop.y }, style, dash)
      // It hangs there for as long as it is held, and must not scroll away meanwhile.
      const now = { x: Math.max(b.x, plot.at(plot.view.nowUs) * 2), y: stop.y }
      stroke(plot, { x: b.x, y: stop.y }, now, style, [1, 3])
      sign(plot, now, fromRow, plot.theme.glyph.paused, 'unknown')
      return
    }
  }
}

/** A key for strokes that would be drawn over one another, so that hundreds of heartbeats cost what a screenful costs. */
const strokeKey = (plot: Plot, message: MessageStroke): string => {
  const { end } = message
  const endUs = end.type === 'flying' ? end.dueUs : end.atUs
  return `${message.from}>${message.to} ${message.purpose} ${Math.floor(plot.at(message.sentUs))} ${Math.floor(plot.at(endUs))} ${end.type}`
}

/** Asked of every message at hand with every frame, so it compares times and counts no columns. */
const touches = ({ view, width }: Plot, { sentUs, end }: MessageStroke): boolean => {
  const { fromUs, usPerCell } = view.window
  if (sentUs >= fromUs + width * usPerCell) return false
  if (end.type === 'held') return true
  return (end.type === 'flying' ? Math.max(end.dueUs, view.nowUs) : end.atUs) >= fromUs
}

/**
 * Says of each message in turn whether it is one more loss after another on its link. The bar of the cut tells of those; drawn one by
 * one, the retries of a store that cannot reach its peers would cover everything else. What a client asked or was answered is always shown.
 */
const repeatedLosses = (): ((message: MessageStroke) => boolean) => {
  const lost = new Set<string>()
  return ({ from, to, purpose, end }) => {
    // In a run that loses nothing no name is ever made.
    if (end.type !== 'lost' && lost.size === 0) return false
    const link = `${from}>${to} ${purpose}`
    if (end.type !== 'lost') {
      lost.delete(link)
      return false
    }
    const again = lost.has(link)
    lost.add(link)
    return again && purpose !== 'request' && purpose !== 'reply'
  }
}

/** The messages that are drawn, what matters least first. */
export const visibleMessages = (plot: Plot): readonly MessageStroke[] => {
  const seen = new Set<string>()
  const isRepeatedLoss = repeatedLosses()
  const all = plot.view.heartbeats || plot.view.cones !== null
  const byPurpose = new Map(PURPOSE_ORDER.map(purpose => [purpose, [] as MessageStroke[]]))
  for (const message of plot.view.messages) {
    if (message.purpose === 'heartbeat' && !plot.view.heartbeats) continue
    const repeated = isRepeatedLoss(message)
    if (!touches(plot, message)) continue
    if (repeated && !all && message.id !== plot.view.selected) continue
    const key = strokeKey(plot, message)
    if (seen.has(key) && message.id !== plot.view.selected) continue
    seen.add(key)
    byPurpose.get(message.purpose)?.push(message)
  }
  return PURPOSE_ORDER.flatMap(purpose => byPurpose.get(purpose) ?? [])
}

/** Draws the slanted lines, and points on the lanes where messages arrive. */
export const drawMessages = (plot: Plot, messages: readonly MessageStroke[]): void => {
  for (const message of messages) drawMessage(plot, message)
}

/** A point on the receiver's lane for every arrival that is no heartbeat, where the lane has nothing else to say. */
export const drawArrivals = (plot: Plot, messages: readonly MessageStroke[]): void => {
  for (const message of messages) {
    const row = plot.row(message.to)
    const { end } = message
    if (end.type !== 'arrived' || row === undefined || message.purpose === 'heartbeat' || !plot.shows(end.atUs))
      continue
    const x = plot.column(end.atUs)
    if (plot.isFree(x, row, 1)) plot.canvas.text(x, row, plot.theme.glyph.bullet, styleOf(plot, message))
  }
}
