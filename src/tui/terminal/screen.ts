import { writeSync } from 'node:fs'

/** Alternate screen, marks around pastes, no wrapping at the last column, no cursor. */
const ENTER = '\x1b[?1049h\x1b[?2004h\x1b[?7l\x1b[?25l\x1b[H\x1b[2J'
/** All of it undone, and an update that was cut short closed. */
const LEAVE = '\x1b[?2026l\x1b[?2004l\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l'

/** Signals that end the program, with the number that makes its exit code. */
const FATAL = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/** If the stop was ignored (no shell waits for us) the program goes on after this time. */
const STOP_TIMEOUT_MS = 100

/** The part of standard input that is used. */
interface RawInput {
  setRawMode?(raw: boolean): unknown
}

export interface ScreenOptions {
  readonly stdin: RawInput
  /** False for a screen reader: the ordinary screen, in raw mode. */
  readonly alternate: boolean
  /** Called before the screen is left for good. */
  readonly beforeLeave: () => void
  /** Called when the program was stopped and is back. */
  readonly onResume: () => void
  /** Called with what was thrown by anything, after the screen has been restored. Must end the process. */
  readonly onCrash: (error: unknown) => void
}

/**
 * Holds the terminal while the program draws on it, and gives it back on every way out: leaving, process.exit, an
 * error thrown anywhere, SIGINT, SIGTERM, SIGHUP, ctrl+z.
 */
export class Screen {
  readonly #options: ScreenOptions
  #state: 'outside' | 'inside' | 'stopped' = 'outside'
  #gone = false

  constructor(options: ScreenOptions) {
    this.#options = options
  }

  readonly #leave = (): void => this.leave()
  readonly #crash = (error: unknown): void => {
    this.leave()
    this.#options.onCrash(error)
  }
  readonly #fatal = (signal: NodeJS.Signals): void => {
    this.leave()
    this.exit(128 + (FATAL[signal as keyof typeof FATAL] ?? 0))
  }
  readonly #stop = (): void => this.suspend()

  enter(): void {
    if (this.#state !== 'outside') return
    process.on('exit', this.#leave)
    process.on('uncaughtException', this.#crash)
    process.on('unhandledRejection', this.#crash)
    for (const signal of Object.keys(FATAL)) process.on(signal, this.#fatal)
    process.on('SIGTSTP', this.#stop)
    this.#take()
  }

  leave(): void {
    const state = this.#state
    if (state === 'outside') return
    this.#state = 'outside'
    this.#options.beforeLeave()
    if (state === 'inside') this.#giveBack()
    process.off('exit', this.#leave)
    process.off('uncaughtException', this.#crash)
    process.off('unhandledRejection', this.#crash)
    for (const signal of Object.keys(FATAL)) process.off(signal, this.#fatal)
    process.off('SIGTSTP', this.#stop)
  }

  /**
   * Ends the process once the screen was left. Node's own exit asks the terminal for its modes and aborts with a core dump when the
   * terminal has gone; everything worth keeping is on disk by then, so the process is ended without it.
   */
  exit(code: number): never {
    if (this.#gone) process.kill(process.pid, 'SIGKILL')
    process.exit(code)
  }

  /** Gives the terminal back and stops the whole job, as ctrl+z does outside raw mode; goes on when the shell says so. */
  suspend(): void {
    if (this.#state !== 'inside' || process.platform === 'win32') return
    this.#state = 'stopped'
    this.#giveBack()
    // Without a handler the signal stops us. npx and npm, which may stand between the shell and us, must stop too.
    process.off('SIGTSTP', this.#stop)
    let waiting: NodeJS.Timeout | undefined
    const resume = (): void => {
      clearTimeout(waiting)
      process.off('SIGCONT', resume)
      if (this.#state !== 'stopped') return
      process.on('SIGTSTP', this.#stop)
      this.#take()
      this.#options.onResume()
    }
    process.on('SIGCONT', resume)
    process.kill(0, 'SIGTSTP')
    waiting = setTimeout(resume, STOP_TIMEOUT_MS)
  }

  #take(): void {
    this.#state = 'inside'
    write(this.#options.alternate ? ENTER : '')
    setRaw(this.#options.stdin, true)
  }

  #giveBack(): void {
    setRaw(this.#options.stdin, false)
    this.#gone = !write(this.#options.alternate ? LEAVE : '\r')
  }
}

/** Fails when the terminal has gone; then there is nothing to restore. */
const setRaw = (stdin: RawInput, raw: boolean): void => {
  try {
    stdin.setRawMode?.(raw)
  } catch {}
}

const ATTEMPTS = 1000

/** Writes at once, because the process may end right after. A terminal that is busy is asked again; false when it has gone. */
const write = (text: string): boolean => {
  for (let attempt = 0; attempt < ATTEMPTS && text !== ''; attempt++) {
    try {
      writeSync(1, text)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false
    }
  }
  return true
}
