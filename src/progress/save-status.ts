import { errorCode } from './file-system.ts'

/** Whether all that happened so far is on disk; if not, one sentence that says why and what helps. */
export type SaveStatus = { readonly saved: true } | { readonly saved: false; readonly message: string }

/** Says what a failed write means for the learner. */
export const unsaved = (error: unknown, directory: string): SaveStatus => {
  const code = errorCode(error)
  return { saved: false, message: `Nothing is saved: ${reason(code, directory, error)}` }
}

const reason = (code: string, directory: string, error: unknown): string => {
  switch (code) {
    case 'EROFS':
      return `${directory} cannot be written (read-only); set NETSPLIT_CONFIG_DIR to a folder that can.`
    case 'EACCES':
    case 'EPERM':
      return `there is no permission to write in ${directory}; set NETSPLIT_CONFIG_DIR to a folder of your own.`
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk of ${directory} is full; free some space, and the next answer saves everything.`
    case 'ELOCKED':
      return `another netsplit holds progress.lock in ${directory}; close it, and the next answer saves everything.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${directory} is not a folder; set NETSPLIT_CONFIG_DIR to a folder that can be written.`
    default:
      return `writing in ${directory} failed (${code || (error instanceof Error ? error.message : 'unknown error')}).`
  }
}
