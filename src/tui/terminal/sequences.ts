import { characterKey, type Key, namedKey } from './key.ts'

/** Finals of `CSI 1 ; modifiers X` and `SS3 X` (xterm, ctlseqs: "PC-Style Function Keys"). */
const BY_FINAL: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

/** Numbers of `CSI number ; modifiers ~` (xterm and vt220). */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}

/** kitty's event type for a key that was let go. */
const RELEASED = '3'

/** Parameter `index` as a number, `missing` when it is empty. Sub-parameters after `:` are dropped. */
const numberAt = (parameters: readonly string[], index: number, missing: number): number => {
  const text = parameters[index]?.split(':')[0] ?? ''
  return /^\d{1,7}$/.test(text) ? Number(text) : missing
}

const isKeyCode = (code: number): boolean => code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)

/**
 * The key of a control sequence `CSI body final`, in the encodings of xterm, vt220, modifyOtherKeys and kitty;
 * undefined for all others: reports of mouse and focus, answers to queries, keys without a name.
 */
export const keyOfControlSequence = (body: string, final: string): Key | undefined => {
  if (!/^[\d;:]*$/.test(body)) return undefined
  const parameters = body.split(';')
  if (parameters[1]?.split(':')[1] === RELEASED) return undefined
  const modifiers = Math.max(0, numberAt(parameters, 1, 1) - 1)
  const first = numberAt(parameters, 0, 1)
  if (final === 'Z') return namedKey('tab', 1)
  if (final === 'u') return isKeyCode(first) ? characterKey(first, modifiers) : undefined
  if (final === '~' && first === 27 && parameters.length === 3) {
    const code = numberAt(parameters, 2, 0)
    return isKeyCode(code) ? characterKey(code, modifiers) : undefined
  }
  const name = final === '~' ? BY_NUMBER[first] : first === 1 ? BY_FINAL[final] : undefined
  return name === undefined ? undefined : namedKey(name, modifiers)
}

/** The key of `SS3 final` (application mode). */
export const keyOfSingleShift = (final: string): Key | undefined => {
  if (final === 'M') return namedKey('enter', 0)
  const name = BY_FINAL[final]
  return name === undefined ? undefined : namedKey(name, 0)
}
