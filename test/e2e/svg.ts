import type { IBufferCell, Terminal } from '@xterm/headless'

/** The sixteen colours on a dark ground. */
const COLOURS = [
  '#1e1e1e',
  '#f14c4c',
  '#23d18b',
  '#e5c07b',
  '#61afef',
  '#d670d6',
  '#29b8db',
  '#d4d4d4',
  '#7f848e',
  '#ff7b72',
  '#7ee787',
  '#f2cc60',
  '#79c0ff',
  '#f0a6f0',
  '#76e3ea',
  '#ffffff',
] as const
const GROUND = COLOURS[0]
const INK = COLOURS[7]

const SIZE = 14
const CELL_WIDTH = SIZE * 0.6
const CELL_HEIGHT = Math.round(SIZE * 1.25)
const PADDING = 12

/** Index of the 256-colour palette beyond the sixteen: a cube of six, then greys. */
const paletteColour = (index: number): string => {
  const known = COLOURS[index]
  if (known !== undefined) return known
  if (index >= 232) return `rgb(${new Array(3).fill(8 + (index - 232) * 10).join(',')})`
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40)
  const cube = index - 16
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`
}

const rgb = (value: number): string => `#${value.toString(16).padStart(6, '0')}`

interface Look {
  readonly ink: string
  readonly ground: string
  readonly attributes: string
}

const lookOf = (cell: IBufferCell): Look => {
  const ink = cell.isFgDefault() ? INK : cell.isFgRGB() ? rgb(cell.getFgColor()) : paletteColour(cell.getFgColor())
  const ground = cell.isBgDefault()
    ? GROUND
    : cell.isBgRGB()
      ? rgb(cell.getBgColor())
      : paletteColour(cell.getBgColor())
  const attributes = [
    cell.isBold() ? ' font-weight="bold"' : '',
    cell.isDim() ? ' opacity="0.55"' : '',
    cell.isItalic() ? ' font-style="italic"' : '',
    cell.isUnderline() ? ' text-decoration="underline"' : '',
  ].join('')
  return cell.isInverse() ? { ink: ground, ground: ink, attributes } : { ink, ground, attributes }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

interface Run {
  readonly column: number
  readonly look: Look
  text: string
  width: number
}

const runsOf = (term: Terminal, y: number): Run[] => {
  const buffer = term.buffer.active
  const row = buffer.getLine(buffer.baseY + y)
  const runs: Run[] = []
  for (let x = 0; x < term.cols; x++) {
    const cell = row?.getCell(x)
    if (!cell || cell.getWidth() === 0) continue
    const look = lookOf(cell)
    const text = cell.getChars() || ' '
    const last = runs.at(-1)
    const same = last && JSON.stringify(last.look) === JSON.stringify(look)
    if (same && cell.getWidth() === 1 && last.width === last.text.length) {
      last.text += text
      last.width++
    } else runs.push({ column: x, look, text, width: cell.getWidth() })
  }
  return runs
}

const drawRun = (run: Run, y: number): string => {
  const x = (PADDING + run.column * CELL_WIDTH).toFixed(1)
  const width = (run.width * CELL_WIDTH).toFixed(1)
  const top = PADDING + y * CELL_HEIGHT
  const ground =
    run.look.ground === GROUND
      ? ''
      : `<rect x="${x}" y="${top}" width="${width}" height="${CELL_HEIGHT}" fill="${run.look.ground}"/>`
  if (run.text.trim() === '') return ground
  const ink = run.look.ink === INK ? '' : ` fill="${run.look.ink}"`
  // The length pins every run to its columns, whatever font the reader has.
  return `${ground}<text x="${x}" y="${top + Math.round(CELL_HEIGHT * 0.78)}" textLength="${width}" lengthAdjust="spacingAndGlyphs"${ink}${run.look.attributes}>${escaped(run.text)}</text>`
}

/** The screen of a terminal as an SVG picture that needs nothing else. */
export const toSvg = (term: Terminal, title = ''): string => {
  const width = Math.ceil(term.cols * CELL_WIDTH + 2 * PADDING)
  const height = term.rows * CELL_HEIGHT + 2 * PADDING
  const rows = Array.from({ length: term.rows }, (_, y) =>
    runsOf(term, y)
      .map(run => drawRun(run, y))
      .join(''),
  )
  const fonts = "ui-monospace,SFMono-Regular,Menlo,'DejaVu Sans Mono',Consolas,monospace"
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    title === '' ? '' : `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>`,
    `<g font-family="${fonts}" font-size="${SIZE}" fill="${INK}" xml:space="preserve">`,
    ...rows.filter(row => row !== ''),
    '</g></svg>',
  ].join('\n')
}
