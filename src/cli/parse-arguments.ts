import yargs from 'yargs'
import type { GlobalOptions } from './actions.ts'
import { type CommandRow, commandTable, globalOptions, standardInput, type Values } from './command-table.ts'
import type { CommandLine } from './invocation.ts'
import { refusalOf } from './refusal.ts'
import { UsageError } from './usage-error.ts'

const readOptions = (values: Values): GlobalOptions => ({
  ascii: values.ascii === true,
  color: values['no-color'] !== true,
  lessons: typeof values.lessons === 'string' ? values.lessons : null,
  verbose: values.verbose === true,
})

/** Reads the arguments behind `netsplit`. Throws UsageError with a sentence for everything that is wrong with them. */
export const parseArguments = async (argv: readonly string[], version: string): Promise<CommandLine> => {
  let read: { readonly values: Values; readonly row: CommandRow } | undefined
  let output = ''
  const parser = yargs()
    .scriptName('netsplit')
    .detectLocale(false)
    .exitProcess(false)
    .wrap(90)
    .parserConfiguration({ 'boolean-negation': false, 'duplicate-arguments-array': false, 'dot-notation': false })
    .strict()
    .version(version)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error instanceof UsageError ? error : new UsageError(refusalOf(message ?? error.message, argv))
    })
    .options(globalOptions)
    .epilogue('Every command has its own help: netsplit run --help')
  for (const row of commandTable) {
    for (const [example, about] of row.name === '' ? row.examples : []) parser.example(example, about)
    parser.command(
      row.usage,
      row.describe,
      builder => {
        for (const [name, positional] of Object.entries(row.positionals)) builder.positional(name, positional)
        builder.options(row.options)
        if (row.name !== '') builder.example(row.examples.map(([example, about]) => [example, about]))
      },
      values => {
        read = { values, row }
      },
    )
  }
  for (const row of commandTable.slice(1)) for (const [example, about] of row.examples) parser.example(example, about)
  await parser.parseAsync(
    argv.map(word => (word === '-' ? standardInput : word)),
    {},
    (_error, _values, text) => {
      output = text
    },
  )
  if (!read) return { options: readOptions({}), invocation: { kind: 'print', text: `${output}\n` } }
  return { options: readOptions(read.values), invocation: read.row.read(read.values) }
}
