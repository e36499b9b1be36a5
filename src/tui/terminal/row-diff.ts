import { isNarrow } from '../width.ts'
import type { CellRow } from './cells.ts'
import { changeStyle, type StyleState } from './style-state.ts'

/** Unchanged cells that are cheaper to write again than to skip: a cursor move takes four bytes or more. */
const WORTH_REWRITING = 4
/** Blanks at a row's end that are worth an erase sequence. */
const WORTH_ERASING = 4

interface Span {
  readonly from: number
  readonly to: number
}

/** Both halves of a wide character change together, in the old row as in the new one. */
const spreadOverWide = (changed: Uint8Array, row: CellRow): void => {
  const { glyphs } = row
  for (let i = 1; i < glyphs.length; i++) {
    if (glyphs[i] !== '') continue
    let end = i
    while (glyphs[end + 1] === '') end++
    let any = 0
    for (let k = i - 1; k <= end; k++) any |= changed[k] ?? 0
    if (any) changed.fill(1, i - 1, end + 1)
    i = end
  }
}

const changedCells = (before: CellRow, after: CellRow): Uint8Array => {
  const changed = new Uint8Array(after.glyphs.length)
  let wide = false
  for (let i = 0; i < changed.length; i++) {
    if (before.glyphs[i] !== after.glyphs[i] || before.styles[i] !== after.styles[i]) changed[i] = 1
    wide ||= before.glyphs[i] === '' || after.glyphs[i] === ''
  }
  if (wide) {
    // A change may pass from a wide character of one row to an overlapping one of the other.
    for (let round = 0; round < 2; round++) {
      spreadOverWide(changed, before)
      spreadOverWide(changed, after)
    }
  }
  return changed
}

const spansOf = (changed: Uint8Array): Span[] => {
  const spans: { from: number; to: number }[] = []
  for (let i = 0; i < changed.length; i++) {
    if (!changed[i]) continue
    const last = spans.at(-1)
    if (last && i - last.to <= WORTH_REWRITING) last.to = i + 1
    else spans.push({ from: i, to: i + 1 })
  }
  return spans
}

/** The column from which on the row is blank in the plain style. */
const blankFrom = (row: CellRow): number => {
  let end = row.glyphs.length
  while (end > 0 && row.glyphs[end - 1] === ' ' && row.styles[end - 1] === '') end--
  return end
}

/** A pen that knows where the cursor stands and in which style it draws. */
class Pen {
  output = ''
  #style: StyleState = ''
  readonly #row: number

  constructor(row: number) {
    this.#row = row
  }

  moveTo(column: number): void {
    const place = column === 0 ? `${this.#row + 1}` : `${this.#row + 1};${column + 1}`
    this.output += `\x1b[${place}H`
  }

  draw(row: CellRow, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const glyph = row.glyphs[i] ?? ' '
      if (glyph === '') continue
      this.use(row.styles[i] ?? '')
      this.output += glyph
      const simple = glyph.length === 1 && isNarrow(glyph.charCodeAt(0))
      // Terminals disagree on how wide a rare character is, so the place after one is never assumed.
      if (!simple && i + 1 < to) {
        let next = i + 1
        while (row.glyphs[next] === '') next++
        if (next < to) this.moveTo(next)
      }
    }
  }

  eraseToEnd(): void {
    this.use('')
    this.output += '\x1b[K'
  }

  use(style: StyleState): void {
    this.output += changeStyle(this.#style, style)
    this.#style = style
  }
}

/**
 * What to write so that row `y` (from 0) turns from one content into the other: only the cells that changed, in the
 * plain style before and after. Never erases behind a full row, where the cursor still stands on the last cell.
 */
export const diffRow = (y: number, before: CellRow, after: CellRow): string => {
  const spans = spansOf(changedCells(before, after))
  if (spans.length === 0) return ''
  const pen = new Pen(y)
  const blank = blankFrom(after)
  for (const { from, to } of spans) {
    const erasable = to > blank && to - Math.max(from, blank) >= WORTH_ERASING && blank < after.glyphs.length
    const end = erasable ? Math.max(from, blank) : to
    pen.moveTo(from)
    pen.draw(after, from, end)
    if (!erasable) continue
    if (end > 0 && after.glyphs[end - 1] === '') pen.moveTo(end)
    pen.eraseToEnd()
    break
  }
  pen.use('')
  return pen.output
}
