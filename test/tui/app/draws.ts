/** Draws for tests that walk at random: the same seed, the same walk. */
export interface Draw {
  /** 0 to count - 1; 0 where there is nothing to draw from. */
  one(count: number): number
  of<T>(items: readonly T[]): T
}

/** Mulberry32 (Tommy Ettinger, public domain). */
export const drawsOf = (seed: number): Draw => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const one = (count: number): number => Math.floor(next() * count)
  return {
    one,
    of: items => {
      const item = items[one(items.length)]
      if (item === undefined) throw new Error('there is nothing to draw from')
      return item
    },
  }
}
