import { type Line, paintLines, type Span } from './line.ts'
import { prominence, type Style, type Theme } from './theme.ts'
import { isNarrow, stringWidth } from './width.ts'

/** Dots of a braille cell: two across, four down. */
export const DOTS_ACROSS = 2
export const DOTS_DOWN = 4

/** Bit of the dot at column x and row y of a cell, as the braille block orders them. */
const BITS: readonly (readonly number[])[] = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
]
const BRAILLE = Array.from({ length: 256 }, (_, bits) => String.fromCharCode(0x2800 + bits))

/** Text of layer 0 lies under dots, of layer 2 (the default) over them; text covers text of its own or a lower layer. */
export type Layer = 0 | 2

export interface TextOptions {
  readonly layer?: Layer
}

export interface LineOptions {
  /** Dots drawn and left out in turn: `[2, 2]`. */
  readonly dash?: readonly number[]
}

const NOTHING = -1

/** Draws text at cells and lines in dots, and gives the picture as lines of styled spans. Outside is cut off. */
export class Canvas {
  readonly width: number
  readonly height: number
  readonly #theme: Theme
  readonly #glyphs: (string | undefined)[]
  readonly #layers: Int8Array
  readonly #textStyles: Int16Array
  /** Braille bits; without Unicode the code of an ASCII character. */
  readonly #dots: Uint8Array
  readonly #dotStyles: Int16Array
  readonly #styles: Style[] = []
  readonly #prominence: number[] = []
  readonly #styleIds = new Map<string, number>()

  /** Size in cells. */
  constructor(width: number, height: number, theme: Theme) {
    this.width = Math.max(0, Math.floor(width))
    this.height = Math.max(0, Math.floor(height))
    this.#theme = theme
    const cells = this.width * this.height
    this.#glyphs = new Array<string | undefined>(cells).fill(undefined)
    this.#layers = new Int8Array(cells).fill(NOTHING)
    this.#textStyles = new Int16Array(cells)
    this.#dots = new Uint8Array(cells)
    this.#dotStyles = new Int16Array(cells).fill(NOTHING)
  }

  /** Writes at cell (x, y). A wide character that would be cut at an edge is left out. */
  text(x: number, y: number, text: string, style: Style = 'plain', { layer = 2 }: TextOptions = {}): void {
    if (y < 0 || y >= this.height) return
    const id = this.#idOf(style)
    let column = x
    for (const character of text) {
      const narrow = character.length === 1 && isNarrow(character.charCodeAt(0))
      const width = narrow ? 1 : stringWidth(character)
      if (width > 0 && column >= 0 && column + width <= this.width) this.#put(column, y, character, width, id, layer)
      column += width
    }
  }

  #put(x: number, y: number, character: string, width: number, style: number, layer: Layer): void {
    const first = y * this.width + x
    for (let i = first; i < first + width; i++) if ((this.#layers[i] ?? NOTHING) > layer) return
    for (let i = first; i < first + width; i++) {
      this.#detach(i)
      this.#glyphs[i] = i === first ? character : ''
      this.#layers[i] = layer
      this.#textStyles[i] = style
    }
  }

  /** Blanks what remains of a wide character when one of its cells is written over. */
  #detach(cell: number): void {
    const rowEnd = (Math.floor(cell / this.width) + 1) * this.width
    if (this.#glyphs[cell] === '')
      for (let i = cell - 1; i >= 0; i--) {
        const whole = this.#glyphs[i] !== ''
        this.#glyphs[i] = ' '
        if (whole) break
      }
    for (let i = cell + 1; i < rowEnd && this.#glyphs[i] === ''; i++) this.#glyphs[i] = ' '
  }

  /**
   * Draws a straight line (Bresenham) between two dots, ends included: dot (0, 0) is the upper left one of cell
   * (0, 0), the canvas is `2 * width` dots wide and `4 * height` high.
   */
  line(x0: number, y0: number, x1: number, y1: number, style: Style = 'plain', { dash = [] }: LineOptions = {}): void {
    const from = { x: Math.round(x0), y: Math.round(y0) }
    const to = { x: Math.round(x1), y: Math.round(y1) }
    const across = Math.abs(to.x - from.x)
    const down = Math.abs(to.y - from.y)
    const stepX = from.x < to.x ? 1 : -1
    const stepY = from.y < to.y ? 1 : -1
    const id = this.#idOf(style)
    const slope = this.#theme.unicode ? 0 : slopeSign(to.x - from.x, to.y - from.y)
    const pattern = dashPattern(dash)
    let { x, y } = from
    let error = across - down
    const steps = Math.max(across, down)
    for (let step = 0; step <= steps; step++) {
      if (pattern === undefined || pattern[step % pattern.length]) this.#dot(x, y, id, slope)
      const doubled = 2 * error
      if (doubled > -down) {
        error -= down
        x += stepX
      }
      if (doubled < across) {
        error += across
        y += stepY
      }
    }
  }

  #dot(x: number, y: number, style: number, slope: number): void {
    if (x < 0 || y < 0 || x >= this.width * DOTS_ACROSS || y >= this.height * DOTS_DOWN) return
    const cell = (y >> 2) * this.width + (x >> 1)
    const known = this.#dotStyles[cell] ?? NOTHING
    const wins = known === NOTHING || (this.#prominence[style] ?? 0) >= (this.#prominence[known] ?? 0)
    if (wins) this.#dotStyles[cell] = style
    if (slope === 0) this.#dots[cell] = (this.#dots[cell] ?? 0) | (BITS[x & 1]?.[y & 3] ?? 0)
    else if (wins) this.#dots[cell] = slope === FLAT ? (FLAT_SIGNS.charCodeAt(y & 3) ?? FLAT) : slope
  }

  #idOf(style: Style): number {
    const key = typeof style === 'string' ? style : style.join(' ')
    let id = this.#styleIds.get(key)
    if (id === undefined) {
      id = this.#styles.length
      this.#styleIds.set(key, id)
      this.#styles.push(style)
      this.#prominence.push(prominence(style))
    }
    return id
  }

  /** The picture as lines of `width` columns, neighbours of one style in one span. */
  lines(): Line[] {
    return Array.from({ length: this.height }, (_, y) => this.#lineAt(y))
  }

  /** The picture as the terminal is sent it. */
  rows(): string[] {
    return paintLines(this.lines(), this.#theme)
  }

  #lineAt(y: number): Line {
    const spans: Span[] = []
    let run = ''
    let runStyle = NOTHING
    const finish = (): void => {
      const style = this.#styles[runStyle]
      if (run !== '') spans.push(style === undefined ? { text: run } : { text: run, style })
      run = ''
    }
    for (let cell = y * this.width; cell < (y + 1) * this.width; cell++) {
      const layer = this.#layers[cell] ?? NOTHING
      const dots = this.#dots[cell] ?? 0
      const showsDots = dots !== 0 && layer < 2
      const style = showsDots
        ? (this.#dotStyles[cell] ?? NOTHING)
        : layer >= 0
          ? (this.#textStyles[cell] ?? 0)
          : NOTHING
      if (style !== runStyle) {
        finish()
        runStyle = style
      }
      if (showsDots) run += this.#theme.unicode ? (BRAILLE[dots] ?? ' ') : String.fromCharCode(dots)
      else run += this.#glyphs[cell] ?? ' '
    }
    finish()
    return spans
  }
}

const FLAT = 1
/** A flat line by its height within the cell. */
const FLAT_SIGNS = "'--."

/** The ASCII sign of a line: `/`, `\`, `|`, or FLAT for one whose sign depends on its height within the cell. */
const slopeSign = (dotsAcross: number, dotsDown: number): number => {
  const across = Math.abs(dotsAcross) / DOTS_ACROSS
  const down = Math.abs(dotsDown) / DOTS_DOWN
  if (down < 0.4 * across || (across === 0 && down === 0)) return FLAT
  if (across < 0.3 * down) return '|'.charCodeAt(0)
  return (dotsAcross > 0 === dotsDown > 0 ? '\\' : '/').charCodeAt(0)
}

/** One entry a dot, true where it is drawn; undefined for a solid line. */
const dashPattern = (dash: readonly number[]): boolean[] | undefined => {
  const pattern = dash.flatMap((length, index) =>
    new Array<boolean>(Math.max(0, Math.floor(length))).fill(index % 2 === 0),
  )
  return pattern.includes(true) ? pattern : undefined
}
