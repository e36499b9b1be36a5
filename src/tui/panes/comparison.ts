import { beside } from '../layout.ts'
import { blankLine, type Line, spread } from '../line.ts'
import type { Theme } from '../theme.ts'
import { timeLabel } from './axis.ts'
import type { PaneSize } from './pane-size.ts'
import { spaceTime } from './space-time.ts'
import type { SpaceTimeView } from './space-time-view.ts'

/** Two runs that differ in one thing. */
export interface ComparisonView {
  /** The run as it went, and the run without the chosen fault. */
  readonly runs: readonly [ComparedRun, ComparedRun]
  /** When the runs part; null while they are the same. */
  readonly partUs: number | null
}

export interface ComparedRun {
  /** `with the cut`, `without it`. */
  readonly label: string
  readonly view: SpaceTimeView
}

const BESIDE_FROM = 132

/** Both runs over one and the same axis, under each other or, on a wide screen, side by side; a line marks where they first differ. */
export const comparison = ({ runs, partUs }: ComparisonView, size: PaneSize, theme: Theme): Line[] => {
  const { width, height } = size
  if (width < 20 || height < 4) return []
  const [first, second] = runs
  const aside = width >= BESIDE_FROM
  const each: PaneSize = aside
    ? { width: Math.floor((width - 3) / 2), height: height - 1 }
    : { width, height: Math.floor((height - 3) / 2) }
  const said = partUs === null ? 'the same so far' : `the same until ${timeLabel(partUs, 1_000)}`
  const draw = ({ label, view }: ComparedRun, shown: SpaceTimeView): Line[] => {
    const mark = partUs === null ? null : { atUs: partUs, node: null, label: 'Here the runs part.' }
    const head = spread(
      [{ text: label, style: 'title' }],
      [{ text: view === first.view ? said : '', style: 'old' }],
      each.width,
      theme,
    )
    return [head, ...spaceTime({ ...view, window: shown.window, cursor: view.cursor ?? mark }, each, theme)]
  }
  const drawn = runs.map(run => draw(run, first.view))
  const [upper = [], lower = []] = drawn
  if (aside)
    return beside(
      drawn.map(lines => ({ lines, width: each.width })),
      theme,
      3,
    )
  return each.height < 4 || second.view.lanes.length + 3 > each.height
    ? upper.slice(0, height)
    : [...upper, blankLine, ...lower]
}
