import { quizTopics } from '../../course/quiz-topic.ts'
import type { Action } from '../keymap.ts'
import { answeredItem } from '../screens/lesson-keys.ts'
import { moveList } from '../screens/list-state.ts'
import { answerKey, typeInto } from '../screens/question.ts'
import type { QuizState } from '../screens/quiz-state.ts'
import { nextQuestion, savedUnder, startTopic, stopTopic, type TopicQuiz } from '../screens/topic-quiz.ts'
import type { Message } from './message.ts'
import { closed, type Model, opened, type Screen, withShown } from './model.ts'
import { scrollOf } from './scroll.ts'
import type { Updated } from './turned.ts'

type KeyMessage = Extract<Message, { type: 'key' }>
type Of<Kind extends Screen['kind']> = Extract<Screen, { kind: Kind }>

/** Asks for the question that the quiz waits for. */
export const posing = (model: Model, state: TopicQuiz): Updated => [
  model,
  state.source === null || state.quiz !== null ? [] : [{ type: 'pose-question', source: state.source }],
]

/** Keys on the list of topics. */
export const topicsKey = (model: Model, screen: Of<'topics'>, action: Action | undefined): Updated => {
  const topics = quizTopics(model.course)
  const topic = topics[screen.list.cursor]
  if (action !== 'choose' || !topic) {
    const list = action ? moveList(screen.list, action, topics.length) : screen.list
    return [withShown(model, { ...screen, list }), []]
  }
  const state = startTopic(topic, model.progress)
  return posing(opened(model, { kind: 'quiz', state }), state)
}

/** Keys in a quiz outside the lessons. */
export const quizKey = (model: Model, screen: Of<'quiz'>, action: Action | undefined, key: KeyMessage): Updated => {
  const { state } = screen
  const shown = (next: TopicQuiz): Model => withShown(model, { ...screen, state: next })
  if (state.source === null) return action === 'next-page' ? [closed(model), []] : [model, []]
  const asked = state.quiz?.question.phase
  if (action === 'back' && asked !== 'certainty') return [shown(stopTopic(state, model.course, model.progress)), []]
  if (!state.quiz || state.quiz.saving) return [model, []]
  if (state.quiz.feedback) {
    if (action !== 'next-page') {
      const scroll = Math.max(0, state.quiz.scroll + scrollOf(action))
      return [shown({ ...state, quiz: { ...state.quiz, scroll } }), []]
    }
    const next = nextQuestion(state, model.course, model.progress)
    return posing(shown(next), next)
  }
  return answering(model, screen, state.quiz, action, key)
}

const answering = (
  model: Model,
  screen: Of<'quiz'>,
  quiz: QuizState,
  action: Action | undefined,
  key: KeyMessage,
): Updated => {
  const { state } = screen
  const { question, answered } =
    action === undefined
      ? { question: typeInto(quiz.question, key.text ?? ''), answered: null }
      : answerKey(quiz.question, action, key.id)
  const now = { ...quiz, question, saving: answered }
  const next = withShown(model, { ...screen, state: { ...state, quiz: now } })
  if (!answered || state.source === null) return [next, []]
  const happening = answeredItem(savedUnder(state.source), now, answered, model.progress)
  return [next, [{ type: 'record', happenings: [happening] }]]
}
