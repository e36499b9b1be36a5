import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTerminal } from '../test/e2e/terminal.ts'

/** Held to, as multiples of `node -e 0` in the same run: the very first start, and every later one. */
const LIMITS = { first: 3.5, later: 2.5 } as const
const RUNS = 21
/** What the home screen shows when it takes keys; given as the first argument where it differs. */
const READY = 'netsplit'

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const bareNode = (): number => {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env
  const began = performance.now()
  spawnSync(process.execPath, ['-e', '0'], { env })
  return performance.now() - began
}

/** Milliseconds from the spawn to the first frame, 80x24. Keys are read before the first frame is drawn. */
const start = async (home: string, ready: string, env: { readonly [name: string]: string }): Promise<number> => {
  const began = performance.now()
  const terminal = startTerminal({ home, env })
  await terminal.until(ready)
  const took = performance.now() - began
  terminal.send('\x03')
  await terminal.exited
  return took
}

const freshHome = (): string => mkdtempSync(join(tmpdir(), 'netsplit-bench-'))

const report = (name: string, times: readonly number[], bare: number, limit: number | undefined): boolean => {
  const ratio = median(times) / bare
  const verdict = limit === undefined ? '' : ratio <= limit ? `within ${limit}` : `OVER ${limit}`
  const spread = `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`
  const figures = `${median(times).toFixed(1).padStart(7)} ms  (${spread})  ${ratio.toFixed(2)} x node  ${verdict}`
  process.stdout.write(`${name.padEnd(34)}${figures.trimEnd()}\n`)
  return limit === undefined || ratio <= limit
}

/**
 * Start of the program in a pseudo-terminal against `node -e 0`, runs taking turns so that a busy machine slows all
 * alike. The first start has an empty cache directory; with `NETSPLIT_NO_CACHE=1` not even the cache that the build
 * laid into dist/ is used.
 */
export const main = async ([ready = READY]: readonly string[]): Promise<void> => {
  const homes: string[] = []
  const bare: number[] = []
  const first: number[] = []
  const later: number[] = []
  const uncached: number[] = []
  const used = freshHome()
  homes.push(used)
  await start(used, ready, {})
  for (let run = 0; run < RUNS; run++) {
    const home = freshHome()
    homes.push(home)
    bare.push(bareNode())
    first.push(await start(home, ready, {}))
    later.push(await start(used, ready, {}))
    uncached.push(await start(used, ready, { NETSPLIT_NO_CACHE: '1' }))
  }
  for (const home of homes) rmSync(home, { recursive: true, force: true })
  const base = median(bare)
  report('node -e 0', bare, base, undefined)
  const verdicts = [
    report('very first start', first, base, LIMITS.first),
    report('later starts', later, base, LIMITS.later),
    report('without any cache', uncached, base, LIMITS.first),
  ]
  process.exitCode = verdicts.every(Boolean) ? 0 : 1
}
