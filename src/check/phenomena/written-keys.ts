import type { Operation } from '../../kernel/operation.ts'
import { casMissed } from '../model.ts'
import { accesses } from '../transaction.ts'

/** The keys that an operation changes when it takes effect. */
export const writtenKeys = (op: Operation): readonly string[] => {
  switch (op.kind) {
    case 'read':
    case 'get':
      return []
    case 'cas':
      return casMissed(op) ? [] : [op.key]
    case 'txn':
      return [...new Set(accesses(op).flatMap(access => (access.f === 'w' ? [access.key] : [])))]
    default:
      return [op.key]
  }
}
