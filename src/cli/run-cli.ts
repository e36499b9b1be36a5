import { sanitize, sanitizeLine } from '../tui/plain.ts'
import type { Actions, GlobalOptions } from './actions.ts'
import type { CommandLine } from './invocation.ts'
import type { Io } from './io.ts'
import { perform } from './perform.ts'
import { UsageError } from './usage-error.ts'

export interface Program {
  readonly version: string
  /** The work behind the commands, once the options are known. */
  readonly actions: (options: GlobalOptions) => Actions
}

const bare: CommandLine = {
  options: { ascii: false, color: true, lessons: null, verbose: false },
  invocation: { kind: 'tutor', start: { kind: 'home' } },
}

/** Errors whose message is a sentence for the user, by name, so that their layers need not be loaded to tell them. */
const expected = new Set(['UsageError', 'ContentError', 'LabError', 'ScriptError', 'BadHistory', 'RunCodeError'])

/**
 * Runs netsplit with the arguments behind its name and returns the exit code: 0 done, 1 a negative answer, 2 wrong usage
 * or input, 3 unknown (`check`). Never throws: the outer edge, at which every failure becomes one line on `io.stderr`.
 */
export const runCli = async (argv: readonly string[], program: Program, io: Io): Promise<number> => {
  if (argv[0] === '--complete') return complete(argv.slice(1), program, io)
  try {
    return await perform(await read(argv, program), program.actions, io)
  } catch (error) {
    io.stderr.write(`netsplit: ${sentenceOf(error)}\n`)
    if (argv.includes('--verbose') && error instanceof Error) io.stderr.write(`${sanitize(error.stack ?? '')}\n`)
    return 2
  }
}

/** yargs takes longer to load than the home screen to show, and is loaded only when there is something to read. */
const read = async (argv: readonly string[], program: Program): Promise<CommandLine> => {
  if (argv.length === 0) return bare
  const { parseArguments } = await import('./parse-arguments.ts')
  return parseArguments(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, program.version)
}

/** A shell asks while its user types: whatever goes wrong, there is then nothing to offer. */
const complete = async (words: readonly string[], program: Program, io: Io): Promise<number> => {
  const { completions } = await import('./completion.ts')
  try {
    const offered = await completions(words, command => namesFor(command, program.actions(bare.options)))
    io.stdout.write(offered.map(word => `${sanitizeLine(word)}\n`).join(''))
  } catch {
    return 0
  }
  return 0
}

const namesFor = async (command: string, actions: Actions): Promise<readonly string[]> => {
  switch (command) {
    case 'learn':
      return (await actions.tracks()).flatMap(track => track.lessons.map(lesson => lesson.id))
    case 'quiz':
      return (await actions.tracks()).flatMap(track => [track.id, ...track.lessons.map(lesson => lesson.id)])
    case 'lab':
    case 'run':
      return (await actions.labs()).map(lab => lab.name)
    default:
      return []
  }
}

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return `something unexpected was thrown (${sanitizeLine(String(error))})`
  const message = sanitizeLine(error.message)
  if (error instanceof UsageError || expected.has(error.name)) return message
  return `a defect of netsplit: ${message}; please report it with what --verbose shows`
}
