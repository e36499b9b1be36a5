import type { Page } from '../../course/page.ts'
import { lessonProgress, type Progress } from '../../course/progress.ts'
import { wrap } from '../layout.ts'
import { blankLine, type Line, line } from '../line.ts'
import { sanitizeLine } from '../plain.ts'
import type { Theme } from '../theme.ts'
import { openGoal } from './lesson-goals.ts'
import { currentPage, type LessonState, type Step } from './lesson-state.ts'
import { mythLines } from './myth-lines.ts'
import { hanging, proseLines } from './prose-lines.ts'
import { certaintyLines, questionLines, verdictLines } from './question-lines.ts'
import { quizLines } from './quiz-lines.ts'

type Of<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>

const SURE = ['', 'a guess', 'fairly sure', 'sure']

/** The text beside the lab: the page's prose, and what it asks. */
export const lessonText = (state: LessonState, progress: Progress, width: number, theme: Theme): Line[] => {
  const page = currentPage(state)
  const { step } = state
  if (step.kind === 'quiz' && step.quiz) return quizLines(step.quiz, width, theme)
  const prose = proseOf(page, width, theme)
  return [[{ text: page.title, style: 'title' }], blankLine, ...prose, ...asked(state, progress, width, theme)]
}

/** What the page says under its title, before it asks for anything. */
export const proseOf = (page: Page, width: number, theme: Theme): Line[] =>
  page.kind === 'myth' ? mythLines(page.blocks, width, theme) : proseLines(page.blocks, width)

const asked = (state: LessonState, progress: Progress, width: number, theme: Theme): Line[] => {
  const { step } = state
  switch (step.kind) {
    case 'read':
      return currentPage(state).kind === 'recap' ? sourceLines(state, width) : []
    case 'play':
      return playLines(state, step, progress, width, theme)
    case 'predict':
      return predictLines(state, step, progress, width, theme)
    case 'observe':
      return observeLines(state, step, width, theme)
    case 'quiz':
      return [
        blankLine,
        ...wrap(`${step.right} of ${step.count} right at the first try. Whatever was not will come back.`, width),
      ]
    case 'reflect':
      return reflectLines(step, width)
  }
}

const sourceLines = (state: LessonState, width: number): Line[] => [
  blankLine,
  line('Sources', 'title'),
  ...state.lesson.sources.flatMap(source =>
    hanging({ text: '• ', style: 'old' }, [{ text: source.cite, style: 'old' }], width),
  ),
]

const playLines = (state: LessonState, step: Of<'play'>, progress: Progress, width: number, theme: Theme): Line[] => {
  const known = lessonProgress(progress, state.lesson.id).goals
  const goals = step.goals.flatMap(id => state.lab.goals.find(goal => goal.id === id) ?? [])
  const next = state.lab.goals.find(goal => goal.id === openGoal(state, progress))
  const tip = step.tip > 0 ? next?.tips[step.tip - 1] : undefined
  const all = goals.length > 0 && goals.every(goal => known.has(goal.id))
  return [
    ...(goals.length > 0 ? [blankLine] : []),
    ...goals.flatMap(goal => {
      const reached = known.has(goal.id)
      const sign = reached
        ? { text: `${theme.glyph.ok} `, style: 'ok' as const }
        : { text: `${theme.glyph.goal} `, style: 'accent' as const }
      return hanging(sign, [{ text: goal.say, style: reached ? 'old' : 'strong' }], width)
    }),
    ...(tip === undefined ? [] : [blankLine, ...hanging({ text: `Tip ${step.tip}: `, style: 'unknown' }, tip, width)]),
    ...(all && !step.replaying
      ? [
          blankLine,
          ...wrap(
            [
              { text: `${theme.glyph.ok} `, style: 'ok' },
              { text: 'Reached. ' },
              { text: 'enter', style: 'key' },
              { text: ' goes on; or stay and play.' },
            ],
            width,
          ),
        ]
      : []),
  ]
}

const optionTexts = (step: Of<'predict' | 'observe'>): readonly string[] =>
  step.prediction.options.map(option => sanitizeLine(option.say))

const predictLines = (
  state: LessonState,
  step: Of<'predict'>,
  progress: Progress,
  width: number,
  theme: Theme,
): Line[] => {
  const texts = optionTexts(step)
  const asks = [blankLine, ...wrap([{ text: sanitizeLine(step.prediction.ask), style: 'strong' }], width)]
  if (step.question.phase === 'answer' && !step.saved)
    return [...asks, ...questionLines(step.question, texts, '', width, theme)]
  const stored = lessonProgress(progress, state.lesson.id).predictions.get(step.prediction.id)
  const said = { text: texts[step.question.marked[0] ?? -1] ?? '', style: 'strong' as const }
  const sure = { text: ` (${SURE[stored?.certainty ?? 0]})`, style: 'old' as const }
  const says = hanging({ text: 'You say: ', style: 'old' }, step.saved ? [said, sure] : [said], width)
  // No longer than the options were, so that the picture under it stays where it is.
  if (!step.saved) return [...asks, ...says, ...certaintyLines(step.question, width)]
  return [
    ...asks,
    ...says,
    blankLine,
    [{ text: 'Stored. ', style: 'ok' }, { text: 'enter', style: 'key' }, { text: ' runs the experiment.' }],
  ]
}

const observeLines = (state: LessonState, step: Of<'observe'>, width: number, theme: Theme): Line[] => {
  const texts = optionTexts(step)
  const said = hanging(
    { text: 'You said: ', style: 'old' },
    [{ text: texts[step.predicted] ?? '', style: 'old' }],
    width,
  )
  if (step.seen !== null) return [blankLine, ...said, ...settledLines(step, texts, width, theme)]
  if (step.question) {
    return [
      blankLine,
      ...said,
      blankLine,
      [{ text: 'What did you see?', style: 'strong' }],
      ...questionLines(step.question, texts, '', width, theme),
    ]
  }
  const again =
    step.misses > 0 ? wrap([{ text: 'That is not what this run did. Look once more.', style: 'unknown' }], width) : []
  const waits = state.bench.session.ended
    ? []
    : wrap(
        [
          { text: 'space', style: 'key' },
          { text: ' stops and goes on, ' },
          { text: '← →', style: 'key' },
          { text: ' step, ' },
          { text: 'enter', style: 'key' },
          { text: ' goes to the end.' },
        ],
        width,
      )
  return [blankLine, ...said, ...again, blankLine, ...waits]
}

const settledLines = (step: Of<'observe'>, texts: readonly string[], width: number, theme: Theme): Line[] => {
  const truth = step.prediction.options[step.truth]
  const missed = step.prediction.options[step.predicted]
  const right = step.predicted === step.truth
  return [
    blankLine,
    ...hanging({ text: 'The run: ', style: 'old' }, [{ text: texts[step.truth] ?? '', style: 'strong' }], width),
    ...verdictLines(right, right ? (truth?.why ?? '') : (missed?.why ?? ''), width, theme),
    ...(right ? [] : hanging({ text: `${theme.glyph.ok} `, style: 'ok' }, truth?.why ?? '', width)),
  ]
}

const reflectLines = (step: Of<'reflect'>, width: number): Line[] => [
  blankLine,
  ...(step.saved
    ? wrap(
        [
          { text: step.text === '' ? 'Nothing written. ' : 'Kept for you. ', style: 'ok' },
          { text: 'enter', style: 'key' },
          { text: ' ends the lesson.' },
        ],
        width,
      )
    : [
        ...wrap([{ text: `${sanitizeLine(step.text)}_`, style: 'accent' }], width),
        blankLine,
        line('One line is enough. enter keeps it, or leaves it empty.', 'old'),
      ]),
]
