import { type Binding, keymap, type Scope } from '../keymap.ts'
import { wrap } from '../layout.ts'
import type { Line } from '../line.ts'
import { type KeyHint, keyLine } from '../panes/key-line.ts'
import { shownKey } from '../shown-key.ts'
import type { Theme } from '../theme.ts'

/** Keys that lead on; they come first. */
const LEADING: readonly string[] = ['next', 'answer', 'sure?', 'run', 'open', 'act on it', 'do it', 'done', 'yes', 'no']

/** The keys of a binding, in short. */
const keysOf = ({ action, keys }: Binding): string => {
  const [first = ''] = keys
  return action === 'choose' && first === '1' ? `1-${keys.at(-1)}` : shownKey(first)
}

/** The footer's words for the keys of these scopes, innermost first, each word once; a key that an inner scope has is its alone. */
const hintsOf = (scopes: readonly Scope[], acts: (binding: Binding) => boolean): readonly KeyHint[] => {
  const seen = new Set<string>()
  const taken = new Map<string, Scope>()
  return [...scopes, 'everywhere' as const].flatMap(scope =>
    keymap.flatMap(binding => {
      if (binding.scope !== scope) return []
      const mine = binding.keys.filter(key => (taken.get(key) ?? scope) === scope)
      for (const key of mine) taken.set(key, scope)
      const [first] = binding.keys
      if (binding.footer === undefined || seen.has(binding.footer) || !mine.includes(first ?? '') || !acts(binding))
        return []
      seen.add(binding.footer)
      return [{ key: keysOf(binding), label: binding.footer }]
    }),
  )
}

const always = (): boolean => true

/** The line of keys at the foot: what leads on first, help last, however many letters a lab has of its own. */
export const footKeys = (
  own: readonly KeyHint[],
  scopes: readonly Scope[],
  width: number,
  theme: Theme,
  acts: (binding: Binding) => boolean = always,
): Line => {
  const hints = hintsOf(scopes, acts)
  const leading = hints.filter(({ label }) => LEADING.includes(label))
  const help = hints.filter(({ label }) => label === 'help')
  const rest = hints.filter(hint => !leading.includes(hint) && !help.includes(hint))
  return keyLine([...leading, ...own], [...rest, ...help], width, theme)
}

/** The two lines at the foot. A notice takes the upper one, and both when it is long: the next key takes it away. */
export const footLines = (notice: string | null, upper: Line, keys: Line, width: number): Line[] => {
  const said = notice === null ? [] : wrap([{ text: notice, style: 'unknown' }], width - 2)
  const [first = upper, second = keys] = said
  return [first, second].map((spans): Line => [{ text: ' ' }, ...spans])
}
