import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { foldProgress, type Progress } from '../course/progress.ts'
import {
  eventId,
  eventVersion,
  type Happening,
  type ProgressEvent,
  type StoredEvent,
  uniteEvents,
} from '../course/progress-event.ts'
import { type ConfFile, openConfFile } from './conf-file.ts'
import { durableWrite } from './durable-write.ts'
import { type FileSystem, nodeFileSystem } from './file-system.ts'
import { type Lock, LockedError, takeLock } from './lock.ts'
import { encodeProgress, type ProgressDocument } from './progress-file.ts'
import { backupPath, progressPath, readProgress, type StoredProgress } from './read-progress.ts'
import { type SaveStatus, unsaved } from './save-status.ts'
import { sweepTemporaries } from './sweep-temporaries.ts'

export interface StoreOptions {
  readonly directory: string
  /** What `readProgress` found at the start, if it was called already. */
  readonly stored?: StoredProgress
  readonly fileSystem?: FileSystem
  readonly now?: () => Date
  /** How long a save waits for another running copy. */
  readonly patienceMs?: number
}

/** A learner's progress: a grow-only set of events in memory, of which the disk holds all that `status` says is saved. */
export interface ProgressStore {
  readonly directory: string
  /** One sentence when the file was found damaged, missing or too new; null otherwise. */
  readonly notice: string | null
  readonly events: readonly StoredEvent[]
  readonly status: SaveStatus
  /** The fold over all events; computed once for each change. */
  progress(): Progress
  /** Stamps what happened and returns when it is on disk, or with the reason why it is not. It counts in memory either way. */
  append(happenings: readonly Happening[]): SaveStatus
  /** Unites with events from elsewhere. */
  unite(events: readonly StoredEvent[]): SaveStatus
  /** Forgets everything, also in other running copies, after keeping a copy beside it; the copy's path, or null without any. */
  reset(): { readonly status: SaveStatus; readonly copy: string | null }
}

export const openProgressStore = (options: StoreOptions): ProgressStore => new Store(options)

class Store implements ProgressStore {
  readonly directory: string
  readonly #fileSystem: FileSystem
  readonly #now: () => Date
  readonly #patienceMs: number
  readonly #session = randomBytes(6).toString('hex')
  #counter = 0
  #document: ProgressDocument
  /** Events that are not on disk yet. */
  #pending: readonly StoredEvent[] = []
  /** The file's bytes when they were last seen whole; all of it is in memory. */
  #seen: Buffer | null
  #notice: string | null
  #writable: boolean
  #status: SaveStatus
  #conf: ConfFile | undefined
  #folded: { readonly events: readonly StoredEvent[]; readonly progress: Progress } | undefined

  constructor(options: StoreOptions) {
    this.directory = options.directory
    this.#fileSystem = options.fileSystem ?? nodeFileSystem
    this.#now = options.now ?? (() => new Date())
    this.#patienceMs = options.patienceMs ?? 3_000
    const { document, bytes, notice, writable } = options.stored ?? readProgress(this.directory, this.#fileSystem)
    this.#document = { ...document, installation: document.installation || randomBytes(6).toString('hex') }
    this.#seen = bytes
    this.#notice = notice
    this.#writable = writable
    this.#status = writable ? { saved: true } : { saved: false, message: notice ?? '' }
  }

  get notice(): string | null {
    return this.#notice
  }

  get events(): readonly StoredEvent[] {
    return this.#document.events
  }

  get status(): SaveStatus {
    return this.#status
  }

  progress(): Progress {
    const { events } = this.#document
    if (this.#folded?.events !== events) this.#folded = { events, progress: foldProgress(events) }
    return this.#folded.progress
  }

  append(happenings: readonly Happening[]): SaveStatus {
    const at = this.#now().toISOString()
    const by = this.#document.installation
    return this.unite(
      happenings.map((happening): ProgressEvent => {
        this.#counter += 1
        const id = eventId(happening, `${by}.${this.#session}.${this.#counter.toString(36)}`)
        return { id, at, by, v: eventVersion, ...happening }
      }),
    )
  }

  unite(events: readonly StoredEvent[]): SaveStatus {
    const united = uniteEvents(this.#document.events, events)
    if (united === this.#document.events && this.#pending.length === 0) return this.#status
    this.#document = { ...this.#document, events: united }
    this.#pending = uniteEvents(this.#pending, events)
    return this.#underLock(lock => {
      const diskIsWhole = this.#lookAgain()
      this.#write(lock, diskIsWhole)
    })
  }

  reset(): { status: SaveStatus; copy: string | null } {
    let copy: string | null = null
    const status = this.#underLock(lock => {
      this.#lookAgain()
      const before = this.#document
      const time = this.#now().toISOString().replaceAll(/[-:]/g, '')
      if (before.events.length > 0) {
        copy = join(this.directory, `progress.before-reset-${time}.json`)
        this.#writeBeside(copy, before, lock)
      }
      const empty = { ...before, events: [], epoch: before.epoch + 1 }
      // The backup goes first: after a kill in between, the file still holds everything and nothing brings back the rest.
      this.#writeBeside(backupPath(this.directory), empty, lock)
      this.#document = empty
      try {
        this.#write(lock, false)
      } catch (error) {
        this.#document = before
        throw error
      }
    })
    return { status, copy }
  }

  #underLock(change: (lock: Lock) => void): SaveStatus {
    if (!this.#writable) return this.#status
    try {
      this.#fileSystem.mkdirSync(this.directory, { recursive: true, mode: 0o700 })
      const lock = takeLock(this.#fileSystem, join(this.directory, 'progress.lock'), this.#patienceMs)
      try {
        if (!this.#conf) sweepTemporaries(this.#fileSystem, this.directory)
        change(lock)
      } finally {
        lock.release()
      }
      this.#pending = []
      this.#status = { saved: true }
    } catch (error) {
      this.#status =
        error instanceof LaterFormatError ? { saved: false, message: error.message } : unsaved(error, this.directory)
    }
    return this.#status
  }

  /** Brings into memory what others wrote meanwhile. Returns whether the file on disk is whole. */
  #lookAgain(): boolean {
    if (this.#seen !== null && sameBytes(this.#fileSystem, progressPath(this.directory), this.#seen)) return true
    const found = readProgress(this.directory, this.#fileSystem)
    if (!found.writable) {
      this.#writable = false
      throw new LaterFormatError(found.notice ?? '')
    }
    this.#notice ??= found.notice
    const mine = this.#document
    const disk = found.document
    // Somebody reset it: what this copy had read is forgotten too, what it has still to write is not.
    const events = disk.epoch > mine.epoch ? this.#pending : mine.events
    this.#document = {
      version: Math.max(disk.version, mine.version),
      installation: disk.installation || mine.installation,
      epoch: Math.max(disk.epoch, mine.epoch),
      more: { ...mine.more, ...disk.more },
      events: uniteEvents(disk.events, events),
    }
    this.#seen = found.bytes
    return found.bytes !== null
  }

  #write(lock: Lock, keepOld: boolean): void {
    this.#conf ??= openConfFile(this.directory, this.#fileSystem)
    const bytes = encodeProgress(this.#document)
    this.#conf.write(bytes, { keepOld, mayReplace: () => requireHeld(lock) })
    this.#seen = bytes
  }

  #writeBeside(path: string, document: ProgressDocument, lock: Lock): void {
    const target = { path, backup: null, mayReplace: () => requireHeld(lock) }
    durableWrite(this.#fileSystem, target, encodeProgress(document))
  }
}

class LaterFormatError extends Error {}

const requireHeld = (lock: Lock): void => {
  if (!lock.isHeld()) throw new LockedError('the lock was lost')
}

const sameBytes = (fileSystem: FileSystem, path: string, bytes: Buffer): boolean => {
  try {
    return fileSystem.statSync(path).size === bytes.length && bytes.equals(fileSystem.readFileSync(path))
  } catch {
    return false
  }
}
