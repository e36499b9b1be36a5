import type { Purpose } from '../../kernel/protocol.ts'
import { tonesOf } from '../theme.ts'
import { stringWidth } from '../width.ts'
import type { Plot } from './plot.ts'
import { PURPOSE_STYLES } from './purpose-style.ts'
import type { MessageStroke } from './space-time-view.ts'

/** Heartbeats and bare acknowledgements are known by their looks. */
const LABELLED: ReadonlySet<Purpose> = new Set(['request', 'reply', 'replicate', 'election', 'repair', 'control'])

/** Strokes steeper than this many columns from lane to lane stand too close for words. */
const LEAST_COLUMNS = 5

const endUs = ({ end }: MessageStroke): number => (end.type === 'flying' ? end.dueUs : end.atUs)

/** Where a label may stand: right or left of the stroke, in the rows between the sender's lane and the next one. */
const spots = (plot: Plot, message: MessageStroke, width: number): readonly (readonly [number, number])[] => {
  const from = plot.row(message.from)
  const to = plot.row(message.to)
  if (from === undefined || to === undefined || from === to) return []
  const step = from < to ? 1 : -1
  const { end } = message
  const rows = Math.abs(to - from) * (end.type === 'lost' ? end.part : 1)
  const x0 = plot.at(message.sentUs)
  const across = plot.at(endUs(message)) - x0
  if (across < LEAST_COLUMNS) return []
  const found: (readonly [number, number])[] = []
  for (let row = from + step; Math.abs(row - from) < rows; row += step) {
    if (plot.isLane(row) || (message.purpose === 'request' && plot.isBesideClient(row))) continue
    const x = x0 + (across * Math.abs(row - from)) / rows
    const slack = Math.ceil(across / rows)
    found.push([Math.ceil(x) + slack + 1, row], [Math.floor(x) - slack - width, row])
  }
  // The middle of the way first.
  const middle = from + (step * rows) / 2
  return found.sort((a, b) => Math.abs(a[1] - middle) - Math.abs(b[1] - middle))
}

/** Writes what messages say beside them, the most important first, wherever nothing else stands; one label a broadcast. */
export const drawMessageLabels = (plot: Plot, messages: readonly MessageStroke[]): void => {
  const said = new Set<string>()
  for (const message of messages.toReversed()) {
    const key = `${message.sentAt} ${message.label}`
    if (!LABELLED.has(message.purpose) || said.has(key) || !plot.shows(message.sentUs)) continue
    const width = stringWidth(message.label)
    const tones = tonesOf(PURPOSE_STYLES[message.purpose]).filter(tone => tone !== 'fresh')
    const style = plot.style([...tones, 'old'], message.sentAt)
    for (const [x, y] of spots(plot, message, width)) {
      if (!plot.place(x, y, message.label, style, 1)) continue
      said.add(key)
      break
    }
  }
}
