import { type Line, lineWidth, type Span } from '../line.ts'
import type { Theme } from '../theme.ts'

/** A key and the word for what it does. */
export interface KeyHint {
  readonly key: string
  readonly label: string
}

const hintSpans = ({ key, label }: KeyHint): readonly Span[] => [
  { text: key, style: 'key' },
  { text: ` ${label}`, style: 'old' },
]

const GAP: Span = { text: '  ' }

/**
 * The keys of a screen in one line: first those of the lab (left), then those that are the same everywhere (right), of which the
 * last always stay. What finds no room is left out; a shorter one after it may still find some.
 */
export const keyLine = (own: readonly KeyHint[], fixed: readonly KeyHint[], width: number, theme: Theme): Line => {
  const last = fixed.slice(-1).flatMap(hintSpans)
  const all = [...own, ...fixed.slice(0, -1)].map(hintSpans)
  const shown: Span[] = []
  for (const hint of all) {
    const next: Span[] = [...shown, ...(shown.length > 0 ? [GAP] : []), ...hint]
    if (lineWidth(next) + 2 + lineWidth(last) <= width) shown.splice(0, shown.length, ...next)
  }
  const line = shown.length > 0 && last.length > 0 ? [...shown, GAP, ...last] : [...shown, ...last]
  return lineWidth(line) <= width ? line : [{ text: theme.glyph.ellipsis, style: 'old' }]
}
