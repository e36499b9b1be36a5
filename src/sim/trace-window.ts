/** The events of a run that are at hand: a stretch without gaps, bounded, that follows the cursor. */
export class TraceWindow<Event> {
  #events: Event[] = []
  #from = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Keeps the event of this index. One that does not touch the stretch begins a new one. */
  record(event: Event, index: number): void {
    if (index > this.#from + this.#events.length || index < this.#from) {
      this.#events = []
      this.#from = index
    }
    this.#events[index - this.#from] = event
    if (this.#events.length <= 2 * this.#limit) return
    this.#from += this.#events.length - this.#limit
    this.#events = this.#events.slice(-this.#limit)
  }

  /** Forgets the events from this index on. */
  cutAt(index: number): void {
    this.#events.length = Math.max(0, Math.min(this.#events.length, index - this.#from))
  }

  /** The events at hand before this index, and the index of the first of them. */
  before(index: number): { readonly from: number; readonly events: readonly Event[] } {
    const until = Math.max(0, Math.min(this.#events.length, index - this.#from))
    const start = Math.max(0, until - this.#limit)
    return { from: this.#from + start, events: this.#events.slice(start, until) }
  }
}
