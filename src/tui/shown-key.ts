const SHOWN: { readonly [key: string]: string } = {
  escape: 'esc',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  'shift+left': 'shift ←',
  'shift+right': 'shift →',
  'shift+up': 'shift ↑',
  'shift+down': 'shift ↓',
}

/** A key as it is printed: arrows as arrows, `escape` as esc. */
export const shownKey = (key: string): string => SHOWN[key] ?? key
