/** How letters become bytes: UTF-8 (RFC 3629), or Latin-1 (ISO 8859-1), one byte a letter and 256 letters in all. */
export type Encoding = 'utf-8' | 'latin-1'

export const ENCODINGS: readonly Encoding[] = ['utf-8', 'latin-1']

const utf8Bytes = (code: number): readonly number[] => {
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)]
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
}

const codes = (text: string): readonly number[] => Array.from(text, letter => letter.codePointAt(0) ?? 0)

/** Whether the encoding has all of the text's letters. */
export const canWrite = (text: string, encoding: Encoding): boolean =>
  encoding === 'utf-8' || codes(text).every(code => code < 256)

/** The text's bytes; a letter that the encoding does not have becomes a question mark. */
export const encode = (text: string, encoding: Encoding): number[] =>
  codes(text).flatMap(code => (encoding === 'utf-8' ? utf8Bytes(code) : [code < 256 ? code : 63]))

/** How many more bytes belong to the letter that begins with this byte, and what of the byte belongs to the letter; null: none begins so. */
const leading = (byte: number): readonly [more: number, bits: number] | null => {
  if (byte < 0x80) return [0, byte]
  if (byte >= 0xc2 && byte < 0xe0) return [1, byte & 31]
  if (byte >= 0xe0 && byte < 0xf0) return [2, byte & 15]
  return byte >= 0xf0 && byte < 0xf5 ? [3, byte & 7] : null
}

/** The letters that the bytes are in this encoding. Bytes that are no UTF-8 become U+FFFD, one each. */
export const decode = (bytes: readonly number[], encoding: Encoding): string => {
  if (encoding === 'latin-1') return bytes.map(byte => String.fromCodePoint(byte)).join('')
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const start = leading(bytes[at] as number)
    const more = start === null ? [] : bytes.slice(at + 1, at + 1 + start[0])
    const whole = start !== null && more.length === start[0] && more.every(byte => byte >> 6 === 2)
    const code = whole ? more.reduce((sofar, byte) => (sofar << 6) | (byte & 63), start[1]) : 0xfffd
    const valid = code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
    text += String.fromCodePoint(valid ? code : 0xfffd)
    at += whole ? 1 + more.length : 1
  }
  return text
}
