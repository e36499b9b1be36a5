import { ASCII_GLYPHS, type Glyphs, toAscii, UNICODE_GLYPHS } from './glyphs.ts'
import { stringWidth } from './width.ts'

/** Colours that tell clients and nodes apart; `actorTone` gives them out. */
const ACTORS = ['actor0', 'actor1', 'actor2', 'actor3', 'actor4', 'actor5'] as const

/**
 * What a piece of text means; the theme says how that looks. `ok`, `unknown`, `bad`: outcomes and verdicts. `fresh`:
 * just changed. `old`: past, or of no concern now. `accent`: has the focus. `title`, `key`: headings, names of keys.
 * `selected`: under the cursor. `strong`: stressed in prose.
 */
export type Tone =
  | 'plain'
  | 'ok'
  | 'unknown'
  | 'bad'
  | 'fresh'
  | 'old'
  | 'accent'
  | 'title'
  | 'key'
  | 'selected'
  | 'strong'
  | (typeof ACTORS)[number]

/** One meaning, or several at once: `['actor1', 'old']`. */
export type Style = Tone | readonly Tone[]

/** SGR codes from the terminal's own sixteen colours, so that light and dark backgrounds both work. */
const IN_COLOUR: Readonly<Record<Tone, readonly number[]>> = {
  plain: [],
  ok: [32],
  unknown: [33],
  bad: [31],
  fresh: [1],
  old: [2],
  accent: [36],
  title: [1],
  key: [36],
  selected: [7],
  strong: [1],
  actor0: [36],
  actor1: [35],
  actor2: [34],
  actor3: [96],
  actor4: [95],
  actor5: [94],
}

const WITHOUT_COLOUR: Readonly<Record<Tone, readonly number[]>> = {
  plain: [],
  ok: [],
  unknown: [4],
  bad: [1],
  fresh: [1],
  old: [2],
  accent: [1],
  title: [1],
  key: [1],
  selected: [1, 4],
  strong: [1],
  actor0: [],
  actor1: [],
  actor2: [],
  actor3: [],
  actor4: [],
  actor5: [],
}

export interface Theme {
  readonly colour: boolean
  /** False: `paint` turns everything into ASCII. */
  readonly unicode: boolean
  readonly glyph: Glyphs
  /** The text as the terminal shows it in this style: with SGR sequences, plain again at its end. */
  paint(style: Style, text: string): string
}

/** The tone of the n-th client or node of a lab. */
export const actorTone = (index: number): Tone => ACTORS[index % ACTORS.length] ?? 'plain'

export const tonesOf = (style: Style): readonly Tone[] => (typeof style === 'string' ? [style] : style)

/** How much a style stands out: what is bright is drawn over what is dim. */
export const prominence = (style: Style): number => {
  const tones = tonesOf(style)
  if (tones.includes('selected')) return 4
  if (tones.includes('fresh') || tones.includes('strong')) return 3
  if (tones.includes('old')) return 0
  return tones.includes('plain') ? 1 : 2
}

/**
 * One sequence a code: Ink takes a faster way with those than with `1;36`. Bold and dim together would cancel out, so
 * the later one counts.
 */
const openerOf = (style: Style, codes: Readonly<Record<Tone, readonly number[]>>): string => {
  const all = [...new Set(tonesOf(style).flatMap(tone => codes[tone]))]
  const intensity = all.findLast(code => code === 1 || code === 2)
  const colour = all.findLast(code => code > 29)
  const kept = all.filter(code => (code <= 2 ? code === intensity : code <= 29 || code === colour))
  return kept.map(code => `\x1b[${code}m`).join('')
}

export const createTheme = ({ colour, unicode }: { colour: boolean; unicode: boolean }): Theme => {
  const codes = colour ? IN_COLOUR : WITHOUT_COLOUR
  const openers = new Map<string, string>()
  return {
    colour,
    unicode,
    glyph: unicode ? UNICODE_GLYPHS : ASCII_GLYPHS,
    paint: (style, text) => {
      const key = typeof style === 'string' ? style : style.join(' ')
      let opener = openers.get(key)
      if (opener === undefined) {
        opener = openerOf(style, codes)
        openers.set(key, opener)
      }
      const shown = unicode ? text : toAscii(text, stringWidth)
      return opener === '' || shown === '' ? shown : `${opener}${shown}\x1b[0m`
    },
  }
}
