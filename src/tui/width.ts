import slowWidth from 'string-width'

/**
 * UTF-16 units of one column that never join a grapheme cluster with another unit of this table, as pairs of first and
 * last: Latin, Greek, Cyrillic, punctuation, arrows, mathematics, boxes, blocks, braille. A string of them alone is as
 * wide as it is long, and that covers nearly everything netsplit shows.
 */
// biome-ignore format: a table
const NARROW_RANGES = [
  0x20, 0x7e, 0xa0, 0xac, 0xae, 0x2ff, 0x370, 0x377, 0x37a, 0x37f, 0x384, 0x38a, 0x38c, 0x38c, 0x38e,
  0x3a1, 0x3a3, 0x482, 0x48a, 0x52f, 0x2010, 0x2029, 0x202f, 0x205f, 0x2070, 0x2071, 0x2074, 0x208e,
  0x2090, 0x209c, 0x20a0, 0x20c1, 0x2100, 0x218b, 0x2190, 0x2319, 0x231c, 0x2328, 0x232b, 0x23e8, 0x23ed,
  0x23ef, 0x23f1, 0x23f2, 0x23f4, 0x2429, 0x2440, 0x244a, 0x2460, 0x25fc, 0x25ff, 0x2613, 0x2616,
  0x262f, 0x2638, 0x2647, 0x2654, 0x267e, 0x2680, 0x2689, 0x2690, 0x2692, 0x2694, 0x26a0, 0x26a2,
  0x26a9, 0x26ac, 0x26bc, 0x26bf, 0x26c3, 0x26c6, 0x26cd, 0x26cf, 0x26d3, 0x26d5, 0x26e9, 0x26eb,
  0x26f1, 0x26f4, 0x26f4, 0x26f6, 0x26f9, 0x26fb, 0x26fc, 0x26fe, 0x2704, 0x2706, 0x2709, 0x270c,
  0x2727, 0x2729, 0x274b, 0x274d, 0x274d, 0x274f, 0x2752, 0x2756, 0x2756, 0x2758, 0x2794, 0x2798,
  0x27af, 0x27b1, 0x27be, 0x27c0, 0x2b1a, 0x2b1d, 0x2b4f, 0x2b51, 0x2b54, 0x2b56, 0x2b73, 0x2b76, 0x2bff,
]

const narrow = new Uint8Array(0x10000)
for (let i = 0; i < NARROW_RANGES.length; i += 2) narrow.fill(1, NARROW_RANGES[i], (NARROW_RANGES[i + 1] ?? 0) + 1)

/** True for a UTF-16 unit that fills one column whatever stands beside it, unless a combining one follows. */
export const isNarrow = (unit: number): boolean => narrow[unit] === 1

const ESC = 0x1b
const BRACKET = 0x5b

/** The index after the escape sequence `ESC [ ... final` that starts at `start`, or -1 when it is none. */
export const endOfControlSequence = (text: string, start: number): number => {
  if (text.charCodeAt(start) !== ESC || text.charCodeAt(start + 1) !== BRACKET) return -1
  for (let i = start + 2; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x40 && unit <= 0x7e) return i + 1
    if (unit < 0x20 || unit > 0x3f) return -1
  }
  return -1
}

type Options = NonNullable<Parameters<typeof slowWidth>[1]>

/**
 * Columns that the text takes on a terminal; escape sequences take none. The same as the package string-width, which
 * it asks about everything unusual; that package compiles its emoji tables on first use (30 to 60 ms).
 */
export const stringWidth = (text: string, options?: Options): number => {
  if (typeof text !== 'string') return 0
  if (options?.ambiguousIsNarrow === false || options?.countAnsiEscapeCodes) return slowWidth(text, options)
  let width = 0
  for (let i = 0; i < text.length; i++) {
    if (narrow[text.charCodeAt(i)] === 1) {
      width++
      continue
    }
    const end = endOfControlSequence(text, i)
    if (end < 0) return slowWidth(text)
    i = end - 1
  }
  return width
}
