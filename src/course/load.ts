import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ContentError } from './content-error.ts'
import { allLessons, type CourseIndex } from './course.ts'
import type { GlossaryEntry } from './glossary.ts'
import type { Lesson } from './lesson.ts'

/** A course that is read piece by piece: the index at the start, a lesson when it is opened. */
export interface Course {
  readonly index: CourseIndex
  /** Throws ContentError for a lesson that is not in the index. */
  lesson(id: string): Lesson
  glossary(): readonly GlossaryEntry[]
}

/** Where the compiled pieces lie in the content folder. Lessons: `cap/cp-or-ap` is `cap.cp-or-ap.json`. */
export const contentFiles = {
  index: 'course.json',
  glossary: 'glossary.json',
  lesson: (id: string): string => `${id.replace('/', '.')}.json`,
} as const

/** The refusal of a lesson that is not there, with what is. */
export const noSuchLesson = (id: string, index: CourseIndex): ContentError =>
  new ContentError(
    { file: id },
    `there is no such lesson; there are ${allLessons(index)
      .map(lesson => lesson.id)
      .join(', ')}`,
  )

/** Opens the content that the build compiled. */
export const openCompiled = (folder: string): Course => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const index = read(contentFiles.index) as CourseIndex
  return {
    index,
    lesson: id => {
      if (!allLessons(index).some(lesson => lesson.id === id)) throw noSuchLesson(id, index)
      return read(contentFiles.lesson(id)) as Lesson
    },
    glossary: () => read(contentFiles.glossary) as readonly GlossaryEntry[],
  }
}
