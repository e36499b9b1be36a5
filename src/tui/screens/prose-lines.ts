import type { Block, Inline } from '../../course/prose.ts'
import { assertNever } from '../../kernel/assert-never.ts'
import { wrap } from '../layout.ts'
import { blankLine, type Line, type Span } from '../line.ts'
import { sanitizeLine } from '../plain.ts'
import type { Style } from '../theme.ts'
import { stringWidth } from '../width.ts'

const styleOf = (inline: Inline): Style => {
  switch (inline.style) {
    case undefined:
      return 'plain'
    case 'strong':
    case 'emphasis':
      return 'strong'
    case 'code':
    case 'term':
      return 'accent'
    default:
      return assertNever(inline.style)
  }
}

/** Prose as the screen styles it. */
export const spans = (inlines: readonly Inline[]): Span[] =>
  inlines.map(inline => ({ text: sanitizeLine(inline.text), style: styleOf(inline) }))

/** Lines with a sign before the first and as much blank before the others. */
export const hanging = (sign: Span, body: Line | string, width: number): Line[] => {
  const indent = sign.text.length
  return wrap(body, Math.max(1, width - indent)).map((line, index) => [
    index === 0 ? sign : { text: ' '.repeat(indent) },
    ...line,
  ])
}

const CODE_INDENT = 2

/** A line of code; one that is wider than the pane goes on below, further in. Nothing of it is lost. */
const codeLine = (text: string, width: number): Line[] => {
  const room = Math.max(8, width - CODE_INDENT)
  const margin = ' '.repeat(CODE_INDENT)
  if (stringWidth(text) <= room) return [[{ text: `${margin}${text}`, style: 'accent' }]]
  const inner = (/^ */.exec(text)?.[0].length ?? 0) + 4
  return wrap([{ text: text.trimStart(), style: 'accent' }], Math.max(8, room - inner)).map((line, index) => [
    { text: `${margin}${' '.repeat(index === 0 ? inner - 4 : inner)}` },
    ...line,
  ])
}

/** Columns that a page's code asks for; 0 where it has none. */
export const codeWidth = (blocks: readonly Block[]): number =>
  Math.max(
    0,
    ...blocks.flatMap(block =>
      block.kind === 'code' ? block.lines.map(text => stringWidth(sanitizeLine(text)) + CODE_INDENT) : [],
    ),
  )

const inlinesOf = (block: Block): readonly Inline[] => {
  if (block.kind === 'code') return []
  return block.kind === 'list' ? block.items.flat() : block.text
}

/** What a page sets in bold, in its order: keys among other words. */
export const boldWords = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap(block => inlinesOf(block).flatMap(({ text, style }) => (style === 'strong' ? [text] : [])))

const blockLines = (block: Block, width: number): Line[] => {
  switch (block.kind) {
    case 'paragraph':
      return wrap(spans(block.text), width)
    case 'quote':
      return hanging({ text: '│ ', style: 'old' }, spans(block.text), width)
    case 'list':
      return block.items.flatMap((item, index) =>
        hanging({ text: block.ordered ? `${index + 1}. ` : '• ', style: 'old' }, spans(item), width),
      )
    case 'code':
      return block.lines.flatMap(text => codeLine(sanitizeLine(text), width))
    default:
      return assertNever(block)
  }
}

/** A page's prose, set for a pane: blank lines between blocks. */
export const proseLines = (blocks: readonly Block[], width: number): Line[] =>
  blocks.flatMap((block, index) => [...(index === 0 ? [] : [blankLine]), ...blockLines(block, width)])
