import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Resvg } from '@resvg/resvg-js'
import { toSvg } from './svg.ts'
import { type RunningTerminal, startTerminal } from './terminal.ts'

/** A screen that has not changed for this long is finished. */
const QUIET_MS = 400
const FONT = 'DejaVu Sans Mono'

const quiet = async (terminal: RunningTerminal): Promise<void> => {
  for (let before = -1; before !== terminal.bytes; ) {
    before = terminal.bytes
    await new Promise(resolve => setTimeout(resolve, QUIET_MS))
  }
}

/** `\r`, `\t`, `\x1b`, `\u001b` as in JavaScript. */
const unescaped = (keys: string): string =>
  keys.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gi, (_, byte?: string, unit?: string, letter?: string) => {
    if (letter !== undefined) return { r: '\r', n: '\n', t: '\t', e: '\x1b' }[letter] ?? letter
    return String.fromCharCode(Number.parseInt(byte ?? unit ?? '0', 16))
  })

/** Escape sequences stay whole; everything else is one key at a time, as a person types. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const keystrokes = (keys: string): string[] => keys.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO.|[\s\S]/gu) ?? []

/** Starts the program, types the keys, and writes the screen as SVG or PNG (PNG needs the font DejaVu Sans Mono). */
export const main = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      cols: { type: 'string', default: '120' },
      rows: { type: 'string', default: '40' },
      args: { type: 'string', default: '' },
      keys: { type: 'string', default: '' },
      until: { type: 'string' },
      title: { type: 'string', default: 'netsplit' },
    },
  })
  const [out] = positionals
  if (out === undefined) throw new Error('name the file to write: OUT.png or OUT.svg')
  const terminal = startTerminal({
    args: values.args.split(' ').filter(Boolean),
    cols: Number(values.cols),
    rows: Number(values.rows),
  })
  await quiet(terminal)
  const keys = keystrokes(unescaped(values.keys))
  for (const [index, key] of keys.entries()) {
    terminal.send(key)
    // A run that plays is never quiet; then --until says when the picture is taken.
    if (index + 1 < keys.length || values.until === undefined) await quiet(terminal)
  }
  if (values.until !== undefined) await terminal.until(values.until)
  const svg = toSvg(terminal.term, values.title)
  await terminal.dispose()
  const font = { loadSystemFonts: true, defaultFontFamily: FONT, monospaceFamily: FONT }
  writeFileSync(
    out,
    out.endsWith('.svg') ? svg : new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 1.5 } }).render().asPng(),
  )
}
