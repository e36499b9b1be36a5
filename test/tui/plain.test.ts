import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitize, sanitizeLine } from '../../src/tui/plain.ts'

describe('sanitize', () => {
  it.each([
    ['colours', 'a\x1b[1;31mred\x1b[0m', 'ared'],
    ['a title, ended by BEL', 'a\x1b]0;title\x07b', 'ab'],
    ['a hyperlink, ended by ST', '\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['a device control string', 'a\x1bPq#0\x1b\\b', 'ab'],
    ['a reset of the terminal', 'a\x1bcb', 'ab'],
    ['a change of character set', 'a\x1b(0b', 'ab'],
    ['C1 sequences', 'a\x9b2Jb\x9d0;t\x9cc', 'abc'],
    ['an unfinished sequence', 'a\x1b[31', 'a'],
    ['an unfinished title', 'a\x1b]0;never ends', 'a'],
    ['bells, backspaces, nulls', 'a\x07\x08\x00b', 'ab'],
    ['reordering', 'a\u202eb\u2066c\u200f', 'abc'],
    ['line ends of all systems', 'a\r\nb\rc\n', 'a\nb\nc\n'],
    ['tabs', 'a\tb', 'a  b'],
    ['nothing of ordinary text', 'Zoë said: “日本 😀” → ✓', 'Zoë said: “日本 😀” → ✓'],
  ])('takes away %s', (_, text, plain) => {
    expect(sanitize(text)).toBe(plain)
  })

  it('leaves no control character but line ends in any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\x1b', '\x1b[', '\x9b', '\x1b]', '\x07', 'm', '\x1b\\'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), pieces => {
        expect(sanitize(pieces.join('')).replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
      }),
      { seed: 4, numRuns: 2000 },
    )
  })
})

it('sanitizeLine makes one line', () => {
  expect(sanitizeLine('one \r\n  two\x1b[2J\nthree')).toBe('one two three')
})
