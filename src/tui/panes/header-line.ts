import { type Line, lineWidth, type Span, spread, truncate } from '../line.ts'
import type { Theme } from '../theme.ts'
import { timeLabel } from './axis.ts'

/** What stands in the first line of a lab. */
export interface Header {
  /** `cap/cp-or-ap`; the first to go where room is scarce. */
  readonly place: string
  readonly title: string
  /** `observe 4/7`; empty outside of lessons. */
  readonly phase: string
  readonly seed: number
  readonly nowUs: number
  readonly playing: boolean
  /** Words for the pace: `1x`, `1/10x`. */
  readonly pace: string
  /** Something that must be said just now: nothing is saved. */
  readonly notice: string
}

/** Where one is, at the left; which run and when, at the right, with numbers that keep their place. */
export const headerLine = (header: Header, width: number, theme: Theme): Line => {
  const { glyph } = theme
  // From a hundred seconds on the number needs more room, and a blank before it.
  const label = timeLabel(header.nowUs, 1_000)
  const time = label.length < 9 ? label.padStart(9) : ` ${label}`
  const state = header.playing ? glyph.playing : glyph.paused
  const right: Line = [
    { text: `seed ${header.seed}`, style: 'old' },
    { text: time, style: header.playing ? 'fresh' : 'plain' },
    { text: `   ${state} `, style: header.playing ? 'ok' : 'old' },
    { text: header.pace.padEnd(5), style: 'old' },
  ]
  const phase: Span = { text: header.phase, style: 'accent' }
  const notice: Span = { text: header.notice, style: 'unknown' }
  const parts: readonly Span[][] = [
    [{ text: header.place, style: 'old' }, { text: header.title, style: 'title' }, phase, notice],
    [{ text: header.title, style: 'title' }, phase, notice],
    [{ text: header.title, style: 'title' }, notice],
  ]
  const join = (spans: readonly Span[]): Line =>
    spans.filter(({ text }) => text !== '').flatMap((span, i): Line => [...(i > 0 ? [{ text: '   ' }] : []), span])
  const room = width - lineWidth(right) - 2
  const left = parts.map(join).find(each => lineWidth(each) <= room) ?? truncate(join(parts[2] ?? []), room, theme)
  return spread(left, right, width, theme)
}
