import type { LabRow } from './cli/actions.ts'
import { ContentError } from './course/content-error.ts'
import { allLessons } from './course/course.ts'
import { labOf } from './course/laboratory.ts'
import type { Course } from './course/load.ts'
import type { Lab } from './lab/lab.ts'
import { suggestion } from './lab/lab-error.ts'

/** Every lab that has a name: the lessons', then those of the sandbox. */
export const labRows = (course: Course): readonly LabRow[] => [
  ...allLessons(course.index).map((lesson): LabRow => ({ name: lesson.id, kind: 'lesson', title: lesson.title })),
  ...course.labs.map(({ name, lab }): LabRow => ({ name, kind: 'protocol', title: lab.title })),
]

/** The lab of this name. Throws ContentError with the names that there are. */
export const findLab = (course: Course, name: string): Lab => {
  const sandbox = course.labs.find(lab => lab.name === name)
  if (sandbox) return labOf(sandbox.lab)
  if (allLessons(course.index).some(lesson => lesson.id === name)) return labOf(course.lesson(name).lab)
  throw new ContentError(
    { file: name },
    `there is no such lab; ${suggestion(
      name,
      labRows(course).map(row => row.name),
    )}`,
  )
}
