import { blankLine, type Line, type Span, takeColumns, toWidth, truncate } from './line.ts'
import type { Style, Theme } from './theme.ts'
import { stringWidth } from './width.ts'

/** Prose is never set wider than this, however wide the screen. */
export const PROSE_COLUMNS = 72

/** Exactly `height` lines of exactly `width` columns. */
export const fill = (lines: readonly Line[], width: number, height: number, theme: Theme): Line[] =>
  Array.from({ length: height }, (_, y) => toWidth(lines[y] ?? blankLine, width, theme))

/** A column of text: its lines and how wide it is. */
export interface Column {
  readonly lines: readonly Line[]
  readonly width: number
}

/** Columns side by side, `gap` blanks between; as high as the highest. */
export const beside = (columns: readonly Column[], theme: Theme, gap = 1): Line[] => {
  const height = Math.max(0, ...columns.map(({ lines }) => lines.length))
  const between: Line = gap > 0 ? [{ text: ' '.repeat(gap) }] : []
  return Array.from({ length: height }, (_, y) => {
    const row: Span[] = []
    for (const [index, { lines, width }] of columns.entries()) {
      if (index > 0) row.push(...between)
      row.push(...toWidth(lines[y] ?? blankLine, width, theme))
    }
    return row
  })
}

export interface BoxOptions {
  /** Outer size in cells. */
  readonly width: number
  readonly height: number
  readonly title?: string
  /** Of the border; `accent` for the pane that has the focus. */
  readonly style?: Style
  readonly titleStyle?: Style
  /** Shown at the right end of the top border: `3/7`, a sign that there is more. */
  readonly corner?: string
}

/** Lines in a border with a title in it. Contents get `width - 4` columns: the border and one blank at each side. */
export const box = (lines: readonly Line[], options: BoxOptions, theme: Theme): Line[] => {
  const { width, height, style = 'old', titleStyle = 'title' } = options
  const { glyph } = theme
  if (width < 4 || height < 2) return fill([], width, height, theme)
  const edge: Span = { text: glyph.vertical, style }
  const inner = fill(lines, width - 4, height - 2, theme)
  const body = inner.map((content): Line => [edge, { text: ' ' }, ...content, { text: ' ' }, edge])
  const bottom = `${glyph.bottomLeft}${glyph.horizontal.repeat(width - 2)}${glyph.bottomRight}`
  return [topBorder(options, titleStyle, style, theme), ...body, [{ text: bottom, style }]]
}

const topBorder = (options: BoxOptions, titleStyle: Style, style: Style, theme: Theme): Line => {
  const { width, title = '', corner = '' } = options
  const { glyph } = theme
  const cornerText = corner === '' || stringWidth(corner) + 8 > width ? '' : ` ${corner} `
  const room = width - 5 - stringWidth(cornerText)
  const name = truncate([{ text: title, style: titleStyle }], room - 2, theme)
  const shown: Line = title === '' || room < 3 ? [] : [{ text: ' ' }, ...name, { text: ' ' }]
  const used = shown.reduce((sum, { text }) => sum + stringWidth(text), 0) + stringWidth(cornerText)
  return [
    { text: `${glyph.topLeft}${glyph.horizontal}`, style },
    ...shown,
    { text: glyph.horizontal.repeat(Math.max(0, width - 4 - used)), style },
    { text: cornerText, style },
    { text: `${glyph.horizontal}${glyph.topRight}`, style },
  ]
}

interface Word {
  readonly spans: readonly Span[]
  readonly width: number
}

/** Splits at blanks; a word may change its style inside. An empty word stands for a forced line end. */
const wordsOf = (spans: Line): (Word | 'line end')[] => {
  const words: (Word | 'line end')[] = []
  let current: Span[] = []
  const finish = (): void => {
    if (current.length > 0) {
      words.push({ spans: current, width: current.reduce((sum, { text }) => sum + stringWidth(text), 0) })
    }
    current = []
  }
  for (const span of spans) {
    for (const piece of span.text.split(/( +|\n)/)) {
      if (piece === '') continue
      if (piece === '\n') {
        finish()
        words.push('line end')
      } else if (piece.startsWith(' ')) finish()
      else current.push({ ...span, text: piece })
    }
  }
  finish()
  return words
}

/** Cuts a word that is wider than a line. */
const pieces = (word: Word, width: number): Word[] => {
  if (word.width <= width) return [word]
  return word.spans.flatMap(span => {
    const parts: Word[] = []
    let rest = span.text
    while (rest !== '') {
      const text = takeColumns(rest, width) || rest.slice(0, 2)
      parts.push({ spans: [{ ...span, text }], width: stringWidth(text) })
      rest = rest.slice(text.length)
    }
    return parts
  })
}

/** Sets prose in lines of at most `columns` (and never more than 72), ragged right, breaking at blanks. */
export const wrap = (prose: Line | string, columns: number): Line[] => {
  const width = Math.max(1, Math.min(columns, PROSE_COLUMNS))
  const spans = typeof prose === 'string' ? [{ text: prose }] : prose
  const lines: Span[][] = [[]]
  let used = 0
  let open = false
  for (const entry of wordsOf(spans)) {
    if (entry === 'line end') {
      lines.push([])
      used = 0
      continue
    }
    for (const word of pieces(entry, width)) {
      const current = lines.at(-1) ?? []
      open = used > 0
      if (open && used + 1 + word.width > width) {
        lines.push([...word.spans])
        used = word.width
        continue
      }
      if (open) current.push(blankBetween(current.at(-1), word.spans[0]))
      current.push(...word.spans)
      used += word.width + (open ? 1 : 0)
    }
  }
  return lines
}

/** The blank between two words belongs to their style only where both share it. */
const blankBetween = (before: Span | undefined, after: Span | undefined): Span =>
  before?.style !== undefined && before.style === after?.style ? { text: ' ', style: before.style } : { text: ' ' }
