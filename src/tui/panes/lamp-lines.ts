import { type Line, lineWidth, type Span, truncate } from '../line.ts'
import type { Theme } from '../theme.ts'

/** A promise, and whether it has held so far. */
export interface LampView {
  readonly say: string
  readonly lit: boolean
}

const lampSpans = ({ say, lit }: LampView, theme: Theme): readonly Span[] => [
  { text: lit ? theme.glyph.event : theme.glyph.open, style: lit ? 'ok' : 'bad' },
  { text: ` ${say}: `, style: lit ? 'plain' : 'old' },
  { text: lit ? 'lit' : 'out', style: lit ? 'ok' : ['bad', 'strong'] },
]

/** The lamps of a lab beside one another in one row; none where the lab has none. */
export const lampLines = (lamps: readonly LampView[], width: number, theme: Theme): Line[] => {
  if (lamps.length === 0) return []
  const row: Line = lamps.flatMap((lamp, i): readonly Span[] => [
    { text: i === 0 ? ' ' : '   ' },
    ...lampSpans(lamp, theme),
  ])
  return [lineWidth(row) > width ? truncate(row, width, theme) : row]
}
