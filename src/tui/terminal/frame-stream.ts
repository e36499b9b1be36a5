import { EventEmitter } from 'node:events'
import { blankRow, type CellRow, parseRow } from './cells.ts'
import { diffRow } from './row-diff.ts'

/** Where frames go: the part of a tty.WriteStream that is used. */
export interface FrameSink {
  readonly columns?: number
  readonly rows?: number
  write(data: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Terminals that report no size (a serial line, a pipe) are taken for this. */
export const ASSUMED_SIZE: Size = { columns: 80, rows: 24 }

/** Opens and closes a frame that the terminal shows at once (DEC private mode 2026, "synchronized output"). */
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

interface Shown {
  readonly lines: string[]
  readonly rows: CellRow[]
}

/**
 * What Ink takes for standard output. Ink hands it whole frames (its `debug` mode does nothing else); it writes the
 * cells that changed, as one synchronized update. A terminal that is slow to read gets the latest frame when it is
 * ready again: frames between are dropped.
 */
export class FrameStream extends EventEmitter {
  /** Else Ink would write sequences for the cursor between the frames. */
  readonly isTTY = false
  readonly #sink: FrameSink
  readonly #platform: string
  #shown: Shown | undefined
  #frame: string | undefined
  #waiting = false
  #open = true

  constructor(sink: FrameSink, platform: string = process.platform) {
    super()
    this.#sink = sink
    this.#platform = platform
  }

  /** The space for a frame. Old consoles of Windows scroll when the last cell is written, so its row stays empty. */
  get size(): Size {
    const rows = this.#sink.rows || ASSUMED_SIZE.rows
    return {
      columns: this.#sink.columns || ASSUMED_SIZE.columns,
      rows: this.#platform === 'win32' ? Math.max(1, rows - 1) : rows,
    }
  }

  get columns(): number {
    return this.size.columns
  }

  get rows(): number {
    return this.size.rows
  }

  /** Ink's only call: a whole frame, or nothing but a callback in order to learn that all is written. */
  write(frame: string, ...rest: readonly unknown[]): boolean {
    const callback = rest.at(-1)
    if (typeof callback === 'function') callback()
    else if (this.#open) {
      this.#frame = frame
      this.#flush()
    }
    return true
  }

  /** Draws everything anew, on a screen whose content is not known: after a resize, after coming back. */
  repaint(): void {
    this.#shown = undefined
    this.#flush()
  }

  /** Writes no more. */
  end(): void {
    this.#open = false
  }

  #flush(): void {
    if (this.#waiting || !this.#open || this.#frame === undefined) return
    const update = this.#update(this.#frame)
    if (update === '') return
    if (this.#sink.write(BEGIN + update + END)) return
    this.#waiting = true
    this.#sink.once('drain', () => {
      this.#waiting = false
      this.#flush()
    })
  }

  #update(frame: string): string {
    const { columns, rows } = this.size
    const shown = this.#shown
    const lines = frame.split('\n').slice(0, rows)
    const fits = shown !== undefined && shown.rows.length === rows && shown.rows[0]?.glyphs.length === columns
    const before = fits ? shown : blankScreen(columns, rows)
    const next: Shown = { lines: [], rows: [] }
    let update = fits ? '' : '\x1b[m\x1b[2J'
    for (let y = 0; y < rows; y++) {
      const line = lines[y] ?? ''
      const old = before.rows[y] ?? blankRow(columns)
      const row = before.lines[y] === line ? old : parseRow(line, columns)
      if (row !== old) update += diffRow(y, old, row)
      next.lines.push(line)
      next.rows.push(row)
    }
    this.#shown = next
    return update
  }
}

const blankScreen = (columns: number, rows: number): Shown => {
  const blank = blankRow(columns)
  return { lines: new Array<string>(rows).fill(''), rows: new Array<CellRow>(rows).fill(blank) }
}
