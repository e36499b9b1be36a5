import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type CourseFile, courseSchema } from '../../src/course/course-file.ts'
import { createLaboratory, labOf } from '../../src/course/laboratory.ts'
import { type Lesson, optionId, pageId } from '../../src/course/lesson.ts'
import { lessonTroubles } from '../../src/course/lesson-troubles.ts'
import type { PageKind } from '../../src/course/page.ts'
import { parseLesson } from '../../src/course/parse-lesson.ts'
import { reservedKeys } from '../../src/tui/keymap.ts'
import { mythLines } from '../../src/tui/screens/myth-lines.ts'
import { proseLines } from '../../src/tui/screens/prose-lines.ts'
import { createTheme } from '../../src/tui/theme.ts'

// Every lesson that course.yaml names is held to the same rules.

const folder = join(import.meta.dirname, '..', '..', 'lessons')
const WIDTH = 72

const laboratory = createLaboratory()
const theme = createTheme({ colour: false, unicode: true })

const read = (id: string): Lesson => {
  const file = (name: string) => {
    const path = join(folder, id, name)
    return { file: path, text: readFileSync(path, 'utf8') }
  }
  const files = { id, lesson: file('lesson.md'), lab: file('lab.yaml'), quiz: file('quiz.yaml') }
  return parseLesson(files, laboratory)
}

/** Pages that share their screen with options, goals or panes have less room. */
const crowded: readonly PageKind[] = ['predict', 'observe', 'attempt', 'goal', 'handle']

const tooLong = (lesson: Lesson): readonly string[] =>
  lesson.pages.flatMap(page => {
    const lines = (page.kind === 'myth' ? mythLines(page.blocks, WIDTH, theme) : proseLines(page.blocks, WIDTH)).length
    return lines > (crowded.includes(page.kind) ? 6 : 12) ? [`${page.title}: ${lines} lines`] : []
  })

const wideCode = (lesson: Lesson): readonly string[] =>
  lesson.quiz.flatMap(item => (item.kind === 'line' ? item.code.split('\n').filter(line => line.length > 68) : []))

const stolenKeys = (lesson: Lesson): readonly string[] => {
  const lab = labOf(lesson.lab)
  const letters = [...lab.keys.map(key => key.letter), ...lab.knobs.flatMap(knob => knob.key ?? [])]
  return letters.filter(letter => reservedKeys.includes(letter))
}

/** Texts that would not fit where the screen shows them: an option or a goal has one line, two at the very most. */
const longTexts = (lesson: Lesson): readonly string[] => {
  const { goals = [], predictions = [] } = lesson.lab
  const texts = [...goals.map(goal => goal.say), ...predictions.flatMap(one => one.options.map(option => option.say))]
  return texts.filter(text => text.length > 2 * (WIDTH - 4))
}

/** The lines of the source text, from the front matter. */
const ranges = (lesson: Lesson): readonly (readonly [number, number])[] =>
  lesson.covers.map(text => {
    const [from = 0, to = from] = text.slice(1).split('-').map(Number)
    return [from, to] as const
  })

/** The source text ends on this line. */
const LAST_LINE = 1505

const wrongRanges = (lesson: Lesson): readonly string[] =>
  ranges(lesson).flatMap(([from, to], index) => {
    const before = ranges(lesson)[index - 1]?.[1] ?? 0
    return from > before && from <= to && to <= LAST_LINE ? [] : [`L${from}-${to}`]
  })

const twice = (ids: readonly string[]): readonly string[] => ids.filter((id, index) => ids.indexOf(id) !== index)

/** Ids that progress is stored under and that two things share. */
const sharedIds = (lesson: Lesson): readonly string[] => [
  ...twice(lesson.pages.map(pageId)),
  ...(lesson.lab.predictions ?? []).flatMap(one => twice(one.options.map(option => optionId(option.say)))),
]

const course: CourseFile = courseSchema.parse(parse(readFileSync(join(folder, 'course.yaml'), 'utf8')))
const ids = course.tracks.flatMap(track => track.lessons.map(name => `${track.id}/${name}`))

describe.each(ids)('the lesson %s', id => {
  const lesson = read(id)

  it('is complete, and its goals, predictions and claims are proved by its runs', () => {
    expect(lessonTroubles(lesson, labOf(lesson.lab), laboratory.prove)).toEqual([])
  }, 120_000)

  it('fits the smallest screen', () => {
    expect([...tooLong(lesson), ...wideCode(lesson), ...longTexts(lesson)]).toEqual([])
  })

  it('says which lines of the source text it covers, in order', () => {
    expect(wrongRanges(lesson)).toEqual([])
  })

  it('stores progress under ids that no two pages or options share', () => {
    expect(sharedIds(lesson)).toEqual([])
  })

  it('leaves the keys alone that mean the same in every lab', () => {
    expect(stolenKeys(lesson)).toEqual([])
  })
})

describe('the course', () => {
  const lessons = ids.map(read)
  const kinds = (lesson: Lesson): readonly string[] => lesson.quiz.map(item => item.kind)

  it('has 130 questions and more, of every kind', () => {
    const all = lessons.flatMap(kinds)
    expect(all.length).toBeGreaterThanOrEqual(130)
    expect([...new Set(all)].sort()).toEqual(['estimate', 'line', 'multiple', 'order', 'run', 'single'])
  })

  it('ties every question to the misconceptions that it is about', () => {
    const bare = lessons.flatMap(lesson =>
      lesson.quiz.filter(item => item.misconceptions.length === 0).map(item => `${lesson.id} ${item.id}`),
    )
    expect(bare).toEqual([])
  })
})
