import type { FileSystem } from '../progress/file-system.ts'

/** A way out that may be a terminal, a file or a pipe. */
export interface Output {
  readonly isTerminal: boolean
  write(text: string): void
}

/** The outside of a command. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: {
    readonly isTerminal: boolean
    /** All of standard input, but no more than `limit` bytes and one. */
    read(limit: number): Promise<Buffer>
    /** Asks a question on the terminal; whether the answer was yes. */
    confirm(question: string): Promise<boolean>
  }
  readonly env: { readonly [name: string]: string | undefined }
  /** Whether signs beyond ASCII can be shown. */
  readonly unicode: boolean
  /** For the progress store; the real one where not given. */
  readonly fileSystem?: FileSystem
}
