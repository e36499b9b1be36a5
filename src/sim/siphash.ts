import type { Word64 } from './fnv.ts'

/** The four 64-bit lanes as halves: v0 high, v0 low, v1 high, ... */
type Lanes = Uint32Array

const add = (v: Lanes, to: number, from: number): void => {
  const low = (v[to + 1] as number) + (v[from + 1] as number)
  v[to] = (v[to] as number) + (v[from] as number) + (low > 0xffffffff ? 1 : 0)
  v[to + 1] = low
}

const rotateThenXor = (v: Lanes, lane: number, bits: number, other: number): void => {
  const high = v[lane] as number
  const low = v[lane + 1] as number
  const left = bits % 32
  const [a, b] = bits < 32 ? [high, low] : [low, high]
  const rotatedHigh = left === 0 ? a : (a << left) | (b >>> (32 - left))
  const rotatedLow = left === 0 ? b : (b << left) | (a >>> (32 - left))
  v[lane] = rotatedHigh ^ (other < 0 ? 0 : (v[other] as number))
  v[lane + 1] = rotatedLow ^ (other < 0 ? 0 : (v[other + 1] as number))
}

const rounds = (v: Lanes, count: number): void => {
  for (let i = 0; i < count; i++) {
    add(v, 0, 2)
    rotateThenXor(v, 2, 13, 0)
    rotateThenXor(v, 0, 32, -1)
    add(v, 4, 6)
    rotateThenXor(v, 6, 16, 4)
    add(v, 0, 6)
    rotateThenXor(v, 6, 21, 0)
    add(v, 4, 2)
    rotateThenXor(v, 2, 17, 4)
    rotateThenXor(v, 4, 32, -1)
  }
}

const littleEndian = (bytes: readonly number[], at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)

/**
 * SipHash-2-4, a keyed 64-bit tag of a byte string: who does not hold the key cannot make the tag of a text he has not seen
 * tagged. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012.
 */
export const sipHash = (key: readonly [Word64, Word64], bytes: readonly number[]): Word64 => {
  const [k0, k1] = key
  const v = new Uint32Array([
    k0.hi ^ 0x736f6d65,
    k0.lo ^ 0x70736575,
    k1.hi ^ 0x646f7261,
    k1.lo ^ 0x6e646f6d,
    k0.hi ^ 0x6c796765,
    k0.lo ^ 0x6e657261,
    k1.hi ^ 0x74656462,
    k1.lo ^ 0x79746573,
  ])
  const absorb = (hi: number, lo: number): void => {
    v[6] = (v[6] as number) ^ hi
    v[7] = (v[7] as number) ^ lo
    rounds(v, 2)
    v[0] = (v[0] as number) ^ hi
    v[1] = (v[1] as number) ^ lo
  }
  const whole = bytes.length - (bytes.length % 8)
  for (let at = 0; at < whole; at += 8) absorb(littleEndian(bytes, at + 4), littleEndian(bytes, at))
  const rest = bytes.slice(whole)
  absorb(littleEndian(rest, 4) | ((bytes.length & 0xff) << 24), littleEndian(rest, 0))
  v[5] = (v[5] as number) ^ 0xff
  rounds(v, 4)
  const word = (lane: number): number => (v[lane] as number) ^ (v[lane + 2] as number)
  return {
    hi: (word(0) ^ word(4)) >>> 0,
    lo: (word(1) ^ word(5)) >>> 0,
  }
}
