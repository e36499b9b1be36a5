/** Something wrong in a content file, in one sentence that says what to do about it. Lines and columns count from 1. */
export class ContentError extends Error {
  readonly file: string
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(at: { file: string; line?: number | undefined; column?: number | undefined }, sentence: string) {
    const place =
      at.line === undefined ? at.file : `${at.file}:${at.line}${at.column === undefined ? '' : `:${at.column}`}`
    super(`${place}: ${sentence}`)
    this.name = 'ContentError'
    this.file = at.file
    this.line = at.line
    this.column = at.column
  }
}
