import { blankLine, type Line, lineWidth, type Span } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import { hanging } from './prose-lines.ts'
import type { Question } from './question.ts'

const signOf = (question: Question, row: number, theme: Theme): Span => {
  const option = question.shown[row] ?? -1
  const marked = question.marked.includes(option)
  const lit = question.phase === 'answer' ? row === question.cursor : marked && question.form === 'single'
  const tick = question.form === 'multiple' ? (marked ? `${theme.glyph.ok} ` : `${theme.glyph.open} `) : ''
  return { text: `${lit ? theme.glyph.pointer : ' '} ${row + 1} ${tick}`, style: lit || marked ? 'accent' : 'key' }
}

const styleOf = (question: Question, row: number): Style => {
  const option = question.shown[row] ?? -1
  if (question.marked.includes(option)) return 'strong'
  if (question.phase !== 'answer') return 'old'
  return 'plain'
}

/** The options of a question as it stands, each with its number. `texts` are numbered as in the file. */
export const questionLines = (
  question: Question,
  texts: readonly string[],
  unit: string,
  width: number,
  theme: Theme,
): Line[] => {
  if (question.form === 'number') {
    const cursor = question.phase === 'answer' ? '_' : ''
    return [
      [{ text: '  ' }, { text: `${question.typed}${cursor}`, style: 'accent' }, { text: ` ${unit}`, style: 'old' }],
    ]
  }
  return question.shown.flatMap((option, row) =>
    hanging(signOf(question, row, theme), [{ text: texts[option] ?? '', style: styleOf(question, row) }], width),
  )
}

const CERTAINTIES: readonly (readonly [string, string])[] = [
  ['1', 'a guess'],
  ['2', 'fairly sure'],
  ['3', 'sure'],
]

/** How sure? Asked once the answer is chosen, before anything is shown. */
export const certaintyLines = (question: Question, width: number): Line[] => {
  if (question.phase !== 'certainty') return []
  const asks: Span = { text: 'How sure?  ', style: 'strong' }
  const answers = CERTAINTIES.flatMap(([key, says]): Span[] => [{ text: key, style: 'key' }, { text: ` ${says}   ` }])
  const whole = [asks, ...answers]
  return [blankLine, ...(lineWidth(whole) <= width ? [whole] : [[asks], answers])]
}

/** A sentence with a coloured word before it: what an answer was worth, and why. */
export const verdictLines = (
  right: boolean,
  point: string,
  width: number,
  theme: Theme,
  otherwise = 'Not so.',
): Line[] =>
  right
    ? hanging({ text: `${theme.glyph.ok} `, style: 'ok' }, [{ text: 'Yes. ', style: 'ok' }, { text: point }], width)
    : hanging(
        { text: `${theme.glyph.bad} `, style: 'bad' },
        [{ text: `${otherwise} `, style: 'bad' }, { text: point }],
        width,
      )
