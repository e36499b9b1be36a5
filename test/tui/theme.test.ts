import { describe, expect, it } from 'vitest'
import { ASCII_GLYPHS, bars, UNICODE_GLYPHS } from '../../src/tui/glyphs.ts'
import { actorTone, createTheme, prominence } from '../../src/tui/theme.ts'
import { stringWidth } from '../../src/tui/width.ts'

const colour = createTheme({ colour: true, unicode: true })
const plain = createTheme({ colour: false, unicode: true })
const ascii = createTheme({ colour: false, unicode: false })

describe('in colour', () => {
  it('styles by meaning with the sixteen colours of the terminal', () => {
    expect(colour.paint('ok', 'yes')).toBe('\x1b[32myes\x1b[0m')
    expect(colour.paint('unknown', '?')).toBe('\x1b[33m?\x1b[0m')
    expect(colour.paint('bad', 'no')).toBe('\x1b[31mno\x1b[0m')
    expect(colour.paint('plain', 'x')).toBe('x')
  })

  it('joins meanings, and the later brightness counts', () => {
    expect(colour.paint(['actor1', 'old'], 'm')).toBe('\x1b[35m\x1b[2mm\x1b[0m')
    expect(colour.paint(['old', 'fresh'], 'm')).toBe('\x1b[1mm\x1b[0m')
    expect(colour.paint(['actor1', 'bad'], 'm')).toBe('\x1b[31mm\x1b[0m')
  })

  it('gives six actors different colours, and starts again', () => {
    const looks = Array.from({ length: 6 }, (_, index) => colour.paint(actorTone(index), 'n'))
    expect(new Set(looks).size).toBe(6)
    expect(actorTone(6)).toBe(actorTone(0))
  })
})

describe('without colour', () => {
  it('uses weight and underlines alone', () => {
    const tones = ['ok', 'unknown', 'bad', 'fresh', 'old', 'accent', 'selected', 'actor3'] as const
    const looks = tones.map(tone => plain.paint(tone, 'x')).join('')
    expect(looks).toContain('\x1b[4m')
    for (const code of [
      7,
      ...Array.from({ length: 8 }, (_, n) => 30 + n),
      ...Array.from({ length: 8 }, (_, n) => 90 + n),
    ]) {
      expect(looks).not.toContain(`\x1b[${code}m`)
    }
  })
})

describe('in ASCII', () => {
  it('shows every sign as another one of the same width', () => {
    for (const name of Object.keys(UNICODE_GLYPHS) as (keyof typeof UNICODE_GLYPHS)[]) {
      expect(stringWidth(UNICODE_GLYPHS[name]), name).toBe(1)
      expect(ASCII_GLYPHS[name], name).toMatch(/^[ -~]$/)
    }
    expect(bars(true)).toHaveLength(9)
    expect(bars(false)).toHaveLength(9)
  })

  it('paints no other character, and keeps widths', () => {
    const text = 'Zoë’s “run” … 日本 → ✓ ⠿ µs'
    const shown = ascii.paint('plain', text)
    expect(shown).toMatch(/^[ -~]*$/)
    expect(stringWidth(shown)).toBe(stringWidth(text))
    expect(shown).toBe('Zoe\'s "run" ~ ???? > + ? us')
  })
})

it('what is bright stands out over what is dim', () => {
  const order = ['old', 'plain', 'actor0', 'fresh', 'selected'] as const
  expect(order.map(tone => prominence(tone))).toEqual([0, 1, 2, 3, 4])
  expect(prominence(['actor0', 'old'])).toBe(0)
})
