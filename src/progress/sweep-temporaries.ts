import { join } from 'node:path'
import { type FileSystem, removeIfThere } from './file-system.ts'

/** A write takes milliseconds; a temporary file so old was left by a killed process. */
const abandonedMs = 60_000

const temporary = /^progress\.(?:json|backup\.json|before-reset-.*|lock)\..*(?:tmp|breaking)$/

/** Removes the temporary files that killed processes left behind. */
export const sweepTemporaries = (fileSystem: FileSystem, directory: string): void => {
  for (const name of fileSystem.readdirSync(directory)) {
    if (!temporary.test(name)) continue
    const path = join(directory, name)
    try {
      if (fileSystem.statSync(path).mtimeMs < Date.now() - abandonedMs) removeIfThere(fileSystem, path)
    } catch {
      // Another copy was faster.
    }
  }
}
