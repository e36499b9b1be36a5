/** A moment of a run that was kept: after `index` events, with the first `taken` commands carried out. */
export interface Kept<Moment> {
  readonly index: number
  readonly taken: number
  readonly moment: Moment
}

/**
 * The moments that a timeline keeps: all of a stretch around the cursor, and behind it few and far between. The number kept does
 * not grow with the run: the distances of the far ones double instead.
 */
export class Checkpoints<Moment> {
  /** Moments of consecutive indexes, the earliest first. */
  #dense: Kept<Moment>[] = []
  #sparse: Kept<Moment>[] = []
  #stride: number
  readonly #denseLimit: number
  readonly #sparseLimit: number

  constructor(denseLimit: number, sparseLimit: number) {
    this.#denseLimit = denseLimit
    this.#sparseLimit = sparseLimit
    this.#stride = denseLimit
  }

  get count(): number {
    return this.#dense.length + this.#sparse.length
  }

  /** Keeps a moment. One that does not follow on the stretch begins a new stretch; one within it replaces the moment there. */
  keep(kept: Kept<Moment>): void {
    const last = this.#dense.at(-1)
    const first = this.#dense[0]
    if (first === undefined || last === undefined || kept.index > last.index + 1 || kept.index < first.index) {
      this.#dense = [kept]
    } else {
      this.#dense[kept.index - first.index] = kept
      // Twice the limit before the cut, so that a step moves one moment on average, not the whole stretch.
      if (this.#dense.length > 2 * this.#denseLimit) this.#dense = this.#dense.slice(-this.#denseLimit)
    }
    this.#keepSparse(kept)
  }

  #keepSparse(kept: Kept<Moment>): void {
    if (kept.index % this.#stride !== 0) return
    const at = this.#sparse.findLastIndex(each => each.index <= kept.index)
    if (this.#sparse[at]?.index === kept.index) this.#sparse[at] = kept
    else this.#sparse.splice(at + 1, 0, kept)
    if (this.#sparse.length <= this.#sparseLimit) return
    this.#stride *= 2
    this.#sparse = this.#sparse.filter(each => each.index % this.#stride === 0)
  }

  /** The distance of the far moments: that many events at most lie between two, once they were passed. */
  get stride(): number {
    return this.#stride
  }

  /** The latest moment at or before the index. */
  atOrBefore(index: number): Kept<Moment> | undefined {
    const dense = this.#dense.findLast(kept => kept.index <= index)
    const sparse = this.#sparse.findLast(kept => kept.index <= index)
    if (dense === undefined || sparse === undefined) return dense ?? sparse
    return dense.index >= sparse.index ? dense : sparse
  }

  /** The latest moment for which `early` holds, which must hold for all moments up to some index and for none after. */
  latestWhere(early: (moment: Moment) => boolean): Kept<Moment> | undefined {
    const dense = this.#dense.findLast(kept => early(kept.moment))
    return dense ?? this.#sparse.findLast(kept => early(kept.moment))
  }

  /** Forgets the moments for which `valid` does not hold; they must be the last ones. */
  retain(valid: (kept: Kept<Moment>) => boolean): void {
    this.#dense = this.#dense.filter(valid)
    this.#sparse = this.#sparse.filter(valid)
  }
}
