import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canWrite, decode, encode } from '../../src/protocols/text-encoding.ts'

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

test('UTF-8 is written as the platform writes it, and read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const bytes = encode(text, 'utf-8')
      expect(bytes).toEqual([...utf8.encode(text)])
      expect(decode(bytes, 'utf-8')).toBe(fromUtf8.decode(Uint8Array.from(bytes)))
    }),
    { seed: 1 },
  )
})

test('what is UTF-8 and what is not is told as the platform tells it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 6 }), bytes => {
      const strange = (text: string) => text.includes('\ufffd')
      expect(strange(decode(bytes, 'utf-8'))).toBe(strange(fromUtf8.decode(Uint8Array.from(bytes))))
    }),
    { seed: 2, numRuns: 500 },
  )
})

test('Latin-1 is one byte a letter, and any bytes are some text in it', () => {
  expect(encode('Müller', 'latin-1')).toEqual([77, 252, 108, 108, 101, 114])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 })), bytes => {
      expect(encode(decode(bytes, 'latin-1'), 'latin-1')).toEqual(bytes)
    }),
    { seed: 3 },
  )
})

test('a letter that Latin-1 lacks becomes a question mark, and one can know before', () => {
  expect(canWrite('Müller', 'latin-1')).toBe(true)
  expect(canWrite('Łódź', 'latin-1')).toBe(false)
  expect(canWrite('Łódź', 'utf-8')).toBe(true)
  expect(decode(encode('Łódź', 'latin-1'), 'latin-1')).toBe('?ód?')
})

test('each taken for the other', () => {
  expect(decode(encode('Müller', 'utf-8'), 'latin-1')).toBe('MÃ¼ller')
  expect(decode(encode('Jürgen', 'latin-1'), 'utf-8')).toBe('J\ufffdrgen')
})
