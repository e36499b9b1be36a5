/**
 * The signs of the screen, each one column wide, with what stands for it where only ASCII is shown. Meaning never
 * hangs on a sign alone: a word stands beside it, or in the legend.
 */
const SIGNS = {
  ok: ['✓', '+'],
  unknown: ['?', '?'],
  bad: ['✗', 'x'],
  lost: ['✗', 'x'],
  timer: ['◷', 't'],
  crashed: ['†', '#'],
  paused: ['‖', '='],
  playing: ['▶', '>'],
  event: ['●', '*'],
  open: ['○', 'o'],
  half: ['◐', 'o'],
  note: ['◆', '*'],
  goal: ['○', 'o'],
  star: ['★', '*'],
  bullet: ['•', '*'],
  dot: ['·', '.'],
  ellipsis: ['…', '~'],
  dash: ['–', '-'],
  times: ['×', 'x'],
  pointer: ['❯', '>'],
  left: ['←', '<'],
  right: ['→', '>'],
  up: ['↑', '^'],
  down: ['↓', 'v'],
  above: ['▲', '^'],
  below: ['▼', 'v'],
  cut: ['╳', 'X'],
  horizontal: ['─', '-'],
  vertical: ['│', '|'],
  topLeft: ['╭', '+'],
  topRight: ['╮', '+'],
  bottomLeft: ['╰', '+'],
  bottomRight: ['╯', '+'],
  teeLeft: ['├', '+'],
  teeRight: ['┤', '+'],
  teeDown: ['┬', '+'],
  teeUp: ['┴', '+'],
  cross: ['┼', '+'],
  heavy: ['━', '='],
  double: ['═', '='],
  dashed: ['╌', '-'],
  dashedVertical: ['╎', ':'],
  spanStart: ['├', '['],
  spanEnd: ['┤', ']'],
  block: ['█', '#'],
  shade: ['░', '.'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

export type GlyphName = keyof typeof SIGNS
export type Glyphs = Readonly<Record<GlyphName, string>>

const table = (column: 0 | 1): Glyphs =>
  Object.fromEntries(Object.entries(SIGNS).map(([name, forms]) => [name, forms[column]])) as Glyphs

export const UNICODE_GLYPHS: Glyphs = table(0)
export const ASCII_GLYPHS: Glyphs = table(1)

/** Eighths of a cell from empty to full, for charts that grow upwards. */
export const bars = (unicode: boolean): readonly string[] => [...(unicode ? ' ▁▂▃▄▅▆▇█' : ' ..::||##')]

/** Eighths of a cell from empty to almost full, for bars that grow to the right. */
export const PART_BLOCKS: readonly string[] = [...' ▏▎▍▌▋▊▉']

/** What prose may hold beyond the signs. */
const TYPOGRAPHY: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '—': '-',
  '−': '-',
  '\u00a0': ' ',
  '≤': '<',
  '≥': '>',
  '≠': '#',
  '≈': '~',
  '⇒': '>',
  '↔': '-',
  '║': '|',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  µ: 'u',
  μ: 'u',
}

const asciiOf = new Map<string, string>([
  ...Object.values(SIGNS).map(([sign, ascii]): [string, string] => [sign, ascii]),
  ...Object.entries(TYPOGRAPHY),
])

/** The text in ASCII, as many columns wide: letters lose their accents, what has no likeness becomes `?`. */
export const toAscii = (text: string, widthOf: (character: string) => number): string => {
  let ascii = ''
  for (const character of text) {
    if (character <= '\x7f') {
      ascii += character
      continue
    }
    const known = asciiOf.get(character)
    const bare = character.normalize('NFD').charAt(0)
    ascii += known ?? (bare <= '\x7f' ? bare : '?'.repeat(widthOf(character)))
  }
  return ascii
}
