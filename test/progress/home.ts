import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Happening } from '../../src/course/progress-event.ts'
import { readProgress } from '../../src/progress/read-progress.ts'

/** A folder for progress that lives as long as the test. */
export const freshHome = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'netsplit-progress-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Something that can happen any number of times, told apart by `mark`. */
export const happened = (mark: string): Happening => ({ kind: 'reflected', lesson: 'cap/cp-or-ap', text: mark })

/** The marks on disk. */
export const marksOnDisk = (directory: string): string[] =>
  readProgress(directory).document.events.map(event => String(event.text))
