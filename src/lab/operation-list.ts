import type { History, Operation } from '../kernel/operation.ts'

/** The operations of a run in the order of invocation, as they become known. */
export interface OperationList {
  /** Whether a history stays as it is when operations are opened and closed. */
  readonly immutable: boolean
  readonly length: number
  opened(operation: Operation): OperationList
  /** Puts the answered operation in the place of the open one. */
  closed(operation: Operation): OperationList
  history(): History
}

/** For a batch: one array, changed in place. */
export class GrowingList implements OperationList {
  readonly immutable = false
  private readonly operations: Operation[] = []

  get length(): number {
    return this.operations.length
  }
  opened(operation: Operation): OperationList {
    this.operations.push(operation)
    return this
  }
  closed(operation: Operation): OperationList {
    const at = this.operations.findLastIndex(other => other.id === operation.id)
    if (at >= 0) this.operations[at] = operation
    return this
  }
  history(): History {
    return this.operations
  }
}

const CHUNK = 64
type Chunks = readonly (readonly Operation[])[]

/** The one flat copy that a run's lists share: it belongs to the list that was asked or made last. */
interface Flat {
  owner: ChunkedList | null
  operations: readonly Operation[]
}

/**
 * For the screen: immutable, in chunks, so that a thousand moments of a long run share nearly all of it. Only the latest list keeps its
 * history in one piece; an older one puts it together again when asked.
 */
export class ChunkedList implements OperationList {
  readonly immutable = true
  private readonly chunks: Chunks
  private readonly shared: Flat
  readonly length: number

  constructor(chunks: Chunks = [], length = 0, shared: Flat = { owner: null, operations: [] }) {
    this.chunks = chunks
    this.length = length
    this.shared = shared
  }

  private next(chunks: Chunks, length: number, change: (operations: readonly Operation[]) => Operation[]): ChunkedList {
    const list = new ChunkedList(chunks, length, this.shared)
    if (this.shared.owner === this) {
      this.shared.operations = change(this.shared.operations)
      this.shared.owner = list
    }
    return list
  }

  opened(operation: Operation): OperationList {
    const last = this.chunks.at(-1)
    const chunks =
      last === undefined || last.length >= CHUNK
        ? [...this.chunks, [operation]]
        : this.chunks.with(-1, [...last, operation])
    return this.next(chunks, this.length + 1, operations => [...operations, operation])
  }

  closed(operation: Operation): OperationList {
    const same = (other: Operation): boolean => other.id === operation.id
    const chunk = this.chunks.findLastIndex(one => one.some(same))
    const old = this.chunks[chunk]
    if (old === undefined) return this
    const at = old.findIndex(same)
    const chunks = this.chunks.with(chunk, old.with(at, operation))
    return this.next(chunks, this.length, operations => operations.with(chunk * CHUNK + at, operation))
  }

  history(): History {
    if (this.shared.owner !== this) {
      this.shared.operations = this.chunks.flat()
      this.shared.owner = this
    }
    return this.shared.operations
  }
}
