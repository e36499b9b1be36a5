import type { Options, PositionalOptions } from 'yargs'
import { runFormats } from './actions.ts'
import { checkConsistencies, checkModels } from './check-invocation.ts'
import type { Invocation } from './invocation.ts'
import { quoted, UsageError } from './usage-error.ts'

/** What yargs read: every value is text, every flag true or absent. */
export interface Values {
  readonly [name: string]: unknown
}

/** One command: its usage, help and examples, and how its words become an invocation. */
export interface CommandRow {
  readonly name: string
  /** As yargs writes it: `run <what>`. */
  readonly usage: string
  readonly describe: string
  readonly positionals: { readonly [name: string]: PositionalOptions }
  readonly options: { readonly [name: string]: Options }
  readonly examples: readonly (readonly [string, string])[]
  readonly read: (values: Values) => Invocation
}

const word = (describe: string): PositionalOptions => ({ describe, type: 'string' })
const value = (describe: string): Options => ({ describe, type: 'string', requiresArg: true })
const flag = (describe: string): Options => ({ describe, type: 'boolean' })
const choice = (describe: string, choices: readonly string[]): Options => ({ ...value(describe), choices })
const format = { ...choice('How to print it', ['text', 'json']), default: 'text' }

/** What stands for `-` while yargs reads the arguments: it loses a `-` among the words of a command. */
export const standardInput = '\0-'

/** A word or a value that was given; null otherwise. */
const given = (values: Values, name: string): string | null => {
  const found = values[name]
  return typeof found !== 'string' ? null : found === standardInput ? '-' : found
}

const oneOf = <T extends string>(values: Values, name: string, choices: readonly T[]): T | null =>
  choices.find(candidate => candidate === values[name]) ?? null

const seedOf = (values: Values): number | null => {
  const text = given(values, 'seed')
  if (text === null) return null
  const seed = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(seed)) return seed
  throw new UsageError(
    `--seed ${quoted(text)} is no seed; give a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, as in --seed 7`,
  )
}

const progressOf = (values: Values): Invocation => {
  const what = given(values, 'action') ?? 'show'
  const file = given(values, 'file')
  if (what === 'export' || what === 'import') {
    if (file === null)
      throw new UsageError(`netsplit progress ${what} needs a file, as in: netsplit progress ${what} progress.json`)
    const action = what === 'export' ? { kind: what, file, force: values.force === true } : { kind: what, file }
    return { kind: 'progress', action } as Invocation
  }
  if (file !== null) throw new UsageError(`netsplit progress ${what} takes no file; leave ${quoted(file)} away`)
  if (what === 'reset') return { kind: 'progress', action: { kind: 'reset', yes: values.yes === true } }
  return { kind: 'progress', action: { kind: 'show' } }
}

/** The command line. Help, completion and the reading of arguments all come from here. */
export const commandTable: readonly CommandRow[] = [
  {
    name: '',
    usage: '$0',
    describe: 'Open the tutor where you left it',
    positionals: {},
    options: {},
    examples: [['$0', 'open the tutor']],
    read: () => ({ kind: 'tutor', start: { kind: 'home' } }),
  },
  {
    name: 'learn',
    usage: 'learn <lesson>',
    describe: 'Open one lesson',
    positionals: { lesson: word('The lesson, as "netsplit list" names it') },
    options: {},
    examples: [['$0 learn cap/cp-or-ap', 'open the lesson "CP or AP?"']],
    read: values => ({ kind: 'tutor', start: { kind: 'lesson', lesson: given(values, 'lesson') ?? '' } }),
  },
  {
    name: 'list',
    usage: 'list',
    describe: 'Show tracks and lessons with your progress',
    positionals: {},
    options: { json: flag('Print JSON for other programs') },
    examples: [['$0 list --json', 'the same for other programs']],
    read: values => ({ kind: 'list', json: values.json === true }),
  },
  {
    name: 'lab',
    usage: 'lab [name]',
    describe: 'Open the sandbox on the lab of a lesson or on a protocol',
    positionals: { name: word('The id of a lesson or the name of a protocol; --list shows them') },
    options: { seed: value('The seed of the run'), list: flag('Show the labs there are') },
    examples: [['$0 lab raft --seed 7', 'break a Raft cluster']],
    read: values =>
      values.list === true
        ? { kind: 'labs' }
        : { kind: 'tutor', start: { kind: 'lab', lab: given(values, 'name'), seed: seedOf(values) } },
  },
  {
    name: 'run',
    usage: 'run <what>',
    describe: 'Run a run code, or a lab to its end, without a screen',
    positionals: { what: word('A run code, the id of a lesson or the name of a protocol') },
    options: {
      seed: value('The seed of the run'),
      set: value('Knobs, as in "policy=AP conflict=siblings"'),
      do: value('Commands, as in "p@500 w@1000"'),
      format: { ...choice('How to print it', runFormats), default: 'text' },
    },
    examples: [
      [`$0 run cap/cp-or-ap --do "p@500 w@1000"`, 'cut the cluster after 500 ms, then write'],
      [`$0 run cap/cp-or-ap --set policy=AP --do "p@500 w@1000 b@1020 h@4000"`, 'the same with another policy'],
      ['$0 run raft --seed 7 --format json', 'trace, history, verdicts for other programs'],
      ['$0 run raft --do w@500 --format history | $0 check -', 'judge what the clients saw'],
    ],
    read: values => ({
      kind: 'run',
      what: given(values, 'what') ?? '',
      seed: seedOf(values),
      settings: given(values, 'set'),
      commands: given(values, 'do'),
      format: oneOf(values, 'format', runFormats) ?? 'text',
    }),
  },
  {
    name: 'check',
    usage: 'check <file>',
    describe: 'Judge a history: exit 0 holds, 1 violated, 3 unknown',
    positionals: { file: word('A netsplit history, a Jepsen etcd log or Jepsen EDN; - for standard input') },
    options: {
      model: choice('What the operations act on; they decide if it is not given', checkModels),
      initial: value('The value before the first write'),
      independent: flag('Values are [key value] pairs; judge each key for itself'),
      consistency: { ...choice('What to check', checkConsistencies), default: 'linearizable' },
      format,
    },
    examples: [
      ['$0 check history.json', 'is it linearizable?'],
      ['$0 check jepsen.log --format json', "Jepsen's etcd log lines, the verdict for other programs"],
      ['$0 check history.edn --independent --model kv', "Jepsen's EDN with [key value] tuples"],
      ['$0 check - --consistency sequential < history.json', 'from standard input, a weaker question'],
    ],
    read: values => ({
      kind: 'check',
      file: given(values, 'file') ?? '',
      model: oneOf(values, 'model', checkModels),
      initial: given(values, 'initial'),
      independent: values.independent === true,
      consistency: oneOf(values, 'consistency', checkConsistencies) ?? 'linearizable',
      format: oneOf(values, 'format', ['text', 'json']) ?? 'text',
    }),
  },
  {
    name: 'quiz',
    usage: 'quiz [topic]',
    describe: 'Answer questions outside the lessons',
    positionals: { topic: word('A track, a lesson, or runs for fresh runs without end; everything if not given') },
    options: {},
    examples: [
      ['$0 quiz fallacies', 'the eight fallacies, one by one'],
      ['$0 quiz runs', 'about fresh runs, without end'],
    ],
    read: values => ({ kind: 'tutor', start: { kind: 'quiz', topic: given(values, 'topic') } }),
  },
  {
    name: 'progress',
    usage: 'progress [action] [file]',
    describe: 'Show, export, import or reset your progress',
    positionals: {
      action: { ...word('What to do'), choices: ['show', 'export', 'import', 'reset'] },
      file: word('The file to export to or import from; - for standard output or input'),
    },
    options: { yes: flag('Reset without asking'), force: flag('Export over an existing file') },
    examples: [
      ['$0 progress export progress.json', 'take your progress to another machine'],
      ['$0 progress import progress.json', 'unite it with what is there'],
    ],
    read: progressOf,
  },
  {
    name: 'completion',
    usage: 'completion',
    describe: 'Print a completion script for bash or zsh',
    positionals: {},
    options: {},
    examples: [['$0 completion >> ~/.bashrc', 'complete commands and lessons with tab']],
    read: () => ({ kind: 'completion' }),
  },
]

/** The options of every command. */
export const globalOptions: { readonly [name: string]: Options } = {
  ascii: flag('Draw with ASCII only'),
  'no-color': flag('No colour'),
  lessons: { ...value('Load the lessons of another folder') },
  verbose: flag('Show the stack of an error'),
}
