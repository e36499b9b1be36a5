import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileCourse } from '../../src/course/compile.ts'
import { createLaboratory } from '../../src/course/laboratory.ts'
import { openCompiled } from '../../src/course/load.ts'
import { parseCourse } from '../../src/course/parse-course.ts'
import { refusal, tinyLesson } from './tiny-lesson.ts'

let folder = ''

const write = (name: string, text: string | Buffer): void => {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

/** What is wrong with the folder, without the folder's own name. */
const refused = (): string => refusal(() => parseCourse(folder, createLaboratory())).replaceAll(`${folder}/`, '')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netsplit-course-'))
  write('course.yaml', 'tracks:\n  - { id: trial, title: On trial, lessons: [tiny] }\n')
  write('glossary.yaml', 'entries:\n  - { id: message-loss, term: loss, says: It never arrives. }\n')
  write('trial/tiny/lesson.md', tinyLesson.lesson)
  write('trial/tiny/lab.yaml', tinyLesson.lab)
  write('trial/tiny/quiz.yaml', tinyLesson.quiz)
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('a course', () => {
  test('is an index, its lessons, the glossary and the labs of no lesson', () => {
    write('labs/raft.yaml', `about: To play with.\n${tinyLesson.lab}`)
    mkdirSync(join(folder, 'trial', 'not-begun'))
    const course = parseCourse(folder, createLaboratory())
    expect(course.index.tracks).toMatchObject([
      { id: 'trial', lessons: [{ id: 'trial/tiny', pages: 4, goals: ['done'], predictions: ['answer'] }] },
    ])
    expect(course.lesson('trial/tiny').title).toBe('A tiny lesson')
    expect(course.glossary()).toMatchObject([{ id: 'message-loss', see: [] }])
    expect(course.labs).toMatchObject([{ name: 'raft', about: 'To play with.', lab: { id: 'raft' } }])
    expect(refusal(() => course.lesson('trial/huge'))).toBe('trial/huge: there is no such lesson; there are trial/tiny')
  })

  test('reads the same once it is compiled', () => {
    const out = join(folder, 'out-of-course')
    rmSync(out, { recursive: true, force: true })
    const read = parseCourse(folder, createLaboratory())
    compileCourse(folder, out)
    const compiled = openCompiled(out)
    expect(compiled.index).toEqual(read.index)
    expect(compiled.lesson('trial/tiny')).toEqual(read.lesson('trial/tiny'))
    expect(compiled.glossary()).toEqual(read.glossary())
  })

  test.each(['lesson.md', 'lab.yaml', 'quiz.yaml'])('without a %s is refused', name => {
    rmSync(join(folder, 'trial', 'tiny', name))
    expect(refused()).toBe(
      `trial/tiny/${name}: the file cannot be read; every lesson has a lesson.md, a lab.yaml and a quiz.yaml`,
    )
  })

  test('with a lesson that nobody would find is refused', () => {
    write('trial/forgotten/lesson.md', tinyLesson.lesson)
    expect(refused()).toBe(
      'trial/forgotten: course.yaml does not name this lesson; add it to its track or remove the folder',
    )
  })

  test('with a wrong course.yaml is refused with the place', () => {
    write('course.yaml', 'tracks:\n  - { id: trial, title: On trial, name: trial, lessons: [tiny] }\n')
    expect(refused()).toMatch(/^course\.yaml:2:\d+: tracks\.0 has no key "name"; remove it or correct its spelling$/)
  })

  test('whose text is not UTF-8, has control characters or is far too large is refused', () => {
    write('trial/tiny/quiz.yaml', Buffer.from([0x69, 0xff, 0xfe]))
    expect(refused()).toBe('trial/tiny/quiz.yaml: this is no text in UTF-8; save it as UTF-8')
    write('trial/tiny/quiz.yaml', 'x'.repeat(1_000_001))
    expect(refused()).toMatch(/^trial\/tiny\/quiz\.yaml: the file is larger than 1 MB/)
    write('trial/tiny/quiz.yaml', tinyLesson.quiz)
    write('trial/tiny/lesson.md', tinyLesson.lesson.replace('Get one.', 'Get \u001b[2Jone.'))
    expect(refused()).toBe(
      'trial/tiny/lesson.md:27:5: a control character stands here, which a terminal would obey; remove it',
    )
  })

  test('with words that link to no entry of the glossary is refused', () => {
    write('glossary.yaml', 'entries:\n  - { id: retry, term: retry, says: Again. }\n')
    expect(refused()).toBe(
      'trial/tiny/lesson.md:12: the glossary has no entry "message-loss"; add it to glossary.yaml or unlink the words',
    )
  })

  test('with a glossary that points to nothing, or twice has one id, is refused', () => {
    write('glossary.yaml', 'entries:\n  - { id: retry, term: retry, says: Again., see: [again] }\n')
    expect(refused()).toMatch(/^glossary\.yaml:2:\d+: there is no entry "again"; add it or leave it out$/)
    write('glossary.yaml', 'entries:\n  - { id: a, term: a, says: A. }\n  - { id: a, term: b, says: B. }\n')
    expect(refused()).toMatch(/^glossary\.yaml:3:\d+: two entries have the id "a"; rename one$/)
  })

  test('with a lab for the sandbox that does not say what it is is refused', () => {
    write('labs/raft.yaml', tinyLesson.lab)
    expect(refused()).toBe('labs/raft.yaml:1:1: about must be a string; add it')
  })
})
