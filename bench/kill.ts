import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readProgress } from '../src/progress/read-progress.ts'
import { runWriter } from '../test/progress/writer.ts'

/** Numbers that look random and are the same in every run (Lehmer's generator). */
const seeded = (seed: number): ((below: number) => number) => {
  let state = seed
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/**
 * Starts a process that appends events and acknowledges each, and kills it with SIGKILL: from outside as soon as it has
 * acknowledged `acknowledgements` (the kill then falls anywhere in what follows), or from within before its
 * `fatalCall`-th call of the file system. Resolves to what it had acknowledged.
 */
const killWriter = (parameters: {
  directory: string
  name: string
  acknowledgements: number
  fatalCall: number
  bytes: number
}): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const { directory, name, acknowledgements, fatalCall, bytes } = parameters
    // The bench is bundled into one file, which can be asked to be the writer.
    const program = `require(${JSON.stringify(fileURLToPath(import.meta.url))}).main(process.argv.slice(1))`
    const options = ['writer', directory, name, '1000', String(fatalCall), String(bytes)]
    const writer = spawn(process.execPath, ['-e', program, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    writer.stdout.setEncoding('utf8')
    writer.stdout.on('data', (text: string) => {
      output += text
      if (fatalCall === 0 && output.split('\n').length > acknowledgements) writer.kill('SIGKILL')
    })
    writer.on('error', reject)
    // What a killed process had written into the pipe counts: it was acknowledged.
    writer.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1))
      else reject(new Error(`the writer ended without being killed (${signal})`))
    })
  })

interface Report {
  readonly kills: number
  readonly acknowledged: number
  readonly lost: number
  readonly damaged: number
  readonly refused: number
}

/** Kills `kills` writers that share one folder and looks after each whether progress loads and what is missing. */
const measure = async (kills: number, seed: number): Promise<Report> => {
  const directory = mkdtempSync(join(tmpdir(), 'netsplit-kill-'))
  const draw = seeded(seed)
  const acknowledged = new Set<string>()
  let refused = 0
  let damaged = 0
  let lost = 0
  try {
    for (let kill = 0; kill < kills; kill++) {
      const within = kill % 2 === 0
      const marks = await killWriter({
        directory,
        name: `k${kill}`,
        acknowledgements: 1 + draw(12),
        fatalCall: within ? 1 + draw(500) : 0,
        bytes: kill % 4 === 0 ? 16 + draw(4_000) : 0,
      })
      for (const mark of marks) {
        if (mark.startsWith('!')) refused += 1
        else acknowledged.add(mark)
      }
      const found = readProgress(directory)
      if (found.notice !== null) damaged += 1
      const onDisk = new Set(found.document.events.map(event => event.text))
      lost = [...acknowledged].filter(mark => !onDisk.has(mark)).length
      if (lost > 0) break
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  return { kills, acknowledged: acknowledged.size, lost, damaged, refused }
}

/** `npm run bench kill [KILLS] [SEED]`: kill -9 at seeded moments; nothing acknowledged may be lost. */
export const main = async (args: string[]): Promise<void> => {
  if (args[0] === 'writer') return runWriter(args.slice(1))
  const [kills = '200', seed = '20260131'] = args
  const started = performance.now()
  const report = await measure(Number(kills), Number(seed))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const good = report.lost === 0 && report.damaged === 0 && report.refused === 0
  process.stdout.write(
    `kill -9 at ${report.kills} moments: ${report.acknowledged} events acknowledged, ${report.lost} lost, ` +
      `${report.damaged} damaged files, ${report.refused} saves refused, ${seconds} s: ${good ? 'good' : 'NOT GOOD'}\n`,
  )
  if (!good) process.exitCode = 1
}
