import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { courseSchema } from '../../src/course/course-file.ts'
import { pageId } from '../../src/course/lesson.ts'
import { parsePages } from '../../src/course/page.ts'

// Every heading and every list of the text that the course covers is taught on a page, and so is every correction of weight A.
// A lesson's coverage.yaml names the pages.

const folder = join(import.meta.dirname, '..', '..', 'lessons')

/** The parts of the text, first and last line, that the lessons so far are about. */
const PARTS: readonly (readonly [number, number])[] = [
  [1, 217],
  [540, 577],
  [767, 1465],
]

const data = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'coverage', name), 'utf8'))

/** The headings and the lists (their first line) of the text. */
const outline = z
  .object({ entries: z.array(z.object({ line: z.number(), kind: z.string(), text: z.string() })) })
  .parse(data('source-outline.json'))

/** What is wrong in the text, by where it first is, with a weight: A must not be repeated. */
const corrections = z
  .object({ entries: z.array(z.object({ id: z.string(), weight: z.enum(['A', 'B', 'C']), line: z.number() })) })
  .parse(data('corrections.json'))

const coverageSchema = z.strictObject({
  source: z.record(z.string().regex(/^L\d+$/), z.string()),
  errata: z.record(z.string().regex(/^E-\d+$/), z.string()).default({}),
  /** What an experiment of the inventory of misconceptions became: `prediction who-accepts`, `goal refused`, `claim believed`. */
  experiments: z.record(z.string().regex(/^[A-Z0-9]+-\d$/), z.array(z.string()).min(1)).default({}),
})

/** The experiments that these lessons owe, each of which shows a misconception to be one. */
const EXPERIMENTS = [
  ...[
    'CAP-1',
    'CAP-2',
    'CAP-3',
    'LIN-1',
    'LIN-2',
    'NET-1',
    'NET-2',
    'SYM-1',
    'SYM-2',
    'ASY-1',
    'ASY-2',
    'ASY-3',
    'CR-1',
    'CR-2',
  ],
  ...['OM-1', 'OM-2', 'TM-1', 'TM-2', 'TM-3', 'BYZ-1', 'BYZ-2', 'BYZ-3', 'F1-1', 'F1-2', 'F1-3', 'F2-1', 'F2-2'],
  ...['F3-1', 'F3-2', 'F4-1', 'F4-2', 'F4-3', 'F5-1', 'F5-2', 'F6-1', 'F6-2', 'F7-1', 'F7-2', 'F8-1', 'F8-2', 'F8-3'],
]

const course = courseSchema.parse(parse(readFileSync(join(folder, 'course.yaml'), 'utf8')))

const named = z.array(z.object({ id: z.string() })).default([])
const labSchema = z.object({ predictions: named, goals: named, claims: named })

/** The predictions, goals and claims of a lab: `prediction who-accepts`. */
const tasksOf = (lab: unknown): readonly string[] => {
  const { predictions, goals, claims } = labSchema.parse(lab)
  return [
    ...predictions.map(({ id }) => `prediction ${id}`),
    ...goals.map(({ id }) => `goal ${id}`),
    ...claims.map(({ id }) => `claim ${id}`),
  ]
}

const lessons = course.tracks.flatMap(track =>
  track.lessons.map(name => {
    const id = `${track.id}/${name}`
    const text = readFileSync(join(folder, id, 'lesson.md'), 'utf8')
    const body = text.indexOf('\n---\n') + 5
    const file = join(folder, id, 'coverage.yaml')
    return {
      id,
      covers: z.object({ covers: z.array(z.string()) }).parse(parse(text.slice(4, body - 4))).covers,
      pages: parsePages(text.slice(body), file, 1).map(pageId),
      tasks: tasksOf(parse(readFileSync(join(folder, id, 'lab.yaml'), 'utf8'))),
      coverage: existsSync(file)
        ? coverageSchema.parse(parse(readFileSync(file, 'utf8')))
        : coverageSchema.parse({ source: {} }),
    }
  }),
)

const rangeOf = (text: string): readonly [number, number] => {
  const [from = 0, to = from] = text.slice(1).split('-').map(Number)
  return [from, to]
}

const within = (line: number, ranges: readonly (readonly [number, number])[]): boolean =>
  ranges.some(([from, to]) => line >= from && line <= to)

describe('what the course covers', () => {
  it.each(lessons)('$id names a page of its own for everything in its part of the text', lesson => {
    const ranges = lesson.covers.map(rangeOf)
    const due = outline.entries.filter(entry => within(entry.line, ranges))
    const missing = due.filter(entry => lesson.coverage.source[`L${entry.line}`] === undefined)
    expect(missing.map(entry => `L${entry.line} ${entry.kind} ${entry.text}`)).toEqual([])
  })

  it.each(lessons)('$id names only pages that it has, and lines that are headings or lists', lesson => {
    const named = [...Object.values(lesson.coverage.source), ...Object.values(lesson.coverage.errata)]
    expect(named.filter(page => !lesson.pages.includes(page))).toEqual([])
    const lines = outline.entries.map(entry => `L${entry.line}`)
    expect(Object.keys(lesson.coverage.source).filter(line => !lines.includes(line))).toEqual([])
    const known = corrections.entries.map(entry => entry.id)
    expect(Object.keys(lesson.coverage.errata).filter(id => !known.includes(id))).toEqual([])
  })

  it.each(lessons)('$id names only predictions, goals and claims of its lab as experiments', lesson => {
    const played = Object.values(lesson.coverage.experiments).flat()
    expect(played.filter(task => !lesson.tasks.includes(task))).toEqual([])
    expect(Object.keys(lesson.coverage.experiments).filter(id => !EXPERIMENTS.includes(id))).toEqual([])
  })

  it('plays every experiment of the inventory', () => {
    const played = new Set(lessons.flatMap(lesson => Object.keys(lesson.coverage.experiments)))
    expect(EXPERIMENTS.filter(id => !played.has(id))).toEqual([])
  })

  it('leaves no heading and no list of these parts out', () => {
    const taught = new Set(lessons.flatMap(lesson => Object.keys(lesson.coverage.source)))
    const due = outline.entries.filter(entry => within(entry.line, PARTS))
    expect(due.filter(entry => !taught.has(`L${entry.line}`)).map(entry => `L${entry.line} ${entry.text}`)).toEqual([])
  })

  it('teaches every correction of weight A of these parts', () => {
    const taught = new Set(lessons.flatMap(lesson => Object.keys(lesson.coverage.errata)))
    const due = corrections.entries.filter(({ weight, line }) => weight === 'A' && within(line, PARTS))
    expect(due.filter(({ id }) => !taught.has(id)).map(({ id }) => id)).toEqual([])
  })
})
