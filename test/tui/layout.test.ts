import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beside, box, fill, wrap } from '../../src/tui/layout.ts'
import { type Line, line, lineWidth, plainText } from '../../src/tui/line.ts'
import { createTheme } from '../../src/tui/theme.ts'

const theme = createTheme({ colour: true, unicode: true })
const ascii = createTheme({ colour: false, unicode: false })
const texts = (lines: readonly Line[]): string[] => lines.map(plainText)

describe('wrap', () => {
  it('breaks at blanks, ragged right', () => {
    expect(texts(wrap('The cut leaves n1 and n2 alone.', 12))).toEqual(['The cut', 'leaves n1', 'and n2', 'alone.'])
  })

  it('never sets prose wider than 72 columns', () => {
    const lines = wrap('word '.repeat(60), 200)
    expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(72)
  })

  it('keeps line ends and empty lines', () => {
    expect(texts(wrap('one\n\ntwo three', 9))).toEqual(['one', '', 'two three'])
  })

  it('cuts a word that no line can hold', () => {
    expect(texts(wrap('abcdefgh ij', 3))).toEqual(['abc', 'def', 'gh', 'ij'])
  })

  it('keeps the styles of words, and words that change style inside', () => {
    const prose = [{ text: 'a ' }, { text: 'bold', style: 'strong' }, { text: '. end' }] as const
    expect(wrap(prose, 20)).toEqual([
      [{ text: 'a' }, { text: ' ' }, { text: 'bold', style: 'strong' }, { text: '.' }, { text: ' ' }, { text: 'end' }],
    ])
    expect(texts(wrap(prose, 7))).toEqual(['a bold.', 'end'])
  })

  it('loses no word and fits every line', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '日', '─'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 15 }), fc.integer({ min: 2, max: 30 }), (words, columns) => {
        const lines = wrap(words.join(' '), columns)
        expect(texts(lines).join('').replaceAll(' ', '')).toBe(words.join(''))
        for (const each of lines) expect(lineWidth(each)).toBeLessThanOrEqual(columns)
      }),
      { seed: 6, numRuns: 500 },
    )
  })
})

describe('box', () => {
  it('draws a border with a title and a corner', () => {
    expect(texts(box([line('x=1')], { width: 20, height: 4, title: 'cluster', corner: '1/2' }, theme))).toEqual(
      ['╭─ cluster ─── 1/2 ─╮', '│ x=1              │', '│                  │', '╰──────────────────╯'].map(
        (row, index) => (index === 0 ? '╭─ cluster ── 1/2 ─╮' : row),
      ),
    )
  })

  it('in ASCII', () => {
    const rows = box([line('x=1')], { width: 12, height: 3, title: 'n1' }, ascii).map(spans => plainText(spans))
    expect(rows).toEqual(['+- n1 -----+', '| x=1      |', '+----------+'])
  })

  it.each([
    [3, 3],
    [4, 2],
    [8, 2],
    [10, 5],
    [30, 3],
  ])('fills %i x %i exactly', (width, height) => {
    const rows = box([line('long content in here')], { width, height, title: 'a long title', corner: '12/34' }, theme)
    expect(rows).toHaveLength(height)
    for (const row of rows) expect(lineWidth(row)).toBe(width)
  })
})

it('fill cuts and pads', () => {
  expect(texts(fill([line('abcdef'), line('b'), line('c')], 4, 2, theme))).toEqual(['abc…', 'b   '])
})

it('beside joins columns of different heights', () => {
  const columns = [
    { lines: [line('a'), line('b')], width: 2 },
    { lines: [line('日本')], width: 5 },
  ]
  expect(texts(beside(columns, theme))).toEqual(['a  日本 ', 'b       '])
})
