import { drawItem } from './course/drawn/generators.ts'
import { labOf } from './course/laboratory.ts'
import type { Course } from './course/load.ts'
import type { ItemSource } from './course/quiz-topic.ts'
import { type FiledItem, filedItem } from './tui/screens/filed-items.ts'

/** The question of a quiz: an item of a lesson, or one out of a run that is made for it. Throws when the lesson has no such item. */
export const questionOf = (course: Course, source: ItemSource): FiledItem => {
  if (source.kind === 'run') return drawItem(source.draws, source.seed)
  const lesson = course.lesson(source.lesson)
  const item = lesson.quiz.find(({ id }) => id === source.item)
  if (!item) throw new Error(`the lesson ${source.lesson} has no question ${source.item}`)
  return filedItem(lesson, labOf(lesson.lab), item)
}
