import { readFileSync } from 'node:fs'
import { type RunningTerminal, startTerminal } from '../test/e2e/terminal.ts'

/** Held to: resident megabytes at any time while an hour of simulated time is played on the screen. */
const LIMIT_MB = 180
const SIZE = { cols: 120, rows: 40 } as const
/** Pressed in turn, one a second: the clients ask, and now and then the network is cut and healed. */
const LETTERS = 'wbrswbrspwbrshwbrs'
const FASTEST = 8

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Megabytes that a process has in memory just now (Linux). */
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024

/** Seconds of simulated time that the head line shows. */
const shownSeconds = (terminal: RunningTerminal): number =>
  Number(/(\d+(?:\.\d+)?) s /.exec(terminal.line(0))?.[1] ?? Number.NaN)

/** `npm run bench soak [LAB] [SECONDS]`: a lab played as fast as it goes on a screen of 120x40, and how much memory it takes. */
export const main = async ([lab = 'cap/cp-or-ap', until = '3600']: readonly string[]): Promise<void> => {
  const terminal = startTerminal({ ...SIZE, args: ['lab', lab] })
  const began = performance.now()
  let highest = 0
  let told = 0
  try {
    await terminal.until('1x')
    terminal.send(` ${'+'.repeat(FASTEST)}`)
    for (let round = 0; shownSeconds(terminal) < Number(until); round++) {
      terminal.send(LETTERS.charAt(round % LETTERS.length))
      await pause(1000)
      const resident = residentMb(terminal.pid)
      highest = Math.max(highest, resident)
      const seconds = shownSeconds(terminal)
      if (seconds < told) continue
      told = seconds + Number(until) / 12
      const realS = (performance.now() - began) / 1000
      process.stdout.write(
        `${seconds.toFixed(0).padStart(6)} s simulated ${realS.toFixed(0).padStart(5)} s real ${resident.toFixed(0).padStart(5)} MB\n`,
      )
    }
    const good = highest < LIMIT_MB
    process.stdout.write(`${lab}: at most ${highest.toFixed(0)} MB resident: ${good ? 'good' : 'NOT GOOD'}\n`)
    process.exitCode = good ? 0 : 1
  } finally {
    await terminal.dispose()
  }
}
