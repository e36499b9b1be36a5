/**
 * A key as the keymap names it: a printable character (`a`, `A`, `?`, `é`), or one of `enter`, `escape`, `tab`,
 * `backspace`, `delete`, `insert`, `space`, `up`, `down`, `left`, `right`, `home`, `end`, `pageup`, `pagedown`,
 * `f1` to `f12`; before it `ctrl+`, `alt+`, `shift+` in this order. Shift is named only where the character does not
 * tell: `shift+tab`, but `A`.
 */
export interface Key {
  readonly id: string
  /** What the key types into a text field; absent for keys that type nothing. */
  readonly text?: string
}

/** What a terminal sends. */
export type TerminalInput =
  | { readonly kind: 'key'; readonly key: Key }
  /** Pasted text with line ends as `\n`, never to be taken for keys. `cut`: more came than is kept. */
  | { readonly kind: 'paste'; readonly text: string; readonly cut: boolean }

const SHIFT = 1
const ALT = 2
const CTRL = 4
const SUPER = 8

const NAMED_BY_CODE: ReadonlyMap<number, string> = new Map([
  [8, 'backspace'],
  [9, 'tab'],
  [10, 'enter'],
  [13, 'enter'],
  [27, 'escape'],
  [32, 'space'],
  [127, 'backspace'],
  [57414, 'enter'],
])

/** A key with xterm's modifier bits (shift 1, alt 2, ctrl 4, super 8); without a name for keys we do not know. */
export const namedKey = (name: string, modifiers: number): Key => {
  const prefix = `${modifiers & CTRL ? 'ctrl+' : ''}${modifiers & (ALT | SUPER) ? 'alt+' : ''}`
  const id = `${prefix}${modifiers & SHIFT ? 'shift+' : ''}${name}`
  return name === 'space' && prefix === '' ? { id: 'space', text: ' ' } : { id }
}

/** The key of a code point with modifier bits; undefined for code points that are no key. */
export const characterKey = (code: number, modifiers: number): Key | undefined => {
  const name = NAMED_BY_CODE.get(code)
  if (name !== undefined) return namedKey(name, modifiers)
  // ctrl+a is 1, and so on to ctrl+_ at 31; ctrl+space is 0.
  if (code === 0) return namedKey('space', modifiers | CTRL)
  if (code < 32) return namedKey(String.fromCharCode(code + 64).toLowerCase(), modifiers | CTRL)
  // C1 controls, the private area where kitty puts keys we have no name for, and what was no valid UTF-8.
  if (code < 160 && code > 126) return undefined
  if ((code >= 0xe000 && code <= 0xf8ff) || code === 0xfffd) return undefined
  const character = String.fromCodePoint(code)
  const shifted = modifiers & SHIFT && modifiers & (CTRL | ALT | SUPER) ? character : character.toUpperCase()
  const text = modifiers & SHIFT ? shifted : character
  if (!(modifiers & (CTRL | ALT | SUPER))) return { id: text, text }
  const shift = modifiers & SHIFT ? 'shift+' : ''
  return { id: `${modifiers & CTRL ? 'ctrl+' : ''}${modifiers & (ALT | SUPER) ? 'alt+' : ''}${shift}${text}` }
}
