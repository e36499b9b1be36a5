import { nodeId, requestId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { History, Operation, OperationKind } from '../../kernel/operation.ts'
import { plain } from '../wording.ts'
import { BadHistory } from './bad-history.ts'

/** One line of a recorded history: a call, or how it ended. */
export interface Recorded {
  readonly line: number
  readonly process: string
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  readonly kind: OperationKind
  readonly key: string
  readonly value: Json
  /** Why it failed, where the file says so. */
  readonly reason?: string
}

const kinds: readonly OperationKind[] = ['read', 'write', 'cas', 'get', 'put', 'append', 'add', 'txn']
/** The kind of that name, or a complaint. */
export const kindNamed = (name: string, file: string, line: number): OperationKind => {
  const kind = kinds.find(one => one === name)
  if (kind === undefined) {
    throw new BadHistory(file, line, `unknown operation "${plain(name)}"; known are ${kinds.join(', ')}`)
  }
  return kind
}

/** The kind of record of that name, or a complaint. */
export const typeNamed = (name: string, file: string, line: number): Recorded['type'] => {
  if (name === 'invoke' || name === 'ok' || name === 'fail' || name === 'info') return name
  throw new BadHistory(file, line, `unknown type "${plain(name)}"; known are invoke, ok, fail, info`)
}

const reading = (kind: OperationKind): boolean => kind === 'read' || kind === 'get' || kind === 'txn'

/** What a call asks for, in the form that the kernel's operations have. */
const inputOf = ({ kind, value, line }: Recorded, file: string): Json => {
  if (kind === 'read' || kind === 'get') return null
  if (kind !== 'cas') return value
  if (Array.isArray(value) && value.length === 2) return { from: value[0] as Json, to: value[1] as Json }
  throw new BadHistory(file, line, 'a cas needs a value of the form [old new]')
}

type Open = Omit<Operation, 'outcome' | 'output' | 'returnedUs'>

const closed = (open: Open, end: Recorded, now: number, call: Recorded, file: string): Operation => {
  if (end.kind !== call.kind || (end.key !== call.key && end.key !== '')) {
    const reason = `process ${plain(end.process)} called ${call.kind} at line ${call.line}, but this answers ${end.kind}`
    throw new BadHistory(file, end.line, end.kind === call.kind ? `${reason} of another key` : reason)
  }
  const reason = end.reason === undefined ? {} : { reason: end.reason }
  if (end.type === 'info') return { ...open, ...reason, outcome: 'unknown', output: null, returnedUs: null }
  const output = end.type === 'fail' ? null : reading(open.kind) ? end.value : open.kind === 'cas' ? true : null
  return { ...open, ...reason, outcome: end.type === 'ok' ? 'ok' : 'fail', output, returnedUs: now }
}

/** Operations, with what their times are: the lines of the file, or (where lines hold several records) the order of the records. */
export interface Paired {
  readonly history: History
  readonly times: 'lines' | 'records'
}

/**
 * Pairs calls with their ends, process by process. The order of the records is the order in time. An `:info` ends what its
 * process was doing without an answer: the operation stays open for good, and the process may call again.
 */
export const pairUp = (records: readonly Recorded[], file: string): Paired => {
  const byLine = records.every((record, at) => at === 0 || record.line > (records[at - 1]?.line ?? 0))
  const calls = new Map<string, { readonly call: Recorded; readonly at: number }>()
  const counts = new Map<string, number>()
  const operations: Operation[] = []
  for (const [order, record] of records.entries()) {
    const now = byLine ? record.line : order + 1
    const running = calls.get(record.process)
    if (record.type === 'invoke') {
      if (running !== undefined) {
        const reason = `process ${plain(record.process)} calls again while its call of line ${running.call.line} is open`
        throw new BadHistory(file, record.line, reason)
      }
      const client = nodeId(record.process)
      const ordinal = (counts.get(record.process) ?? 0) + 1
      counts.set(record.process, ordinal)
      calls.set(record.process, { call: record, at: operations.length })
      const open = { id: requestId(client, ordinal), client, kind: record.kind, key: record.key }
      const input = inputOf(record, file)
      operations.push({ ...open, input, invokedUs: now, outcome: 'unknown', output: null, returnedUs: null })
      continue
    }
    if (running === undefined) {
      // Jepsen's nemesis and processes that die without a call write such lines.
      if (record.type === 'info') continue
      const reason = `process ${plain(record.process)} returns from ${record.kind} without an open call: it returned before it was called, or twice`
      throw new BadHistory(file, record.line, reason)
    }
    calls.delete(record.process)
    const { outcome: _, output: __, returnedUs: ___, ...open } = operations[running.at] as Operation
    operations[running.at] = closed(open, record, now, running.call, file)
  }
  return { history: operations, times: byLine ? 'lines' : 'records' }
}
