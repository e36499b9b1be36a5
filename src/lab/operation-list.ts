import type { History, Operation } from '../kernel/operation.ts'

/** The operations of a run in the order of invocation, as they become known. */
export interface OperationList {
  readonly length: number
  opened(operation: Operation): OperationList
  /** Puts the answered operation in the place of the open one. */
  closed(operation: Operation): OperationList
  history(): History
}

/** For a batch: one array, changed in place. */
export class GrowingList implements OperationList {
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

/** For the screen: immutable, in chunks, so that a thousand moments of a long run share nearly all of it. */
export class ChunkedList implements OperationList {
  private readonly chunks: Chunks
  readonly length: number
  private flat: History | undefined

  constructor(chunks: Chunks = [], length = 0) {
    this.chunks = chunks
    this.length = length
  }
  opened(operation: Operation): OperationList {
    const last = this.chunks.at(-1)
    const chunks =
      last === undefined || last.length >= CHUNK
        ? [...this.chunks, [operation]]
        : this.chunks.with(-1, [...last, operation])
    return new ChunkedList(chunks, this.length + 1)
  }
  closed(operation: Operation): OperationList {
    const same = (other: Operation): boolean => other.id === operation.id
    const chunk = this.chunks.findLastIndex(one => one.some(same))
    const old = this.chunks[chunk]
    if (old === undefined) return this
    return new ChunkedList(this.chunks.with(chunk, old.with(old.findIndex(same), operation)), this.length)
  }
  history(): History {
    this.flat ??= this.chunks.flat()
    return this.flat
  }
}
