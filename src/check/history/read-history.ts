import type { History } from '../../kernel/operation.ts'
import type { ModelName } from '../model.ts'
import { BadHistory } from './bad-history.ts'
import { readJepsenEdn } from './read-jepsen-edn.ts'
import { looksLikeJepsenLog, readJepsenLog } from './read-jepsen-log.ts'
import { readNetsplit } from './read-netsplit.ts'

/** A history read from a file, with what the file says of itself. */
export interface ReadHistory {
  readonly history: History
  readonly format: 'netsplit' | 'jepsen-log' | 'jepsen-edn'
  /** What the times are: microseconds, the lines of the file, or the places of records in it. */
  readonly times: 'microseconds' | 'lines' | 'records'
  readonly model?: ModelName
}

/** Larger files are refused, in bytes or characters: some 300,000 operations. */
export const largestHistory = 32 * 1024 * 1024

/** Says why a file of `bytes` bytes is refused before it is read, or undefined when it is not. */
export const tooLarge = (bytes: number, file: string): BadHistory | undefined =>
  bytes <= largestHistory
    ? undefined
    : new BadHistory(
        file,
        undefined,
        `the file has ${Math.ceil(bytes / 1024 / 1024)} MB, more than the ${largestHistory / 1024 / 1024} MB that are read; split it by key or by time`,
      )

/** Reads a history, whatever form it has. @throws BadHistory */
export const readHistory = (text: string, file: string, independent = false): ReadHistory => {
  const large = tooLarge(text.length, file)
  if (large !== undefined) throw large
  const start = text.slice(0, 65_536)
  if (start.includes('\u0000') || start.includes('\ufffd')) {
    throw new BadHistory(file, undefined, 'this is a binary file, not the text of a history')
  }
  const bare = text.replace(/^\ufeff/, '')
  const found = readBare(bare, file, independent)
  if (found.history.length === 0) throw new BadHistory(file, undefined, 'there are no operations in this file')
  return found
}

const readBare = (text: string, file: string, independent: boolean): ReadHistory => {
  if (text.trim() === '') throw new BadHistory(file, undefined, 'the file is empty')
  if (/^\s*\{\s*"/.test(text) || /^\s*\[\s*\{\s*"/.test(text)) {
    return { ...readNetsplit(text, file), format: 'netsplit', times: 'microseconds' }
  }
  if (/^[\s,]*[[({#;^]/.test(text)) {
    return { ...readJepsenEdn(text, file, independent), format: 'jepsen-edn' }
  }
  if (looksLikeJepsenLog(text)) return { ...readJepsenLog(text, file, independent), format: 'jepsen-log' }
  const known = `netsplit's JSON, Jepsen's log lines, or Jepsen's operation maps in EDN`
  throw new BadHistory(file, 1, `this is no history in a form that is known here: ${known}`)
}
