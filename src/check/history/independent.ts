import type { OperationKind } from '../../kernel/operation.ts'
import { BadHistory } from './bad-history.ts'
import type { Edn } from './edn.ts'
import { nameOf } from './edn-json.ts'

interface Tuple {
  readonly key: string
  readonly value: Edn
}

const untagged = (value: Edn): Edn => (value.is === 'tagged' ? untagged(value.value) : value)

/** Key and value of one of Jepsen's independent tuples: `[key value]`, or a record with both. @throws BadHistory */
export const tupleOf = (value: Edn | undefined, line: number, file: string): Tuple => {
  const bare = value === undefined ? undefined : untagged(value)
  if (bare?.is === 'list' && bare.items.length === 2)
    return { key: nameOf(bare.items[0] as Edn), value: bare.items[1] as Edn }
  const members = bare?.is === 'map' ? new Map(bare.entries.map(([name, one]) => [nameOf(name), one])) : undefined
  const [key, inner] = [members?.get('key'), members?.get('value') ?? members?.get('val')]
  if (key !== undefined && inner !== undefined) return { key: nameOf(key), value: inner }
  throw new BadHistory(file, line, 'with --independent every :value is a pair [key value], but this one is not')
}

/** True for a tuple that is marked as one. */
export const isMarkedTuple = (value: Edn | undefined): boolean =>
  value?.is === 'tagged' && value.tag.startsWith('jepsen.independent')

/**
 * Refuses the call of a read with the value `[key nil]`: only an independent tuple has a key there, for a read is asked for without a
 * value. Taken for one register, such a history would be judged wrongly. @throws BadHistory
 */
export const refuseUnmarkedTuple = (kind: OperationKind, value: Edn | undefined, line: number, file: string): void => {
  if (kind !== 'read' && kind !== 'get') return
  if (value?.is !== 'list' || value.items.length !== 2 || value.items[1]?.is !== 'nil') return
  const reason = "this read has a key, as Jepsen's independent tuples [key value] do; check it with --independent"
  throw new BadHistory(file, line, reason)
}
