import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clip,
  line,
  lineWidth,
  paintLine,
  plainText,
  spread,
  takeColumns,
  toWidth,
  truncate,
} from '../../src/tui/line.ts'
import { createTheme } from '../../src/tui/theme.ts'

const theme = createTheme({ colour: true, unicode: true })

describe('takeColumns', () => {
  it.each([
    ['abcdef', 3, 'abc'],
    ['abc', 9, 'abc'],
    ['日本語', 3, '日'],
    ['a日', 2, 'a'],
    ['e\u0301clair', 1, 'e\u0301'],
    ['👨‍👩‍👧 family', 2, '👨‍👩‍👧'],
    ['👨‍👩‍👧 family', 1, ''],
    ['abc', 0, ''],
  ])('of %j in %i columns is %j', (text, columns, taken) => {
    expect(takeColumns(text, columns)).toBe(taken)
  })
})

describe('a line', () => {
  const two = [{ text: 'alpha ', style: 'ok' }, { text: 'beta' }] as const

  it('is as wide as its spans', () => {
    expect(lineWidth(two)).toBe(10)
    expect(lineWidth([])).toBe(0)
  })

  it('is clipped across spans, keeping styles', () => {
    expect(clip(two, 8)).toEqual([{ text: 'alpha ', style: 'ok' }, { text: 'be' }])
    expect(clip(two, 3)).toEqual([{ text: 'alp', style: 'ok' }])
  })

  it('is truncated with an ellipsis only when it must be', () => {
    expect(truncate(two, 10, theme)).toBe(two)
    expect(plainText(truncate(two, 9, theme))).toBe('alpha be…')
    expect(plainText(truncate(two, 1, theme))).toBe('…')
    expect(truncate(two, 0, theme)).toEqual([])
  })

  it('is aligned in its width', () => {
    expect(plainText(toWidth(line('ab'), 5, theme))).toBe('ab   ')
    expect(plainText(toWidth(line('ab'), 5, theme, 'right'))).toBe('   ab')
    expect(plainText(toWidth(line('ab'), 5, theme, 'centre'))).toBe(' ab  ')
  })

  it('spreads two texts over a row, and the left one gives way', () => {
    expect(plainText(spread(line('left'), line('right'), 12, theme))).toBe('left   right')
    expect(plainText(spread(line('a long text'), line('right'), 12, theme))).toBe('a long…right')
  })

  it('is painted span by span', () => {
    expect(paintLine(two, theme)).toBe('\x1b[32malpha \x1b[0mbeta')
  })

  it('of any text is exactly as wide as asked for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '日', 'e\u0301', '😀', '─'), maxLength: 20 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.integer({ min: 0, max: 30 }), (texts, columns) => {
        const spans = texts.map(each => ({ text: each }))
        expect(lineWidth(toWidth(spans, columns, theme))).toBe(columns)
        expect(lineWidth(truncate(spans, columns, theme))).toBeLessThanOrEqual(columns)
      }),
      { seed: 5, numRuns: 500 },
    )
  })
})
