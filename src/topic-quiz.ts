import { ContentError } from './course/content-error.ts'
import { allLessons } from './course/course.ts'
import { labOf } from './course/laboratory.ts'
import type { Course } from './course/load.ts'
import { suggestion } from './lab/lab-error.ts'
import { type Model, opened } from './tui/app/model.ts'
import { filedItems } from './tui/screens/filed-items.ts'
import { startQuiz } from './tui/screens/quiz-state.ts'

/** Opens a quiz over a track, a lesson, or everything. Throws ContentError for a topic that is neither. */
export const startTopicQuiz = (model: Model, course: Course, topic: string | null): Model => {
  const lessons = allLessons(course.index)
  const chosen = lessons.filter(lesson => topic === null || lesson.id === topic || lesson.track === topic)
  if (chosen.length === 0) {
    const known = [...course.index.tracks.map(track => track.id), ...lessons.map(lesson => lesson.id)]
    throw new ContentError({ file: topic ?? '' }, `there is no such topic; ${suggestion(topic ?? '', known)}`)
  }
  const items = chosen.flatMap(({ id }) => {
    const lesson = course.lesson(id)
    return filedItems(lesson, labOf(lesson.lab)).map(item => ({ item, lesson: id }))
  })
  const quiz = startQuiz(items.map(({ item }) => item)) ?? null
  return opened(model, {
    kind: 'quiz',
    topic: topic ?? 'everything',
    quiz,
    lessons: new Map(items.map(({ item, lesson }) => [item.id, lesson])),
    right: 0,
    count: items.length,
  })
}
