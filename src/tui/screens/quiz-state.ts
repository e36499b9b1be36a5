import { type Answer, type Certainty, type Grade, grade, optionTexts } from '../../course/grade.ts'
import type { Happening } from '../../course/progress-event.ts'
import { shuffledOrder } from '../../course/shuffle.ts'
import type { FiledItem } from './filed-items.ts'
import { ask, type Question } from './question.ts'

/** A quiz under way: one item a screen, certainty asked, feedback at once. */
export interface QuizState {
  readonly items: readonly FiledItem[]
  readonly at: number
  readonly question: Question
  /** The answer while it is being saved; feedback waits until it is on disk. */
  readonly saving: { readonly answer: Answer; readonly certainty: Certainty } | null
  readonly feedback: { readonly grade: Grade; readonly certainty: Certainty } | null
  /** Of the items so far, how many were right at the first attempt. */
  readonly right: number
  /** Rows scrolled down in the feedback. */
  readonly scroll: number
}

const formOf = (item: FiledItem): Question['form'] => {
  if (item.kind === 'order') return 'order'
  if (item.kind === 'estimate') return 'number'
  return item.kind === 'multiple' ? 'multiple' : 'single'
}

/** Options are shuffled once an item: the order depends on the item alone, so a retry shows the same. Lines of code keep theirs. */
const orderOf = (item: FiledItem): readonly number[] => {
  const count = optionTexts(item).length
  if (item.kind === 'line') return Array.from({ length: count }, (_, index) => index)
  const order = shuffledOrder(count, item.id)
  const solved = item.kind === 'order' && order.every((step, index) => step === index)
  return solved ? order.toReversed() : order
}

/** Lines of code are chosen by their own number, as far as one digit goes. */
const digitsOf = (item: FiledItem): readonly string[] | undefined =>
  item.kind === 'line' ? item.options.map(option => String(option.line)) : undefined

const questionOf = (item: FiledItem): Question => ask(formOf(item), orderOf(item), true, digitsOf(item))

/** Begins a quiz; undefined when there is no item. */
export const startQuiz = (items: readonly FiledItem[], at = 0): QuizState | undefined => {
  const item = items[at]
  return item && { items, at, question: questionOf(item), saving: null, feedback: null, right: 0, scroll: 0 }
}

export const currentItem = (quiz: QuizState): FiledItem => {
  const item = quiz.items[quiz.at]
  if (!item) throw new Error(`a quiz of ${quiz.items.length} items stands at ${quiz.at}`)
  return item
}

/** Whether this is the record of the answer that the quiz waits for. */
export const isAnswered = (quiz: QuizState, happenings: readonly Happening[]): boolean =>
  quiz.saving !== null && happenings.some(each => each.kind === 'answered' && each.item === currentItem(quiz).id)

/** The answer is on disk: show what it was worth. */
export const showFeedback = (quiz: QuizState): QuizState => {
  if (!quiz.saving) return quiz
  const judged = grade(currentItem(quiz), quiz.saving.answer)
  return {
    ...quiz,
    saving: null,
    feedback: { grade: judged, certainty: quiz.saving.certainty },
    right: quiz.right + (judged.right ? 1 : 0),
    scroll: 0,
  }
}

/** The next item; undefined after the last. */
export const nextItem = (quiz: QuizState): QuizState | undefined => {
  const next = startQuiz(quiz.items, quiz.at + 1)
  return next && { ...next, right: quiz.right }
}
