import { readCommands } from './check-commands.ts'
import { phenomenaIn } from './condition-holds.ts'
import { whyNot } from './explain-condition.ts'
import type { Goal, Lab, LabRun } from './lab.ts'
import { labNames } from './lab-names.ts'
import type { Reached } from './moment.ts'
import { runOf } from './run-of.ts'

/** Whether commands reach a goal; where they do not, `reason` says in words what was missing. */
export interface Attempt {
  readonly reached: boolean
  readonly at: Reached | null
  readonly reason: string
}

/** Plays a run and looks whether it reaches the goal. */
export const attemptRun = (lab: Lab, goal: Goal, run: LabRun): Attempt => {
  const result = runOf({ ...lab, goals: [goal] }, run, { phenomena: phenomenaIn(goal.when), judging: true })
  const at = result.goals[goal.id] ?? null
  if (at !== null) return { reached: true, at, reason: '' }
  const skipped = result.log.filter(entry => entry.state === 'skipped' && entry.of === null)
  const reasons = [whyNot(goal.when, result.scene), ...skipped.map(({ text, why }) => `"${text}" was skipped: ${why}`)]
  return { reached: false, at: null, reason: reasons.filter(reason => reason !== '').join('; ') }
}

/** Plays commands given as text and looks whether they reach the goal. */
export const attempt = (lab: Lab, goal: Goal, doText: string, seed: number = lab.seed): Attempt => {
  const read = readCommands(doText, labNames(lab))
  if ('trouble' in read) return { reached: false, at: null, reason: read.trouble }
  const run = { label: '', settings: goal.settings, commands: read.commands, text: doText, seed, untilUs: lab.untilUs }
  return attemptRun(lab, goal, run)
}

/** What is wrong with a goal as its author wrote it: a solution that does not reach it, a wrong attempt that does. Empty when all is well. */
export const goalTroubles = (lab: Lab, goal: Goal): readonly string[] => {
  const solved = attemptRun(lab, goal, goal.solution)
  const failures = goal.wrong.filter(({ run }) => attemptRun(lab, goal, run).reached)
  return [
    ...(solved.reached
      ? []
      : [`the solution "${goal.solution.text}" of the goal ${goal.id} does not reach it: ${solved.reason}.`]),
    ...failures.map(({ run }) => `the wrong attempt "${run.text}" of the goal ${goal.id} reaches it.`),
  ]
}
