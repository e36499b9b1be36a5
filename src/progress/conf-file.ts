import Conf from 'conf'
import { durableWrite } from './durable-write.ts'
import type { FileSystem } from './file-system.ts'
import { backupPath } from './read-progress.ts'

interface Held {
  text: string
}

export interface ConfFile {
  /** Replaces the file's text; returns when it is on disk. `keepOld`: the file that is there is whole and becomes the backup. */
  write(text: string, options: { keepOld: boolean; mayReplace: () => void }): void
}

/**
 * The progress file as conf keeps it, with conf's writer replaced: the one of conf 15.1 ignores short writes, so that a
 * full disk replaces a good file with a part of a new one. Conf calls its writer through a method, which an instance
 * may override; a conf without that method fails here and now.
 */
export const openConfFile = (directory: string, fileSystem: FileSystem): ConfFile => {
  const conf = new Conf<{ text: string }>({
    cwd: directory,
    configName: 'progress',
    fileExtension: 'json',
    accessPropertiesByDotNotation: false,
    serialize: held => held.text,
    deserialize: text => ({ text }),
  })
  if (!('_write' in conf)) throw new Error('this release of conf writes in an unknown way; pin conf 15.1')
  let next: { keepOld: boolean; mayReplace: () => void } = { keepOld: false, mayReplace: () => {} }
  Object.defineProperty(conf, '_write', {
    value: (held: Held) => {
      const target = {
        path: conf.path,
        backup: next.keepOld ? backupPath(directory) : null,
        mayReplace: next.mayReplace,
      }
      durableWrite(fileSystem, target, Buffer.from(held.text, 'utf8'))
    },
  })
  return {
    write: (text, options) => {
      next = options
      conf.store = { text }
    },
  }
}
