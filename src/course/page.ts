import { ContentError } from './content-error.ts'
import { parseMarkdown } from './markdown.ts'
import type { Block } from './prose.ts'

/** The steps of a lesson's loop, in the order in which a lesson may use them (pedagogy: predict, observe, explain, transfer). */
export const pageKinds = [
  'hook',
  'attempt',
  'predict',
  'observe',
  'explain',
  'myth',
  'goal',
  'handle',
  'picture',
  'quiz',
  'recap',
  'reflect',
] as const

export type PageKind = (typeof pageKinds)[number]

/** One page of a lesson: a heading `## kind subject: Title`, an optional `> lab: ...` line, and prose. */
export interface Page {
  readonly kind: PageKind
  /** The prediction (predict, observe) or the goals (attempt, goal, handle) that the page is about. */
  readonly subjects: readonly string[]
  readonly title: string
  /** How the lab stands when the page opens: knobs and commands, as in `policy=AP p@500`. Null: as the last page left it. */
  readonly lab: string | null
  readonly blocks: readonly Block[]
  /** The line of the file on which the page begins. */
  readonly line: number
}

const heading = /^## ([a-z]+)((?: [a-z0-9-]+)*): (\S.*)$/
const labLine = /^> lab: *(.*)$/

/** Splits a lesson's Markdown into pages. `firstLine` is the line of the file on which `text` begins. */
export const parsePages = (text: string, file: string, firstLine: number): Page[] => {
  const lines = text.split('\n')
  const starts = lines.flatMap((line, index) => (line.startsWith('## ') ? [index] : []))
  const first = starts[0]
  const before = lines.slice(0, first ?? lines.length).findIndex(line => line.trim() !== '')
  if (before >= 0)
    throw new ContentError(
      { file, line: firstLine + before },
      'this text stands before the first page; begin with a heading such as "## hook: A title"',
    )
  if (first === undefined)
    throw new ContentError(
      { file, line: firstLine },
      'the lesson has no page; begin with a heading such as "## hook: A title"',
    )
  return starts.map((start, index) =>
    parsePage(lines.slice(start, starts[index + 1] ?? lines.length), file, firstLine + start),
  )
}

/** A myth never stands without its correction: all four parts, in this order, or it is no card. */
const isCard = (blocks: readonly Block[]): boolean =>
  blocks.map(({ kind }) => kind).join(' ') === 'quote paragraph paragraph paragraph'

const parsePage = (lines: readonly string[], file: string, line: number): Page => {
  const match = heading.exec(lines[0] ?? '')
  if (!match)
    throw new ContentError(
      { file, line },
      `this heading is not of the form "## kind subject: Title" with a kind out of ${pageKinds.join(', ')}`,
    )
  const [, word = '', subjects = '', title = ''] = match
  const kind = pageKinds.find(candidate => candidate === word)
  if (!kind) throw new ContentError({ file, line }, `"${word}" is no kind of page; use one of ${pageKinds.join(', ')}`)
  const bodyStart = lines.findIndex((text, index) => index > 0 && text.trim() !== '')
  const lab = bodyStart < 0 ? null : labLine.exec(lines[bodyStart] ?? '')
  const from = lab ? bodyStart + 1 : 1
  const blocks = parseMarkdown(lines.slice(from).join('\n'), file, line + from)
  if (kind === 'myth' && !isCard(blocks))
    throw new ContentError(
      { file, line },
      'a page of kind myth is a quotation (the myth) and three paragraphs: the correction, the mechanism, where the myth looks right',
    )
  return {
    kind,
    subjects: subjects.trim() === '' ? [] : subjects.trim().split(' '),
    title,
    lab: lab ? (lab[1] ?? '').trim() : null,
    blocks,
    line,
  }
}
