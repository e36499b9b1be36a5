import type { Json } from '../../kernel/json.ts'
import type { OperationKind } from '../../kernel/operation.ts'
import { plain } from '../wording.ts'
import { BadHistory } from './bad-history.ts'
import { type Edn, EdnReader } from './edn.ts'
import { jsonOf, nameOf } from './edn-json.ts'
import { isMarkedTuple, refuseUnmarkedTuple, tupleOf } from './independent.ts'
import { kindNamed, type Paired, pairUp, type Recorded, typeNamed } from './record.ts'

/** `INFO  jepsen.util - 3  :invoke  :cas  [1 2]`, the form that Jepsen's log gives an operation. */
const line = /\bINFO\b.*?\bjepsen\.util\s*[-:]\s+(\S+)\s+:(\S+)\s+:(\S+)\s*(.*)$/

/** True when a text holds lines of Jepsen's log. */
export const looksLikeJepsenLog = (text: string): boolean => /\bINFO\b.*?\bjepsen\.util\s*[-:]\s/.test(text)

/** What stands after an operation's name: its value, and after a failure perhaps the reason. */
const valuesOf = (text: string, file: string, at: number): readonly Edn[] => {
  try {
    return [...new EdnReader(text, file).values()]
  } catch (error) {
    throw error instanceof BadHistory ? new BadHistory(file, at, `cannot read the value ${plain(text)}`) : error
  }
}

/** Why an operation failed: what stands after its value, or in place of it where the value is a pair. */
const reasonOf = (kind: OperationKind, text: string, file: string, at: number): string | undefined => {
  let values: readonly Edn[]
  try {
    values = valuesOf(text, file, at)
  } catch {
    return plain(text)
  }
  const [value, after] = values
  const reason = after ?? (kind === 'cas' && value?.is !== 'list' && value?.is !== 'tagged' ? value : undefined)
  return reason === undefined || reason.is === 'nil' ? undefined : plain(nameOf(reason))
}

/** The key and the value of a call or of an answer that came. */
const keyAndValue = (
  kind: OperationKind,
  value: Edn | undefined,
  independent: boolean,
  file: string,
  at: number,
): Pick<Recorded, 'key' | 'value'> => {
  const split = independent || isMarkedTuple(value)
  const tuple = split ? tupleOf(value, at, file) : { key: '', value }
  const json: Json = tuple.value === undefined ? null : jsonOf(tuple.value)
  if (kind === 'cas' && (!Array.isArray(json) || json.length !== 2))
    throw new BadHistory(file, at, 'a cas needs a value of the form [old new]')
  return { key: tuple.key, value: json }
}

const recordOf = (row: string, at: number, independent: boolean, file: string): Recorded | undefined => {
  const found = line.exec(row)
  const [, process = '', typeName = '', f = '', rest = ''] = found ?? []
  // The nemesis logs its doings in the same form; it is no client.
  if (found === null || process.startsWith(':')) return undefined
  const kind = kindNamed(f, file, at)
  const type = typeNamed(typeName, file, at)
  const text = rest.trim()
  const record = { line: at, process, type, kind }
  // After :info stands the reason (`:timed-out`), not a value; a failure's value says no more than its call's.
  if (type === 'info') return { ...record, key: '', value: null }
  if (type === 'fail') {
    const reason = reasonOf(kind, text, file, at)
    return { ...record, key: '', value: null, ...(reason === undefined ? {} : { reason }) }
  }
  const [value] = valuesOf(text, file, at)
  if (type === 'invoke' && !independent) refuseUnmarkedTuple(kind, value, at, file)
  return { ...record, ...keyAndValue(kind, value, independent, file, at) }
}

/** Reads the operations in Jepsen's log. Lines of other kinds are passed over. */
export const readJepsenLog = (text: string, file: string, independent: boolean): Paired => {
  const records: Recorded[] = []
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const record = recordOf(row, index + 1, independent, file)
    if (record !== undefined) records.push(record)
  }
  return pairUp(records, file)
}
