import type { Json } from '../../kernel/json.ts'
import type { ClientRequest, OperationKind, Outcome } from '../../kernel/operation.ts'
import { sanitizeLine } from '../plain.ts'

const SHORT: Readonly<Record<OperationKind, string>> = {
  read: 'r',
  write: 'w',
  cas: 'cas',
  get: 'get',
  put: 'put',
  append: 'app',
  add: 'add',
  txn: 'txn',
}

const WORD = /^[\p{L}\p{N}_.-]+$/u

const written = (value: Json): string => {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  return `[${value.map(each => (typeof each === 'string' && WORD.test(each) ? each : JSON.stringify(each))).join(',')}]`
}

/** A value as pictures write it: `2`, `A`, `[1,2]`, also where the elements are words; nothing where there is none. */
export const valueText = (value: Json): string => (value === null ? '' : sanitizeLine(written(value)).slice(0, 24))

const argument = ({ kind, key, input }: ClientRequest): string => {
  if (kind === 'cas' && input !== null && typeof input === 'object' && !Array.isArray(input)) {
    const { from = null, to = null } = input as { readonly from?: Json; readonly to?: Json }
    return `${key}: ${valueText(from)}>${valueText(to)}`
  }
  const value = valueText(input)
  return value === '' ? key : `${key}=${value}`
}

/** What a client asks for, the longest form first: `write x=2`, `w x=2`, `w`. */
export const requestLabels = (request: ClientRequest): readonly string[] => {
  const { kind } = request
  const what = kind === 'txn' ? valueText(request.input) : argument(request)
  const short = SHORT[kind]
  return [`${kind} ${what}`, `${short} ${what}`, short].filter((label, i, all) => all.indexOf(label) === i)
}

const READS: ReadonlySet<OperationKind> = new Set(['read', 'get', 'txn', 'cas'])

/** What came back, where that says more than the outcome: the value of a read. */
export const resultText = (kind: OperationKind, outcome: Outcome, output: Json): string =>
  outcome === 'ok' && READS.has(kind) ? valueText(output) || 'none' : ''
