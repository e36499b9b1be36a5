import { wrap } from '../layout.ts'
import { blankLine, type Line, line, type Span, toWidth } from '../line.ts'
import type { Theme } from '../theme.ts'
import { quizLines } from './quiz-lines.ts'
import { resultRows, type TopicQuiz } from './topic-quiz.ts'

const placeOf = ({ topic, sources, at }: TopicQuiz): string =>
  sources.length === 0
    ? `${topic.title}   question ${at + 1}`
    : `${topic.title}   question ${at + 1} of ${sources.length}`

const marksOf = (marks: readonly boolean[], theme: Theme): readonly Span[] =>
  marks.map(right => ({ text: right ? theme.glyph.ok : theme.glyph.bad, style: right ? 'ok' : 'bad' }))

/** How it went: a row a lesson, track or kind, and where it is worth looking again. */
const resultLines = (state: TopicQuiz, width: number, theme: Theme): Line[] => {
  const rows = resultRows(state)
  const right = state.results.filter(result => result.right).length
  const title = line(state.topic.title, 'title')
  if (rows.length === 0)
    return [title, blankLine, line('Nothing was answered.'), blankLine, line('enter goes back.', 'old')]
  const labels = Math.min(Math.max(...rows.map(row => row.group.length)) + 2, Math.floor(width * 0.6))
  const share = (marks: readonly boolean[]): number => marks.filter(mark => mark).length / marks.length
  const weakest = rows.filter(({ marks }) => share(marks) < 0.7).toSorted((a, b) => share(a.marks) - share(b.marks))
  return [
    title,
    blankLine,
    line(`${right} of ${state.results.length} right at the first try.`, 'strong'),
    blankLine,
    ...rows.map(({ group, marks }): Line => {
      const count = `${marks.filter(mark => mark).length} of ${marks.length}`
      return [
        ...toWidth([{ text: group }], labels, theme),
        ...toWidth([{ text: count, style: 'old' }], 9, theme, 'right'),
        { text: '   ' },
        ...marksOf(marks.slice(0, Math.max(1, width - labels - 12)), theme),
      ]
    }),
    blankLine,
    ...(weakest.length === 0 || state.topic.lessons.length === 0
      ? []
      : [
          ...wrap(
            `Worth another look: ${weakest
              .slice(0, 3)
              .map(({ group }) => group)
              .join(' · ')}`,
            width,
          ),
          blankLine,
        ]),
    line('enter goes back.', 'old'),
  ]
}

/** A quiz outside the lessons as it stands. */
export const topicQuizLines = (state: TopicQuiz, width: number, theme: Theme): Line[] => {
  if (state.quiz) return quizLines(state.quiz, width, theme, placeOf(state))
  if (state.source === null) return resultLines(state, width, theme)
  const words = state.source.kind === 'run' ? 'A run is being made.' : 'The next question is looked up.'
  return [line(placeOf(state), 'old'), blankLine, line(words, 'old')]
}
