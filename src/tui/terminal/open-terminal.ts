import { PassThrough } from 'node:stream'
import chalk from 'chalk'
import { type Instance, render } from 'ink'
import type { ReactElement } from 'react'
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
  /** Shows the element. Calls within one turn of the event loop make one frame. */
  render(element: ReactElement): void
  size(): Size
  /** Stops the job as ctrl+z does (which need not be handled by the application). */
  suspend(): void
  /** Restores the terminal. Nothing is drawn or read afterwards. */
  close(): void
}

/** Of the shell: killed by SIGHUP. */
const EXIT_GONE = 129

const crashed = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}

/**
 * Takes the terminal of the process. Keys go from our parser straight to `onKey`; Ink only lays out and draws.
 * Call it only when `capabilities.interactive`.
 */
export const openTerminal = (options: TerminalOptions): Terminal => {
  const { capabilities } = options
  const { stdin, stdout } = process
  chalk.level = capabilities.colour ? 1 : 0
  const frames = new FrameStream(stdout)
  let ink: Instance | undefined
  let pending: ReactElement | undefined
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
      ink?.unmount()
    },
    onResume: () => {
      refreshSize(stdout)
      resized()
      options.onResume?.()
    },
    onCrash: options.onCrash ?? crashed,
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
  // A terminal that has gone answers EIO or EPIPE, or an end of input, again and again.
  const gone = (): void => {
    if (closed) return
    screen.leave()
    options.onGone?.()
    process.exit(EXIT_GONE)
  }

  const draw = (): void => {
    const element = pending
    pending = undefined
    if (closed || element === undefined) return
    if (ink) ink.rerender(element)
    else
      ink = mount(element, frames, capabilities, error => {
        screen.leave()
        ;(options.onCrash ?? crashed)(error)
      })
  }

  screen.enter()
  stdin.on('data', read)
  stdin.on('end', gone)
  stdin.on('error', gone)
  stdout.on('error', gone)
  stdout.on('resize', resized)

  return {
    render(element) {
      const scheduled = pending !== undefined
      pending = element
      if (!ink) draw()
      else if (!scheduled) setImmediate(draw)
    },
    size: () => frames.size,
    suspend: () => screen.suspend(),
    close: () => screen.leave(),
  }
}

/** The size may have changed while we were stopped, and then nobody told us. */
const refreshSize = (stdout: NodeJS.WriteStream): void => {
  ;(stdout as { _refreshSize?: () => void })._refreshSize?.()
}

const mount = (
  element: ReactElement,
  frames: FrameStream,
  capabilities: Capabilities,
  onError: (error: unknown) => void,
): Instance => {
  const instance = render(element, {
    // A frame stream has what Ink uses of a stream.
    stdout: capabilities.screenReader ? process.stdout : (frames as unknown as NodeJS.WriteStream),
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    // Whole frames, at once; the frame stream finds what changed.
    debug: !capabilities.screenReader,
    isScreenReaderEnabled: capabilities.screenReader,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 1000,
  })
  instance.waitUntilExit().catch(onError)
  return instance
}
