import { suggestion } from '../lab/lab-error.ts'
import { commandTable, globalOptions } from './command-table.ts'
import { quoted } from './usage-error.ts'

const commandNames = commandTable.map(row => row.name).filter(name => name !== '')

const rowOf = (argv: readonly string[]) => {
  const first = argv.find(word => !word.startsWith('-'))
  return commandTable.find(row => row.name !== '' && row.name === first)
}

/** Turns what yargs has against the arguments into one sentence with a remedy. */
export const refusalOf = (message: string, argv: readonly string[]): string => {
  const row = rowOf(argv)
  const command = row ? `netsplit ${row.name}` : 'netsplit'
  const unknown = /^Unknown arguments?: (.*)$/s.exec(message)
  if (unknown) return unknownArgument(unknown[1] ?? '', argv)
  if (message.startsWith('Not enough non-option arguments'))
    return `${command} needs more: use "netsplit ${row?.usage ?? ''}", and see "${command} --help"`
  const valueless = /^Not enough arguments following: (.*)$/.exec(message)
  if (valueless) return `--${valueless[1]} needs a value; see "${command} --help"`
  const invalid = /Argument: (\S+), Given: (.*), Choices: (.*)/s.exec(message)
  if (invalid) {
    const [, name = '', given = '', choices = ''] = invalid
    const option = row?.positionals[name] ? `${command} takes` : `--${name} takes`
    return `${option} ${choices.replaceAll('"', '')}, not ${quoted(given.replace(/^"|"$/g, ''))}`
  }
  return `${quoted(message)}; see "${command} --help"`
}

/** yargs lists them all, options also in camel case; the first one is told. */
const unknownArgument = (list: string, argv: readonly string[]): string => {
  const row = rowOf(argv)
  const command = row ? `netsplit ${row.name}` : 'netsplit'
  const option = argv.find(word => /^--?[^-]/.test(word) && list.includes(optionName(word)))
  if (option !== undefined && list.split(', ')[0] === optionName(option)) {
    const known = [...Object.keys(row?.options ?? {}), ...Object.keys(globalOptions), 'help', 'version']
    return `${command} has no option ${quoted(option.split('=')[0] ?? '')}; ${hint(optionName(option), known, '--')}`
  }
  const word = argv.find(candidate => list === candidate || list.startsWith(`${candidate}, `)) ?? list
  if (row) return `${command} takes no ${quoted(word)}; use "netsplit ${row.usage}"`
  return `netsplit has no command ${quoted(word)}; ${hint(word, commandNames, '')}`
}

const optionName = (word: string): string => word.replace(/^-+/, '').split('=')[0] ?? ''

const hint = (word: string, known: readonly string[], prefix: string): string =>
  suggestion(
    `${prefix}${word}`,
    known.map(name => `${prefix}${name}`),
  ).replace(/\.$/, '')
