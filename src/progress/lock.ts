import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { errorCode, type FileSystem, removeIfThere } from './file-system.ts'

/** A write takes milliseconds. A lock so old was left by a process that is gone, even if another now has its number. */
const staleMs = 10_000
const pauseMs = 3

interface Owner {
  readonly token: string
  readonly pid: number
  readonly host: string
}

export interface Lock {
  /** False once another process took the lock for stale (this one was stopped for long): then nothing may be written. */
  isHeld(): boolean
  release(): void
}

/** Thrown when other processes held the lock for all the time that one was willing to wait. */
export class LockedError extends Error {
  readonly code = 'ELOCKED'
}

/**
 * Takes the lock, waiting at most `patienceMs` for others. The lock is a file that names its owner. It appears whole
 * (a link to a finished file), and one left by a killed process of this machine is taken over at once.
 * (proper-lockfile cannot wait in a synchronous call, trusts age alone, so that a kill costs two seconds or more, and
 * listens to signals, which are the screen's business.)
 */
export const takeLock = (fileSystem: FileSystem, path: string, patienceMs: number): Lock => {
  const owner: Owner = { token: randomBytes(9).toString('hex'), pid: process.pid, host: hostname() }
  const until = Date.now() + patienceMs
  while (!claim(fileSystem, path, owner)) {
    if (removeStale(fileSystem, path, owner)) continue
    if (Date.now() > until) throw new LockedError(`another netsplit holds ${path}`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
  }
  return {
    isHeld: () => readOwner(fileSystem, path)?.token === owner.token,
    release: () => {
      if (readOwner(fileSystem, path)?.token === owner.token) removeIfThere(fileSystem, path)
    },
  }
}

/** Creates the file, whole at once, unless it exists. */
const claim = (fileSystem: FileSystem, path: string, owner: Owner): boolean => {
  const own = `${path}.${owner.token}.tmp`
  write(fileSystem, own, 'wx', owner)
  try {
    fileSystem.linkSync(own, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(errorCode(error))) throw error
    return claimWithoutLinks(fileSystem, path, owner)
  } finally {
    removeIfThere(fileSystem, own)
  }
}

const claimWithoutLinks = (fileSystem: FileSystem, path: string, owner: Owner): boolean => {
  try {
    write(fileSystem, path, 'wx', owner)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

const write = (fileSystem: FileSystem, path: string, flags: string, owner: Owner): void => {
  const file = fileSystem.openSync(path, flags, 0o600)
  try {
    fileSystem.writeSync(file, JSON.stringify(owner))
  } finally {
    fileSystem.closeSync(file)
  }
}

/**
 * Removes a lock whose owner is gone. Two processes may find that out together, and the slower must not remove the lock
 * that the faster has taken meanwhile: so whoever removes the lock with token T first claims `breaking T`, and then
 * looks again. A breaker that is killed in between leaves its claim, which age alone removes.
 */
const removeStale = (fileSystem: FileSystem, path: string, owner: Owner): boolean => {
  const found = readOwner(fileSystem, path)
  if (found === undefined) return true
  if (!isStale(fileSystem, path, found)) return false
  const breaking = `${path}.${found?.token ?? 'unreadable'}.breaking`
  if (!claim(fileSystem, breaking, owner)) {
    if (isOld(fileSystem, breaking)) removeIfThere(fileSystem, breaking)
    return false
  }
  try {
    if (readOwner(fileSystem, path)?.token === found?.token) removeIfThere(fileSystem, path)
  } finally {
    removeIfThere(fileSystem, breaking)
  }
  return true
}

const isStale = (fileSystem: FileSystem, path: string, owner: Owner | null): boolean =>
  isOld(fileSystem, path) || (owner !== null && owner.host === hostname() && !isAlive(owner.pid))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

const isOld = (fileSystem: FileSystem, path: string): boolean => {
  try {
    return fileSystem.statSync(path).mtimeMs < Date.now() - staleMs
  } catch {
    return false
  }
}

/** Who holds the lock; undefined: nobody; null: it cannot be read (being written, where there are no links). */
const readOwner = (fileSystem: FileSystem, path: string): Owner | null | undefined => {
  let text: string
  try {
    text = fileSystem.readFileSync(path, 'utf8')
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? undefined : null
  }
  try {
    const owner = JSON.parse(text) as Owner
    return /^[0-9a-f]{18}$/.test(owner.token) && Number.isSafeInteger(owner.pid) && owner.pid > 0 ? owner : null
  } catch {
    return null
  }
}
