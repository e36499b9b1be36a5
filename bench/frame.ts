import { readFileSync } from 'node:fs'
import { type RunningTerminal, startTerminal } from '../test/e2e/terminal.ts'

/** Held to: a lab playing at 120x40. Milliseconds, bytes, and parts of one core. */
const LIMITS = { medianMs: 10, p99Ms: 33, bytes: 4096, processor: 0.12 } as const
const SIZE = { cols: 120, rows: 40 } as const
const KEYS = 400
const WATCH_MS = 20_000
const STILL_MS = 2_000

const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

/** Clock ticks a second of /proc (USER_HZ), the same on every Linux that Node runs on. */
const TICKS_PER_S = 100

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** Seconds of processor that a process has used (Linux). */
const processorSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024

/** Bytes of each whole frame in what was written. */
const frameBytes = (raw: string): number[] =>
  raw
    .split(BEGIN)
    .slice(1)
    .filter(frame => frame.includes(END))
    .map(frame => Buffer.byteLength(frame) + BEGIN.length)

const random = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Milliseconds from a key to the frame that shows it: the speed in the head line, at seeded moments of the playing lab. */
const keyLatencies = async (terminal: RunningTerminal): Promise<number[]> => {
  const draw = random(20_260_131)
  const times: number[] = []
  for (let press = 0; press < KEYS; press++) {
    await pause(30 + draw() * 70)
    const faster = press % 2 === 0
    const began = performance.now()
    terminal.send(faster ? '+' : '-')
    await terminal.until(() => / 2x/.test(terminal.line(0)) === faster)
    times.push(performance.now() - began)
  }
  return times
}

/** What a watched lab costs while its clients now and then ask for something. */
const watch = async (terminal: RunningTerminal, letters: string): Promise<{ processor: number; frames: number[] }> => {
  const from = terminal.raw.length
  const spent = processorSeconds(terminal.pid)
  const began = performance.now()
  for (let at = 0; performance.now() - began < WATCH_MS; at++) {
    terminal.send(letters.charAt(at % letters.length))
    await pause(500)
  }
  const seconds = (performance.now() - began) / 1000
  const processor = (processorSeconds(terminal.pid) - spent) / seconds
  return { processor, frames: frameBytes(terminal.raw.slice(from)) }
}

const tell = (what: string, value: string, good: boolean | null): boolean => {
  process.stdout.write(`${what.padEnd(44)}${value.padStart(12)}  ${good === null ? '' : good ? 'good' : 'NOT GOOD'}\n`)
  return good ?? true
}

/**
 * `npm run bench frame [LAB] [LETTERS]`: the lab plays at 120x40 in a pseudo-terminal. Time from key to changed frame, bytes a
 * frame, processor, and what a paused screen writes. The terminal that reads along takes its part of the measured times.
 */
export const main = async ([lab = 'cap/cp-or-ap', letters = 'wbrs']: readonly string[]): Promise<void> => {
  const terminal = startTerminal({ ...SIZE, args: ['lab', lab] })
  try {
    await terminal.until('1x')
    terminal.send(' ')
    await pause(3_000)
    const { processor, frames } = await watch(terminal, letters)
    const times = await keyLatencies(terminal)
    const resident = residentMb(terminal.pid)
    terminal.send(' ')
    await pause(500)
    const before = terminal.bytes
    await pause(STILL_MS)
    const still = terminal.bytes - before
    const bytes = quantile(frames, 0.5)
    const [median, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
    process.stdout.write(`${lab} at ${SIZE.cols}x${SIZE.rows}, ${KEYS} keys\n`)
    const verdicts = [
      tell('key to changed frame, median', `${median.toFixed(1)} ms`, median <= LIMITS.medianMs),
      tell('key to changed frame, 99th percentile', `${p99.toFixed(1)} ms`, p99 <= LIMITS.p99Ms),
      tell('frames a second', (frames.length / (WATCH_MS / 1000)).toFixed(1), null),
      tell('bytes a frame, median', `${bytes}`, bytes <= LIMITS.bytes),
      tell('bytes a frame, 99th percentile', `${quantile(frames, 0.99)}`, null),
      tell('processor, of one core', `${(processor * 100).toFixed(1)} %`, processor <= LIMITS.processor),
      tell('resident at the end', `${resident.toFixed(0)} MB`, null),
      tell(`bytes written in ${STILL_MS / 1000} s while paused`, `${still}`, still === 0),
    ]
    process.exitCode = verdicts.every(Boolean) ? 0 : 1
  } finally {
    await terminal.dispose()
  }
}
