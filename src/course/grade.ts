import { assertNever } from '../kernel/assert-never.ts'
import type { QuizItem } from './quiz-item.ts'

/** How sure the learner was: 1 a guess, 2 fairly sure, 3 sure. */
export type Certainty = 1 | 2 | 3

/** What a learner answered. Choices and steps are numbered as in the file, from 0, whatever order was shown. */
export type Answer =
  | { readonly kind: 'choices'; readonly choices: readonly number[] }
  | { readonly kind: 'order'; readonly order: readonly number[] }
  | { readonly kind: 'number'; readonly value: number }

/** What to say of one option after the answer. */
export interface OptionFeedback {
  readonly say: string
  readonly right: boolean
  readonly chosen: boolean
  readonly why: string
}

/** The judgement of an answer; never a bare tick or cross. */
export interface Grade {
  readonly right: boolean
  /** The point, first: why the chosen answer is right or tempts. */
  readonly point: string
  readonly options: readonly OptionFeedback[]
}

type Choice = Extract<QuizItem, { kind: 'single' | 'multiple' | 'line' }>

/** The words of an item's options, in the order of the file. */
export const optionTexts = (item: QuizItem): readonly string[] => {
  switch (item.kind) {
    case 'single':
    case 'multiple':
      return item.options.map(option => option.say)
    case 'line': {
      const lines = item.code.split('\n')
      return item.options.map(option => `line ${option.line}: ${(lines[option.line - 1] ?? '').trim()}`)
    }
    case 'order':
      return item.steps.map(step => step.say)
    case 'estimate':
    case 'run':
      return []
    default:
      return assertNever(item)
  }
}

/** Judges an answer. An item of kind `run` is judged by its prediction, not here. */
export const grade = (item: Exclude<QuizItem, { kind: 'run' }>, answer: Answer): Grade => {
  switch (item.kind) {
    case 'single':
    case 'multiple':
    case 'line':
      return gradeChoices(item, answer.kind === 'choices' ? answer.choices : [])
    case 'order':
      return gradeOrder(item, answer.kind === 'order' ? answer.order : [])
    case 'estimate':
      return gradeEstimate(item, answer.kind === 'number' ? answer.value : Number.NaN)
    default:
      return assertNever(item)
  }
}

const gradeChoices = (item: Choice, choices: readonly number[]): Grade => {
  const texts = optionTexts(item)
  const options = item.options.map((option, index) => ({
    say: texts[index] ?? '',
    right: option.right === true,
    chosen: choices.includes(index),
    why: option.why,
  }))
  const right = options.every(option => option.right === option.chosen)
  // What was marked and is wrong tells most; after that, what is right and was left out.
  const telling =
    options.find(option => (right ? option.right : option.chosen && !option.right)) ??
    options.find(option => option.right && !option.chosen)
  return { right, point: telling?.why ?? '', options }
}

const gradeOrder = (item: Extract<QuizItem, { kind: 'order' }>, order: readonly number[]): Grade => {
  const right = item.steps.every((_, index) => order[index] === index)
  const firstWrong = order.findIndex((step, index) => step !== index)
  const telling = item.steps[right ? item.steps.length - 1 : Math.max(firstWrong, 0)]
  return {
    right,
    point: telling?.why ?? '',
    options: item.steps.map((step, index) => ({
      say: step.say,
      right: true,
      chosen: order[index] === index,
      why: step.why,
    })),
  }
}

const gradeEstimate = (item: Extract<QuizItem, { kind: 'estimate' }>, value: number): Grade => {
  const right = value >= item.answer / item.within && value <= item.answer * item.within
  const point = right ? item.why : value < item.answer ? item.low : item.high
  const words = (amount: number): string => `${amount} ${item.unit}`.trim()
  const options = [{ say: words(item.answer), right: true, chosen: right, why: item.why }]
  return {
    right,
    point,
    options: right ? options : [{ say: words(value), right: false, chosen: true, why: point }, ...options],
  }
}
