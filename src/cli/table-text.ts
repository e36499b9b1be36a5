import { stringWidth } from '../tui/width.ts'

export type Column = 'left' | 'right'

/** Rows of cells set in columns, two blanks between them and `indent` before, without blanks at the ends of lines. */
export const tableText = (
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
  indent = '  ',
): string[] => {
  const widths = columns.map((_, index) => Math.max(0, ...rows.map(row => stringWidth(row[index] ?? ''))))
  return rows.map(row => {
    const cells = columns.map((column, index) => {
      const cell = row[index] ?? ''
      const blank = ' '.repeat((widths[index] ?? 0) - stringWidth(cell))
      return column === 'right' ? blank + cell : cell + blank
    })
    return `${indent}${cells.join('  ')}`.trimEnd()
  })
}

/** `1 goal`, `2 goals`. */
export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`
