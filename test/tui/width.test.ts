import fc from 'fast-check'
import realWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { endOfControlSequence, isNarrow, stringWidth } from '../../src/tui/width.ts'

const narrowUnits = Array.from({ length: 0x10000 }, (_, unit) => unit).filter(isNarrow)
const segmenter = new Intl.Segmenter()

describe('the table of narrow characters', () => {
  it('holds only what string-width gives one column and no terminal joins', () => {
    for (const unit of narrowUnits) {
      const character = String.fromCharCode(unit)
      expect(realWidth(character), `U+${unit.toString(16)}`).toBe(1)
      expect([...segmenter.segment(`a${character}${character}a`)], `U+${unit.toString(16)}`).toHaveLength(4)
    }
  })

  it('holds what netsplit draws with', () => {
    for (const character of 'abc 019 ✓✗●○◆▶─│╭╮╰╯╳⠿⣿←→↑↓…·•–×█░†‖◷❯') {
      expect(isNarrow(character.charCodeAt(0)), character).toBe(true)
    }
  })
})

describe('stringWidth', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['日本語', 6],
    ['e\u0301clair', 6],
    ['👨‍👩‍👧', 2],
    ['\x1b[1;31mred\x1b[0m', 3],
    ['▶\ufe0f', 2],
    ['\x1b]8;;http://x\x07link\x1b]8;;\x07', 4],
  ])('%j is %i columns wide', (text, width) => {
    expect(stringWidth(text)).toBe(width)
  })

  it('agrees with string-width on any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(...narrowUnits.map(unit => String.fromCharCode(unit))),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\x1b[31m', '\x1b[0m', '\x1b[1;38;5;200m', '\ufe0f', '\u200d', '\u0301', '日', '😀', '\n', '\t'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        expect(stringWidth(pieces.join(''))).toBe(realWidth(pieces.join('')))
      }),
      { seed: 1, numRuns: 2000 },
    )
  })
})

describe('endOfControlSequence', () => {
  it.each([
    ['\x1b[31mx', 5],
    ['\x1b[mx', 3],
    ['\x1b[?25l', 6],
    ['\x1b[31', -1],
    ['\x1b]0;t\x07', -1],
    ['x', -1],
  ])('of %j is %i', (text, end) => {
    expect(endOfControlSequence(text, 0)).toBe(end)
  })
})
