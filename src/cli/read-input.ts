import { isUtf8 } from 'node:buffer'
import { errorCode, type FileSystem, nodeFileSystem } from '../progress/file-system.ts'
import type { Io } from './io.ts'
import { quotedPath, UsageError } from './usage-error.ts'

const chunkBytes = 1 << 20

type Source = Pick<Io, 'stdin' | 'fileSystem'>

/**
 * The bytes of a file named on the command line, `-` for standard input. Throws UsageError for a file that is missing,
 * a folder, not readable, or larger than `limit` bytes; devices that never end are read no further than that.
 */
export const readInput = async (file: string, limit: number, io: Source): Promise<Buffer> => {
  const bytes = file === '-' ? await io.stdin.read(limit) : readFile(io.fileSystem ?? nodeFileSystem, file, limit)
  if (bytes.length > limit) throw tooLarge(file, limit)
  return bytes
}

/** The same as text. Throws UsageError also for an empty file and for one that is no text. */
export const readTextInput = async (file: string, limit: number, io: Source): Promise<string> => {
  const bytes = await readInput(file, limit, io)
  if (bytes.length === 0) throw new UsageError(`${nameOf(file)} is empty`)
  if (bytes.includes(0) || !isUtf8(bytes))
    throw new UsageError(`${nameOf(file)} is no text; a text file in UTF-8 is needed`)
  const text = bytes.toString('utf8')
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** How a file is called in a sentence. */
export const nameOf = (file: string): string => (file === '-' ? 'standard input' : quotedPath(file))

const tooLarge = (file: string, limit: number): UsageError =>
  new UsageError(`${nameOf(file)} is larger than ${Math.floor(limit / 2 ** 20)} MB, and no more is read; split it`)

const readFile = (fileSystem: FileSystem, file: string, limit: number): Buffer => {
  let handle: number | undefined
  try {
    const found = fileSystem.statSync(file)
    if (found.isFile() && found.size > limit) throw tooLarge(file, limit)
    handle = fileSystem.openSync(file, 'r')
    return readUpTo(fileSystem, handle, limit + 1)
  } catch (error) {
    throw error instanceof UsageError ? error : refusal(file, error)
  } finally {
    if (handle !== undefined) fileSystem.closeSync(handle)
  }
}

const readUpTo = (fileSystem: FileSystem, handle: number, limit: number): Buffer => {
  const chunks: Buffer[] = []
  let total = 0
  while (total < limit) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, limit - total))
    const count = fileSystem.readSync(handle, chunk)
    if (count === 0) break
    chunks.push(chunk.subarray(0, count))
    total += count
  }
  return Buffer.concat(chunks)
}

const refusal = (file: string, error: unknown): UsageError => {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UsageError(`there is no file ${nameOf(file)}; check the path`)
    case 'EISDIR':
      return new UsageError(`${nameOf(file)} is a folder; name a file in it`)
    case 'EACCES':
    case 'EPERM':
      return new UsageError(`there is no permission to read ${nameOf(file)}`)
    default:
      return new UsageError(`${nameOf(file)} cannot be read (${errorCode(error) || String(error)})`)
  }
}
