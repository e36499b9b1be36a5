import { statSync } from 'node:fs'
import { assertNever } from '../kernel/assert-never.ts'
import { suggestion } from '../lab/lab-error.ts'
import { sanitizeLine } from '../tui/plain.ts'
import type { Actions, GlobalOptions, RunFormat, RunRequest, TutorStart } from './actions.ts'
import { checkCommand } from './check-command.ts'
import { completionScript } from './completion.ts'
import type { CommandLine, Invocation } from './invocation.ts'
import type { Io } from './io.ts'
import { labsText, listJson, listText, overviewText } from './list-text.ts'
import { progressCommand } from './progress-command.ts'
import type { RunReport } from './run-report.ts'
import { runJson, runText } from './run-text.ts'
import { quoted, quotedPath, UsageError } from './usage-error.ts'

/** Does what a command line asks for; returns the exit code. */
export const perform = async (
  { invocation, options }: CommandLine,
  actionsFor: (options: GlobalOptions) => Actions,
  io: Io,
): Promise<number> => {
  if (invocation.kind === 'print') {
    io.stdout.write(invocation.text)
    return 0
  }
  if (invocation.kind === 'completion') {
    io.stdout.write(completionScript)
    return 0
  }
  if (options.lessons !== null) requireFolder(options.lessons)
  const actions = actionsFor(options)
  const unicode = io.unicode && !options.ascii
  switch (invocation.kind) {
    case 'tutor':
      return openTutor(invocation.start, actions, io, unicode)
    case 'list': {
      const tracks = await actions.tracks()
      io.stdout.write(invocation.json ? listJson(tracks) : listText(tracks, unicode))
      return 0
    }
    case 'labs':
      io.stdout.write(labsText(await actions.labs()))
      return 0
    case 'run':
      return run(invocation, actions, io, unicode)
    case 'check':
      return checkCommand(invocation, io)
    case 'progress':
      return progressCommand(invocation.action, actions, io)
    default:
      return assertNever(invocation)
  }
}

const requireFolder = (path: string): void => {
  let isFolder = false
  try {
    isFolder = statSync(path).isDirectory()
  } catch {
    throw new UsageError(`there is no folder ${quotedPath(path)}; --lessons names a folder with a course.yaml`)
  }
  if (!isFolder) throw new UsageError(`${quotedPath(path)} is no folder; --lessons names a folder with a course.yaml`)
}

const openTutor = async (start: TutorStart, actions: Actions, io: Io, unicode: boolean): Promise<number> => {
  await requireStart(start, actions)
  if (!io.stdin.isTerminal || !io.stdout.isTerminal) {
    if (start.kind !== 'home')
      throw new UsageError(
        `netsplit ${wordOf(start)} needs a terminal for its screen; without one, see netsplit list and netsplit run`,
      )
    io.stdout.write(overviewText(await actions.tracks(), unicode))
    return 0
  }
  await actions.openTutor(start)
  return 0
}

const wordOf = (start: TutorStart): string => (start.kind === 'lesson' ? 'learn' : start.kind)

/** Throws for a lesson, lab or topic that is not there. */
const requireStart = async (start: TutorStart, actions: Actions): Promise<void> => {
  switch (start.kind) {
    case 'home':
      return
    case 'lesson': {
      const lessons = (await actions.tracks()).flatMap(track => track.lessons.map(lesson => lesson.id))
      return requireKnown('lesson', start.lesson, lessons, 'netsplit list')
    }
    case 'lab': {
      if (start.lab === null) return
      const labs = (await actions.labs()).map(lab => lab.name)
      return requireKnown('lab', start.lab, labs, 'netsplit lab --list')
    }
    case 'quiz': {
      if (start.topic === null) return
      return requireKnown('topic', start.topic, await actions.topics(), 'netsplit list')
    }
    default:
      assertNever(start)
  }
}

/** The nearest name where one is near; otherwise the command that lists them. */
const requireKnown = (noun: string, name: string, known: readonly string[], listing: string): void => {
  if (known.includes(name)) return
  const shortened = known.find(candidate => candidate.split('/')[1] === name)
  const near = shortened === undefined ? suggestion(name, known) : `did you mean "${shortened}"?`
  const advice = near.startsWith('did you mean') ? near : `"${listing}" shows what there is`
  throw new UsageError(`there is no ${noun} ${quoted(name)}; ${sanitizeLine(advice)}`)
}

const run = async (
  { what, seed, settings, commands, format }: Extract<Invocation, { kind: 'run' }>,
  actions: Actions,
  io: Io,
  unicode: boolean,
): Promise<number> => {
  const labs = (await actions.labs()).map(lab => lab.name)
  let request: RunRequest
  // No lab has a colon in its name; whatever else is wrong with a run code, its reader says.
  if (what.includes(':')) {
    if (seed !== null || settings !== null || commands !== null)
      throw new UsageError('a run code has its own seed, knobs and commands; leave --seed, --set and --do away')
    request = { kind: 'code', code: what }
  } else {
    requireKnown('lab', what, labs, 'netsplit lab --list')
    request = { kind: 'lab', lab: what, seed, settings, commands }
  }
  const { report, notices } = await actions.run(request)
  for (const notice of notices) io.stderr.write(`netsplit: ${sanitizeLine(notice)}\n`)
  io.stdout.write(await runPrinted(report, format, unicode))
  return 0
}

const runPrinted = async (report: RunReport, format: RunFormat, unicode: boolean): Promise<string> => {
  if (format === 'json') return runJson(report)
  if (format === 'text') return runText(report, unicode)
  const [{ writeNetsplit }, { modelFor }] = await Promise.all([
    import('../check/history/read-netsplit.ts'),
    import('../check/partition.ts'),
  ])
  return writeNetsplit(report.history, modelFor(report.history)?.name ?? 'register')
}
