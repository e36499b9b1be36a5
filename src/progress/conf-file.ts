import Conf from 'conf'
import { durableWrite } from './durable-write.ts'
import type { FileSystem } from './file-system.ts'
import { backupPath } from './read-progress.ts'

export interface ConfFile {
  /** Replaces the file; returns when it is on disk. `keepOld`: the file that is there is whole and becomes the backup. */
  write(bytes: Buffer, options: { readonly keepOld: boolean; readonly mayReplace: () => void }): void
}

/** What conf holds: the file's text as it reads it, or the bytes that are to be written. */
type Held = { readonly text: string } | { readonly bytes: Buffer }

/**
 * The progress file as conf keeps it, with conf's writer replaced: the one of conf 15.1 ignores short writes, so that a
 * full disk replaces a good file with a part of a new one. Conf calls its writer through a method, which an instance
 * may override; a conf without that method fails here and now.
 */
export const openConfFile = (directory: string, fileSystem: FileSystem): ConfFile => {
  const conf = new Conf<Held>({
    cwd: directory,
    configName: 'progress',
    fileExtension: 'json',
    accessPropertiesByDotNotation: false,
    deserialize: text => ({ text }),
  })
  if (!('_write' in conf)) throw new Error('this release of conf writes in an unknown way; pin conf 15.1')
  let replace: (bytes: Buffer) => void = () => {}
  Object.defineProperty(conf, '_write', {
    value: (held: Held) => {
      if ('bytes' in held) replace(held.bytes)
    },
  })
  return {
    write: (bytes, { keepOld, mayReplace }) => {
      const backup = keepOld ? backupPath(directory) : null
      replace = next => durableWrite(fileSystem, { path: conf.path, backup, mayReplace }, next)
      conf.store = { bytes }
    },
  }
}
