import type { LessonSummary } from '../../course/course.ts'
import { lessonProgress, type Progress, tally } from '../../course/progress.ts'
import { assertNever } from '../../kernel/assert-never.ts'
import { wrap } from '../layout.ts'
import { blankLine, type Line, line, spread, toWidth } from '../line.ts'
import type { Theme } from '../theme.ts'
import type { HomeItem } from './home-state.ts'
import { firstRow } from './list-state.ts'

const statusSpan = (lesson: LessonSummary, progress: Progress, theme: Theme): Line => {
  const { status, goals, answers, predictions } = lessonProgress(progress, lesson.id)
  if (status === 'new') return line(`${lesson.minutes} min`, 'old')
  if (status === 'finished') return [{ text: `${theme.glyph.ok} done`, style: 'ok' }]
  const done = goals.size + answers.size + predictions.size
  const all = lesson.goals.length + lesson.quizItems.length + lesson.predictions.length
  return [{ text: `${theme.glyph.half} ${done} of ${all}`, style: 'unknown' }]
}

const itemLine = (item: HomeItem, lit: boolean, progress: Progress, width: number, theme: Theme): Line => {
  const pointer = { text: lit ? `${theme.glyph.pointer} ` : '  ', style: 'accent' as const }
  const style = lit ? 'strong' : 'plain'
  switch (item.kind) {
    case 'continue': {
      const verb =
        item.page === null && lessonProgress(progress, item.lesson.id).status === 'new' ? 'Begin' : 'Continue'
      return [pointer, { text: `${verb}: ${item.lesson.title}`, style: lit ? ['accent', 'strong'] : 'accent' }]
    }
    case 'track': {
      const ids = item.lessons.map(lesson => lesson.id)
      const { lessons, finished } = tally(progress, ids)
      return spread(
        [{ text: item.title, style: 'title' }],
        line(lessons === 0 ? '' : `${finished}/${lessons}`, 'old'),
        width,
        theme,
      )
    }
    case 'lesson':
      return spread(
        [pointer, { text: item.lesson.title, style }],
        statusSpan(item.lesson, progress, theme),
        width,
        theme,
      )
    case 'quiz':
      return [pointer, { text: 'Quiz', style }]
    case 'sandbox':
      return [pointer, { text: 'Sandbox', style }]
    case 'glossary':
      return [pointer, { text: 'Glossary', style }]
    case 'keys':
      return [pointer, { text: 'Keys and help', style }]
    default:
      return assertNever(item)
  }
}

/** The list of the home screen in a window of `height` rows; track titles are parted by a blank row. */
export const homeList = (
  items: readonly HomeItem[],
  cursor: number,
  progress: Progress,
  size: { readonly width: number; readonly height: number },
  theme: Theme,
): Line[] => {
  const rows: Line[] = []
  let litRow = 0
  for (const [index, item] of items.entries()) {
    if (item.kind === 'track') rows.push(blankLine)
    if (index === cursor) litRow = rows.length
    rows.push(itemLine(item, index === cursor, progress, size.width, theme))
  }
  const first = Math.max(0, firstRow(litRow, rows.length, size.height))
  return rows.slice(first, first + size.height).map(row => toWidth(row, size.width, theme))
}

const ABOUT: { readonly [kind in 'quiz' | 'sandbox' | 'glossary' | 'keys']: readonly string[] } = {
  quiz: [
    'Questions without a lesson around them.',
    'About a track, about everything, or without end about fresh runs that the simulator makes for you.',
  ],
  sandbox: [
    'Any protocol, any fault, no lesson.',
    'Choose a cluster, break it with keystrokes, and let the checkers say what became of its promises.',
  ],
  glossary: ['The words of the field, each in a sentence or two, and every phenomenon that a run can show.'],
  keys: ['What every key does, on this screen and in the lab.'],
}

/** What the lit row is about, for the pane beside or below the list. */
export const aboutItem = (item: HomeItem | undefined, progress: Progress, width: number, theme: Theme): Line[] => {
  if (!item || item.kind === 'track') return []
  if (item.kind !== 'lesson' && item.kind !== 'continue')
    return ABOUT[item.kind].flatMap(text => [...wrap(text, width), blankLine])
  const { lesson } = item
  const state = lessonProgress(progress, lesson.id)
  const counts: readonly (readonly [string, number, number])[] = [
    ['predictions', state.predictions.size, lesson.predictions.length],
    ['goals', state.goals.size, lesson.goals.length],
    ['questions', state.answers.size, lesson.quizItems.length],
  ]
  return [
    [{ text: lesson.title, style: 'title' }],
    line(`${lesson.id}   ${lesson.minutes} minutes   ${lesson.pages} pages`, 'old'),
    blankLine,
    ...wrap(lesson.about, width),
    blankLine,
    ...counts.map(
      ([label, done, all]): Line => [
        { text: label.padEnd(13) },
        { text: theme.glyph.ok.repeat(Math.min(done, all)), style: 'ok' },
        { text: theme.glyph.open.repeat(Math.max(0, all - done)), style: 'old' },
      ],
    ),
    ...(state.reflection === null
      ? []
      : [blankLine, ...wrap([{ text: 'You wrote: ', style: 'old' }, { text: state.reflection }], width)]),
  ]
}
