import { PART_BLOCKS } from '../glyphs.ts'
import { type Line, spread, toWidth } from '../line.ts'
import type { Theme } from '../theme.ts'
import type { Bars } from './numbers-view.ts'
import { quantity } from './quantity.ts'

/** The share of the room, 0 to 1, that a value's bar takes. A logarithmic axis begins at the decade below the least value. */
const shareOf = ({ scale, bars }: Bars): ((value: number) => number) => {
  const values = bars.flatMap(({ value }) => (value !== null && value > 0 ? [value] : []))
  const most = Math.max(...values, Number.MIN_VALUE)
  if (scale === 'linear') return value => value / most
  const low = Math.ceil(Math.log10(Math.min(...values, most)) - 1e-9) - 1
  const high = Math.max(Math.ceil(Math.log10(most) - 1e-9), low + 1)
  return value => (value <= 0 ? 0 : (Math.log10(value) - low) / (high - low))
}

/** Bars in eighths of a cell where the terminal has them; whatever is above zero shows. */
const drawn = (share: number, room: number, theme: Theme): string => {
  if (share <= 0) return ''
  const eighths = Math.max(1, Math.min(room * 8, Math.round(share * room * 8)))
  if (!theme.unicode) return theme.glyph.block.repeat(Math.max(1, Math.round(eighths / 8)))
  return theme.glyph.block.repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : (PART_BLOCKS[eighths % 8] ?? ''))
}

/** A title, and a row a bar: its label, the bar, the number at the right. Fixed numbers are dim. */
export const barRows = (chart: Bars, width: number, theme: Theme): Line[] => {
  const words = chart.bars.map(({ value }) => (value === null ? theme.glyph.dash : quantity(value, chart.unit)))
  const numbers = Math.max(...words.map(text => text.length))
  const labels = Math.min(Math.max(...chart.bars.map(({ label }) => label.length)), Math.floor(width * 0.4))
  const room = Math.max(4, width - labels - numbers - 3)
  const share = shareOf(chart)
  return [
    spread(
      [{ text: chart.title, style: 'title' }],
      chart.scale === 'log' ? [{ text: 'logarithmic', style: 'old' }] : [],
      width,
      theme,
    ),
    ...chart.bars.map(({ label, value, fixed }, i): Line => {
      const bar = value === null ? '' : drawn(share(value), room, theme)
      return [
        ...toWidth([{ text: label, style: fixed ? 'old' : 'plain' }], labels + 1, theme),
        ...toWidth([{ text: bar, style: fixed ? 'old' : 'accent' }], room, theme),
        ...toWidth([{ text: words[i] ?? '', style: fixed ? 'old' : 'plain' }], numbers + 2, theme, 'right'),
      ]
    }),
  ]
}
