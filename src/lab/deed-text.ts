import { assertNever } from '../kernel/assert-never.ts'
import type { Json } from '../kernel/json.ts'
import type { Deed } from './command.ts'
import { suggestion } from './lab-error.ts'
import { printLinkChange, scanLinkChange } from './link-text.ts'
import { printMessagePick, scanMessagePick } from './message-pick.ts'
import { type NodeSet, printNodeSet, scanNodeSet } from './node-set.ts'
import { OPERATION_KINDS } from './operation-pick.ts'
import { printValue, type Scanner } from './scanner.ts'

interface Sides {
  readonly sides: readonly NodeSet[]
  readonly oneWay: boolean
}

const scanSides = (scanner: Scanner): Sides => {
  const sides = [scanNodeSet(scanner, 'a node')]
  if (scanner.eat('>')) return { sides: [...sides, scanNodeSet(scanner, 'a node after ">"')], oneWay: true }
  while (scanner.eat('|')) sides.push(scanNodeSet(scanner, 'a node after "|"'))
  return { sides, oneWay: false }
}

const printSides = ({ sides, oneWay }: Sides): string => sides.map(printNodeSet).join(oneWay ? '>' : '|')

const closed = (scanner: Scanner): boolean => {
  scanner.skipSpace()
  return scanner.text[scanner.at] === ')'
}

const probability = (scanner: Scanner): number => {
  const start = scanner.at
  const chance = closed(scanner) ? 1 : scanner.number('a probability')
  if (chance < 0 || chance > 1) scanner.fail('a probability lies between 0 and 1.', start)
  return chance
}

const atLeastZero = (scanner: Scanner, what: string): number => {
  const start = scanner.at
  const number = scanner.number(what)
  if (number < 0) scanner.fail(`${what} cannot be negative.`, start)
  return number
}

const scanClock = (scanner: Scanner): Deed => {
  const nodes = scanNodeSet(scanner, 'a node')
  let change: { stepMs?: number; ratePpm?: number } = {}
  while (!closed(scanner)) {
    const name = (['stepMs', 'ratePpm'] as const).find(word => scanner.eatWord(word))
    if (name === undefined) return scanner.fail('a clock is changed by stepMs=... or ratePpm=...')
    scanner.expect('=', name)
    change = { ...change, [name]: scanner.number(name) }
  }
  if (change.stepMs === undefined && change.ratePpm === undefined) scanner.fail('stepMs=... or ratePpm=... is missing.')
  return { verb: 'clock', nodes, ...change }
}

const scanPath = (scanner: Scanner): readonly (string | number)[] => {
  const path: (string | number)[] = []
  do {
    const step = scanner.word('a path like memory/values/x')
    path.push(/^[0-9]+$/.test(step) ? Number(step) : step)
  } while (scanner.eat('/'))
  return path
}

const scanRequest = (scanner: Scanner, kind: (typeof OPERATION_KINDS)[number]): Deed => {
  const clients = scanNodeSet(scanner, 'a client')
  const key = kind === 'txn' ? '*' : scanner.word('a key')
  const at = scanner.at
  const value = closed(scanner) ? undefined : scanner.value('the value')
  if (value === undefined && (kind === 'cas' || kind === 'txn')) {
    const like = kind === 'cas' ? '{"from":1,"to":2}' : '[{"f":"r","key":"x"}]'
    scanner.fail(`${kind} needs its input, like ${like}.`)
  }
  if (value !== undefined && (kind === 'read' || kind === 'get')) scanner.fail(`a ${kind} takes no value.`, at)
  return { verb: 'request', clients, kind, key, ...(value === undefined ? {} : { value }) }
}

type Reader = (scanner: Scanner) => Deed

const message =
  (act: Extract<Deed, { verb: 'message' }>['do']): Reader =>
  scanner => ({ verb: 'message', do: act, pick: scanMessagePick(scanner) })

/** The vocabulary: how the inside of each verb's parentheses is read. */
const READERS: { readonly [verb: string]: Reader } = {
  cut: scanner => ({ verb: 'cut', ...scanSides(scanner) }),
  isolate: scanner => ({ verb: 'cut', sides: [scanNodeSet(scanner, 'a node')], oneWay: false }),
  heal: scanner => ({ verb: 'heal', ...(closed(scanner) ? { sides: [], oneWay: false } : scanSides(scanner)) }),
  link: scanner => ({ verb: 'link', ...scanSides(scanner), set: scanLinkChange(scanner) }),
  crash: scanner => ({ verb: 'crash', nodes: scanNodeSet(scanner, 'a node') }),
  restart: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    return { verb: 'restart', nodes, disk: scanner.eatWord('disk-lost') ? 'lost' : 'kept' }
  },
  pause: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    return { verb: 'pause', nodes, ...(closed(scanner) ? {} : { forMs: atLeastZero(scanner, 'a time in ms') }) }
  },
  resume: scanner => ({ verb: 'resume', nodes: scanNodeSet(scanner, 'a node') }),
  slow: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    return { verb: 'slow', nodes, costMs: atLeastZero(scanner, 'the cost of an event in ms') }
  },
  omit: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    const direction = (['send', 'receive'] as const).find(word => scanner.eatWord(word))
    if (direction === undefined) return scanner.fail('after the node comes send or receive.')
    return { verb: 'omit', nodes, direction, probability: probability(scanner) }
  },
  clock: scanClock,
  corrupt: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    return { verb: 'corrupt', nodes, path: scanPath(scanner), value: scanner.value('the value') }
  },
  flip: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    const path = scanPath(scanner)
    const start = scanner.at
    const bit = scanner.number('the bit, 0 for the lowest')
    if (!Number.isInteger(bit) || bit < 0 || bit > 51) scanner.fail('a bit is a whole number from 0 to 51.', start)
    return { verb: 'flip', nodes, path, bit }
  },
  lie: scanner => {
    const nodes = scanNodeSet(scanner, 'a node')
    return { verb: 'lie', nodes, strategy: scanner.word('the strategy') }
  },
  honest: scanner => ({ verb: 'honest', nodes: scanNodeSet(scanner, 'a node') }),
  set: scanner => {
    const knob = scanner.word('the knob')
    scanner.expect('=', `the knob "${knob}"`)
    return { verb: 'set', knob, value: scanner.word('the value') }
  },
  address: scanner => {
    const address = scanner.word('the address')
    const node = scanner.word('the node, or none')
    return { verb: 'address', address, node: node === 'none' ? null : node }
  },
  hold: message('hold'),
  release: message('release'),
  deliver: message('deliver'),
  drop: message('drop'),
  duplicate: message('duplicate'),
  garble: message('garble'),
  ...Object.fromEntries(OPERATION_KINDS.map(kind => [kind, (scanner: Scanner) => scanRequest(scanner, kind)])),
}

/** All verbs of the vocabulary. */
export const VERBS: readonly string[] = Object.keys(READERS)

/** Reads a key of the lab (one letter) or a verb with its arguments in parentheses. */
export const scanDeed = (scanner: Scanner): Deed => {
  scanner.skipSpace()
  const start = scanner.at
  const word = scanner.word('a command')
  if (word.length === 1) return { verb: 'key', key: word }
  const reader = Object.hasOwn(READERS, word) ? READERS[word] : undefined
  if (reader === undefined) return scanner.fail(`"${word}" is no command; ${suggestion(word, VERBS)}`, start)
  if (!scanner.eat('(')) {
    if (word === 'heal') return { verb: 'heal', sides: [], oneWay: false }
    return scanner.fail(`"(" is missing after ${word}; commands look like crash(n1)@500.`)
  }
  const deed = reader(scanner)
  scanner.expect(')', `the arguments of ${word}`)
  return deed
}

const args = (...parts: readonly (string | number | undefined)[]): string =>
  `(${parts.filter(part => part !== undefined && part !== '').join(' ')})`

const printed = (value: Json | undefined): string | undefined => (value === undefined ? undefined : printValue(value))

/** The text that `scanDeed` reads back. */
export const printDeed = (deed: Deed): string => {
  switch (deed.verb) {
    case 'key':
      return deed.key
    case 'cut':
      return `cut${args(printSides(deed))}`
    case 'heal':
      return deed.sides.length === 0 ? 'heal' : `heal${args(printSides(deed))}`
    case 'link':
      return `link${args(printSides(deed), printLinkChange(deed.set))}`
    case 'crash':
    case 'resume':
    case 'honest':
      return `${deed.verb}${args(printNodeSet(deed.nodes))}`
    case 'restart':
      return `restart${args(printNodeSet(deed.nodes), deed.disk === 'lost' ? 'disk-lost' : undefined)}`
    case 'pause':
      return `pause${args(printNodeSet(deed.nodes), deed.forMs)}`
    case 'slow':
      return `slow${args(printNodeSet(deed.nodes), deed.costMs)}`
    case 'omit':
      return `omit${args(printNodeSet(deed.nodes), deed.direction, deed.probability)}`
    case 'clock': {
      const step = deed.stepMs === undefined ? undefined : `stepMs=${deed.stepMs}`
      return `clock${args(printNodeSet(deed.nodes), step, deed.ratePpm === undefined ? undefined : `ratePpm=${deed.ratePpm}`)}`
    }
    case 'corrupt':
      return `corrupt${args(printNodeSet(deed.nodes), deed.path.join('/'), printed(deed.value))}`
    case 'flip':
      return `flip${args(printNodeSet(deed.nodes), deed.path.join('/'), deed.bit)}`
    case 'lie':
      return `lie${args(printNodeSet(deed.nodes), deed.strategy)}`
    case 'set':
      return `set(${deed.knob}=${deed.value})`
    case 'request':
      return `${deed.kind}${args(printNodeSet(deed.clients), deed.kind === 'txn' ? undefined : deed.key, printed(deed.value))}`
    case 'message':
      return `${deed.do}${args(printMessagePick(deed.pick))}`
    case 'address':
      return `address${args(deed.address, deed.node ?? 'none')}`
    default:
      return assertNever(deed)
  }
}
