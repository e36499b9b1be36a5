import type { Block } from '../../course/prose.ts'
import { blankLine, type Line, type Span } from '../line.ts'
import type { Theme } from '../theme.ts'
import { hanging, spans } from './prose-lines.ts'

/** The parts of a myth card in their order, with the word that each begins with. */
const WORDS = ['Myth', 'True', 'Why', 'Looks right'] as const

/** A myth card: the myth and, on the same page, its correction, the mechanism, and where it looks right. */
export const mythLines = (blocks: readonly Block[], width: number, { glyph }: Theme): Line[] => {
  const signs: readonly Span[] = [
    { text: `${glyph.bad} `, style: 'bad' },
    { text: `${glyph.ok} `, style: 'ok' },
    { text: `${glyph.right} `, style: 'accent' },
    { text: `${glyph.note} `, style: 'unknown' },
  ]
  return blocks.flatMap((block, at): readonly Line[] => {
    const sign = signs[at]
    if (sign === undefined || (block.kind !== 'quote' && block.kind !== 'paragraph')) return []
    const word: Span = { text: `${WORDS[at]}: `, style: at < 2 ? [sign.style as 'bad', 'strong'] : 'strong' }
    const text = spans(block.text).map((span): Span => (at === 0 ? { ...span, style: 'old' } : span))
    return [...(at === 0 ? [] : [blankLine]), ...hanging(sign, [word, ...text], width)]
  })
}
