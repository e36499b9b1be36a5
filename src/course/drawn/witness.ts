import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { History, Operation } from '../../kernel/operation.ts'

const ended = (op: Operation): number =>
  op.outcome === 'ok' ? (op.returnedUs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY

/**
 * One order of a register's operations that explains every answer (Herlihy, Wing 1990), by trying them all: for the short histories that
 * a learner can look through. Reads and writes alone; what had no answer may be left out. Null where there is none.
 */
export const witnessOf = (history: History, initial: Json = null): History | null => {
  const place = (left: History, value: Json, order: History): History | null => {
    if (left.every(op => op.outcome === 'unknown')) return order
    const soonest = Math.min(...left.map(ended))
    for (const op of left) {
      if (op.invokedUs > soonest) continue
      if (op.kind === 'read' && op.outcome === 'ok' && canonicalJson(op.output) !== canonicalJson(value)) continue
      const found = place(
        left.filter(other => other !== op),
        op.kind === 'write' ? op.input : value,
        [...order, op],
      )
      if (found !== null) return found
    }
    return null
  }
  return place(
    history.filter(op => op.outcome !== 'fail' && (op.kind === 'write' || op.outcome === 'ok')),
    initial,
    [],
  )
}
