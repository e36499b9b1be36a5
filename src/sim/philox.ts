/**
 * Philox4x32-10, a counter-based generator: 128 random bits as a pure function of a 128-bit counter and a 64-bit key.
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, section 4.3.
 * The products of 32-bit words are built from 16-bit halves, so that every step is exact in a double.
 */
export const philox4x32 = (
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void => {
  let [x0, x1, x2, x3] = [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0]
  let key0 = k0 >>> 0
  let key1 = k1 >>> 0
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(x0, 0xd251, 0x1f53)
    const low0 = Math.imul(x0, 0xd2511f53)
    const high1 = highWord(x2, 0xcd9e, 0x8d57)
    const low1 = Math.imul(x2, 0xcd9e8d57)
    x0 = (high1 ^ x1 ^ key0) >>> 0
    x1 = low1 >>> 0
    x2 = (high0 ^ x3 ^ key1) >>> 0
    x3 = low0 >>> 0
    key0 = (key0 + 0x9e3779b9) >>> 0
    key1 = (key1 + 0xbb67ae85) >>> 0
  }
  out[0] = x0
  out[1] = x1
  out[2] = x2
  out[3] = x3
}

/** The upper 32 bits of `word` times the 32-bit constant with these halves. */
const highWord = (word: number, constantHigh: number, constantLow: number): number => {
  const high = word >>> 16
  const low = word & 0xffff
  const middle = high * constantLow + ((low * constantLow) >>> 16)
  const carried = low * constantHigh + (middle & 0xffff)
  return (high * constantHigh + (middle >>> 16) + (carried >>> 16)) >>> 0
}
