import type { PhenomenonName } from '../check/phenomenon.ts'
import type { Consistency } from '../check/verdict.ts'
import { assertNever } from '../kernel/assert-never.ts'
import type { Condition, OperationStatus } from './condition.ts'
import { suggestion } from './lab-error.ts'
import { printMeasurePick, scanMeasurePick } from './measure-pick.ts'
import { printMessagePick, scanMessagePick } from './message-pick.ts'
import { printNodeSet, scanNodeSet } from './node-set.ts'
import { printOperationPick, scanOperationPick } from './operation-pick.ts'
import { printValue, type Scanner } from './scanner.ts'

/** Every phenomenon's name, checked against the type. */
const PHENOMENA: { readonly [name in PhenomenonName]: true } = {
  'stale-read': true,
  'new-then-old': true,
  'acked-write-lost': true,
  'unacked-but-kept': true,
  'dirty-read': true,
  'lost-update': true,
  'split-brain': true,
  'two-leaders': true,
  diverged: true,
  converged: true,
  'refused-at-live-node': true,
  'duplicate-applied': true,
  'out-of-order': true,
  'false-suspicion': true,
  disagreement: true,
}
export const PHENOMENON_NAMES = Object.keys(PHENOMENA) as readonly PhenomenonName[]

export const CONSISTENCIES: readonly Consistency[] = [
  'linearizable',
  'sequential',
  'causal',
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
]
export const OPERATION_STATUSES: readonly OperationStatus[] = ['ok', 'fail', 'unknown', 'open', 'invoked', 'returned']

const scanSee = (scanner: Scanner): Condition => {
  scanner.skipSpace()
  const start = scanner.at
  const word = scanner.word('the name of a phenomenon')
  const phenomenon = PHENOMENON_NAMES.find(name => name === word)
  if (phenomenon === undefined) {
    return scanner.fail(`"${word}" is no phenomenon; ${suggestion(word, PHENOMENON_NAMES)}`, start)
  }
  const by = scanner.eatWord('by') ? scanner.word('the client') : null
  const at = scanner.eatWord('at') ? scanner.word('the node') : null
  const key = scanner.eatWord('key') ? scanner.word('the key') : null
  const min = scanner.eatWord('min') ? scanner.number('how often') : null
  const beforeMs = scanner.eatWord('before') ? scanner.number('the time in ms') : null
  const afterMs = scanner.eatWord('after') ? scanner.number('the time in ms') : null
  return {
    type: 'see',
    phenomenon,
    ...(by === null ? {} : { by }),
    ...(at === null ? {} : { at }),
    ...(key === null ? {} : { key }),
    ...(min === null ? {} : { min }),
    ...(beforeMs === null ? {} : { beforeMs }),
    ...(afterMs === null ? {} : { afterMs }),
  }
}

const scanOperation = (scanner: Scanner): Condition => {
  const pick = scanOperationPick(scanner)
  scanner.skipSpace()
  const is = OPERATION_STATUSES.find(status => scanner.eatWord(status))
  if (is === undefined) {
    return scanner.fail(
      `after ${printOperationPick(pick)} comes one of ${OPERATION_STATUSES.join(', ')}; or, for a node, one of is, has, shows.`,
    )
  }
  const value = scanner.eat('=') ? scanner.value('the value') : undefined
  const key = scanner.eatWord('key') ? scanner.word('the key') : null
  const servedBy = scanner.eatWord('from') ? scanner.word('the node that answers') : null
  const min = scanner.eatWord('min') ? scanner.number('how many') : null
  return {
    type: 'operation',
    pick,
    is,
    ...(value === undefined ? {} : { value }),
    ...(key === null ? {} : { key }),
    ...(servedBy === null ? {} : { servedBy }),
    ...(min === null ? {} : { min }),
  }
}

const scanNodes = (scanner: Scanner): Condition | null => {
  const start = scanner.at
  const nodes = scanNodeSet(scanner, 'a node')
  if (scanner.eatWord('is')) return { type: 'is', nodes, is: scanner.word('a role or up, paused, down') }
  if (scanner.eatWord('has')) {
    const key = scanner.word('the key')
    scanner.expect('=', `"has ${key}"`)
    return { type: 'has', nodes, key, value: scanner.value('the value') }
  }
  if (scanner.eatWord('shows')) {
    const fact = String(scanner.value('the label of the fact'))
    scanner.expect('=', `"shows ${fact}"`)
    return { type: 'shows', nodes, fact, value: String(scanner.value('the value')) }
  }
  scanner.at = start
  return null
}

const scanMeasure = (scanner: Scanner): Condition => {
  const measure = scanMeasurePick(scanner)
  const compare = (['>=', '<=', '='] as const).find(sign => scanner.eat(sign))
  if (compare === undefined) return scanner.fail('after a measure comes >=, <= or = and a number.')
  return { type: 'measure', measure, compare, number: scanner.number('the number') }
}

const scanAtom = (scanner: Scanner): Condition => {
  if (scanner.eat('(')) {
    const inner = scanCondition(scanner)
    scanner.expect(')', 'the condition')
    return inner
  }
  if (scanner.eatWord('not')) return { type: 'not', of: scanAtom(scanner) }
  if (scanner.eatWord('see')) return scanSee(scanner)
  if (scanner.eatWord('measure')) return scanMeasure(scanner)
  if (scanner.eatWord('did')) return { type: 'did', verb: scanner.word('the verb of a command') }
  if (scanner.eatWord('faulty')) return { type: 'faulty', is: true }
  if (scanner.eatWord('calm')) return { type: 'faulty', is: false }
  if (scanner.eatWord('ended')) return { type: 'ended' }
  if (scanner.eatWord('knob')) {
    const knob = scanner.word('the knob')
    scanner.expect('=', `"knob ${knob}"`)
    return { type: 'knob', knob, value: scanner.word('the value') }
  }
  const happened = (['sent', 'delivered', 'lost'] as const).find(word => scanner.eatWord(word))
  if (happened !== undefined) return { type: 'message', happened, pick: scanMessagePick(scanner) }
  const consistency = CONSISTENCIES.find(word => scanner.eatWord(word))
  if (consistency !== undefined) {
    const answer = (['holds', 'violated', 'unknown'] as const).find(word => scanner.eatWord(word))
    if (answer === undefined) return scanner.fail(`after ${consistency} comes holds, violated or unknown.`)
    return { type: 'verdict', consistency, answer }
  }
  return scanNodes(scanner) ?? scanOperation(scanner)
}

const scanJoined = (
  scanner: Scanner,
  type: 'all' | 'any',
  word: string,
  part: (s: Scanner) => Condition,
): Condition => {
  const first = part(scanner)
  const of = [first]
  while (scanner.eatWord(word)) of.push(part(scanner))
  return of.length === 1 ? first : { type, of }
}

/** Reads `see stale-read by bob and not alice#1 ok`; `and` binds closer than `or`. Throws ScriptError. */
export const scanCondition = (scanner: Scanner): Condition =>
  scanJoined(scanner, 'any', 'or', s => scanJoined(s, 'all', 'and', scanAtom))

const option = (word: string, value: string | number | undefined): string =>
  value === undefined ? '' : ` ${word} ${value}`

const printSee = (c: Extract<Condition, { type: 'see' }>): string =>
  `see ${c.phenomenon}${option('by', c.by)}${option('at', c.at)}${option('key', c.key)}${option('min', c.min)}` +
  `${option('before', c.beforeMs)}${option('after', c.afterMs)}`

const printOperation = (c: Extract<Condition, { type: 'operation' }>): string =>
  `${printOperationPick(c.pick)} ${c.is}${c.value === undefined ? '' : ` =${printValue(c.value)}`}` +
  `${option('key', c.key)}${option('from', c.servedBy)}${option('min', c.min)}`

const inner = (condition: Condition): string =>
  condition.type === 'all' || condition.type === 'any' ? `(${printCondition(condition)})` : printCondition(condition)

/** The text that `scanCondition` reads back. */
export const printCondition = (c: Condition): string => {
  switch (c.type) {
    case 'see':
      return printSee(c)
    case 'operation':
      return printOperation(c)
    case 'is':
      return `${printNodeSet(c.nodes)} is ${c.is}`
    case 'has':
      return `${printNodeSet(c.nodes)} has ${c.key}=${printValue(c.value)}`
    case 'shows':
      return `${printNodeSet(c.nodes)} shows ${printValue(c.fact)}=${printValue(c.value)}`
    case 'message':
      return `${c.happened} ${printMessagePick(c.pick)}`
    case 'verdict':
      return `${c.consistency} ${c.answer}`
    case 'knob':
      return `knob ${c.knob}=${c.value}`
    case 'measure':
      return `measure ${printMeasurePick(c.measure)} ${c.compare} ${c.number}`
    case 'did':
      return `did ${c.verb}`
    case 'faulty':
      return c.is ? 'faulty' : 'calm'
    case 'ended':
      return 'ended'
    case 'all':
      return c.of.map(inner).join(' and ')
    case 'any':
      return c.of.map(inner).join(' or ')
    case 'not':
      return `not ${inner(c.of)}`
    default:
      return assertNever(c)
  }
}
