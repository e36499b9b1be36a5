import type { Model, Step } from '../../src/check/model.ts'
import type { History } from '../../src/kernel/operation.ts'

interface Placeable {
  readonly step: Step
  readonly from: number
  readonly until: number
  readonly must: boolean
}

/** The definition, tried out: every order of every choice of unanswered operations. For histories of a few operations. */
export const linearizableByDefinition = (history: History, model: Model, start: string): boolean => {
  const all: Placeable[] = history.flatMap(op => {
    const step = model.step(op)
    if (step === undefined) return []
    const must = op.outcome !== 'unknown'
    return [{ step, from: op.invokedUs, until: must ? (op.returnedUs as number) : Number.POSITIVE_INFINITY, must }]
  })
  const place = (state: string, left: readonly Placeable[]): boolean => {
    if (left.every(one => !one.must)) return true
    return left.some(one => {
      // Nobody may be overtaken who returned before this one was called.
      if (left.some(other => other !== one && other.must && other.until < one.from)) return false
      const after = one.step.apply(state)
      return (
        after !== undefined &&
        place(
          after,
          left.filter(other => other !== one),
        )
      )
    })
  }
  return place(start, all)
}

/** Lamport's definition, tried out: every interleaving of the clients' programs, with unanswered operations anywhere after their call. */
export const sequentialByDefinition = (history: History, model: Model, start: string): boolean => {
  const all = history.flatMap((op, at) => {
    const step = model.step(op)
    return step === undefined ? [] : [{ op, at, step, must: op.outcome !== 'unknown' }]
  })
  const place = (state: string, left: typeof all): boolean => {
    if (left.every(one => !one.must)) return true
    return left.some(one => {
      const earlier = left.filter(other => other.must && other.op.client === one.op.client && other.at < one.at)
      if (earlier.length > 0) return false
      const after = one.step.apply(state)
      return (
        after !== undefined &&
        place(
          after,
          left.filter(other => other !== one),
        )
      )
    })
  }
  return place(start, all)
}
