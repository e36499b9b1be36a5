import { draw, subjectOf } from '../../sim/draw.ts'

/** No stream of a run has this number, so the questions take no draw away from the runs that they make. */
const STREAM = 1000

/** Draws for a question: the k-th of a name is a pure function of (seed, name, k). */
export class Chance {
  readonly #seed: number
  readonly #subject: ReturnType<typeof subjectOf>
  #ordinal = 0

  constructor(seed: number, name: string) {
    this.#seed = seed
    this.#subject = subjectOf(name)
  }

  /** A number above 0 and below 1. */
  next(): number {
    const value = draw(this.#seed, STREAM, this.#subject, this.#ordinal)
    this.#ordinal += 1
    return value
  }

  /** A whole number from `least` to `most`, both possible. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** One of them, each equally likely. Throws on an empty list. */
  of<T>(list: readonly T[]): T {
    const chosen = list[this.between(0, list.length - 1)]
    if (chosen === undefined) throw new Error('there is nothing to draw from')
    return chosen
  }
}
