import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draw, streams, subjectOf } from '../../src/sim/draw.ts'
import { fnv1a64, fromHex, toHex } from '../../src/sim/fnv.ts'
import { normalQuantile } from '../../src/sim/normal.ts'
import { philox4x32 } from '../../src/sim/philox.ts'
import { sipHash } from '../../src/sim/siphash.ts'

const philox = (counter: readonly number[], key: readonly number[]): string[] => {
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter
  const [k0 = 0, k1 = 0] = key
  const out = new Uint32Array(4)
  philox4x32(c0, c1, c2, c3, k0, k1, out)
  return [...out].map(word => word.toString(16).padStart(8, '0'))
}

describe('Philox4x32-10', () => {
  // The known answers that come with the authors' Random123 library (kat_vectors, philox4x32 10).
  it('gives the known answers of its authors', () => {
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'])
    const ones = 0xffffffff
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual(['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'])
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]
    expect(philox(pi, [0xa4093822, 0x299f31d0])).toEqual(['d16cfe09', '94fdcceb', '5001e420', '24126ea1'])
  })

  it('multiplies as exact integers do', () => {
    const reference = (counter: bigint[], key: bigint[]): string[] => {
      const mask = 0xffffffffn
      let [x0 = 0n, x1 = 0n, x2 = 0n, x3 = 0n] = counter
      let [k0 = 0n, k1 = 0n] = key
      for (let round = 0; round < 10; round++) {
        const a = x0 * 0xd2511f53n
        const b = x2 * 0xcd9e8d57n
        ;[x0, x1, x2, x3] = [(b >> 32n) ^ x1 ^ k0, b & mask, (a >> 32n) ^ x3 ^ k1, a & mask]
        k0 = (k0 + 0x9e3779b9n) & mask
        k1 = (k1 + 0xbb67ae85n) & mask
      }
      return [x0, x1, x2, x3].map(word => word.toString(16).padStart(8, '0'))
    }
    const word = fc.integer({ min: 0, max: 0xffffffff })
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(philox(counter, key)).toEqual(reference(counter.map(BigInt), key.map(BigInt)))
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})

describe('FNV-1a', () => {
  it('gives the known answers of its authors', () => {
    expect(toHex(fnv1a64(''))).toBe('cbf29ce484222325')
    expect(toHex(fnv1a64('a'))).toBe('af63dc4c8601ec8c')
    expect(toHex(fnv1a64('foobar'))).toBe('85944171f73967e8')
  })

  it('hashes the UTF-8 bytes, as exact integers do, and goes on where it stopped', () => {
    const reference = (text: string): string => {
      let hash = 0xcbf29ce484222325n
      for (const byte of new TextEncoder().encode(text)) {
        hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
      }
      return hash.toString(16).padStart(16, '0')
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(toHex(fnv1a64(a + b))).toBe(reference(a + b))
        expect(toHex(fnv1a64(b, fromHex(toHex(fnv1a64(a)))))).toBe(reference(a + b))
      }),
      { seed: 2, numRuns: 500 },
    )
  })
})

describe('SipHash-2-4', () => {
  // Aumasson and Bernstein, appendix A: key 00..0f, text 00..0e; and the first entries of their reference vectors.
  const key = [
    { hi: 0x07060504, lo: 0x03020100 },
    { hi: 0x0f0e0d0c, lo: 0x0b0a0908 },
  ] as const
  const text = (length: number): number[] => Array.from({ length }, (_, i) => i)

  it('gives the known answers of its authors', () => {
    expect(toHex(sipHash(key, text(15)))).toBe('a129ca6149be45e5')
    expect(toHex(sipHash(key, text(0)))).toBe('726fdb47dd0e0e31')
    expect(toHex(sipHash(key, text(8)))).toBe('93f5f5799a932462')
  })
})

describe('the normal quantile', () => {
  // Values of AS 241 and of R's qnorm.
  it.each([
    [0.5, 0],
    [0.25, -0.6744897501960817],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
    [1e-20, -9.262340089798409],
  ])('of %d is %d', (p, deviate) => {
    expect(normalQuantile(p)).toBeCloseTo(deviate, 12)
  })
})

describe('a draw', () => {
  it('is a pure function of seed, stream, subject and ordinal, and of each of them', () => {
    const subject = subjectOf('n1>n2')
    const drawn = draw(1, streams.latency, subject, 1)
    draw(9, streams.loss, subjectOf('n2>n1'), 4)
    expect(draw(1, streams.latency, subject, 1)).toBe(drawn)
    const others = [
      draw(2, streams.latency, subject, 1),
      draw(1 + 2 ** 32, streams.latency, subject, 1),
      draw(1, streams.loss, subject, 1),
      draw(1, streams.latency, subjectOf('n2>n1'), 1),
      draw(1, streams.latency, subject, 2),
    ]
    expect(new Set([drawn, ...others]).size).toBe(6)
  })

  it('is uniform between 0 and 1, and takes neither', () => {
    const subject = subjectOf('n1')
    const counts = new Array(10).fill(0)
    for (let ordinal = 0; ordinal < 100_000; ordinal++) {
      const drawn = draw(5, streams.timer, subject, ordinal)
      expect(drawn > 0 && drawn < 1).toBe(true)
      counts[Math.floor(drawn * 10)]++
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is exceeded once in a thousand.
    const chi = counts.reduce((sum, count) => sum + ((count - 10_000) * (count - 10_000)) / 10_000, 0)
    expect(chi).toBeLessThan(27.9)
  })
})
