import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabDefinition } from '../lab/definition.ts'
import { ContentError } from './content-error.ts'
import { allLessons, type CourseIndex } from './course.ts'
import type { GlossaryEntry } from './glossary.ts'
import type { Lesson } from './lesson.ts'

/** A lab of no lesson: `lessons/labs/NAME.yaml`. */
export interface SandboxLab {
  readonly name: string
  readonly about: string
  readonly lab: LabDefinition
}

/** A course that is read piece by piece: the index at the start, a lesson when it is opened. */
export interface Course {
  readonly index: CourseIndex
  /** Throws ContentError for a lesson that is not in the index. */
  lesson(id: string): Lesson
  glossary(): readonly GlossaryEntry[]
  /** Labs of no lesson, for the sandbox: one for each protocol worth playing with. */
  readonly labs: readonly SandboxLab[]
}

/** Where the compiled pieces lie in the content folder. Lessons: `cap/cp-or-ap` is `cap.cp-or-ap.json`. */
export const contentFiles = {
  index: 'course.json',
  glossary: 'glossary.json',
  labs: 'labs.json',
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
    get labs() {
      return read(contentFiles.labs) as readonly SandboxLab[]
    },
  }
}
