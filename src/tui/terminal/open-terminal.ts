import type { Capabilities } from './capabilities.ts'
import { FrameStream, type Size } from './frame-stream.ts'
import type { Key } from './key.ts'
import { KeyReader } from './key-reader.ts'
import { Screen } from './screen.ts'

export interface TerminalOptions {
  readonly capabilities: Capabilities
  readonly onKey: (key: Key) => void
  /** Pasted text, with line ends as `\n` and otherwise as it came: sanitize it. `cut`: it was longer. */
  readonly onPaste: (text: string, cut: boolean) => void
  readonly onResize: (size: Size) => void
  /** After ctrl+z and fg; the screen has been repainted. Clocks that measure real time start anew. */
  readonly onResume?: () => void
  /** The terminal has gone (its window was closed). The process ends after this. */
  readonly onGone?: () => void
  /** Something was thrown; the screen has been restored. By default it is printed and the process exits with 1. */
  readonly onCrash?: (error: unknown) => void
}

export interface Terminal {
  readonly capabilities: Capabilities
  /** Where a renderer draws. */
  readonly frames: FrameStream
  size(): Size
  /**
   * Shows rows before a renderer is loaded: the first frame stands on the screen, and keys are read, while Ink (25 ms)
   * is still to come. A screen reader gets no preview.
   */
  preview(rows: readonly string[]): void
  /** Called when the terminal is given back, in order to stop drawing. */
  onClose(stop: () => void): void
  /** Gives the terminal back and reports an error of the renderer, as for any other that is thrown. */
  crash(error: unknown): void
  /** Stops the job, which ctrl+z does by itself. */
  suspend(): void
  /** Gives the terminal back. Nothing is drawn or read afterwards. */
  close(): void
}

/** What a shell reports for a program that SIGHUP ended. */
const EXIT_GONE = 129

const reportCrash = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}

/**
 * Takes the terminal of the process; call it only when `capabilities.interactive`. Keys go from our parser straight to
 * `onKey`, from now on.
 */
export const openTerminal = (options: TerminalOptions): Terminal => {
  const { capabilities, onCrash = reportCrash } = options
  const { stdin, stdout } = process
  const frames = new FrameStream(stdout)
  const stops: (() => void)[] = []
  let closed = false

  const screen = new Screen({
    stdin,
    alternate: !capabilities.screenReader,
    beforeLeave: () => {
      closed = true
      frames.end()
      reader.stop()
      stdin.off('data', read)
      stdin.pause()
      stdout.off('resize', resized)
      for (const stop of stops) stop()
    },
    onResume: () => {
      refreshSize(stdout)
      resized()
      options.onResume?.()
    },
    onCrash,
  })
  const reader = new KeyReader(input => {
    if (closed) return
    if (input.kind === 'paste') options.onPaste(input.text, input.cut)
    else if (input.key.id === 'ctrl+z') screen.suspend()
    else options.onKey(input.key)
  })
  const read = (bytes: Buffer): void => reader.read(bytes)
  const resized = (): void => {
    frames.repaint()
    options.onResize(frames.size)
  }
  // A terminal that has gone answers with EIO, EPIPE or the end of input, and would go on doing so for ever.
  const gone = (): void => {
    if (closed) return
    screen.leave()
    options.onGone?.()
    screen.exit(EXIT_GONE)
  }

  screen.enter()
  stdin.on('data', read)
  for (const event of ['end', 'error']) stdin.on(event, gone)
  stdout.on('error', gone)
  stdout.on('resize', resized)

  return {
    capabilities,
    frames,
    size: () => frames.size,
    preview: rows => {
      if (!capabilities.screenReader) frames.write(rows.join('\n'))
    },
    onClose: stop => stops.push(stop),
    crash: error => {
      screen.leave()
      onCrash(error)
    },
    suspend: () => screen.suspend(),
    close: () => screen.leave(),
  }
}

/** The size may have changed while we were stopped, and then nobody told us. */
const refreshSize = (stdout: NodeJS.WriteStream): void => {
  ;(stdout as { _refreshSize?: () => void })._refreshSize?.()
}
