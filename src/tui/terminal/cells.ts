import { endOfControlSequence, isNarrow, stringWidth } from '../width.ts'
import { applySgr, type StyleState } from './style-state.ts'

/**
 * One row of the screen, exactly `columns` cells. A wide character stands in its first cell; the cells it covers
 * beyond hold the empty string.
 */
export interface CellRow {
  readonly glyphs: readonly string[]
  readonly styles: readonly StyleState[]
}

export const blankRow = (columns: number): CellRow => ({
  glyphs: new Array<string>(columns).fill(' '),
  styles: new Array<StyleState>(columns).fill(''),
})

const narrowGlyphs: string[] = []
const glyphOf = (unit: number): string => {
  let glyph = narrowGlyphs[unit]
  if (glyph === undefined) {
    glyph = String.fromCharCode(unit)
    narrowGlyphs[unit] = glyph
  }
  return glyph
}

let segmenter: Intl.Segmenter | undefined

/** The grapheme cluster at `start`. Building the segmenter costs 20 ms, so only text that needs one pays. */
const clusterAt = (text: string, start: number): string => {
  segmenter ??= new Intl.Segmenter()
  // Far enough for any emoji; the whole rest would make a row of them quadratic.
  return segmenter.segment(text.slice(start, start + 64)).containing(0)?.segment ?? text.charAt(start)
}

/** Index after an operating-system command (a hyperlink, a title), which is not shown. */
const endOfCommand = (text: string, start: number): number => {
  if (text.charCodeAt(start + 1) !== 0x5d) return start + 1
  const bell = text.indexOf('\x07', start)
  const terminator = text.indexOf('\x1b\\', start + 1)
  if (bell < 0 && terminator < 0) return text.length
  return bell >= 0 && (terminator < 0 || bell < terminator) ? bell + 1 : terminator + 2
}

const ESC = 0x1b

/** Lays a line with SGR sequences out in cells. What does not fit is cut; control characters vanish. */
export const parseRow = (line: string, columns: number): CellRow => {
  const row = { glyphs: new Array<string>(columns).fill(' '), styles: new Array<StyleState>(columns).fill('') }
  let column = 0
  let style: StyleState = ''
  let index = 0
  while (index < line.length && column < columns) {
    const unit = line.charCodeAt(index)
    const next = index + 1 < line.length ? line.charCodeAt(index + 1) : 0x20
    if (isNarrow(unit) && (isNarrow(next) || next === ESC)) {
      row.glyphs[column] = glyphOf(unit)
      row.styles[column++] = style
      index++
      continue
    }
    if (unit === ESC) {
      const end = endOfControlSequence(line, index)
      if (end > 0 && line.charAt(end - 1) === 'm') style = applySgr(style, line.slice(index + 2, end - 1))
      index = end > 0 ? end : endOfCommand(line, index)
      continue
    }
    const cluster = clusterAt(line, index)
    index += cluster.length
    column = place(row, column, cluster, style)
  }
  return row
}

const place = (row: { glyphs: string[]; styles: string[] }, column: number, cluster: string, style: string): number => {
  const width = stringWidth(cluster)
  if (width === 0) return column
  if (column + width > row.glyphs.length) {
    // Half a wide character cannot be shown.
    row.glyphs.fill(' ', column)
    row.styles.fill(style, column)
    return row.glyphs.length
  }
  row.glyphs[column] = cluster
  row.glyphs.fill('', column + 1, column + width)
  row.styles.fill(style, column, column + width)
  return column + width
}
