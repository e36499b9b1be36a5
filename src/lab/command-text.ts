import { BEGINNING, type Command, type Place, type When } from './command.ts'
import { printCondition, scanCondition } from './condition-text.ts'
import { printDeed, scanDeed } from './deed-text.ts'
import { Scanner } from './scanner.ts'

/** A time in ms with at most three decimals, as whole microseconds. */
const scanMs = (scanner: Scanner, what: string): number => {
  const start = scanner.at
  const us = Math.round(scanner.number(what) * 1000)
  if (us < 0 || !Number.isSafeInteger(us)) scanner.fail('a time is a number of ms from 0 on.', start)
  return us
}

const scanCount = (scanner: Scanner, what: string): number => {
  const start = scanner.at
  const count = scanner.number(what)
  if (!Number.isInteger(count) || count < 0) scanner.fail(`${what} must be a whole number from 0 on.`, start)
  return count
}

const scanAfterCondition = (scanner: Scanner, from: Place): When => {
  scanner.expect('(', '"when"')
  const condition = scanCondition(scanner)
  scanner.expect(')', 'the condition')
  const delayUs = scanner.eat('+') ? scanMs(scanner, 'the delay in ms') : 0
  return { type: 'when', condition, from, delayUs }
}

const scanWhen = (scanner: Scanner): When => {
  if (scanner.eatWord('when') || scanner.eatWord('after')) return scanAfterCondition(scanner, BEGINNING)
  if (/^i[0-9]+$/.test(scanner.peekWord() ?? '')) {
    scanner.eat('i')
    return { type: 'index', index: scanCount(scanner, 'the index of an event') }
  }
  const atUs = scanMs(scanner, 'after "@" a time in ms, when(...) or i and the index of an event')
  const place: Place = scanner.eat('+') ? { atUs, after: scanCount(scanner, 'the number of events') } : { atUs }
  if (!scanner.eat('&')) return { type: 'at', ...place }
  if (!scanner.eatWord('when') && !scanner.eatWord('after')) scanner.fail('after "&" comes when(...).')
  return scanAfterCondition(scanner, place)
}

/**
 * Reads commands parted by spaces or commas: `p@500 w@1000`, `cut(n1,n2|n3,n4,n5)@500`, `crash(leader)@when(alice#1 ok)+50`,
 * `drop(reply alice#1)`. Throws ScriptError, which names the character.
 */
export const parseCommands = (text: string): readonly Command[] => {
  const scanner = new Scanner(text)
  const commands: Command[] = []
  for (;;) {
    while (scanner.eat(','));
    if (scanner.ended) return commands
    const deed = scanDeed(scanner)
    commands.push({ do: deed, when: scanner.eat('@') ? scanWhen(scanner) : { type: 'soon' } })
    const next = scanner.text[scanner.at]
    if (next !== undefined && next !== ',' && !/\s/.test(next) && !/\s/.test(scanner.text[scanner.at - 1] ?? '')) {
      scanner.fail(`a space or comma is missing between two commands, before "${next}".`)
    }
  }
}

/** Reads one condition, all of the text. Throws ScriptError. */
export const parseCondition = (text: string): ReturnType<typeof scanCondition> => {
  const scanner = new Scanner(text)
  const condition = scanCondition(scanner)
  if (!scanner.ended) scanner.fail('the condition ends here, but more follows; join conditions with "and" or "or".')
  return condition
}

const printMs = (us: number): string => String(us / 1000)

const printPlace = ({ atUs, after }: Place): string => `${printMs(atUs)}${after === undefined ? '' : `+${after}`}`

export const printWhen = (when: When): string => {
  switch (when.type) {
    case 'soon':
      return ''
    case 'at':
      return `@${printPlace(when)}`
    case 'index':
      return `@i${when.index}`
    case 'when': {
      const from = when.from.atUs === 0 && when.from.after === 0 ? '' : `${printPlace(when.from)}&`
      const delay = when.delayUs === 0 ? '' : `+${printMs(when.delayUs)}`
      return `@${from}when(${printCondition(when.condition)})${delay}`
    }
  }
}

export const printCommand = (command: Command): string => `${printDeed(command.do)}${printWhen(command.when)}`

/** The text that `parseCommands` reads back to the same commands. */
export const printCommands = (commands: readonly Command[]): string => commands.map(printCommand).join(' ')
