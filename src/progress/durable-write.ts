import { dirname } from 'node:path'
import { errorCode, type FileSystem, removeIfThere } from './file-system.ts'

interface Target {
  readonly path: string
  /** Where the file that is replaced is kept; null when it is not worth keeping. */
  readonly backup: string | null
  /** Called at the last moment before the new file takes its place; throws to prevent it. */
  readonly mayReplace: () => void
}

/**
 * Replaces a file so that at every instant, a crash or a power failure included, its name stands for the whole old or
 * the whole new contents, and returns only when the new contents are on disk: temporary file, fsync, rename, fsync of
 * the folder. Throws the failed call's error (ENOSPC also when the disk takes only a part) and leaves the old file.
 */
export const durableWrite = (fileSystem: FileSystem, target: Target, data: Buffer): void => {
  const path = resolveLink(fileSystem, target.path)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeWhole(fileSystem, temporary, data)
    if (target.backup !== null) keepOld(fileSystem, path, target.backup)
    target.mayReplace()
    fileSystem.renameSync(temporary, path)
  } catch (error) {
    discard(fileSystem, temporary)
    throw error
  }
  syncFolder(fileSystem, dirname(path))
}

/** A progress file that is a symbolic link into someone's dotfiles stays one. */
const resolveLink = (fileSystem: FileSystem, path: string): string => {
  try {
    return fileSystem.realpathSync(path)
  } catch {
    return path
  }
}

const writeWhole = (fileSystem: FileSystem, path: string, data: Buffer): void => {
  const file = fileSystem.openSync(path, 'w', 0o600)
  try {
    let written = 0
    while (written < data.length) {
      const count = fileSystem.writeSync(file, data, written, data.length - written)
      if (count === 0) throw diskFull(path)
      written += count
    }
    fileSystem.fsyncSync(file)
    if (fileSystem.fstatSync(file).size !== data.length) throw diskFull(path)
  } finally {
    fileSystem.closeSync(file)
  }
}

const diskFull = (path: string): Error => Object.assign(new Error(`short write to ${path}`), { code: 'ENOSPC' })

/** The old file gets a second name, which costs nothing and is never seen half done. */
const keepOld = (fileSystem: FileSystem, path: string, backup: string): void => {
  const temporary = `${backup}.${process.pid}.tmp`
  discard(fileSystem, temporary)
  try {
    linkOrCopy(fileSystem, path, temporary)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  fileSystem.renameSync(temporary, backup)
  // Renaming one name of a file onto another name of the same file does nothing (POSIX rename) and leaves both.
  removeIfThere(fileSystem, temporary)
}

/** Gives a file a second name, or copies it where the file system has no hard links. Never overwrites. */
export const linkOrCopy = (fileSystem: FileSystem, from: string, to: string): void => {
  try {
    fileSystem.linkSync(from, to)
  } catch (error) {
    if (['ENOENT', 'EEXIST', 'ENOSPC', 'EROFS'].includes(errorCode(error))) throw error
    // 1 is COPYFILE_EXCL.
    fileSystem.copyFileSync(from, to, 1)
  }
}

const discard = (fileSystem: FileSystem, path: string): void => {
  try {
    fileSystem.unlinkSync(path)
  } catch {
    // It was not there, or the disk refuses everything; the error that matters is another one.
  }
}

const syncFolder = (fileSystem: FileSystem, folder: string): void => {
  // Windows does not open folders; its rename is journalled.
  if (process.platform === 'win32') return
  const handle = fileSystem.openSync(folder, 'r')
  try {
    fileSystem.fsyncSync(handle)
  } catch (error) {
    // Some network file systems cannot sync a folder and say so.
    if (!['EINVAL', 'ENOTSUP'].includes(errorCode(error))) throw error
  } finally {
    fileSystem.closeSync(handle)
  }
}
