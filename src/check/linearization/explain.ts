import type { History, Operation } from '../../kernel/operation.ts'
import { casInput, casMissed } from '../model.ts'
import type { Partition } from '../partition.ts'
import { deed, inSeconds, named, plain, shown, type Wording } from '../wording.ts'

const reads = (op: Operation): boolean => op.kind === 'read' || op.kind === 'get'

/** The value that an operation leaves in a register or a key, as text; undefined where it does not overwrite. */
const leaves = (op: Operation): string | undefined => {
  if (op.kind === 'write' || op.kind === 'put') return shown(op.input)
  return op.kind === 'cas' && !casMissed(op) ? shown(casInput(op).to) : undefined
}

const span = (op: Operation, wording: Wording): string =>
  op.returnedUs === null || op.outcome === 'unknown'
    ? `asked ${wording.at(op.invokedUs)}, never answered`
    : `asked ${wording.at(op.invokedUs)}, answered ${wording.at(op.returnedUs)}`

const before = (a: Operation, b: Operation): boolean =>
  a.outcome !== 'unknown' && a.returnedUs !== null && a.returnedUs < b.invokedUs

/** A read whose value had been overwritten for good before it was asked for: the commonest clash, in two sentences. */
const explainStale = (read: Operation, others: History, all: History, initial: string, wording: Wording) => {
  if (!reads(read) || !others.every(op => leaves(op) !== undefined)) return undefined
  const got = shown(read.kind === 'get' ? (read.output ?? '') : read.output)
  const sources = all.filter(op => leaves(op) === got && op.outcome !== 'fail')
  if (sources.length > 1) return undefined
  const source = sources[0]
  if (source === undefined && got !== initial) return undefined
  const over = others.filter(op => op !== source && before(op, read) && (source === undefined || before(source, op)))
  const last = over.at(-1)
  if (last === undefined) return undefined
  const since =
    source === undefined
      ? `the start value ${got} was gone by then.`
      : `${named(source.client)}'s write of ${got} had finished before that one began, ${wording.at(source.returnedUs ?? 0)}: it was already overwritten.`
  return `${named(last.client)}'s write of ${leaves(last)} had finished ${wording.at(last.returnedUs ?? 0)}, before the read was asked for, and ${since}`
}

/** The clash in sentences. `others` are at odds with `breaker`; `all` is the failing prefix of the object's history. */
export const explainClash = (
  breaker: Operation,
  others: History,
  all: History,
  partition: Partition,
  wording: Wording = inSeconds,
): string => {
  const where = partition.key === '' ? '' : ` (key ${plain(partition.key)})`
  const when = breaker.returnedUs === null ? '' : ` ${wording.at(breaker.returnedUs)}`
  const opening = `${named(breaker.client)} ${deed(breaker)}${where}${when}, asked ${wording.at(breaker.invokedUs)}.`
  const register = partition.model.name === 'register' || partition.model.name === 'kv'
  const initial = register
    ? shown(partition.model.name === 'kv' ? partition.initial : JSON.parse(partition.initial))
    : ''
  const stale =
    register && !all.some(op => op.kind === 'txn') ? explainStale(breaker, others, all, initial, wording) : undefined
  if (stale !== undefined) return `${opening} ${stale}`
  if (others.length === 0 && reads(breaker) && partition.model.name === 'register') {
    return `${opening} Nobody had asked for ${shown(breaker.output)} to be written by then.`
  }
  if (others.length === 0) return `${opening} Nothing that had been asked for by then can lead to that.`
  const many = 6
  const list = others.slice(-many).map(op => `${named(op.client)} ${deed(op)} (${span(op, wording)})`)
  const more = others.length > many ? ` (and ${others.length - many} earlier operations)` : ''
  return `${opening} That is at odds with: ${list.join('; ')}${more}. No single order of these operations, each placed between its call and its answer, explains every answer.`
}
