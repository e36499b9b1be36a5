import { beside, box } from '../layout.ts'
import { blankLine, type Line, spread } from '../line.ts'
import { homeItems } from '../screens/home-state.ts'
import { aboutItem, homeList } from '../screens/home-view.ts'
import type { Theme } from '../theme.ts'
import { footKeys, footLines } from './foot-keys.ts'
import { type Frame, tile } from './frame.ts'
import type { Model } from './model.ts'

/** What home needs of the model; little, so that the first frame can be drawn before anything else is loaded. */
type HomeModel = Pick<Model, 'course' | 'progress' | 'theme' | 'size' | 'notice'>

/** The head of the screens that are no lab. */
export const plainHead = (title: string, columns: number, theme: Theme): Line =>
  spread(
    [
      { text: ' netsplit', style: 'title' },
      { text: `   ${title}`, style: 'old' },
    ],
    [],
    columns,
    theme,
  )

export const homeBody = (model: HomeModel, cursor: number, width: number, height: number): Line[] => {
  const { theme, progress } = model
  const items = homeItems(model.course, progress)
  const item = items[cursor]
  if (width < 96) {
    const below = height >= 20 ? 6 : 0
    const list = homeList(
      items,
      cursor,
      progress,
      { width: Math.min(width - 4, 72), height: height - below - 1 },
      theme,
    )
    const about =
      below > 0 ? [blankLine, ...aboutItem(item, progress, Math.min(width - 4, 72), theme).slice(0, below - 1)] : []
    const padded = [...Array.from({ length: height - below - 1 }, (_, row) => list[row] ?? blankLine), ...about]
    return [blankLine, ...padded].map((spans): Line => [{ text: '  ' }, ...spans])
  }
  const left = 56
  const list = homeList(items, cursor, progress, { width: left - 4, height: height - 1 }, theme)
  const right = Math.min(width - left - 2, 72)
  const about = box(
    aboutItem(item, progress, right - 4, theme),
    { width: right, height: Math.min(height - 2, 16) },
    theme,
  )
  return beside(
    [
      { lines: [blankLine, ...list].map((spans): Line => [{ text: '  ' }, ...spans]), width: left },
      { lines: [blankLine, ...about], width: right },
    ],
    theme,
    0,
  )
}

/** The home screen as a whole frame, the same that the app draws. */
export const homeFrame = (model: HomeModel, cursor: number): Frame => {
  const { columns, rows } = model.size
  const { theme } = model
  const foot = footLines(model.notice, blankLine, footKeys([], ['list'], columns - 2, theme), columns)
  return {
    head: tile([plainHead('a laboratory of distributed systems', columns, theme)], columns, 1, theme),
    columns: [{ width: columns, tiles: [tile(homeBody(model, cursor, columns, rows - 3), columns, rows - 3, theme)] }],
    foot: tile(foot, columns, 2, theme),
  }
}
