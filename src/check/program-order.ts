import type { History, Operation } from '../kernel/operation.ts'

/** One client's answered operations in its own order: each batch was over before the next began. Mostly a batch is one operation. */
export type Program = readonly (readonly Operation[])[]

/** An operation without an answer, and how many batches of its client were over when it was called. */
export interface Loose {
  readonly op: Operation
  readonly client: number
  readonly after: number
}

/** The programs of all clients. Operations that failed for a reason and reads without an answer are still in them. */
export interface Programs {
  readonly programs: readonly Program[]
  readonly loose: readonly Loose[]
}

/**
 * Program order. An operation without an answer follows what its client had done before, but nothing follows it: it may take effect
 * at any later time, after operations that its client called later.
 */
export const programsOf = (history: History): Programs => {
  const clients = new Map<string, Operation[]>()
  for (const op of history) {
    const own = clients.get(op.client)
    if (own) own.push(op)
    else clients.set(op.client, [op])
  }
  const programs: Operation[][][] = []
  const loose: Loose[] = []
  for (const [client, own] of [...clients.values()].entries()) {
    const batches: Operation[][] = []
    let overUs = Number.NEGATIVE_INFINITY
    for (const op of [...own].sort((a, b) => a.invokedUs - b.invokedUs)) {
      const quiet = op.invokedUs >= overUs
      if (op.outcome === 'unknown') {
        loose.push({ op, client, after: quiet ? batches.length : batches.length - 1 })
        continue
      }
      if (quiet) batches.push([op])
      else batches.at(-1)?.push(op)
      overUs = Math.max(overUs, op.returnedUs ?? Number.POSITIVE_INFINITY)
    }
    programs.push(batches)
  }
  return { programs, loose }
}
