import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { History, Operation } from '../../kernel/operation.ts'
import { casInput, casMissed } from '../model.ts'
import { programsOf } from '../program-order.ts'
import { accesses } from '../transaction.ts'

/** One read or write of one key, by one client. A `cas` and a transaction are several, one after the other. */
export interface Access {
  readonly op: Operation
  readonly client: number
  readonly type: 'read' | 'write'
  readonly key: string
  /** Canonical text. */
  readonly value: string
  /** Indexes of the accesses right before it in its client's program. */
  readonly after: readonly number[]
}

const partsOf = (op: Operation): readonly Pick<Access, 'type' | 'key' | 'value'>[] => {
  const known = op.outcome === 'ok'
  const part = (type: Access['type'], value: Json) => ({ type, key: op.key, value: canonicalJson(value) })
  if (op.outcome === 'fail') return []
  switch (op.kind) {
    case 'read':
    case 'get':
      return known ? [part('read', op.output)] : []
    case 'write':
    case 'put':
      return [part('write', op.input)]
    case 'cas': {
      // That a cas missed says which value was not there: no read of one write. It is left out, which can only excuse more.
      if (casMissed(op)) return []
      const { from, to } = casInput(op)
      return known ? [part('read', from), part('write', to)] : [part('write', to)]
    }
    case 'txn':
      return accesses(op).flatMap(({ f, key, value }) =>
        f === 'w' || known
          ? [{ type: f === 'w' ? ('write' as const) : ('read' as const), key, value: canonicalJson(value) }]
          : [],
      )
    default:
      return []
  }
}

/** The reads and writes of a history, each client's in its program order. Writes without an answer follow but precede nothing. */
export const accessesOf = (history: History): readonly Access[] => {
  const list: Access[] = []
  const add = (op: Operation, client: number, after: readonly number[]): readonly number[] => {
    let last = after
    for (const part of partsOf(op)) {
      list.push({ op, client, ...part, after: last })
      last = [list.length - 1]
    }
    return last === after ? [] : last
  }
  const { programs, loose } = programsOf(history)
  const ends = programs.map((program, client) => {
    let before: readonly number[] = []
    return program.map(batch => {
      const own: (readonly [Operation, readonly number[]])[] = []
      for (const op of batch) {
        const earlier = own
          .filter(([other]) => (other.returnedUs ?? Infinity) <= op.invokedUs)
          .flatMap(([, last]) => last)
        own.push([op, add(op, client, [...before, ...earlier])])
      }
      const all = own.flatMap(([, last]) => last)
      if (all.length > 0) before = all
      return before
    })
  })
  for (const { op, client, after } of loose) add(op, client, ends[client]?.[after - 1] ?? [])
  return list
}
