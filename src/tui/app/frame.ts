import { fill } from '../layout.ts'
import { type Line, paintLines } from '../line.ts'
import type { Theme } from '../theme.ts'

/** A size in cells. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A piece of the screen: rows as the terminal is sent them, all of one width. */
export interface Tile {
  readonly width: number
  readonly height: number
  readonly rows: readonly string[]
}

/** What is shown: a head, columns of tiles side by side, a foot. Heights and widths add up to the screen. */
export interface Frame {
  readonly head: Tile
  readonly columns: readonly { readonly width: number; readonly tiles: readonly Tile[] }[]
  readonly foot: Tile
}

/** A tile of exactly this size out of lines. */
export const tile = (lines: readonly Line[], width: number, height: number, theme: Theme): Tile => ({
  width,
  height,
  rows: paintLines(fill(lines, width, height, theme), theme),
})
