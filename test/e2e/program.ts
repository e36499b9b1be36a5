import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

/** What a run of the built program without a terminal came to. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the built program with pipes, as a script does. */
export const run = (args: readonly string[], home: string, input = ''): Outcome => {
  const { PATH = '' } = process.env
  const env = { PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, LANG: 'C.UTF-8' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('bin', 'netsplit.js'), ...args], {
    env,
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  return { code: status, out: stdout, err: stderr }
}
