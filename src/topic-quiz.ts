import { ContentError } from './course/content-error.ts'
import type { CourseIndex } from './course/course.ts'
import { findTopic, topicIds } from './course/quiz-topic.ts'
import { suggestion } from './lab/lab-error.ts'
import { type Model, opened } from './tui/app/model.ts'
import { posing } from './tui/app/quiz-keys.ts'
import type { Updated } from './tui/app/turned.ts'
import { startTopic } from './tui/screens/topic-quiz.ts'

/** Opens a quiz about a topic, everything where none is given. Throws ContentError for one that there is not. */
export const openTopicQuiz = (model: Model, course: CourseIndex, id: string | null): Updated => {
  const topic = findTopic(course, id ?? 'everything')
  if (!topic)
    throw new ContentError({ file: id ?? '' }, `there is no such topic; ${suggestion(id ?? '', topicIds(course))}`)
  const state = startTopic(topic, model.progress)
  return posing(opened(model, { kind: 'quiz', state }), state)
}
