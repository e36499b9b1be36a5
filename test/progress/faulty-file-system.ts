import { type FileSystem, nodeFileSystem } from '../../src/progress/file-system.ts'

export type CallName = keyof FileSystem

/**
 * The real file system, with a say before each call: `before` may throw what the disk would, or end the process.
 * `writeSync` takes at most `writeBytes` at a time, as a disk that is nearly full does.
 */
export const faultyFileSystem = (
  before: (call: CallName, path: unknown) => void,
  writeBytes = Number.POSITIVE_INFINITY,
): FileSystem =>
  new Proxy(nodeFileSystem, {
    get: (target, name: CallName) => {
      const call = target[name] as (...parameters: unknown[]) => unknown
      return (...parameters: unknown[]) => {
        before(name, parameters[0])
        const [file, data, offset, length] = parameters
        if (name === 'writeSync' && Buffer.isBuffer(data) && typeof length === 'number')
          return call(file, data, offset, Math.min(length, writeBytes))
        return call(...parameters)
      }
    },
  })

export const systemError = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })
