import { getEndCode } from '@alcalzone/ansi-tokenize/build/ansiCodes.js'
import { reduceAnsiCodesIncremental } from '@alcalzone/ansi-tokenize/build/reduce.js'
import { styledCharsFromTokens } from '@alcalzone/ansi-tokenize/build/styledChars.js'
import { tokenize } from '@alcalzone/ansi-tokenize/build/tokenize.js'
import { endOfControlSequence, isNarrow } from '../../src/tui/width.ts'

/** The style of plain text. Styles are interned lists of codes: equal styles are the same list. */
export const PLAIN = Object.freeze([])

const MAX_STYLES = 5000
const LETTER_M = 0x6d

let styleOfCodes = new Map([['', PLAIN]])
let nextStyle = new WeakMap()
let styles = 0

const intern = codes => {
  const key = codes.map(code => code.code).join('')
  const known = styleOfCodes.get(key)
  if (known) return known
  styleOfCodes.set(key, codes)
  return codes
}

const forgetStyles = () => {
  styleOfCodes = new Map([['', PLAIN]])
  nextStyle = new WeakMap()
  styles = 0
}

/** The style after one simple code, remembered for each pair. */
const applyCode = (style, code) => {
  const known = nextStyle.get(style)?.get(code)
  if (known !== undefined) return known
  if (++styles > MAX_STYLES) forgetStyles()
  const next = intern(reduceAnsiCodesIncremental(style, [{ type: 'ansi', code, endCode: getEndCode(code) }]))
  const steps = nextStyle.get(style) ?? new Map()
  nextStyle.set(style, steps.set(code, next))
  return next
}

const cellsOfStyle = new WeakMap()

/** One cell, shared by all places that show the same character in the same style. Nobody may change it. */
const cell = (unit, style) => {
  const cells = cellsOfStyle.get(style) ?? []
  cellsOfStyle.set(style, cells)
  cells[unit] ??= { type: 'char', value: String.fromCharCode(unit), fullWidth: false, styles: style }
  return cells[unit]
}

export const blankCell = cell(0x20, PLAIN)

/** What ansi-tokenize makes of a line, faster for narrow characters and simple codes; it is asked about all others. */
export const styledCharacters = line => {
  const cells = []
  let style = PLAIN
  for (let i = 0; i < line.length; i++) {
    const unit = line.charCodeAt(i)
    if (isNarrow(unit)) {
      cells.push(cell(unit, style))
      continue
    }
    const end = endOfControlSequence(line, i)
    const code = end < 0 ? '' : line.slice(i, end)
    const simple = code.length > 3 && line.charCodeAt(end - 1) === LETTER_M && /^\d+$/.test(code.slice(2, -1))
    if (!simple) return styledCharsFromTokens(tokenize(line))
    style = applyCode(style, code)
    i = end - 1
  }
  return cells
}
