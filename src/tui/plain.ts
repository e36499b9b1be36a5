const ESC = String.raw`\x1b`
const BEL = String.raw`\x07`
const ST = String.raw`\x9c`

/** Sequences that a terminal would act on: CSI; OSC, DCS, APC, PM and SOS up to their end; all other escapes. */
const SEQUENCES = new RegExp(
  [
    `(?:${ESC}\\[|\\x9b)[0-?]*[ -/]*[@-~]?`,
    `(?:${ESC}[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^${BEL}${ESC}${ST}]*(?:${BEL}|${ESC}\\\\|${ST})?`,
    `${ESC}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
)

/** C0 but line ends, DEL, C1, and marks that no terminal shows. */
const CONTROLS = /(?!\n)\p{Cc}|[\ufeff\ufff9-\ufffb]/gu

/** Controls that reorder what a reader sees (Unicode Bidirectional Algorithm; "Trojan Source", 2021). */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Text from files, arguments, the clipboard or other programs made fit for a terminal: no escape sequences, no control
 * characters, no invisible reordering. Line ends stay, a tab becomes two blanks.
 */
export const sanitize = (text: string): string =>
  text.replace(SEQUENCES, '').replace(/\r\n?/g, '\n').replace(/\t/g, '  ').replace(BIDI, '').replace(CONTROLS, '')

/** The same on one line: line ends become blanks. */
export const sanitizeLine = (text: string): string => sanitize(text).replace(/\s*\n\s*/g, ' ')
