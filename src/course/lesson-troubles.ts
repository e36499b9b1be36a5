import { readCommands } from '../lab/check-commands.ts'
import { type ClaimResult, checkClaim } from '../lab/claim.ts'
import { goalTroubles } from '../lab/goal.ts'
import type { Claim, Lab } from '../lab/lab.ts'
import { labNames } from '../lab/lab-names.ts'
import { trueOptions } from '../lab/prediction.ts'
import type { Lesson } from './lesson.ts'
import type { Page } from './page.ts'
import { parseSetup } from './setup.ts'

/**
 * Everything that keeps a lesson from being complete (curriculum) and true. Empty when all is well. Makes every run of every goal and
 * claim; `prove` may remember what came of claims.
 */
export const lessonTroubles = (
  lesson: Lesson,
  lab: Lab,
  prove: (lab: Lab, claim: Claim) => ClaimResult = checkClaim,
): readonly string[] => [
  ...countTroubles(lesson, lab),
  ...pageTroubles(lesson, lab),
  ...lesson.pages.flatMap(page => setupTroubles(page, lab)),
  ...lab.goals.flatMap(goal => goalTroubles(lab, goal)),
  ...lab.goals.filter(goal => goal.wrong.length === 0).map(goal => `the goal ${goal.id} has no wrong attempt`),
  ...lab.goals
    .filter(goal => goal.tips.length !== 3)
    .map(goal => `the goal ${goal.id} has ${goal.tips.length} tips, not three`),
  ...lab.predictions.flatMap(prediction => {
    const right = trueOptions(lab, prediction)
    return right.length === 1
      ? []
      : [`the prediction ${prediction.id} has ${right.length} options whose truth holds, not one`]
  }),
  ...lab.claims
    .map(claim => prove(lab, claim))
    .filter(result => !result.holds)
    .map(result => result.sentence),
]

const atLeast = (count: number, least: number, what: string): string[] =>
  count >= least ? [] : [`${count} ${what}, at least ${least} are needed`]

const countTroubles = (lesson: Lesson, lab: Lab): string[] => {
  const fallacy = lesson.track === 'fallacies'
  return [
    ...atLeast(lab.predictions.length, 2, 'predictions'),
    ...atLeast(lab.goals.length, 2, 'goals'),
    ...atLeast(lab.claims.length, 3, 'claims'),
    ...atLeast(lesson.quiz.length, fallacy ? 6 : 4, 'quiz items'),
    ...(fallacy
      ? atLeast(lesson.quiz.filter(item => item.kind === 'line').length, 1, 'items that ask for the line')
      : []),
  ]
}

const pageTroubles = (lesson: Lesson, lab: Lab): string[] => {
  const of = (kind: Page['kind']): readonly Page[] => lesson.pages.filter(page => page.kind === kind)
  const subjects = new Set(lesson.pages.flatMap(page => page.subjects))
  return [
    ...(['hook', 'explain', 'handle', 'picture', 'quiz', 'recap', 'reflect'] as const).flatMap(kind =>
      of(kind).length === 0 ? [`no page of kind ${kind}`] : [],
    ),
    ...lab.goals.filter(goal => !subjects.has(goal.id)).map(goal => `no page sets the goal ${goal.id}`),
    ...lab.predictions
      .filter(({ id }) => !subjects.has(id) && !quizzed(lesson, id))
      .map(({ id }) => `no page asks the prediction ${id}`),
  ]
}

/** A page's `> lab:` line that asks for a knob, a value or a command that the lab does not have. */
const setupTroubles = (page: Page, lab: Lab): readonly string[] => {
  if (page.lab === null) return []
  const setup = parseSetup(page.lab)
  const unknown = Object.entries(setup.knobs).filter(
    ([name, value]) => !lab.knobs.some(knob => knob.name === name && knob.values.some(one => one.name === value)),
  )
  const read = readCommands(setup.do, labNames(lab))
  return [
    ...unknown.map(([name, value]) => `the page "${page.title}" sets ${name}=${value}, which the lab does not have`),
    ...('trouble' in read ? [`the page "${page.title}" has a lab line that cannot be read: ${read.trouble}`] : []),
  ]
}

const quizzed = (lesson: Lesson, prediction: string): boolean =>
  lesson.quiz.some(item => item.kind === 'run' && item.prediction === prediction)
