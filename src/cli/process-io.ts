import { createInterface } from 'node:readline'
import type { Io, Output } from './io.ts'

/**
 * The outside of this process. A reader that goes away (`netsplit list | head`) ends the process silently: Node turns
 * SIGPIPE into an error of the stream, which nobody need see.
 */
export const processIo = (unicode: boolean): Io => ({
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  stdin: {
    isTerminal: process.stdin.isTTY === true,
    read: readStdin,
    confirm,
  },
  env: process.env,
  unicode,
})

const output = (stream: NodeJS.WriteStream): Output => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 2)
  })
  return {
    isTerminal: stream.isTTY === true,
    write: text => {
      stream.write(text)
    },
  }
}

const readStdin = async (limit: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    total += bytes.length
    if (total > limit) break
  }
  return Buffer.concat(chunks)
}

/** The end of the input (ctrl+d) is a no. */
const confirm = (question: string): Promise<boolean> =>
  new Promise(resolve => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    terminal.once('close', () => resolve(false))
    terminal.question(question, answer => {
      resolve(/^y(es)?$/i.test(answer.trim()))
      terminal.close()
    })
  })
