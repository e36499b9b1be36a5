import { type Binding, keymap, type Scope } from '../keymap.ts'
import { wrap } from '../layout.ts'
import { blankLine, type Line } from '../line.ts'
import { shownKey } from '../shown-key.ts'
import type { Theme } from '../theme.ts'

const HEADINGS: { readonly [scope in Scope]: string } = {
  everywhere: 'Everywhere',
  home: 'Home',
  list: 'In a list',
  lesson: 'In a lesson',
  lab: 'In the lab',
  choice: 'Answering',
  certainty: 'How sure',
  text: 'Writing',
  number: 'A number',
  order: 'Putting in order',
  menu: 'In a menu',
  price: 'In the list of prices',
  confirm: 'A question',
  reading: 'Reading',
}

const KEY_COLUMN = 18

const bindingLines = (binding: Binding, width: number): Line[] =>
  wrap(binding.says, width - KEY_COLUMN).map(
    (text, index): Line => [
      { text: (index === 0 ? `  ${binding.keys.map(shownKey).join(' ')}` : '').padEnd(KEY_COLUMN), style: 'key' },
      ...text,
    ],
  )

/** A letter of a lab and what it does there. */
export interface LabLetter {
  readonly letter: string
  readonly label: string
}

/** The help of a screen: the keys of its scopes, innermost first, and a lab's own letters. Scrolls when it is longer than the screen. */
export const helpLines = (
  scopes: readonly Scope[],
  letters: readonly LabLetter[],
  width: number,
  _theme: Theme,
): Line[] => {
  const own: Line[] =
    letters.length === 0
      ? []
      : [
          [{ text: 'This lab', style: 'title' }],
          ...letters.map(
            ({ letter, label }): Line => [{ text: `  ${letter}`.padEnd(KEY_COLUMN), style: 'key' }, { text: label }],
          ),
          blankLine,
        ]
  const parts = [...new Set([...scopes, 'everywhere' as const])].map((scope): Line[] => {
    const bindings = keymap.filter(binding => binding.scope === scope)
    return bindings.length === 0
      ? []
      : [
          [{ text: HEADINGS[scope], style: 'title' }],
          ...bindings.flatMap(binding => bindingLines(binding, width)),
          blankLine,
        ]
  })
  return [...own, ...parts.flat()]
}
