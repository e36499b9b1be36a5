import { Trial } from './trial.ts'

/** The first lesson, opened from home with one key. */
export const begin = (): Trial => new Trial().press('enter')

export const PAGES = { hook: 0, attempt: 1, predict: 2, observe: 3, explain: 4, goal: 5, quiz: 8, reflect: 10 } as const

/** The lesson at a page, all before it answered. */
export const at = (page: keyof typeof PAGES): Trial => {
  const trial = begin()
  while (trial.lesson.page < PAGES[page]) {
    const { step } = trial.lesson
    if (step.kind === 'predict' && !step.saved)
      trial.press(rowOf(trial, step.prediction.options, '?, since')).press('3')
    else if (step.kind === 'observe' && step.seen === null)
      trial.press('enter').press(rowOf(trial, step.prediction.options, '?, since'))
    else if (step.kind === 'quiz' && step.quiz && !step.quiz.feedback) answerItem(trial)
    else trial.press('enter')
  }
  return trial
}

/** The digit under which an option stands on the screen. */
export const rowOf = (trial: Trial, options: readonly { readonly say: string }[], say: string): string => {
  const { step } = trial.lesson
  const shown =
    step.kind === 'predict' || step.kind === 'observe'
      ? step.question?.shown
      : step.kind === 'quiz'
        ? step.quiz?.question.shown
        : undefined
  const option = options.findIndex(candidate => candidate.say.startsWith(say))
  const row = shown?.indexOf(option) ?? -1
  if (row < 0) throw new Error(`${say} is not on the screen`)
  return String(row + 1)
}

/** Answers whatever item is shown, somehow. */
export const answerItem = (trial: Trial): Trial => {
  const { step } = trial.lesson
  const form = step.kind === 'quiz' ? step.quiz?.question.form : undefined
  if (form === 'number') return trial.type('1000').press('enter 2')
  if (form === 'order') return trial.press('enter 2')
  return form === 'multiple' ? trial.press('1 enter 2') : trial.press('enter 2')
}

export const quizOf = (trial: Trial) => {
  const { step } = trial.lesson
  if (step.kind !== 'quiz' || !step.quiz) throw new Error('no question is shown')
  return step.quiz
}
