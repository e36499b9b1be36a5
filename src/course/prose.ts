/** A run of text in one style. `term` is a glossary entry that the reader can open. */
export interface Inline {
  readonly text: string
  readonly style?: 'strong' | 'emphasis' | 'code' | 'term'
  /** The glossary entry's id, for `term`. */
  readonly term?: string
}

/** The glossary entries that prose links, in their order, each once. */
export const linkedTerms = (blocks: readonly Block[]): readonly string[] => {
  const texts = blocks.flatMap(block =>
    block.kind === 'code' ? [] : block.kind === 'list' ? block.items.flat() : block.text,
  )
  return [...new Set(texts.flatMap(({ term }) => term ?? []))]
}

/** A block of prose. Code and pictures keep their line breaks; everything else is wrapped to the pane. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'quote'; readonly text: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly lines: readonly string[] }
