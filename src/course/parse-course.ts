import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ContentError } from './content-error.ts'
import { controlCharacterAt } from './control-character.ts'
import type { CourseIndex, LessonSummary } from './course.ts'
import { type CourseFile, courseSchema } from './course-file.ts'
import { type GlossaryEntry, glossarySchema } from './glossary.ts'
import { labSchema } from './lab-schema.ts'
import type { Lesson } from './lesson.ts'
import { type Course, noSuchLesson, type SandboxLab } from './load.ts'
import { type Laboratory, parseLab, parseLesson, type TextFile } from './parse-lesson.ts'
import { readYaml, validate } from './yaml-file.ts'

/** No content file is larger; what is, is no lesson. Bytes. */
const LARGEST = 1_000_000

const readText = (folder: string, name: string): TextFile => {
  const file = join(folder, name)
  let bytes: Buffer
  try {
    if (statSync(file).size > LARGEST)
      throw new ContentError(
        { file },
        `the file is larger than ${LARGEST / 1_000_000} MB; no lesson needs so much, so split it`,
      )
    bytes = readFileSync(file)
  } catch (error) {
    if (error instanceof ContentError) throw error
    throw new ContentError(
      { file },
      'the file cannot be read; every lesson has a lesson.md, a lab.yaml and a quiz.yaml',
    )
  }
  const text = bytes.toString('utf8')
  if (text.includes('\0') || text.includes('\uFFFD'))
    throw new ContentError({ file }, 'this is no text in UTF-8; save it as UTF-8')
  const control = controlCharacterAt(text)
  if (control >= 0) {
    const before = text.slice(0, control).split('\n')
    throw new ContentError(
      { file, line: before.length, column: (before.at(-1) ?? '').length + 1 },
      'a control character stands here, which a terminal would obey; remove it',
    )
  }
  return { file, text }
}

const summaryOf = (lesson: Lesson): LessonSummary => ({
  id: lesson.id,
  track: lesson.track,
  title: lesson.title,
  minutes: lesson.minutes,
  about: lesson.about,
  pages: lesson.pages.length,
  goals: (lesson.lab.goals ?? []).map(goal => goal.id),
  quizItems: lesson.quiz.map(item => item.id),
  predictions: (lesson.lab.predictions ?? []).map(prediction => prediction.id),
  claims: (lesson.lab.claims ?? []).map(claim => claim.id),
})

/** Whatever lies in a track's folder, but for empty folders: those hold no lesson yet, and git does not know them. */
const lessonFolders = (track: string): readonly string[] =>
  readdirSync(track, { withFileTypes: true })
    .filter(entry => !entry.isDirectory() || readdirSync(join(track, entry.name)).length > 0)
    .map(entry => entry.name)

/** Folders that `course.yaml` does not name: a lesson that nobody would ever find. */
const checkUnlisted = (folder: string, course: CourseFile): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'labs') continue
    const track = course.tracks.find(({ id }) => id === entry.name)
    const unlisted = lessonFolders(join(folder, entry.name)).find(name => !track?.lessons.includes(name))
    if (unlisted !== undefined)
      throw new ContentError(
        { file: join(folder, entry.name, unlisted) },
        'course.yaml does not name this lesson; add it to its track or remove the folder',
      )
  }
}

/** Reads and checks a whole folder of lessons. Throws ContentError at the first thing that is wrong. */
export const parseCourse = (folder: string, laboratory: Laboratory): Course => {
  const courseYaml = readText(folder, 'course.yaml')
  const course = validate(readYaml(courseYaml.file, courseYaml.text), courseSchema)
  checkUnlisted(folder, course)
  const lessons = new Map<string, Lesson>()
  const tracks = course.tracks.map(track => ({
    id: track.id,
    title: track.title,
    lessons: track.lessons.map(name => {
      const id = `${track.id}/${name}`
      const place = join(folder, track.id, name)
      const files = {
        id,
        lesson: readText(place, 'lesson.md'),
        lab: readText(place, 'lab.yaml'),
        quiz: readText(place, 'quiz.yaml'),
      }
      const lesson = parseLesson(files, laboratory)
      lessons.set(id, lesson)
      return summaryOf(lesson)
    }),
  }))
  const index: CourseIndex = { tracks }
  const entries = parseGlossary(readText(folder, 'glossary.yaml'))
  for (const lesson of lessons.values()) checkTerms(lesson, entries, folder)
  return {
    index,
    lesson: id => {
      const lesson = lessons.get(id)
      if (!lesson) throw noSuchLesson(id, index)
      return lesson
    },
    glossary: () => entries,
    labs: parseLabs(join(folder, 'labs'), laboratory),
  }
}

/** The labs for the sandbox, each a lab.yaml with a title and, first, a comment or `about` that says what it is. */
const parseLabs = (folder: string, laboratory: Laboratory): readonly SandboxLab[] => {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(file => {
      const name = file.slice(0, -'.yaml'.length)
      const text = readText(folder, file)
      const { about } = validate(readYaml(text.file, text.text), labSchema.extend({ about: z.string().min(1) }))
      return { name, about, lab: parseLab(text, { id: name, title: name }, laboratory) }
    })
}

const parseGlossary = ({ file, text }: TextFile): readonly GlossaryEntry[] => {
  const yaml = readYaml(file, text)
  const { entries } = validate(yaml, glossarySchema)
  const ids = entries.map(entry => entry.id)
  for (const [index, entry] of entries.entries()) {
    if (ids.indexOf(entry.id) !== index)
      throw new ContentError(yaml.locate(['entries', index, 'id']), `two entries have the id "${entry.id}"; rename one`)
    const missing = entry.see.find(id => !ids.includes(id))
    if (missing !== undefined)
      throw new ContentError(
        yaml.locate(['entries', index, 'see']),
        `there is no entry "${missing}"; add it or leave it out`,
      )
  }
  return entries
}

const checkTerms = (lesson: Lesson, entries: readonly GlossaryEntry[], folder: string): void => {
  const known = new Set(entries.map(entry => entry.id))
  for (const page of lesson.pages)
    for (const block of page.blocks) {
      const inlines = block.kind === 'list' ? block.items.flat() : block.kind === 'code' ? [] : block.text
      const missing = inlines.find(inline => inline.term !== undefined && !known.has(inline.term))
      if (missing)
        throw new ContentError(
          { file: join(folder, lesson.id, 'lesson.md'), line: page.line },
          `the glossary has no entry "${missing.term}"; add it to glossary.yaml or unlink the words`,
        )
    }
}
