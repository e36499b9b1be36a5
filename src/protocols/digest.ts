import { canonicalJson, type Json } from '../kernel/json.ts'

/**
 * Twelve hexadecimal digits that stand for a JSON value, as a cryptographic hash would: equal values have equal digests, and nobody in a run
 * looks for two values with the same one. (Two lanes of multiply and rotate over the canonical text, in 32-bit integers.)
 */
export const digestOf = (value: Json): string => {
  const text = canonicalJson(value)
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
    a = (a << 13) | (a >>> 19)
    b = (b << 17) | (b >>> 15)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
  return `${hex(a)}${hex(b)}`.slice(0, 12)
}
