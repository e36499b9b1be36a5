// Takes the place of ink/build/output.js: the same frames, from caches that outlive a frame and are bounded.
import { ansiCodesToString } from '@alcalzone/ansi-tokenize/build/ansiCodes.js'
import { diffAnsiCodes } from '@alcalzone/ansi-tokenize/build/diff.js'
import sliceAnsi from 'slice-ansi'
import { stringWidth } from '../../src/tui/width.ts'
import { blankCell, PLAIN, styledCharacters } from './styled-characters.mjs'

/** A cache of two generations: what was not asked for during a whole generation is forgotten. */
const remember = (limit, compute) => {
  let young = new Map()
  let old = new Map()
  return key => {
    let value = young.get(key)
    if (value !== undefined) return value
    value = old.get(key) ?? compute(key)
    if (young.size >= limit) {
      old = young
      young = new Map()
    }
    young.set(key, value)
    return value
  }
}

const widthOf = remember(2000, stringWidth)
const cellsOf = remember(1000, styledCharacters)

const changes = new WeakMap()

/** The codes that lead from one style to another. */
const change = (from, to) => {
  const known = changes.get(from) ?? new WeakMap()
  changes.set(from, known)
  const codes = known.get(to) ?? ansiCodesToString(diffAnsiCodes(from, to))
  known.set(to, codes)
  return codes
}

const rowToString = row => {
  let text = ''
  let style = PLAIN
  for (const cell of row) {
    if (cell === undefined) continue
    if (cell.styles !== style) {
      text += change(style, cell.styles)
      style = cell.styles
    }
    text += cell.value
  }
  return (style === PLAIN ? text : text + change(style, PLAIN)).trimEnd()
}

/** The text of a row so wide that holds one line and nothing else: most rows of most frames, and of the frame before. */
const lineTexts = remember(1000, key => {
  const blank = key.indexOf(' ')
  const row = new Array(Number(key.slice(0, blank))).fill(blankCell)
  paint(row, 0, key.slice(blank + 1))
  return rowToString(row)
})

const cellWidth = value => (value.length === 1 && value.charCodeAt(0) < 0x1100 ? 1 : Math.max(1, widthOf(value)))

const paint = (row, column, line) => {
  let x = column
  for (const cell of cellsOf(line)) {
    row[x] = cell
    const width = cellWidth(cell.value)
    for (let i = 1; i < width; i++) row[x + i] = { type: 'char', value: '', fullWidth: false, styles: cell.styles }
    x += width
  }
}

const slices = remember(1000, key => {
  const [from, to] = key.split(' ', 2)
  return sliceAnsi(key.slice(from.length + to.length + 2), Number(from), Number(to))
})

const sliceColumns = (line, x, clip) => {
  const width = widthOf(line)
  const from = x < clip.x1 ? clip.x1 - x : 0
  const to = x + width > clip.x2 ? clip.x2 - x : width
  // Slicing also straightens tabs and styles out, so only a line without either may skip it.
  return from === 0 && to === width && width === line.length ? line : slices(`${from} ${to} ${line}`)
}

/** The part of a text inside the clip, or undefined when nothing of it is. */
const clipped = (clip, { x, y, lines }) => {
  if (!clip) return { x, y, lines }
  const across = typeof clip.x1 === 'number' && typeof clip.x2 === 'number'
  const down = typeof clip.y1 === 'number' && typeof clip.y2 === 'number'
  const widest = across ? lines.reduce((width, line) => Math.max(width, widthOf(line)), 0) : 0
  if (across && (x + widest < clip.x1 || x > clip.x2)) return undefined
  if (down && (y + lines.length < clip.y1 || y > clip.y2)) return undefined
  const sliced = across ? lines.map(line => sliceColumns(line, x, clip)) : lines
  if (!down) return { x: across ? Math.max(x, clip.x1) : x, y, lines: sliced }
  const from = Math.max(0, clip.y1 - y)
  const to = Math.min(lines.length, clip.y2 - y)
  return { x: across ? Math.max(x, clip.x1) : x, y: Math.max(y, clip.y1), lines: sliced.slice(from, to) }
}

export default class Output {
  operations = []

  constructor({ width, height }) {
    this.width = width
    this.height = height
  }

  write(x, y, text, { transformers }) {
    if (text) this.operations.push({ type: 'write', x, y, text, transformers })
  }

  clip(clip) {
    this.operations.push({ type: 'clip', clip })
  }

  unclip() {
    this.operations.push({ type: 'unclip' })
  }

  get() {
    // A row stays undefined while nothing is on it, and is a line while that line is all that was written to it, from the left edge.
    const rows = new Array(this.height).fill(undefined)
    const clips = []
    for (const operation of this.operations) {
      if (operation.type === 'clip') clips.push(operation.clip)
      else if (operation.type === 'unclip') clips.pop()
      else this.#paint(rows, clips.at(-1), operation)
    }
    return { output: rows.map(row => this.#textOf(row)).join('\n'), height: rows.length }
  }

  #blankRow() {
    return new Array(this.width).fill(blankCell)
  }

  #textOf(row) {
    if (row === undefined) return ''
    return typeof row === 'string' ? lineTexts(`${this.width} ${row}`) : rowToString(row)
  }

  #paint(rows, clip, { x, y, text, transformers }) {
    const part = clipped(clip, { x, y, lines: text.split('\n') })
    if (!part) return
    let top = part.y
    for (const [index, line] of part.lines.entries()) {
      // As in stock Ink: a line outside the frame does not advance.
      if (top < 0 || top >= rows.length) continue
      let shown = line
      for (const transform of transformers) shown = transform(shown, index)
      const row = rows[top]
      if (row === undefined && part.x === 0) {
        rows[top++] = shown
        continue
      }
      const cells = typeof row === 'object' ? row : this.#blankRow()
      if (typeof row === 'string') paint(cells, 0, row)
      paint(cells, part.x, shown)
      rows[top++] = cells
    }
  }
}
