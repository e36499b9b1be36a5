import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { type Line, lineWidth, paintLines, plainText } from '../../../src/tui/line.ts'
import type { PaneSize } from '../../../src/tui/panes/pane-size.ts'
import { createTheme, type Theme } from '../../../src/tui/theme.ts'

/** Contents of a pane as high and wide as it comes to be at these sizes of the terminal. */
export const SIZES: { readonly [terminal: string]: PaneSize } = {
  '60x18': { width: 56, height: 12 },
  '80x24': { width: 76, height: 18 },
  '120x40': { width: 116, height: 30 },
}

export const unicode = createTheme({ colour: false, unicode: true })
export const ascii = createTheme({ colour: false, unicode: false })

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')

/** What the terminal shows, without its styles. */
export const textOf = (lines: readonly Line[], theme: Theme): string =>
  paintLines(lines, theme)
    .map(row => row.replace(escapes, '').trimEnd())
    .join('\n')

export const textsOf = (lines: readonly Line[]): string[] => lines.map(plainText)

/** Compares a pane with its golden file: every line as wide as the pane or narrower, no more lines than rows. */
export const expectGolden = async (
  name: string,
  draw: (size: PaneSize, theme: Theme) => readonly Line[],
  sizes: { readonly [terminal: string]: PaneSize } = SIZES,
): Promise<void> => {
  for (const [terminal, size] of Object.entries(sizes))
    for (const [form, theme] of [['unicode', unicode] as const, ['ascii', ascii] as const]) {
      const lines = draw(size, theme)
      expect(lines.length).toBeLessThanOrEqual(size.height)
      for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(size.width)
      const golden = fileURLToPath(new URL(`golden/${name}.${terminal}.${form}.txt`, import.meta.url))
      await expect(`${textOf(lines, theme)}\n`).toMatchFileSnapshot(golden)
    }
}
