import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allLessons } from '../../src/course/course.ts'
import { labOf } from '../../src/course/laboratory.ts'
import type { Lesson } from '../../src/course/lesson.ts'
import { openCompiled } from '../../src/course/load.ts'
import type { QuizItem } from '../../src/course/quiz-item.ts'
import { shuffledOrder } from '../../src/course/shuffle.ts'
import { predictionTruth } from '../../src/lab/prediction.ts'
import { run } from './program.ts'
import type { RunningTerminal } from './terminal.ts'
import { launch } from './tutor.ts'

// Every lesson from its first page to its last, as a learner goes who lets the lesson show its own solutions.

/** Keys that the lesson has not taken yet must not be lost to the next page: each is sent once the screen asks for it. */
const press = async (terminal: RunningTerminal, keys: string, then: string | RegExp): Promise<void> => {
  terminal.send(keys)
  await terminal.until(then)
}

const predict = async (terminal: RunningTerminal): Promise<void> => {
  await press(terminal, '1', 'How sure?')
  await press(terminal, '2', 'Stored.')
}

/** The digit before the option that the run proves right, in the order in which the screen shows them. */
const seenRight = (lesson: Lesson, id: string): string => {
  const lab = labOf(lesson.lab)
  const prediction = lab.predictions.find(one => one.id === id)
  if (!prediction) throw new Error(`${lesson.id} has no prediction ${id}`)
  const truth = predictionTruth(lab, prediction)
  return String(shuffledOrder(prediction.options.length, prediction.id).indexOf(truth) + 1)
}

/** To the end of the run, and what was seen is said. */
const observe = async (terminal: RunningTerminal, right: string): Promise<void> => {
  await press(terminal, '\r', 'What did you see?')
  await press(terminal, right, 'The run: ')
}

/** The three tips of each goal, and the lesson's own solution played out until it is there. */
const solve = async (terminal: RunningTerminal, goals: number): Promise<void> => {
  for (let k = 0; k < goals; k++) {
    await press(terminal, 'tttt', 'A worked replay.')
    terminal.send('+'.repeat(8))
    await terminal.until('The replay is there')
  }
}

/** Whatever answers an item of a kind at all; where the answer is a choice, the one under the cursor. */
const ANSWERS: { readonly [kind in QuizItem['kind']]: string } = {
  single: '\r',
  run: '\r',
  line: '\r',
  multiple: '1\r',
  order: '\r',
  estimate: '1\r',
}

const quiz = async (terminal: RunningTerminal, items: readonly QuizItem[]): Promise<void> => {
  for (const [index, item] of items.entries()) {
    await terminal.until(`Question ${index + 1} of ${items.length}`)
    await press(terminal, ANSWERS[item.kind], 'How sure?')
    await press(terminal, '2', /[✓✗] (Yes|Not so|That one too)\. /)
    terminal.send('\r')
  }
  await terminal.until(`of ${items.length} right at the first try`)
}

/** Does what the page asks for, and turns it. */
const turn = async (terminal: RunningTerminal, lesson: Lesson, index: number): Promise<void> => {
  const page = lesson.pages[index]
  switch (page?.kind) {
    case 'predict':
      await predict(terminal)
      break
    case 'observe':
      await observe(terminal, seenRight(lesson, page.subjects[0] ?? ''))
      break
    case 'quiz':
      await quiz(terminal, lesson.quiz)
      break
    case 'attempt':
    case 'goal':
    case 'handle':
      await solve(terminal, page.subjects.length)
      break
    case 'reflect':
      await press(terminal, '\r', 'Nothing written.')
      break
    default:
      break
  }
  terminal.send('\r')
  const { length } = lesson.pages
  await terminal.until(index + 1 === length ? 'a laboratory of distributed systems' : ` ${index + 2}/${length} `)
}

const course = openCompiled('dist/content')
const lessons = allLessons(course.index).map(({ id }) => course.lesson(id))

/** The walks through all lessons on a screen of this size. */
export const walkAllLessons = (cols: number, rows: number): void => {
  describe(`at ${cols} columns and ${rows} rows`, () => {
    it.each(lessons)('$id is walked from its first page to its last', async lesson => {
      const terminal = launch({ args: ['learn', lesson.id], cols, rows })
      await terminal.until(` hook 1/${lesson.pages.length} `)
      for (const [index, page] of lesson.pages.entries()) {
        expect(terminal.line(0)).toContain(` ${page.kind} ${index + 1}/${lesson.pages.length} `)
        await turn(terminal, lesson, index)
      }
      // In the home of the terminal the configuration lies where the environment of the walk puts it.
      const { out } = run(['list', '--json'], join(terminal.home, 'config'))
      expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ id: lesson.id, status: 'finished' }))
    })
  })
}
