import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkHistory } from '../src/check/command.ts'

const folder = join('test', 'check', 'histories')
const etcdLimitMs = 800
const c10LimitMs = 200
const memoryLimitMb = 500

/** Milliseconds that `work` takes. */
const timed = (work: () => void): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Checks one file as `netsplit check` does, from reading it to the verdict with its evidence. */
const checkFile = (file: string): void => {
  const report = checkHistory({ text: readFileSync(join(folder, file), 'utf8'), file })
  if (report.exit > 1) throw new Error(`${file}: exit ${report.exit}`)
}

/** The checker on recorded histories: the 30 etcd logs in one cold process, the c10 files, and the memory at the end. */
export const main = (_args: readonly string[]): void => {
  const files = readdirSync(folder)
  const etcd = files.filter(file => file.startsWith('etcd_'))
  const etcdMs = timed(() => {
    for (const file of etcd) checkFile(file)
  })
  const lines = [`${etcd.length} etcd histories: ${etcdMs.toFixed(0)} ms (at most ${etcdLimitMs})`]
  let good = etcdMs <= etcdLimitMs
  for (const file of files.filter(one => one.startsWith('c10'))) {
    const ms = timed(() => checkFile(file))
    good &&= ms <= c10LimitMs
    lines.push(`${file}: ${ms.toFixed(0)} ms (at most ${c10LimitMs})`)
  }
  const peakMb = process.resourceUsage().maxRSS / 1024
  good &&= peakMb <= memoryLimitMb
  lines.push(`peak memory: ${peakMb.toFixed(0)} MB resident (at most ${memoryLimitMb})`)
  const floorMs = median(Array.from({ length: 7 }, () => timed(() => spawnSync(process.execPath, ['-e', '0']))))
  lines.push(`node -e 0: ${floorMs.toFixed(0)} ms; the etcd histories take ${(etcdMs / floorMs).toFixed(1)} x that`)
  process.stdout.write(`${lines.join('\n')}\n`)
  if (!good) process.exitCode = 1
}
