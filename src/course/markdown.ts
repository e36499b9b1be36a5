import { lexer, type Token, type Tokens } from 'marked'
import { ContentError } from './content-error.ts'
import type { Block, Inline } from './prose.ts'

const entities: { readonly [entity: string]: string } = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

const decode = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, entity => entities[entity] ?? entity)

const glossaryLink = /^glossary:([a-z0-9-]+)$/

interface Where {
  readonly file: string
  readonly line: number
}

/** Markdown inlines: text, `**strong**`, `*emphasis*`, `` `code` `` and `[words](glossary:entry)`. */
const inlines = (tokens: readonly Token[], where: Where): Inline[] =>
  tokens.flatMap((token): Inline[] => {
    switch (token.type) {
      case 'text':
      case 'escape': {
        const nested = 'tokens' in token ? token.tokens : undefined
        if (nested && nested.length > 0) return inlines(nested, where)
        return [{ text: decode(token.raw.replace(/^\\/, '')).replace(/\s*\n\s*/g, ' ') }]
      }
      case 'strong':
        return [{ text: words(token as Tokens.Strong), style: 'strong' }]
      case 'em':
        return [{ text: words(token as Tokens.Em), style: 'emphasis' }]
      case 'codespan':
        return [{ text: decode((token as Tokens.Codespan).text), style: 'code' }]
      case 'br':
        return [{ text: ' ' }]
      case 'link':
        return [glossaryTerm(token as Tokens.Link, where)]
      default:
        throw new ContentError(
          where,
          `${token.type} is not part of a lesson's Markdown; use plain words, emphasis, code or a glossary link`,
        )
    }
  })

const words = (token: { readonly text: string }): string => decode(token.text).replace(/\s*\n\s*/g, ' ')

const glossaryTerm = (link: Tokens.Link, where: Where): Inline => {
  const term = glossaryLink.exec(link.href)?.[1]
  if (term === undefined)
    throw new ContentError(
      where,
      `the link "${link.text}" goes to ${link.href}; link to glossary:entry or name the address among the sources`,
    )
  return { text: words(link), style: 'term', term }
}

/** A lesson's Markdown as blocks. `firstLine` is the line of the file on which `text` begins. */
export const parseMarkdown = (text: string, file: string, firstLine: number): Block[] => {
  const blocks: Block[] = []
  let line = firstLine
  for (const token of lexer(text)) {
    const where = { file, line }
    line += token.raw.split('\n').length - 1
    if (token.type === 'space') continue
    blocks.push(block(token, where))
  }
  return blocks
}

const block = (token: Token, where: Where): Block => {
  switch (token.type) {
    case 'paragraph':
      return { kind: 'paragraph', text: inlines((token as Tokens.Paragraph).tokens, where) }
    case 'text':
      return { kind: 'paragraph', text: inlines((token as Tokens.Text).tokens ?? [token], where) }
    case 'blockquote':
      return { kind: 'quote', text: quoteText(token as Tokens.Blockquote, where) }
    case 'list': {
      const list = token as Tokens.List
      return { kind: 'list', ordered: list.ordered, items: list.items.map(item => itemText(item, where)) }
    }
    case 'code': {
      const code = token as Tokens.Code
      return { kind: 'code', language: code.lang ?? '', lines: code.text.split('\n') }
    }
    default:
      throw new ContentError(
        where,
        `${token.type} is not part of a lesson's Markdown; use paragraphs, lists, quotes and code`,
      )
  }
}

const quoteText = (quote: Tokens.Blockquote, where: Where): Inline[] =>
  quote.tokens.flatMap(token => ('tokens' in token && token.tokens ? inlines(token.tokens, where) : []))

const itemText = (item: Tokens.ListItem, where: Where): Inline[] =>
  item.tokens.flatMap(token => {
    if (token.type === 'list')
      throw new ContentError(where, 'a list stands within a list; make it two lists or a sentence')
    return 'tokens' in token && token.tokens ? inlines(token.tokens, where) : []
  })
