import type { Progress } from '../../course/progress.ts'
import { beside } from '../layout.ts'
import { blankLine, type Line, line, lineWidth, toWidth } from '../line.ts'
import type { Theme } from '../theme.ts'
import type { LabState } from './lab-state.ts'
import { drawerLines, knobLines, labLines } from './lab-view.ts'
import { currentPage, type LessonState, openQuestion } from './lesson-state.ts'
import { lessonText, proseOf } from './lesson-text.ts'
import { codeWidth } from './prose-lines.ts'

/** From so many columns on the text stands beside the lab, below that above it. */
export const BESIDE_FROM = 100
/** Rows that a pane needs to show anything at all, its border included. */
const LEAST_PANE = 8
/** Rows that the text keeps when a pane was brought forward, however many the pane could use. */
const FOLDED = 3

/** Rows in which the pane with the focus shows all that it has, its border and the lab's lamps included. */
const wholePane = (bench: LabState): number => paneRows(bench) + (bench.session.lab.lamps.length > 0 ? 1 : 0)

const paneRows = ({ pane, session, compared }: LabState): number => {
  const lanes = session.servers.length + session.clients.length
  if (compared) return 4 * lanes + 10
  if (pane === 'space-time') return 2 * lanes + 6
  return pane === 'cluster' && session.servers.length < 3 ? 11 : 18
}

/** A window on the text: scrolled, with a sign where there is more. */
const windowOf = (lines: readonly Line[], scroll: number, width: number, height: number, theme: Theme): Line[] => {
  const first = Math.max(0, Math.min(scroll, lines.length - height))
  const shown = lines.slice(first, first + height)
  const more = first + height < lines.length
  if (!more) return shown
  const sign: Line = [
    { text: `${theme.glyph.below} more: ${lines.length - first - height + 1} lines`, style: 'accent' },
  ]
  return [...shown.slice(0, -1), toWidth(sign, width, theme)]
}

/** How far the text is scrolled: to its end where how sure one is is asked, for that stands there. */
const scrollOf = (state: LessonState): number => {
  if (openQuestion(state)?.phase === 'certainty') return Number.MAX_SAFE_INTEGER
  const quiz = state.step.kind === 'quiz' ? state.step.quiz : null
  return state.scroll + (quiz?.scroll ?? 0)
}

const textOf = (state: LessonState, progress: Progress, width: number, height: number, theme: Theme): Line[] => {
  const { drawer } = state.bench
  if (drawer) return drawerLines(drawer, state.bench, width, height, theme)
  return windowOf(lessonText(state, progress, width, theme), scrollOf(state), width, height, theme)
}

/** Pages on which the lab has nothing to say give all the room to the text. */
export const isTextOnly = (state: LessonState): boolean => state.step.kind === 'quiz' || state.step.kind === 'reflect'

/** The lab's switches at the bottom of the text's column, where the text leaves them room. */
const switchesUnder = (state: LessonState, used: number, width: number, height: number, theme: Theme): Line[] => {
  const knobs = knobLines(state.bench, width, theme)
  const above = height - used - knobs.length - 1
  if (knobs.length === 0 || above < 1 || state.bench.drawer) return []
  return [...Array.from({ length: above }, () => blankLine), line('Switches', 'title'), ...knobs]
}

/** What the lab keeps beside a page with code in it. */
const LEAST_LAB = 58

/** The text's column: a third and a little, more where the page's code would be cut and the lab can spare it. */
const textColumn = (state: LessonState, width: number): number => {
  const usual = Math.max(40, Math.min(60, Math.floor(width * 0.36)))
  return Math.max(usual, Math.min(codeWidth(currentPage(state).blocks) + 3, width - LEAST_LAB))
}

const textBeside = (state: LessonState, progress: Progress, width: number, height: number, theme: Theme): Line[] => {
  const left = textColumn(state, width)
  const text = textOf(state, progress, left - 2, height - 1, theme)
  const lab = labLines(state.bench, width - left, height, theme)
  const padded = [[], ...text, ...switchesUnder(state, text.length, left - 3, height - 1, theme)].map(
    (spans): Line => [{ text: ' ' }, ...spans],
  )
  return beside(
    [
      { lines: padded, width: left },
      { lines: lab, width: width - left },
    ],
    theme,
    0,
  )
}

/** A run is being watched: what to watch for stays, and there is nothing more to read. */
const watches = ({ step, bench }: LessonState): boolean =>
  step.kind === 'observe' && step.question === null && step.seen === null && bench.pane !== 'text'

/** What stays of a text in front of which a pane was brought; while a run is watched all that says what to watch for. */
const leastText = (state: LessonState, width: number, theme: Theme): number =>
  watches(state) ? 2 + proseOf(currentPage(state), width, theme).length : FOLDED

const textAbove = (state: LessonState, progress: Progress, width: number, height: number, theme: Theme): Line[] => {
  const inner = width - 2
  const all = state.bench.drawer
    ? drawerLines(state.bench.drawer, state.bench, inner, height, theme)
    : lessonText(state, progress, inner, theme)
  // What is asked must stay in sight, whichever pane is looked at.
  const folded = state.bench.pane !== 'text' && !state.bench.drawer && openQuestion(state) === null
  const kept = Math.max(leastText(state, inner, theme), height - wholePane(state.bench))
  const room = Math.min(all.length, folded ? kept : height)
  const left = height - room
  const textRows =
    left >= LEAST_PANE
      ? room
      : folded
        ? Math.min(leastText(state, inner, theme), all.length)
        : Math.max(room, height - LEAST_PANE) === room && left < LEAST_PANE
          ? height
          : room
  // In the few rows beside a pane the blank ones would crowd out what the page asks for.
  const lines = folded && room < all.length ? all.filter(lineWidth) : all
  const shown = watches(state) ? all : windowOf(lines, scrollOf(state), inner, textRows, theme)
  const text = Array.from({ length: textRows }, (_, row): Line => [{ text: ' ' }, ...(shown[row] ?? [])])
  return textRows >= height ? text : [...text, ...labLines(state.bench, width, height - textRows, theme)]
}

/** A lesson's body: text and lab, beside or above one another. */
export const lessonLines = (
  state: LessonState,
  progress: Progress,
  width: number,
  height: number,
  theme: Theme,
): Line[] => {
  if (isTextOnly(state)) {
    const inner = Math.min(width - 4, 76)
    const text = textOf(state, progress, inner, height - 1, theme)
    return [[], ...text].map((spans): Line => [{ text: '  ' }, ...spans])
  }
  return width >= BESIDE_FROM
    ? textBeside(state, progress, width, height, theme)
    : textAbove(state, progress, width, height, theme)
}
