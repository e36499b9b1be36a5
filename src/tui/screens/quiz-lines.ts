import { type OptionFeedback, optionTexts } from '../../course/grade.ts'
import { wrap } from '../layout.ts'
import { blankLine, type Line, line, type Span } from '../line.ts'
import { figureLines } from '../panes/figure.ts'
import { sanitizeLine } from '../plain.ts'
import type { Theme } from '../theme.ts'
import type { FiledItem } from './filed-items.ts'
import { hanging } from './prose-lines.ts'
import type { Question } from './question.ts'
import { certaintyLines, questionLines, verdictLines } from './question-lines.ts'
import { currentItem, type QuizState } from './quiz-state.ts'

const ASKS = {
  single: 'Choose one.',
  multiple: 'Mark all that are right, then enter.',
  order: 'Bring them into order with shift and the arrows, then enter.',
  estimate: 'Type a number, then enter.',
  line: 'Choose the line with the arrows, then enter.',
} as const

/** The code itself is the list to choose from: lines that can be chosen have a bright number, the lit one a pointer. */
const codeLines = (item: Extract<FiledItem, { kind: 'line' }>, question: Question, theme: Theme): Line[] => {
  const choosable = new Map(item.options.map((option, index) => [option.line, index]))
  return item.code
    .replace(/\n$/, '')
    .split('\n')
    .map((text, index): Line => {
      const option = choosable.get(index + 1)
      const marked = option !== undefined && question.marked.includes(option)
      const lit =
        option !== undefined && (question.phase === 'answer' ? question.shown[question.cursor] === option : marked)
      return [
        { text: lit ? `${theme.glyph.pointer} ` : '  ', style: 'accent' },
        { text: `${String(index + 1).padStart(2)} `, style: option === undefined ? 'old' : 'key' },
        { text: sanitizeLine(text.replace(/\t/g, '  ')), style: lit ? 'strong' : 'plain' },
      ]
    })
}

/** A confident miss is the best moment to learn; say so, without a grade. */
const collision = (quiz: QuizState): string | null =>
  quiz.feedback && !quiz.feedback.grade.right && quiz.feedback.certainty === 3
    ? 'You were sure of this one, so it is worth a second look.'
    : null

/** What the feedback's first sentence is about: the option that was chosen, or the one that was not. */
const tellingOption = ({ feedback }: QuizState): OptionFeedback | undefined =>
  feedback?.grade.options.find(option => option.why === feedback.grade.point)

const answerLines = (quiz: QuizState, width: number): Line[] => {
  const { kind } = currentItem(quiz)
  const telling = tellingOption(quiz)
  if (!telling || kind === 'order' || kind === 'estimate') return [blankLine]
  const lead = telling.chosen ? 'You said: ' : 'You left out: '
  return hanging({ text: lead, style: 'old' }, [{ text: sanitizeLine(telling.say), style: 'strong' }], width)
}

const feedbackLines = (quiz: QuizState, width: number, theme: Theme): Line[] => {
  const { feedback } = quiz
  if (!feedback) return []
  const item = currentItem(quiz)
  const surprised = collision(quiz)
  const inOrder = item.kind === 'order'
  const leftOut = item.kind === 'multiple' && tellingOption(quiz)?.chosen === false
  const { point, options } = feedback.grade
  return [
    ...answerLines(quiz, width),
    ...verdictLines(feedback.grade.right, point, width, theme, leftOut ? 'That one too.' : undefined),
    ...(surprised === null ? [] : wrap([{ text: surprised, style: 'unknown' }], width)),
    ...options.flatMap((option, index): Line[] => {
      if (option.why === point && !inOrder) return []
      const sign: Span = inOrder
        ? { text: `${index + 1} `, style: 'accent' }
        : { text: `${option.right ? theme.glyph.ok : theme.glyph.bad} `, style: option.right ? 'ok' : 'bad' }
      return [
        ...(inOrder && index > 0 ? [] : [blankLine]),
        ...hanging(sign, [{ text: sanitizeLine(option.say), style: 'strong' }], width),
        ...(option.why === point ? [] : hanging({ text: '  ' }, option.why, width)),
      ]
    }),
    ...(item.source === undefined
      ? []
      : [blankLine, ...wrap([{ text: `Source: ${item.source}`, style: 'old' }], width)]),
  ]
}

/** What there is to choose from. Once it is answered the feedback quotes it, line by line. */
const asked = (quiz: QuizState, width: number, theme: Theme): Line[] => {
  const item = currentItem(quiz)
  if (quiz.feedback && item.kind !== 'estimate' && item.kind !== 'order') return []
  if (item.kind === 'line') return codeLines(item, quiz.question, theme)
  const texts = optionTexts(item).map(sanitizeLine)
  return questionLines(quiz.question, texts, item.kind === 'estimate' ? item.unit : '', width, theme)
}

/** A quiz as it stands: the item, and after the answer why each option is right or tempts. */
export const quizLines = (
  quiz: QuizState,
  width: number,
  theme: Theme,
  place = `Question ${quiz.at + 1} of ${quiz.items.length}`,
): Line[] => {
  const item = currentItem(quiz)
  return [
    line(place, 'old'),
    blankLine,
    ...wrap([{ text: sanitizeLine(item.stem), style: 'strong' }], width),
    blankLine,
    ...(item.figure === undefined ? [] : [...figureLines(item.figure, width, theme), blankLine]),
    ...asked(quiz, width, theme),
    ...(quiz.question.phase === 'answer' ? [blankLine, line(ASKS[item.kind], 'old')] : []),
    ...certaintyLines(quiz.question, width),
    ...feedbackLines(quiz, width, theme),
  ]
}
