import { existsSync } from 'node:fs'
import { foldProgress } from '../course/progress.ts'
import { assertNever } from '../kernel/assert-never.ts'
import { configDirectory } from '../progress/config-directory.ts'
import { durableWrite } from '../progress/durable-write.ts'
import { nodeFileSystem } from '../progress/file-system.ts'
import { decodeProgress, encodeProgress, type ProgressDocument, progressFileLimit } from '../progress/progress-file.ts'
import type { ProgressStore } from '../progress/progress-store.ts'
import { progressPath, readProgress } from '../progress/read-progress.ts'
import type { Actions } from './actions.ts'
import type { ProgressInvocation } from './invocation.ts'
import type { Io } from './io.ts'
import { progressText } from './progress-text.ts'
import { nameOf, readInput } from './read-input.ts'
import { count } from './table-text.ts'
import { quoted, quotedPath, UsageError } from './usage-error.ts'

/** Performs `netsplit progress ...`; returns the exit code. */
export const progressCommand = async (
  action: ProgressInvocation,
  actions: Pick<Actions, 'tracks'>,
  io: Io,
): Promise<number> => {
  switch (action.kind) {
    case 'show':
      return show(actions, io)
    case 'export':
      return exportTo(action.file, action.force, io)
    case 'import':
      return importFrom(action.file, io)
    case 'reset':
      return reset(action.yes, io)
    default:
      return assertNever(action)
  }
}

const read = (io: Io): { readonly directory: string; readonly document: ProgressDocument } => {
  const directory = configDirectory(io.env)
  const { document, notice } = readProgress(directory, io.fileSystem)
  if (notice !== null) io.stderr.write(`netsplit: ${notice}\n`)
  return { directory, document }
}

/** conf and the store are loaded only by what writes. */
const openStore = async (io: Io): Promise<ProgressStore> => {
  const { openProgressStore } = await import('../progress/progress-store.ts')
  const directory = configDirectory(io.env)
  const store = openProgressStore({ directory, ...(io.fileSystem && { fileSystem: io.fileSystem }) })
  if (store.notice !== null) io.stderr.write(`netsplit: ${store.notice}\n`)
  return store
}

const show = async (actions: Pick<Actions, 'tracks'>, io: Io): Promise<number> => {
  const { directory, document } = read(io)
  const progress = foldProgress(document.events)
  const tracks = await actions.tracks()
  io.stdout.write(progressText({ progress, tracks, path: progressPath(directory), events: document.events.length }))
  return 0
}

const exportTo = (file: string, force: boolean, io: Io): number => {
  const { document } = read(io)
  const bytes = encodeProgress(document)
  if (file === '-') {
    io.stdout.write(bytes.toString('utf8'))
    return 0
  }
  if (!force && existsSync(file))
    throw new UsageError(`${quotedPath(file)} exists; choose another name, or write over it with --force`)
  const fileSystem = io.fileSystem ?? nodeFileSystem
  try {
    durableWrite(fileSystem, { path: file, backup: null, mayReplace: () => {} }, bytes)
  } catch (error) {
    throw new UsageError(`nothing was exported: ${reasonOf(error, file)}`)
  }
  io.stdout.write(`Exported ${count(document.events.length, 'event')} to ${quotedPath(file)}.\n`)
  return 0
}

const reasonOf = (error: unknown, file: string): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return `${quotedPath(file)} cannot be written (${code}); choose another place`
}

const importFrom = async (file: string, io: Io): Promise<number> => {
  const decoded = decodeProgress(await readInput(file, progressFileLimit, io))
  switch (decoded.kind) {
    case 'newer':
      throw new UsageError(
        `nothing was imported: ${nameOf(file)} is of a later netsplit (${quoted(decoded.format)}); update netsplit first`,
      )
    case 'damaged':
      throw new UsageError(
        `nothing was imported: ${nameOf(file)} ${decoded.why}; a file made by "netsplit progress export" is needed`,
      )
    case 'whole': {
      const store = await openStore(io)
      const before = store.events.length
      const status = store.unite(decoded.document.events)
      if (!status.saved) throw new UsageError(status.message)
      const fresh = store.events.length - before
      const known = decoded.document.events.length - fresh
      io.stdout.write(`Imported ${count(fresh, 'new event')} from ${nameOf(file)}; ${known} were known already.\n`)
      return 0
    }
    default:
      return assertNever(decoded)
  }
}

const reset = async (yes: boolean, io: Io): Promise<number> => {
  if (!yes && !io.stdin.isTerminal)
    throw new UsageError('netsplit progress reset asks before it forgets; without a terminal, say --yes')
  const store = await openStore(io)
  const question = `Forget ${count(store.events.length, 'event')} of progress? A copy is kept. [y/N] `
  if (store.events.length > 0 && !yes && !(await io.stdin.confirm(question))) {
    io.stdout.write('Nothing was changed.\n')
    return 1
  }
  const { status, copy } = store.reset()
  if (!status.saved) throw new UsageError(status.message)
  io.stdout.write(
    copy === null
      ? 'There was no progress to forget.\n'
      : `Progress is reset. To bring it back: netsplit progress import ${quotedPath(copy)}\n`,
  )
  return 0
}
