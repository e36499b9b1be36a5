import type { Json } from '../../kernel/json.ts'
import type { OperationKind } from '../../kernel/operation.ts'
import { plain } from '../wording.ts'
import { BadHistory } from './bad-history.ts'
import { kindNamed, type Paired, pairUp, type Recorded, typeNamed } from './record.ts'

/** `INFO  jepsen.util - 3  :invoke  :cas  [1 2]`, the form that Jepsen's log gives an operation. */
const line = /\bINFO\b.*?\bjepsen\.util\s*[-:]\s+(\S+)\s+:(\S+)\s+:(\S+)\s*(.*)$/

/** True when a text holds lines of Jepsen's log. */
export const looksLikeJepsenLog = (text: string): boolean => /\bINFO\b.*?\bjepsen\.util\s*[-:]\s/.test(text)

const scalar = (text: string, file: string, at: number): Json => {
  if (text === '' || text === 'nil') return null
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^[+-]?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : text
  if (/^".*"$/.test(text)) {
    try {
      return JSON.parse(text) as Json
    } catch {
      throw new BadHistory(file, at, `the string ${plain(text)} is not closed properly`)
    }
  }
  if (/^[:\w.-]+$/.test(text)) return text
  throw new BadHistory(file, at, `cannot read the value ${plain(text)}`)
}

const recordedValue = (kind: OperationKind, type: Recorded['type'], text: string, file: string, at: number): Json => {
  // After :info stands the reason (`:timed-out`), not a value.
  if (type === 'info' || type === 'fail') return null
  const pair = /^\[\s*(\S+?)\s*[,\s]\s*(\S+)\s*\]$/.exec(text)
  if (pair !== null) return [scalar(pair[1] ?? '', file, at), scalar(pair[2] ?? '', file, at)]
  if (kind === 'cas') throw new BadHistory(file, at, `a cas needs a value of the form [old new], not ${plain(text)}`)
  return scalar(text, file, at)
}

/** Reads the operations in Jepsen's log: one register. Lines of other kinds are passed over. */
export const readJepsenLog = (text: string, file: string): Paired => {
  const records: Recorded[] = []
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const found = line.exec(row)
    const [, process = '', type = '', f = '', rest = ''] = found ?? []
    // The nemesis logs its doings in the same form; it is no client.
    if (found === null || process.startsWith(':')) continue
    const at = index + 1
    const kind = kindNamed(f, file, at)
    const known = typeNamed(type, file, at)
    const value = recordedValue(kind, known, rest.trim(), file, at)
    records.push({ line: at, process, type: known, kind, key: '', value })
  }
  return pairUp(records, file)
}
