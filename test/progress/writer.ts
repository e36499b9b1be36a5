import { writeSync } from 'node:fs'
import { openProgressStore } from '../../src/progress/progress-store.ts'
import { faultyFileSystem } from './faulty-file-system.ts'

/**
 * What a writing process does: appends events with the marks `NAME-0`, `NAME-1`, ... and acknowledges each on its
 * standard output when it is saved. Parameters: `DIRECTORY NAME COUNT [CALL [BYTES]]`. With CALL it kills itself before
 * its CALL-th call of the file system; with BYTES every write takes at most so many, so that the kill may fall between
 * two parts of a file.
 */
export const runWriter = (parameters: readonly string[]): void => {
  const [directory = '', name = '', count = '0', fatalCall = '0', bytes = '0'] = parameters
  let calls = 0
  const fileSystem = faultyFileSystem(() => {
    calls += 1
    if (calls === Number(fatalCall)) process.kill(process.pid, 'SIGKILL')
  }, Number(bytes) || undefined)
  const store = openProgressStore({ directory, fileSystem, patienceMs: 30_000 })
  for (let index = 0; index < Number(count); index++) {
    const mark = `${name}-${index}`
    const status = store.append([{ kind: 'reflected', lesson: 'cap/cp-or-ap', text: mark }])
    writeSync(1, status.saved ? `${mark}\n` : `! ${status.message}\n`)
  }
}
