import { createLaboratory } from '../../src/course/laboratory.ts'
import type { Lesson } from '../../src/course/lesson.ts'
import { parseLesson } from '../../src/course/parse-lesson.ts'

/** The texts of a lesson's files. */
export interface TinyLesson {
  readonly lesson: string
  readonly lab: string
  readonly quiz: string
}

/** The smallest lesson that parses: two machines, one page of each kind that names something. */
export const tinyLesson: TinyLesson = {
  lesson: `---
id: trial/tiny
title: A tiny lesson
minutes: 5
covers: [L1-18]
about: Two machines.
recap: One sentence.
sources:
  - cite: Somebody, 1984
---

## hook: Two machines

They [lose](glossary:message-loss) a message in {{lossy.hits}} of {{lossy.seeds}} runs.

## predict answer: What will she hear?

Say first.

## observe answer: What did she hear?

Watch.

## goal done: An answer
> lab: i=on w@100

Get one.
`,
  lab: `nodes: { alice: { role: client }, n1: { role: store } }
roles: { client: { protocol: client }, store: { protocol: server } }
untilMs: 2000
keys: { w: write(alice x) }
knobs: { i: { key: i, values: { off: {}, on: { roles: { store: { config: { deduplicate: true } } } } } } }
predictions:
  - id: answer
    ask: What will she hear?
    run: { do: w@100 }
    options:
      - { say: 'OK', why: n1 is up., truth: alice.write ok }
      - { say: Nothing, why: The line is good., truth: not alice.write ok }
goals:
  - { id: done, say: An answer, when: alice.write ok, solution: w@100, tips: [a, b, c], wrong: [{ do: read(alice x), because: No write. }] }
claims:
  - id: lossy
    run: { do: link(alice|n1 loss=1)@0 w@100 }
    seeds: 3
    expect: alice.write unknown
`,
  quiz: `items:
  - id: one
    kind: single
    stem: Which?
    options:
      - { say: this, why: It is., right: true }
      - { say: that, why: It is not. }
      - { say: neither, why: It is not. }
`,
}

/** Reads a lesson whose files are named as in `lessons/trial/tiny`. */
export const parseTiny = (files: Partial<TinyLesson> = {}, id = 'trial/tiny'): Lesson => {
  const { lesson, lab, quiz } = { ...tinyLesson, ...files }
  return parseLesson(
    {
      id,
      lesson: { file: 'lesson.md', text: lesson },
      lab: { file: 'lab.yaml', text: lab },
      quiz: { file: 'quiz.yaml', text: quiz },
    },
    createLaboratory(),
  )
}

/** The sentence with which something is refused; throws where it is not, or not as an expected failure of content. */
export const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Error && error.name === 'ContentError') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}
