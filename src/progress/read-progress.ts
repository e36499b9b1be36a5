import { basename, join } from 'node:path'
import { type StoredEvent, uniteEvents } from '../course/progress-event.ts'
import { linkOrCopy } from './durable-write.ts'
import { errorCode, type FileSystem, nodeFileSystem } from './file-system.ts'
import { decodeProgress, emptyDocument, type ProgressDocument, progressFileLimit } from './progress-file.ts'

/** What the disk holds, and what there is to say about it. */
export interface StoredProgress {
  readonly document: ProgressDocument
  /** One sentence when something was wrong with the file; null otherwise. */
  readonly notice: string | null
  /** The bytes of a whole progress file, so that a later look can tell whether it changed; null when it is not whole. */
  readonly bytes: Buffer | null
  /** False when the file is of a later format: it is left alone, and nothing can be saved. */
  readonly writable: boolean
}

export const progressPath = (directory: string): string => join(directory, 'progress.json')
export const backupPath = (directory: string): string => join(directory, 'progress.backup.json')

/**
 * Reads the saved progress, without conf and without a lock: the way to the home screen. A damaged file is kept aside
 * under a name with its time, and the backup and all whole events of the damaged file are used. Never throws.
 */
export const readProgress = (directory: string, fileSystem: FileSystem = nodeFileSystem): StoredProgress => {
  const path = progressPath(directory)
  const found = readFile(fileSystem, path)
  switch (found.kind) {
    case 'missing': {
      const backup = readBackup(directory, fileSystem)
      const notice = backup && `progress.json is missing from ${directory}; its backup is used.`
      return { document: backup ?? emptyDocument, notice, bytes: null, writable: true }
    }
    case 'unreadable': {
      const backup = readBackup(directory, fileSystem)
      const notice = `${path} cannot be read (${found.code}); ${backup ? 'its backup is used' : 'the tutor starts without it'}.`
      return { document: backup ?? emptyDocument, notice, bytes: null, writable: true }
    }
    case 'too-big':
      return recover(directory, fileSystem, found.modifiedMs, `is larger than ${progressFileLimit / 2 ** 20} MB`, [])
    case 'bytes': {
      const decoded = decodeProgress(found.bytes)
      if (decoded.kind === 'whole')
        return { document: decoded.document, notice: null, bytes: found.bytes, writable: true }
      if (decoded.kind === 'damaged')
        return recover(directory, fileSystem, found.modifiedMs, decoded.why, decoded.salvaged)
      const notice = `${path} was written by a later netsplit; it is left alone and nothing is saved until netsplit is updated.`
      return { document: emptyDocument, notice, bytes: null, writable: false }
    }
  }
}

type Found =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly modifiedMs: number }
  | { readonly kind: 'too-big'; readonly modifiedMs: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly code: string }

const readFile = (fileSystem: FileSystem, path: string): Found => {
  try {
    const { size, mtimeMs } = fileSystem.statSync(path)
    if (size > progressFileLimit) return { kind: 'too-big', modifiedMs: mtimeMs }
    return { kind: 'bytes', bytes: fileSystem.readFileSync(path), modifiedMs: mtimeMs }
  } catch (error) {
    const code = errorCode(error)
    return code === 'ENOENT' ? { kind: 'missing' } : { kind: 'unreadable', code: code || 'unknown error' }
  }
}

const readBackup = (directory: string, fileSystem: FileSystem): ProgressDocument | null => {
  const found = readFile(fileSystem, backupPath(directory))
  const decoded = found.kind === 'bytes' ? decodeProgress(found.bytes) : null
  return decoded?.kind === 'whole' ? decoded.document : null
}

const recover = (
  directory: string,
  fileSystem: FileSystem,
  modifiedMs: number,
  why: string,
  salvaged: readonly StoredEvent[],
): StoredProgress => {
  const backup = readBackup(directory, fileSystem)
  const document = backup ?? emptyDocument
  const events = uniteEvents(document.events, salvaged)
  const kept = keepAside(directory, fileSystem, modifiedMs)
  const source = backup ? 'its backup is used' : 'there is no backup'
  const notice = `progress.json ${why}: ${kept}, and ${source} (${events.length} events recovered).`
  return { document: { ...document, events }, notice, bytes: null, writable: true }
}

/** Named after the damaged file's own time, so that looking twice keeps one copy. */
const keepAside = (directory: string, fileSystem: FileSystem, modifiedMs: number): string => {
  const time = new Date(modifiedMs).toISOString().replaceAll(/[-:]/g, '')
  const aside = join(directory, `progress.damaged-${time}.json`)
  try {
    linkOrCopy(fileSystem, progressPath(directory), aside)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return `it could not be copied aside (${errorCode(error) || 'unknown error'})`
  }
  return `it is kept as ${basename(aside)}`
}
