import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { allLessons } from './course.ts'
import { courseSchema } from './course-file.ts'
import { frontMatterSchema } from './front-matter.ts'
import { glossarySchema } from './glossary.ts'
import { labSchema } from './lab-schema.ts'
import { createLaboratory } from './laboratory.ts'
import { contentFiles } from './load.ts'
import { parseCourse } from './parse-course.ts'
import { quizSchema } from './quiz-item.ts'

const schemas = {
  course: courseSchema,
  lesson: frontMatterSchema,
  lab: labSchema,
  quiz: quizSchema,
  glossary: glossarySchema,
}

/** Checks a folder of lessons and writes it as JSON: the index, one file a lesson, the glossary, and JSON Schemas for editors. */
export const compileCourse = (from: string, to: string): void => {
  const course = parseCourse(from, createLaboratory())
  const write = (file: string, value: unknown): void => writeFileSync(join(to, file), JSON.stringify(value))
  mkdirSync(join(to, 'schema'), { recursive: true })
  write(contentFiles.index, course.index)
  write(contentFiles.glossary, course.glossary())
  write(contentFiles.labs, course.labs)
  for (const { id } of allLessons(course.index)) write(contentFiles.lesson(id), course.lesson(id))
  for (const [name, schema] of Object.entries(schemas))
    write(join('schema', `${name}.json`), z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}
