import { type Line, toWidth } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import type { Gauges } from './numbers-view.ts'
import { quantity } from './quantity.ts'

/** A title, and a row a gauge: its label, how full it is, the number at the right. What is beyond its most is full and red. */
export const gaugeRows = ({ title, rows }: Gauges, width: number, theme: Theme): Line[] => {
  const words = rows.map(({ value, unit }) => (value === null ? theme.glyph.dash : quantity(value, unit)))
  const numbers = Math.max(...words.map(text => text.length))
  const labels = Math.min(Math.max(...rows.map(({ label }) => label.length)), Math.floor(width * 0.45))
  const room = Math.max(4, width - labels - numbers - 3)
  return [
    [{ text: title, style: 'title' }],
    ...rows.map(({ label, value, most }, i): Line => {
      const share = value === null ? 0 : Math.max(0, Math.min(1, value / most))
      const filled = value !== null && value > 0 ? Math.max(1, Math.round(share * room)) : 0
      const style: Style = share >= 1 ? 'bad' : 'accent'
      return [
        ...toWidth([{ text: label }], labels + 1, theme),
        { text: theme.glyph.block.repeat(filled), style },
        { text: theme.glyph.shade.repeat(room - filled), style: 'old' },
        ...toWidth([{ text: words[i] ?? '', style: share >= 1 ? 'bad' : 'plain' }], numbers + 2, theme, 'right'),
      ]
    }),
  ]
}
