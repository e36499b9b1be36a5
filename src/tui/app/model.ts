import type { CourseIndex } from '../../course/course.ts'
import type { GlossaryEntry } from '../../course/glossary.ts'
import type { Progress } from '../../course/progress.ts'
import type { EditedPrices } from '../scenes/money-scene.ts'
import type { LabState } from '../screens/lab-state.ts'
import type { LessonState } from '../screens/lesson-state.ts'
import { type ListState, startList } from '../screens/list-state.ts'
import type { TopicQuiz } from '../screens/topic-quiz.ts'
import type { Theme } from '../theme.ts'
import type { Size } from './frame.ts'

/** A lab that can be opened in the sandbox. */
export interface LabEntry {
  readonly name: string
  readonly title: string
  readonly about: string
}

/** What is on the screen. */
export type Screen =
  | { readonly kind: 'home'; readonly list: ListState }
  | { readonly kind: 'lesson'; readonly state: LessonState }
  | { readonly kind: 'lab'; readonly name: string; readonly state: LabState }
  | { readonly kind: 'labs'; readonly list: ListState }
  | { readonly kind: 'glossary'; readonly entries: readonly GlossaryEntry[]; readonly list: ListState }
  | {
      readonly kind: 'search'
      readonly entries: readonly GlossaryEntry[]
      readonly query: string
      readonly list: ListState
    }
  | { readonly kind: 'help'; readonly scroll: number }
  | { readonly kind: 'topics'; readonly list: ListState }
  | { readonly kind: 'quiz'; readonly state: TopicQuiz }

/** The whole state of the program on the screen. */
export interface Model {
  readonly size: Size
  readonly theme: Theme
  readonly course: CourseIndex
  readonly labs: readonly LabEntry[]
  readonly progress: Progress
  /** What is shown last, the screens to go back to before it. Never empty. */
  readonly screens: readonly [Screen, ...Screen[]]
  /** Prices that the learner has changed, by lab; kept until the program ends. */
  readonly prices: { readonly [lab: string]: EditedPrices }
  /** A sentence for the foot: what could not be saved or opened. Stays until the next key. */
  readonly notice: string | null
}

/** The smallest terminal that netsplit is shown on. */
export const LEAST: Size = { columns: 60, rows: 18 }

export const isTooSmall = (size: Size): boolean => size.columns < LEAST.columns || size.rows < LEAST.rows

export const startModel = (start: Omit<Model, 'screens' | 'prices'>): Model => ({
  ...start,
  prices: {},
  screens: [{ kind: 'home', list: startList }],
})

/** The screen that is shown. */
export const shownScreen = (model: Model): Screen => model.screens.at(-1) ?? model.screens[0]

/** Another screen in place of the one that is shown. */
export const withShown = (model: Model, screen: Screen): Model => {
  const [first, ...rest] = model.screens
  return { ...model, screens: rest.length === 0 ? [screen] : [first, ...rest.slice(0, -1), screen] }
}

/** A screen on top of the others. One of its kind is enough: an older one goes, so the way home is never long. */
export const opened = (model: Model, screen: Screen): Model => {
  const [first, ...rest] = model.screens
  return { ...model, screens: [first, ...rest.filter(other => other.kind !== screen.kind), screen] }
}

/** Back to the screen before; home stays. */
export const closed = (model: Model): Model => {
  const [first, ...rest] = model.screens
  return { ...model, screens: [first, ...rest.slice(0, -1)] }
}

/** Whether time has to flow: something on the screen plays. */
export const isPlaying = (model: Model): boolean => {
  const screen = shownScreen(model)
  if (isTooSmall(model.size)) return false
  if (screen.kind === 'lesson') return screen.state.bench.playing
  return screen.kind === 'lab' && screen.state.playing
}
