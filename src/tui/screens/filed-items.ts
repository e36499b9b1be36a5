import type { Figure } from '../../course/drawn/drawn-item.ts'
import type { Lesson } from '../../course/lesson.ts'
import type { QuizItem } from '../../course/quiz-item.ts'
import type { Lab } from '../../lab/lab.ts'
import { predictionTruth } from '../../lab/prediction.ts'

/** A quiz item that can be judged by its own options, perhaps with a figure above them. */
export type FiledItem = Exclude<QuizItem, { kind: 'run' }> & { readonly figure?: Figure }

/** What a run will do is answered by making the run; the item then has that answer among its options. */
export const filedItem = (lesson: Lesson, lab: Lab, item: QuizItem): FiledItem => {
  if (item.kind !== 'run') return item
  const prediction = lab.predictions.find(candidate => candidate.id === item.prediction)
  if (!prediction) throw new Error(`${lesson.id} quizzes on ${item.prediction}, which the lab does not have`)
  const truth = predictionTruth(lab, prediction)
  return {
    ...item,
    kind: 'single',
    // A stem that asks already is not asked twice.
    stem: item.stem.includes('?') ? item.stem : `${item.stem} ${prediction.ask}`,
    options: prediction.options.map((option, index) => ({
      say: option.say,
      why: option.why,
      right: index === truth,
    })),
  }
}

/** The items of a lesson's quiz. */
export const filedItems = (lesson: Lesson, lab: Lab): readonly FiledItem[] =>
  lesson.quiz.map(item => filedItem(lesson, lab, item))
