import { describe, expect, it } from 'vitest'
import { Canvas } from '../../src/tui/canvas.ts'
import { lineWidth, plainText } from '../../src/tui/line.ts'
import { createTheme } from '../../src/tui/theme.ts'

const theme = createTheme({ colour: true, unicode: true })
const ascii = createTheme({ colour: false, unicode: false })

const picture = (canvas: Canvas): string[] => canvas.lines().map(plainText)

describe('lines of dots', () => {
  it('run from dot to dot, ends included', () => {
    const canvas = new Canvas(2, 1, theme)
    canvas.line(0, 0, 3, 0)
    expect(picture(canvas)).toEqual(['⠉⠉'])
    canvas.line(0, 3, 3, 3)
    expect(picture(canvas)).toEqual(['⣉⣉'])
  })

  it('slant over cells', () => {
    const canvas = new Canvas(3, 2, theme)
    canvas.line(0, 0, 5, 7)
    expect(picture(canvas)).toEqual(['⠱⡀ ', ' ⠈⢆'])
  })

  it('look the same drawn from the other end', () => {
    const [there, back] = [new Canvas(8, 6, theme), new Canvas(8, 6, theme)]
    there.line(0, 0, 14, 0)
    there.line(3, 2, 3, 20)
    back.line(14, 0, 0, 0)
    back.line(3, 20, 3, 2)
    expect(picture(there)).toEqual(picture(back))
  })

  it('can be dashed', () => {
    const canvas = new Canvas(4, 1, theme)
    canvas.line(0, 0, 7, 0, 'plain', { dash: [2, 2] })
    expect(picture(canvas)).toEqual(['⠉ ⠉ '])
  })

  it('end at the edges', () => {
    const canvas = new Canvas(2, 1, theme)
    canvas.line(-10, 1, 20, 1)
    expect(picture(canvas)).toEqual(['⠒⠒'])
  })
})

describe('layers', () => {
  it('text lies over dots, and text of layer 0 under them', () => {
    const canvas = new Canvas(3, 1, theme)
    canvas.text(0, 0, '───', 'old', { layer: 0 })
    canvas.line(2, 0, 2, 3)
    expect(picture(canvas)).toEqual(['─⡇─'])
    canvas.text(1, 0, '●')
    expect(picture(canvas)).toEqual(['─●─'])
    canvas.text(0, 0, '┄┄┄', 'old', { layer: 0 })
    expect(picture(canvas)).toEqual(['┄●┄'])
  })

  it('a bright line keeps its style where a dim one crosses', () => {
    const canvas = new Canvas(1, 1, theme)
    canvas.line(0, 0, 1, 0, 'fresh')
    canvas.line(0, 0, 0, 3, 'old')
    expect(canvas.lines()).toEqual([[{ text: '⡏', style: 'fresh' }]])
  })

  it('neighbours of one style share a span', () => {
    const canvas = new Canvas(6, 1, theme)
    canvas.text(0, 0, 'ab', 'ok')
    canvas.text(2, 0, 'cd', 'ok')
    canvas.text(4, 0, 'e', 'bad')
    expect(canvas.lines()).toEqual([[{ text: 'abcd', style: 'ok' }, { text: 'e', style: 'bad' }, { text: ' ' }]])
    expect(canvas.rows()).toEqual(['\x1b[32mabcd\x1b[0m\x1b[31me\x1b[0m '])
  })
})

describe('wide characters', () => {
  it('take their cells, and half of one is blank', () => {
    const canvas = new Canvas(6, 1, theme)
    canvas.text(0, 0, '日本語')
    expect(picture(canvas)).toEqual(['日本語'])
    canvas.text(3, 0, 'x')
    expect(picture(canvas)).toEqual(['日 x語'])
    expect(lineWidth(canvas.lines()[0] ?? [])).toBe(6)
  })

  it('are left out where they would be cut', () => {
    const canvas = new Canvas(3, 1, theme)
    canvas.text(0, 0, 'ab日')
    expect(picture(canvas)).toEqual(['ab '])
    canvas.text(-1, 0, '日c')
    expect(picture(canvas)).toEqual(['ac '])
  })
})

describe('without Unicode', () => {
  it.each([
    ['falling', [0, 0, 5, 11], ['\\  ', ' \\ ', '  \\']],
    ['rising', [0, 11, 5, 0], ['  /', ' / ', '/  ']],
    ['steep', [2, 0, 2, 11], [' | ', ' | ', ' | ']],
    ['flat', [0, 1, 5, 1], ['---', '   ', '   ']],
  ] as const)('a %s line is made of signs', (_, [x0, y0, x1, y1], rows) => {
    const canvas = new Canvas(3, 3, ascii)
    canvas.line(x0, y0, x1, y1)
    expect(picture(canvas)).toEqual(rows)
  })

  it('shows ASCII only', () => {
    const canvas = new Canvas(10, 4, ascii)
    canvas.line(0, 0, 19, 15, 'actor0')
    canvas.text(0, 0, ascii.glyph.event)
    expect(canvas.rows().join('')).toMatch(/^[ -~]*$/)
  })
})
