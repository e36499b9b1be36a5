/** A 64-bit value as two unsigned 32-bit halves. */
export interface Word64 {
  readonly hi: number
  readonly lo: number
}

/** The offset basis: the hash of nothing. */
export const fnvBasis: Word64 = { hi: 0xcbf29ce4, lo: 0x84222325 }

/**
 * FNV-1a, 64 bits, of the UTF-8 bytes of `text`, going on from `from`: hash(a + b) = hash(b, hash(a)).
 * Source: Fowler, Noll, Vo and Eastlake, draft-eastlake-fnv. The prime is 2^40 + 0x1b3, so one step is a small product
 * and a shift. It tells traces apart; it is no defence against someone who looks for collisions.
 */
export const fnv1a64 = (text: string, from: Word64 = fnvBasis): Word64 => {
  let hi = from.hi
  let lo = from.lo
  const step = (byte: number): void => {
    const mixed = (lo ^ byte) >>> 0
    const product = mixed * 0x1b3
    hi = (Math.imul(hi, 0x1b3) + (mixed << 8) + Math.floor(product / 0x100000000)) >>> 0
    lo = product >>> 0
  }
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      step(unit)
      continue
    }
    const point = text.codePointAt(i) ?? unit
    if (point > 0xffff) i++
    encodeUtf8(point, step)
  }
  return { hi, lo }
}

const encodeUtf8 = (point: number, step: (byte: number) => void): void => {
  if (point < 0x800) {
    step(0xc0 | (point >> 6))
  } else {
    if (point < 0x10000) {
      step(0xe0 | (point >> 12))
    } else {
      step(0xf0 | (point >> 18))
      step(0x80 | ((point >> 12) & 0x3f))
    }
    step(0x80 | ((point >> 6) & 0x3f))
  }
  step(0x80 | (point & 0x3f))
}

/** Sixteen hexadecimal digits. */
export const toHex = ({ hi, lo }: Word64): string => hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0')

/** The inverse of `toHex`. */
export const fromHex = (digits: string): Word64 => ({
  hi: Number.parseInt(digits.slice(0, 8), 16),
  lo: Number.parseInt(digits.slice(8, 16), 16),
})
