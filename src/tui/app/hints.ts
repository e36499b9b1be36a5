import { keymap, type Scope } from '../keymap.ts'
import type { KeyHint } from '../panes/key-line.ts'
import { shownKey } from '../shown-key.ts'

/** The footer's words for the keys of these scopes, innermost first, each word and each key once. */
export const hintsOf = (scopes: readonly Scope[]): readonly KeyHint[] => {
  const seen = new Set<string>()
  return [...scopes, 'everywhere' as const].flatMap(scope =>
    keymap.flatMap(binding => {
      if (binding.scope !== scope || binding.footer === undefined || seen.has(binding.footer)) return []
      const [key = ''] = binding.keys
      if (seen.has(key)) return []
      seen.add(binding.footer).add(key)
      return [
        {
          key: binding.action === 'choose' && scope !== 'list' && scope !== 'menu' ? '1-9' : shownKey(key),
          label: binding.footer,
        },
      ]
    }),
  )
}
