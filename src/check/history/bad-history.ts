import { plain } from '../wording.ts'

/** A history file that cannot be read as one, told in one sentence: file, line, reason. */
export class BadHistory extends Error {
  override readonly name = 'BadHistory'
  readonly file: string
  /** The line that is wrong, from 1; undefined where the whole file is. */
  readonly line: number | undefined
  /** What is wrong with it, and what would be right. */
  readonly reason: string

  constructor(file: string, line: number | undefined, reason: string) {
    super(`${plain(file)}${line === undefined ? '' : `:${line}`}: ${reason}`)
    this.file = file
    this.line = line
    this.reason = reason
  }
}
