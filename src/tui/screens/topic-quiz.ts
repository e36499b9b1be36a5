import type { CourseIndex } from '../../course/course.ts'
import type { Progress } from '../../course/progress.ts'
import {
  drawnLesson,
  drawnSource,
  groupOf,
  type ItemSource,
  type QuizTopic,
  topicItems,
} from '../../course/quiz-topic.ts'
import type { FiledItem } from './filed-items.ts'
import { type QuizState, startQuiz } from './quiz-state.ts'

/** A quiz outside the lessons, one question after the other. */
export interface TopicQuiz {
  readonly topic: QuizTopic
  /** The questions out of lessons, in their order; empty where runs are drawn without end. */
  readonly sources: readonly ItemSource[]
  readonly at: number
  /** What is asked now; null once the quiz is over. */
  readonly source: ItemSource | null
  /** The question; null while it is being made, and once the quiz is over. */
  readonly quiz: QuizState | null
  readonly results: readonly { readonly group: string; readonly right: boolean }[]
}

const sourceAt = (
  topic: QuizTopic,
  sources: readonly ItemSource[],
  at: number,
  progress: Progress,
): ItemSource | null => sources[at] ?? drawnSource(topic, at, progress) ?? null

/** Begins a quiz; its first question is still to be made. */
export const startTopic = (topic: QuizTopic, progress: Progress): TopicQuiz => {
  const sources = topicItems(topic, progress)
  return { topic, sources, at: 0, source: sourceAt(topic, sources, 0, progress), quiz: null, results: [] }
}

/** Whether this is the question that the quiz waits for. */
const awaits = (state: TopicQuiz, source: ItemSource): boolean =>
  state.quiz === null && state.source !== null && JSON.stringify(state.source) === JSON.stringify(source)

/** The question is there. */
export const posed = (state: TopicQuiz, source: ItemSource, item: FiledItem): TopicQuiz =>
  awaits(state, source) ? { ...state, quiz: startQuiz([item]) ?? null } : state

/** On from an answered question to the next one, or to the result. */
export const nextQuestion = (state: TopicQuiz, course: CourseIndex, progress: Progress): TopicQuiz => {
  const { topic, sources, source, quiz } = state
  if (source === null || quiz === null) return state
  const at = state.at + 1
  const results = [...state.results, { group: groupOf(topic, course, source), right: quiz.right > 0 }]
  return { ...state, at, results, source: sourceAt(topic, sources, at, progress), quiz: null }
}

/** Stops before the end: what was answered counts, an answer whose feedback is shown as well. */
export const stopTopic = (state: TopicQuiz, course: CourseIndex, progress: Progress): TopicQuiz => ({
  ...(state.quiz?.feedback ? nextQuestion(state, course, progress) : state),
  source: null,
  quiz: null,
})

/** The lesson under which an answer is saved. */
export const savedUnder = (source: ItemSource): string =>
  source.kind === 'lesson' ? source.lesson : drawnLesson(source.draws)

/** How many were right of those asked, group by group, in the order in which they first came up. */
export const resultRows = ({
  results,
}: TopicQuiz): readonly { readonly group: string; readonly marks: readonly boolean[] }[] => {
  const groups = new Map<string, boolean[]>()
  for (const { group, right } of results) groups.set(group, [...(groups.get(group) ?? []), right])
  return [...groups].map(([group, marks]) => ({ group, marks }))
}
