import type { Json } from '../../kernel/json.ts'
import type { History, Operation } from '../../kernel/operation.ts'
import { casInput, casMissed } from '../model.ts'
import type { Partition } from '../partition.ts'
import { deed, inSeconds, named, plain, shown, type Wording } from '../wording.ts'

export const isRead = (op: Operation): boolean => op.kind === 'read' || op.kind === 'get'

/** True for what leaves a value of its own in a register or a key, whatever was there. */
export const isWrite = (op: Operation): boolean =>
  op.outcome !== 'fail' && (op.kind === 'write' || op.kind === 'put' || (op.kind === 'cas' && !casMissed(op)))

/** The value that a write leaves. */
export const overwrites = (op: Operation): Json => (op.kind === 'cas' ? casInput(op).to : op.input)

const span = (op: Operation, wording: Wording): string =>
  op.returnedUs === null || op.outcome === 'unknown'
    ? `asked ${wording.at(op.invokedUs)}, never answered`
    : `asked ${wording.at(op.invokedUs)}, answered ${wording.at(op.returnedUs)}`

const before = (a: Operation, b: Operation): boolean =>
  a.outcome !== 'unknown' && a.returnedUs !== null && a.returnedUs < b.invokedUs

const got = (read: Operation): string => shown(read.kind === 'get' ? (read.output ?? '') : read.output)

const startOf = ({ model, initial }: Partition): string => {
  if (model.name === 'kv') return shown(initial)
  return model.name === 'register' ? shown(JSON.parse(initial) as Json) : ''
}

/**
 * The latest write that had overwritten for good what `read` returned: it was over before the read was asked for, and began after
 * every write of that value was over. Such a pair is a violation by itself, and the commonest.
 */
const overwriterOf = (read: Operation, all: History, partition: Partition): Operation | undefined => {
  const grows = all.some(op => op.kind === 'append' || op.kind === 'add' || op.kind === 'txn')
  if (grows || !isRead(read)) return undefined
  const value = got(read)
  const sources = all.filter(op => isWrite(op) && shown(overwrites(op)) === value)
  if (value === startOf(partition) ? sources.some(op => op.outcome === 'unknown') : sources.length === 0)
    return undefined
  return all.findLast(
    op =>
      isWrite(op) && shown(overwrites(op)) !== value && before(op, read) && sources.every(source => before(source, op)),
  )
}

/** True when a read of a register returned what nobody had asked for. */
const fromNowhere = (read: Operation, all: History, partition: Partition): boolean =>
  isRead(read) &&
  partition.model.name === 'register' &&
  !all.some(op => op.kind === 'txn') &&
  got(read) !== startOf(partition) &&
  !all.some(op => isWrite(op) && shown(overwrites(op)) === got(read))

/** The clash where it can be seen at once: a value from nowhere, or one that had been overwritten. */
export const plainClash = (breaker: Operation, all: History, partition: Partition): History | undefined => {
  if (fromNowhere(breaker, all, partition)) return [breaker]
  const over = overwriterOf(breaker, all, partition)
  return over === undefined ? undefined : [over, breaker]
}

const explainStale = (read: Operation, over: Operation, all: History, wording: Wording): string => {
  const value = got(read)
  const sources = all.filter(op => isWrite(op) && shown(overwrites(op)) === value)
  const source = sources.at(-1)
  const writer =
    source === undefined || sources.length > 1
      ? `all writes of ${value}`
      : `${named(source.client)}'s write of ${value}`
  const since =
    source === undefined
      ? `the start value ${value} was gone by then.`
      : `${writer} had finished before that one began, ${sources.length > 1 ? 'the last ' : ''}${wording.at(source.returnedUs ?? 0)}: it was already overwritten.`
  return `${named(over.client)}'s write of ${shown(overwrites(over))} had finished ${wording.at(over.returnedUs ?? 0)}, before the read was asked for, and ${since}`
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
  const over = overwriterOf(breaker, all, partition)
  if (over !== undefined) return `${opening} ${explainStale(breaker, over, all, wording)}`
  if (fromNowhere(breaker, all, partition)) {
    return `${opening} Nobody had asked for ${got(breaker)} to be written by then.`
  }
  if (others.length === 0) return `${opening} Nothing that had been asked for by then can lead to that.`
  const many = 6
  const list = others.slice(-many).map(op => `${named(op.client)} ${deed(op)} (${span(op, wording)})`)
  const more = others.length > many ? ` (and ${others.length - many} earlier operations)` : ''
  return `${opening} That is at odds with: ${list.join('; ')}${more}. No single order of these operations, each placed between its call and its answer, explains every answer.`
}
