import type { Answer, Certainty } from '../../course/grade.ts'
import type { Action, Scope } from '../keymap.ts'

/** How a question is answered: choose one, mark several, bring into order, or type a number. */
export type QuestionForm = 'single' | 'multiple' | 'order' | 'number'

/** A question on the screen. `shown` lists the options as displayed, by their number in the file. */
export interface Question {
  readonly form: QuestionForm
  readonly shown: readonly number[]
  readonly asksCertainty: boolean
  /** The digit that chooses each row; where not said, rows are numbered from 1. */
  readonly digits?: readonly string[]
  readonly phase: 'answer' | 'certainty' | 'stored'
  /** Row of `shown` that is lit. */
  readonly cursor: number
  /** Options marked (single: at most one), by their number in the file. */
  readonly marked: readonly number[]
  readonly typed: string
  readonly certainty: Certainty | null
}

/** What became of a key: the question as it stands now, and the answer once it is complete. */
export interface Asked {
  readonly question: Question
  readonly answered: { readonly answer: Answer; readonly certainty: Certainty } | null
}

export const ask = (
  form: QuestionForm,
  shown: readonly number[],
  asksCertainty: boolean,
  digits?: readonly string[],
): Question => ({
  ...(digits === undefined ? {} : { digits }),
  form,
  shown,
  asksCertainty,
  phase: 'answer',
  cursor: 0,
  marked: [],
  typed: '',
  certainty: null,
})

/** The key scopes that are in force while this question waits. */
export const questionScopes = (question: Question): readonly Scope[] => {
  if (question.phase === 'stored') return []
  if (question.phase === 'certainty') return ['certainty']
  if (question.form === 'number') return ['number']
  return question.form === 'order' ? ['order'] : ['choice']
}

const isCertainty = (value: number): value is Certainty => value === 1 || value === 2 || value === 3

const waiting = (question: Question): Asked => ({ question, answered: null })

const answerOf = (question: Question): Answer | null => {
  if (question.form === 'order') return { kind: 'order', order: question.shown }
  if (question.form === 'number') {
    const value = Number(question.typed)
    return question.typed !== '' && Number.isFinite(value) ? { kind: 'number', value } : null
  }
  return question.marked.length === 0 ? null : { kind: 'choices', choices: [...question.marked].sort((a, b) => a - b) }
}

const complete = (question: Question, certainty: Certainty): Asked => {
  const answer = answerOf(question)
  return answer
    ? { question: { ...question, phase: 'stored', certainty }, answered: { answer, certainty } }
    : waiting(question)
}

const proceed = (question: Question): Asked => {
  if (answerOf(question) === null) return waiting(question)
  return question.asksCertainty ? waiting({ ...question, phase: 'certainty' }) : complete(question, 2)
}

const mark = (question: Question, row: number): Question => {
  const option = question.shown[row]
  if (option === undefined) return question
  if (question.form === 'single') return { ...question, cursor: row, marked: [option] }
  const marked = question.marked.includes(option)
    ? question.marked.filter(one => one !== option)
    : [...question.marked, option]
  return { ...question, cursor: row, marked }
}

const moveCursor = (question: Question, by: number): Question => ({
  ...question,
  cursor: Math.min(Math.max(question.cursor + by, 0), Math.max(question.shown.length - 1, 0)),
})

const moveStep = (question: Question, by: number): Question => {
  const to = question.cursor + by
  const moved = question.shown[question.cursor]
  const other = question.shown[to]
  if (moved === undefined || other === undefined) return question
  const shown = question.shown.map((option, row) => (row === to ? moved : row === question.cursor ? other : option))
  return { ...question, shown, cursor: to }
}

/** Digits, a point and a minus sign extend a number; all else leaves it as it is. */
export const typeInto = (question: Question, text: string): Question =>
  question.form === 'number' && question.phase === 'answer' && /^[0-9.-]$/.test(text) && question.typed.length < 12
    ? { ...question, typed: question.typed + text }
    : question

/** What an action (and the key that caused it) does to a question. */
export const answerKey = (question: Question, action: Action, key: string): Asked => {
  if (question.phase === 'stored') return waiting(question)
  if (question.phase === 'certainty') {
    const certainty = Number(key)
    if (action === 'choose' && isCertainty(certainty)) return complete(question, certainty)
    return waiting(action === 'back' ? { ...question, phase: 'answer' } : question)
  }
  switch (action) {
    case 'up':
      return waiting(moveCursor(question, -1))
    case 'down':
      return waiting(moveCursor(question, 1))
    case 'move-up':
      return waiting(moveStep(question, -1))
    case 'move-down':
      return waiting(moveStep(question, 1))
    case 'choose': {
      const marked = mark(question, question.digits ? question.digits.indexOf(key) : Number(key) - 1)
      return question.form === 'single' && marked !== question ? proceed(marked) : waiting(marked)
    }
    case 'toggle':
      return waiting(mark(question, question.cursor))
    case 'erase':
      return waiting({ ...question, typed: question.typed.slice(0, -1) })
    case 'next-page':
      return proceed(
        question.form === 'single' && question.marked.length === 0 ? mark(question, question.cursor) : question,
      )
    default:
      return waiting(question)
  }
}
