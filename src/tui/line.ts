import type { Style, Theme } from './theme.ts'
import { isNarrow, stringWidth } from './width.ts'

/** A piece of text in one style. Holds no line ends and no control characters. */
export interface Span {
  readonly text: string
  readonly style?: Style
}

/** One row of text. Panes make lines; `paintLine` turns them into what the terminal is sent. */
export type Line = readonly Span[]

/** A line of one span. */
export const line = (text: string, style: Style = 'plain'): Line => [{ text, style }]

export const blankLine: Line = []

export const lineWidth = (spans: Line): number => spans.reduce((width, { text }) => width + stringWidth(text), 0)

/** The text without its styles. */
export const plainText = (spans: Line): string => spans.map(({ text }) => text).join('')

let segmenter: Intl.Segmenter | undefined

/** The longest beginning of the text that takes at most `columns`; never cuts a character apart. */
export const takeColumns = (text: string, columns: number): string => {
  let end = 0
  while (end < text.length && end < columns && isNarrow(text.charCodeAt(end))) end++
  if (end === text.length) return text
  const next = text.charCodeAt(end)
  if (end >= columns && isNarrow(next)) return text.slice(0, end)
  segmenter ??= new Intl.Segmenter()
  let width = 0
  let taken = ''
  for (const { segment } of segmenter.segment(text)) {
    width += stringWidth(segment)
    if (width > columns) break
    taken += segment
  }
  return taken
}

/** The beginning of the line, at most `columns` wide. */
export const clip = (spans: Line, columns: number): Line => {
  const kept: Span[] = []
  let left = columns
  for (const span of spans) {
    if (left <= 0) break
    const text = takeColumns(span.text, left)
    if (text !== '') kept.push(text === span.text ? span : { ...span, text })
    if (text !== span.text) break
    left -= stringWidth(text)
  }
  return kept
}

/** The line, or its beginning with an ellipsis when it is wider than `columns`. */
export const truncate = (spans: Line, columns: number, theme: Theme): Line => {
  if (lineWidth(spans) <= columns) return spans
  if (columns < 1) return []
  const kept = clip(spans, columns - 1)
  const style = kept.at(-1)?.style
  return [...kept, style === undefined ? { text: theme.glyph.ellipsis } : { text: theme.glyph.ellipsis, style }]
}

export type Alignment = 'left' | 'right' | 'centre'

/** The line exactly `columns` wide: filled with blanks, or truncated. */
export const toWidth = (spans: Line, columns: number, theme: Theme, align: Alignment = 'left'): Line => {
  const width = lineWidth(spans)
  if (width > columns) return toWidth(truncate(spans, columns, theme), columns, theme, align)
  const room = columns - width
  if (room === 0) return spans
  const before = align === 'left' ? 0 : align === 'right' ? room : Math.floor(room / 2)
  const blanks = (count: number): Line => (count === 0 ? [] : [{ text: ' '.repeat(count) }])
  return [...blanks(before), ...spans, ...blanks(room - before)]
}

/** Two lines at the ends of one row `columns` wide; the right one is kept whole, the left one is truncated. */
export const spread = (left: Line, right: Line, columns: number, theme: Theme): Line => {
  const end = truncate(right, columns, theme)
  return [...toWidth(left, columns - lineWidth(end), theme), ...end]
}

export const paintLine = (spans: Line, theme: Theme): string =>
  spans.map(({ text, style = 'plain' }) => theme.paint(style, text)).join('')

/** What `Rows` shows. */
export const paintLines = (lines: readonly Line[], theme: Theme): string[] =>
  lines.map(spans => paintLine(spans, theme))
