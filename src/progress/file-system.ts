import fs from 'node:fs'

/** The calls that the store makes, so that tests can let any of them fail as a full or read-only disk would. */
export type FileSystem = Pick<
  typeof fs,
  | 'closeSync'
  | 'copyFileSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readSync'
  | 'readdirSync'
  | 'realpathSync'
  | 'renameSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>

export const nodeFileSystem: FileSystem = fs

/** The code of a failed call (`ENOSPC`), or '' for anything else. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** Removes a file that may be gone already. */
export const removeIfThere = (fileSystem: FileSystem, path: string): void => {
  try {
    fileSystem.unlinkSync(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}
