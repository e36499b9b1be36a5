import { fnv1a64 } from '../sim/fnv.ts'
import { readCommands } from './check-commands.ts'
import type { Command } from './command.ts'
import { parseCommands, printCommand } from './command-text.ts'
import type { Lab, Settings } from './lab.ts'
import { LabError, suggestion } from './lab-error.ts'
import { HASH_PARTS } from './lab-hash.ts'
import { labNames } from './lab-names.ts'
import { completeSettings } from './lab-spec.ts'
import { checkedSettings } from './resolve-runs.ts'
import { ScriptError } from './scanner.ts'

/** A run code that cannot be run. `message` is one sentence with the remedy. */
export class RunCodeError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RunCodeError'
  }
}

/** What a run code says. Commands are still text where the lab is not known. */
export interface RunCode {
  readonly lab: string
  readonly seed: number
  readonly settings: Settings
  readonly commands: readonly Command[]
  /** Where the run ends, microseconds; null for where the lab says. */
  readonly endUs: number | null
  /** The hash of the lab that it was made with. */
  readonly hash: string
}

const FORMAT = 1
const SAFE = /^[A-Za-z0-9_.@=+,()|>#*!/<&[\]~-]$/

const escapeByte = (byte: string): string => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
const packed = (text: string): string =>
  [...text]
    .map(sign =>
      sign === ' '
        ? '~'
        : sign !== '~' && SAFE.test(sign)
          ? sign
          : sign < '\u0080'
            ? escapeByte(sign)
            : encodeURIComponent(sign),
    )
    .join('')

const unpacked = (text: string): string => decodeURIComponent(text.replaceAll('~', ' '))

const checksum = (text: string): string => (fnv1a64(text).lo % 1_679_616).toString(36).padStart(4, '0')

/**
 * A run as one line: `netsplit1:lab:seed:knobs:commands:end:hash-check`. It holds no white space and no quote, so it survives a shell
 * within single quotes, a chat and a line break at its end.
 */
export const printRunCode = (lab: Lab, run: Omit<RunCode, 'lab' | 'hash'>): string => {
  const chosen = completeSettings(lab, run.settings)
  const knobs = lab.knobs
    .filter(knob => chosen[knob.name] !== knob.initial)
    .map(({ name }) => `${name}=${chosen[name]}`)
  const commands = run.commands.map(command => packed(printCommand(command))).join(',')
  const end = run.endUs === null ? '' : String(run.endUs / 1000)
  const body = [`netsplit${FORMAT}`, lab.id, run.seed, knobs.join('+'), commands, end, lab.hash].join(':')
  return `${body}-${checksum(body)}`
}

const DAMAGED = 'this run code is damaged; copy the whole line again, from "netsplit" to its last letter.'

const fields = (text: string): readonly [string, string, string, string, string, string] => {
  // A screen breaks a long code into lines, and copying from there keeps the breaks.
  const code = text.replace(/\s+/g, '').replace(/^(['"])(.*)\1$/, '$2')
  const format = /^netsplit([0-9]+):/.exec(code)?.[1]
  if (format === undefined) throw new RunCodeError('this is no run code; one begins with "netsplit1:".')
  if (Number(format) > FORMAT) {
    throw new RunCodeError(`this run code has format ${format}, this netsplit reads up to ${FORMAT}; update netsplit.`)
  }
  const [, body = '', check] = /^(.*)-([0-9a-z]{4})$/.exec(code) ?? []
  const [, lab, seed, knobs, commands, end, hash, ...more] = body.split(':')
  if (check !== checksum(body) || lab === undefined || seed === undefined || knobs === undefined) {
    throw new RunCodeError(DAMAGED)
  }
  if (commands === undefined || end === undefined || hash === undefined || more.length > 0)
    throw new RunCodeError(DAMAGED)
  return [lab, seed, knobs, commands, end, hash]
}

const settingsOf = (text: string): Settings =>
  Object.fromEntries(
    text
      .split('+')
      .filter(pair => pair !== '')
      .map(pair => {
        const [knob = '', value = ''] = pair.split('=')
        return [knob, value]
      }),
  )

const commandsOf = (text: string): readonly Command[] => {
  try {
    return parseCommands(unpacked(text))
  } catch (error) {
    if (error instanceof ScriptError || error instanceof URIError) {
      throw new RunCodeError(`the commands of this run code cannot be read, ${error.message}`)
    }
    throw error
  }
}

/** Reads a run code without its lab. Throws RunCodeError for a damaged one and for a newer format. */
export const parseRunCode = (text: string): RunCode => {
  const [lab, seedText, knobs, commands, end, hash] = fields(text)
  const seed = Number(seedText)
  const endUs = end === '' ? null : Math.round(Number(end) * 1000)
  if (!Number.isSafeInteger(seed) || seed < 0 || (endUs !== null && !(endUs > 0))) throw new RunCodeError(DAMAGED)
  return { lab, seed, settings: settingsOf(knobs), commands: commandsOf(commands), endUs, hash }
}

const changedParts = (made: string, now: string): readonly string[] =>
  HASH_PARTS.filter((_, k) => made.slice(3 * k, 3 * k + 3) !== now.slice(3 * k, 3 * k + 3))

const revisions = (lab: Lab): string =>
  [...new Set(Object.values(lab.roles).map(({ protocol }) => `${protocol.name} ${protocol.revision}`))].join(', ')

/** Throws RunCodeError unless the lab is the one that the code was made with, and knows all names in it. */
export const checkRunCode = (code: RunCode, lab: Lab): void => {
  const changed = changedParts(code.hash, lab.hash)
  if (changed.length > 0) {
    throw new RunCodeError(
      `this code was made with another version of the lab ${lab.id}: ${changed.join(' and ')} changed since ` +
        `(now ${revisions(lab)}), and running it would not be the same run; use the netsplit that made it, or make the run anew.`,
    )
  }
  const names = labNames(lab)
  const read = readCommands(code.commands.map(printCommand).join(' '), names)
  if ('trouble' in read) throw new RunCodeError(`this run code does not fit the lab ${lab.id}: ${read.trouble}`)
  try {
    checkedSettings(code.settings, names, [])
  } catch (error) {
    if (error instanceof LabError)
      throw new RunCodeError(`this run code does not fit the lab ${lab.id}: ${error.message}`)
    throw error
  }
}

/** The lab of a run code among those known, checked against it. Throws RunCodeError. */
export const findRunCodeLab = (code: RunCode, labs: ReadonlyMap<string, Lab>): Lab => {
  const lab = labs.get(code.lab)
  if (lab === undefined) {
    throw new RunCodeError(
      `this run code is for the lab "${code.lab}", which is not here; ${suggestion(code.lab, [...labs.keys()])}`,
    )
  }
  checkRunCode(code, lab)
  return lab
}
