import { PassThrough } from 'node:stream'
import chalk from 'chalk'
import { type Instance, render } from 'ink'
import type { ReactElement } from 'react'
import type { Terminal } from './open-terminal.ts'

/** Shows elements on a terminal. Calls within one turn of the event loop make one frame. */
export interface Renderer {
  render(element: ReactElement): void
}

/** Lets Ink lay out and draw. Keys do not pass through Ink: its own input gets nothing. */
export const inkRenderer = (terminal: Terminal): Renderer => {
  chalk.level = terminal.capabilities.colour ? 1 : 0
  let ink: Instance | undefined
  let pending: ReactElement | undefined
  let closed = false
  terminal.onClose(() => {
    closed = true
    ink?.unmount()
  })
  const draw = (): void => {
    const element = pending
    pending = undefined
    if (closed || element === undefined) return
    if (ink) ink.rerender(element)
    else ink = mount(element, terminal)
  }
  return {
    render: element => {
      const scheduled = pending !== undefined
      pending = element
      if (!ink) draw()
      else if (!scheduled) setImmediate(draw)
    },
  }
}

const mount = (element: ReactElement, terminal: Terminal): Instance => {
  const { screenReader } = terminal.capabilities
  const instance = render(element, {
    // A frame stream has all of a stream that Ink uses.
    stdout: screenReader ? process.stdout : (terminal.frames as unknown as NodeJS.WriteStream),
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    // Ink's debug mode hands over whole frames at once; the frame stream finds what changed.
    debug: !screenReader,
    isScreenReaderEnabled: screenReader,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  instance.waitUntilExit().catch((error: unknown) => terminal.crash(error))
  return instance
}
