import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TerminalInput } from '../../../src/tui/terminal/key.ts'
import { KeyParser } from '../../../src/tui/terminal/keys.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a parser makes of the chunks, followed by silence. */
const parse = (...chunks: readonly (string | Uint8Array)[]): TerminalInput[] => {
  const parser = new KeyParser()
  const inputs = chunks.flatMap(chunk => parser.feed(typeof chunk === 'string' ? bytesOf(chunk) : chunk))
  return [...inputs, ...parser.flush()]
}

const idsOf = (inputs: readonly TerminalInput[]): string[] =>
  inputs.map(input => (input.kind === 'key' ? input.key.id : `paste:${input.text}`))

describe('keys', () => {
  it.each([
    ['three letters in one read', 'jjj', ['j', 'j', 'j']],
    ['letters and Enter', 'abc\r', ['a', 'b', 'c', 'enter']],
    ['a line feed is Enter, too', '\n', ['enter']],
    ['arrows', '\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
    ['arrows of application mode', '\x1bOA\x1bOB\x1bOC\x1bOD', ['up', 'down', 'right', 'left']],
    [
      'Home and End, four ways',
      '\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~',
      ['home', 'end', 'home', 'end', 'home', 'end', 'home', 'end'],
    ],
    ['paging, insert, delete', '\x1b[5~\x1b[6~\x1b[2~\x1b[3~', ['pageup', 'pagedown', 'insert', 'delete']],
    ['function keys', '\x1bOP\x1bOS\x1b[15~\x1b[24~', ['f1', 'f4', 'f5', 'f12']],
    ['function keys of the Linux console', '\x1b[[A\x1b[[E', ['f1', 'f5']],
    ['Backspace sends DEL or BS', '\x7f\x08', ['backspace', 'backspace']],
    ['Tab and shift+Tab', '\t\x1b[Z', ['tab', 'shift+tab']],
    ['a space', ' ', ['space']],
    ['control and letters', '\x01\x03\x1a', ['ctrl+a', 'ctrl+c', 'ctrl+z']],
    ['control and space', '\x00', ['ctrl+space']],
    ['control and signs', '\x1c\x1f', ['ctrl+\\', 'ctrl+_']],
    ['alt and a letter', '\x1bx\x1bX', ['alt+x', 'alt+X']],
    ['alt and Enter', '\x1b\r', ['alt+enter']],
    [
      'modifiers as xterm sends them',
      '\x1b[1;5A\x1b[1;2C\x1b[1;6D\x1b[1;3H',
      ['ctrl+up', 'shift+right', 'ctrl+shift+left', 'alt+home'],
    ],
    ['modifiers before a tilde', '\x1b[3;5~\x1b[5;2~', ['ctrl+delete', 'shift+pageup']],
    ['modifyOtherKeys', '\x1b[27;5;105~\x1b[27;2;13~', ['ctrl+i', 'shift+enter']],
    [
      'letters as kitty sends them',
      '\x1b[97u\x1b[97;2u\x1b[97;5u\x1b[13u\x1b[27u',
      ['a', 'A', 'ctrl+a', 'enter', 'escape'],
    ],
    ['kitty tells of press and release', '\x1b[97;1:1u\x1b[97;1:3u', ['a']],
    ['letters beyond ASCII', 'éß日😀', ['é', 'ß', '日', '😀']],
  ])('%s', (_, text, ids) => {
    expect(idsOf(parse(text))).toEqual(ids)
  })

  it('tell what they type', () => {
    expect(parse('é ')).toEqual([
      { kind: 'key', key: { id: 'é', text: 'é' } },
      { kind: 'key', key: { id: 'space', text: ' ' } },
    ])
    expect(parse('\r\x01')).toEqual([
      { kind: 'key', key: { id: 'enter' } },
      { kind: 'key', key: { id: 'ctrl+a' } },
    ])
  })
})

describe('escape', () => {
  it('alone is a key once nothing follows', () => {
    const parser = new KeyParser()
    expect(parser.feed(bytesOf('\x1b'))).toEqual([])
    expect(parser.awaited).toBe('sequence')
    expect(idsOf(parser.flush())).toEqual(['escape'])
    expect(parser.awaited).toBe('nothing')
  })

  it.each([
    ['twice', '\x1b\x1b', ['escape', 'escape']],
    ['before an arrow', '\x1b\x1b[A', ['escape', 'up']],
    ['with a bracket is alt+[', '\x1b[', ['alt+[']],
    ['with an O is alt+O', '\x1bO', ['alt+O']],
    ['with a closing bracket is alt+]', '\x1b]', ['alt+]']],
  ])('%s', (_, text, ids) => {
    expect(idsOf(parse(text))).toEqual(ids)
  })

  it('may come long before the rest of its sequence', () => {
    expect(idsOf(parse('\x1b', '[', '1;', '5', 'A'))).toEqual(['ctrl+up'])
  })
})

describe('what is no key vanishes', () => {
  it.each([
    ['ctrl+F-key that crashes Ink', '\x1b[29;5~'],
    ['ctrl+? that crashes Ink', '\x1b[1;5I'],
    ['focus in and out', '\x1b[I\x1b[O'],
    ['mouse, SGR', '\x1b[<0;10;5M\x1b[<0;10;5m'],
    ['mouse, X10', '\x1b[M !!'],
    ['answer to a device query', '\x1b[?62;c\x1b[>0;276;0c'],
    ['answer with the background colour', '\x1b]11;rgb:0000/0000/0000\x07'],
    ['answer ended by ST', '\x1bP1$r0m\x1b\\'],
    ['a control sequence without end', `\x1b[${'1'.repeat(500)}`],
    ['a control sequence too long to be one', `\x1b[${'1;'.repeat(500)}A`],
    ['C1 controls', '\x9b\x85'],
    ['half a character', new Uint8Array([0xe6, 0x97])],
    ['bytes that are no UTF-8', new Uint8Array([0xff, 0xc0])],
  ])('%s', (_, input) => {
    expect(parse(input)).toEqual([])
  })

  it('and the keys around it stay', () => {
    expect(idsOf(parse('a\x1b[I\x1b[29;5~b\x1b[<0;1;1Mc'))).toEqual(['a', 'b', 'c'])
    expect(idsOf(parse('\x1b[12\x1b[A'))).toEqual(['up'])
    expect(idsOf(parse('\x1b[12\rx'))).toEqual(['enter', 'x'])
  })
})

describe('pasted text', () => {
  it('is one paste, whatever it holds', () => {
    const inputs = parse('a\x1b[200~q\r\nrm -rf\x1b[A\x03\x1b[201~b')
    expect(inputs).toEqual([
      { kind: 'key', key: { id: 'a', text: 'a' } },
      { kind: 'paste', text: 'q\nrm -rf\x1b[A\x03', cut: false },
      { kind: 'key', key: { id: 'b', text: 'b' } },
    ])
  })

  it('is cut when it is huge', () => {
    const [paste, key] = parse(`\x1b[200~${'x'.repeat(1_000_000)}\x1b[201~k`)
    expect(paste).toEqual({ kind: 'paste', text: 'x'.repeat(65_536), cut: true })
    expect(key).toEqual({ kind: 'key', key: { id: 'k', text: 'k' } })
  })

  it('is delivered when its end never comes', () => {
    const parser = new KeyParser()
    parser.feed(bytesOf('\x1b[200~lost'))
    expect(parser.awaited).toBe('paste')
    expect(parser.flush()).toEqual([{ kind: 'paste', text: 'lost', cut: false }])
    expect(idsOf(parser.feed(bytesOf('q')))).toEqual(['q'])
  })
})

describe('any chunking of the bytes', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 4 }),
    fc.constantFrom(
      '\x1b',
      '\x1b[',
      '\x1bO',
      '\x1b[A',
      '\x1b[1;5C',
      '\x1b[200~',
      '\x1b[201~',
      '\x1b]0;',
      '\x07',
      '\x1b\\',
    ),
    fc.constantFrom('\x1b[M', '\x1b[<0;1;1M', '\x1b[97;5u', '\r', '\x7f', '日', '😀', '\x1b[[', '\x1b[201', '~'),
  )
  it('gives the same keys', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 8 }), (pieces, cuts) => {
        const bytes = bytesOf(pieces.join(''))
        const places = [...new Set([0, ...cuts.map(cut => Math.min(cut, bytes.length)), bytes.length])].sort(
          (a, b) => a - b,
        )
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(parse(...chunks)).toEqual(parse(bytes))
        expect(parse(...Array.from(bytes, byte => new Uint8Array([byte])))).toEqual(parse(bytes))
      }),
      { seed: 2, numRuns: 2000 },
    )
  })
})
