import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pty from '@lydell/node-pty'
import serialize from '@xterm/addon-serialize'
import xterm from '@xterm/headless'

/** The program as it is installed. `npm run build` must have run. */
export const PROGRAM = resolve('bin', 'netsplit.js')

const BEGIN_UPDATE = '\x1b[?2026h'
const END_UPDATE = '\x1b[?2026l'
/** Nothing that a test waits for takes this long, even on a busy machine. */
const PATIENCE_MS = 30_000

/** Would make Ink and chalk behave as on a build server, or slow every start. */
const FOREIGN = [
  'CI',
  'CONTINUOUS_INTEGRATION',
  'NODE_EXTRA_CA_CERTS',
  'NO_COLOR',
  'FORCE_COLOR',
  'VITEST',
  'NODE_OPTIONS',
]

export interface TerminalSettings {
  /** The file to run; by default Node with the program. */
  readonly command?: string
  readonly args?: readonly string[]
  readonly cols?: number
  readonly rows?: number
  /** On top of a clean environment; undefined removes a variable. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Home and XDG directories lie here; by default in a fresh temporary directory. */
  readonly home?: string
  readonly cwd?: string
}

export interface Exit {
  readonly exitCode: number
  readonly signal?: number | undefined
}

/** A terminal with a program in it, on a screen that can be read. */
export interface RunningTerminal {
  readonly term: xterm.Terminal
  readonly pid: number
  readonly home: string
  /** The rows of the screen, trailing blanks cut. */
  screen(): string
  line(y: number): string
  /** The screen with its colours, as text with SGR sequences. */
  ansi(): string
  /** True while the alternate screen is shown. */
  readonly alternate: boolean
  /** All that the program has written. */
  readonly raw: string
  /** How many bytes that is. */
  readonly bytes: number
  /** Waits until the screen shows the text or meets the condition. Looks only between whole frames. */
  until(wanted: string | RegExp | (() => boolean)): Promise<void>
  /** Types, as from the keyboard. */
  send(text: string): void
  resize(cols: number, rows: number): void
  kill(signal?: NodeJS.Signals): void
  /** Sends a signal to the program that runs in this shell. */
  signalChild(signal: NodeJS.Signals): void
  /** Takes the terminal away, as closing its window does. The end of the program is then not seen: look at its pid. */
  hangUp(): void
  readonly exited: Promise<Exit>
  /** Ends the program if it still runs, and waits for its end. */
  dispose(): Promise<void>
}

const environment = (home: string, extra: TerminalSettings['env']): { [name: string]: string } => {
  const env: { [name: string]: string | undefined } = {
    ...process.env,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    LC_ALL: undefined,
    LC_CTYPE: undefined,
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
  }
  for (const name of FOREIGN) delete env[name]
  const all = Object.entries({ ...env, ...extra })
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** A line of the screen. */
const lineOf = (term: xterm.Terminal, y: number): string => {
  const buffer = term.buffer.active
  return buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? ''
}

const screenOf = (term: xterm.Terminal): string =>
  Array.from({ length: term.rows }, (_, y) => lineOf(term, y)).join('\n')

const conditionOf = (term: xterm.Terminal, wanted: string | RegExp | (() => boolean)): (() => boolean) => {
  if (typeof wanted === 'function') return wanted
  if (typeof wanted === 'string') return () => screenOf(term).includes(wanted)
  return () => wanted.test(screenOf(term))
}

/** Tells for output that comes in pieces whether an update is open at its end. */
const updateTracker = (): ((data: string) => boolean) => {
  let open = false
  let tail = ''
  return data => {
    const text = tail + data
    const begin = text.lastIndexOf(BEGIN_UPDATE)
    const end = text.lastIndexOf(END_UPDATE)
    if (begin >= 0 || end >= 0) open = begin > end
    tail = text.slice(1 - BEGIN_UPDATE.length)
    return open
  }
}

/** Starts a program in a pseudo-terminal (Linux and macOS). */
export const startTerminal = (settings: TerminalSettings = {}): RunningTerminal => {
  const { cols = 80, rows = 24, args = [] } = settings
  const home = settings.home ?? mkdtempSync(join(tmpdir(), 'netsplit-e2e-'))
  const term = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1000 })
  const serializer = new serialize.SerializeAddon()
  term.loadAddon(serializer)
  const command = settings.command ?? process.execPath
  const child = pty.spawn(command, settings.command ? [...args] : [PROGRAM, ...args], {
    name: 'xterm-256color',
    cols,
    rows,
    cwd: settings.cwd ?? process.cwd(),
    env: environment(home, settings.env),
  })
  const watchers = new Set<() => void>()
  const isOpenAfter = updateTracker()
  let raw = ''
  let drawing = false
  let exit: Exit | undefined
  let hungUp = false
  const look = (): void => {
    if (drawing && !exit) return
    for (const watcher of [...watchers]) watcher()
  }
  term.onData(answer => child.write(answer))
  child.onData(data => {
    raw += data
    const open = isOpenAfter(data)
    term.write(data, () => {
      drawing = open
      look()
    })
  })
  const exited = new Promise<Exit>(resolve => {
    child.onExit(result =>
      term.write('', () => {
        exit = result
        look()
        resolve(result)
      }),
    )
  })
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): void => {
    try {
      if (!exit) process.kill(child.pid, signal)
    } catch {
      // It has ended already, and we are about to be told.
    }
  }
  return {
    term,
    pid: child.pid,
    home,
    exited,
    screen: () => screenOf(term),
    line: y => lineOf(term, y),
    ansi: () => serializer.serialize({ scrollback: 0 }),
    get alternate() {
      return term.buffer.active.type === 'alternate'
    },
    get raw() {
      return raw
    },
    get bytes() {
      return Buffer.byteLength(raw)
    },
    until: wanted => {
      const holds = conditionOf(term, wanted)
      return new Promise((resolve, reject) => {
        const finish = (failure?: string): void => {
          clearTimeout(patience)
          watchers.delete(check)
          if (failure === undefined) resolve()
          else reject(new Error(`${failure} while waiting for ${String(wanted)}; the screen shows:\n${screenOf(term)}`))
        }
        const check = (): void => {
          if (holds()) finish()
          else if (exit) finish(`the program ended with ${exit.exitCode}`)
        }
        const patience = setTimeout(() => finish('patience ran out'), PATIENCE_MS)
        watchers.add(check)
        if (!drawing || exit) check()
      })
    },
    send: text => child.write(text),
    resize: (columns, lines) => {
      child.resize(columns, lines)
      term.resize(columns, lines)
    },
    kill,
    signalChild: signal => {
      const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' })
      process.kill(Number(children.trim()), signal)
    },
    hangUp: () => {
      hungUp = true
      // Closes our side of the pseudo-terminal; missing from the package's types.
      ;(child as unknown as { destroy(): void }).destroy()
    },
    dispose: async () => {
      if (hungUp) return
      kill()
      await exited
    },
  }
}
