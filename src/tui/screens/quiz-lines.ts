import { optionTexts } from '../../course/grade.ts'
import { wrap } from '../layout.ts'
import { blankLine, type Line, line } from '../line.ts'
import { sanitizeLine } from '../plain.ts'
import type { Theme } from '../theme.ts'
import { hanging } from './prose-lines.ts'
import { certaintyLine, questionLines, verdictLines } from './question-lines.ts'
import { currentItem, type QuizState } from './quiz-state.ts'

const ASKS = {
  single: 'Choose one.',
  multiple: 'Mark all that are right, then enter.',
  order: 'Bring them into order with shift and the arrows, then enter.',
  estimate: 'Type a number, then enter.',
  line: 'Choose the line.',
} as const

const codeLines = (code: string): Line[] =>
  code
    .replace(/\n$/, '')
    .split('\n')
    .map(
      (text, index): Line => [
        { text: `${String(index + 1).padStart(3)} `, style: 'old' },
        { text: sanitizeLine(text.replace(/\t/g, '  ')), style: 'accent' },
      ],
    )

/** A confident miss is the best moment to learn; say so, without a grade. */
const collision = (quiz: QuizState): string | null =>
  quiz.feedback && !quiz.feedback.grade.right && quiz.feedback.certainty === 3
    ? 'You were sure of this one, so it is worth a second look.'
    : null

const feedbackLines = (quiz: QuizState, width: number, theme: Theme): Line[] => {
  const { feedback } = quiz
  if (!feedback) return []
  const item = currentItem(quiz)
  const surprised = collision(quiz)
  const others = feedback.grade.options.filter(option => option.why !== feedback.grade.point)
  return [
    blankLine,
    ...verdictLines(feedback.grade.right, feedback.grade.point, width, theme),
    ...(surprised === null ? [] : wrap([{ text: surprised, style: 'unknown' }], width)),
    ...others.flatMap((option): Line[] => [
      blankLine,
      ...hanging(
        option.right ? { text: `${theme.glyph.ok} `, style: 'ok' } : { text: `${theme.glyph.bad} `, style: 'bad' },
        [{ text: sanitizeLine(option.say), style: 'strong' }],
        width,
      ),
      ...hanging({ text: '  ' }, option.why, width),
    ]),
    ...(item.source === undefined
      ? []
      : [blankLine, ...wrap([{ text: `Source: ${item.source}`, style: 'old' }], width)]),
  ]
}

/** A quiz as it stands: the item, and after the answer why each option is right or tempts. */
export const quizLines = (quiz: QuizState, width: number, theme: Theme): Line[] => {
  const item = currentItem(quiz)
  const texts = optionTexts(item).map(sanitizeLine)
  return [
    line(`Question ${quiz.at + 1} of ${quiz.items.length}`, 'old'),
    blankLine,
    ...wrap([{ text: sanitizeLine(item.stem), style: 'strong' }], width),
    ...(item.kind === 'line' ? [blankLine, ...codeLines(item.code)] : []),
    blankLine,
    ...(quiz.feedback && item.kind !== 'estimate' && item.kind !== 'order'
      ? []
      : questionLines(quiz.question, texts, item.kind === 'estimate' ? item.unit : '', width, theme)),
    ...(quiz.question.phase === 'answer' ? [blankLine, line(ASKS[item.kind], 'old')] : []),
    ...certaintyLine(quiz.question),
    ...feedbackLines(quiz, width, theme),
  ]
}
