import type { Progress } from '../../course/progress.ts'
import type { Happening } from '../../course/progress-event.ts'
import { type LabState, openLab } from './lab-state.ts'
import type { LessonState, Step } from './lesson-state.ts'
import { type LessonTurn, turn } from './lesson-turn.ts'

/** Goals that the run has reached since the last look. A worked replay reaches none: it is not the learner's. */
export const withGoals = (state: LessonState, progress: Progress): LessonTurn => {
  const { step, bench } = state
  if (step.kind !== 'play') return turn(state)
  if (step.replaying) return turn(replayed(state, step))
  const reached = bench.session.goals
  const fresh = step.goals.filter(goal => reached[goal] && !step.announced.includes(goal))
  if (fresh.length === 0) return turn(state)
  const known = progress.lessons.get(state.lesson.id)?.goals
  const code = bench.session.code()
  const happenings = fresh
    .filter(goal => !known?.has(goal))
    .map((goal): Happening => ({ kind: 'goal-reached', lesson: state.lesson.id, goal, code }))
  const announced = [...step.announced, ...fresh]
  const next: Step = { ...step, announced, tip: 0 }
  const all = step.goals.every(goal => announced.includes(goal) || known?.has(goal))
  const notice = `${reachedWords(state, fresh)}${all ? ' enter goes on.' : ''}`
  return turn({ ...state, step: next, bench: { ...bench, playing: false, notice } }, happenings)
}

type Play = Extract<Step, { kind: 'play' }>

/** A worked replay that has come to its goal stops there and says so; the next tip is about another goal, where there is one. */
const replayed = (state: LessonState, step: Play): LessonState => {
  const { bench } = state
  const fresh = step.goals.filter(goal => bench.session.goals[goal] && !step.shown.includes(goal))
  if (fresh.length === 0) return state
  const notice = `The replay is there: ${sayings(state, fresh)}. Reset with ! and do it yourself.`
  return { ...state, step: { ...step, shown: [...step.shown, ...fresh] }, bench: { ...bench, playing: false, notice } }
}

const sayings = ({ lab }: LessonState, goals: readonly string[]): string =>
  goals.flatMap(id => lab.goals.find(goal => goal.id === id)?.say.replace(/\.$/, '') ?? []).join('; ')

/** Said at the foot, since the text with the goals may be folded away. */
const reachedWords = (state: LessonState, goals: readonly string[]): string => `Reached: ${sayings(state, goals)}.`

/** A tip, then a stronger one, then the worked replay. */
export const nextTip = (state: LessonState, progress: Progress): LessonTurn => {
  const { step } = state
  if (step.kind !== 'play')
    return turn({ ...state, bench: { ...state.bench, notice: 'Tips belong to goals; this page has none.' } })
  const goal = openGoal(state, progress)
  const task = state.lab.goals.find(candidate => candidate.id === goal)
  if (!task) return turn({ ...state, bench: { ...state.bench, notice: 'Every goal of this page is reached.' } })
  const level = step.tip + 1
  const used: Happening = {
    kind: 'tip-used',
    lesson: state.lesson.id,
    goal: task.id,
    level: Math.min(level, task.tips.length + 1),
  }
  if (level <= task.tips.length) return turn({ ...state, step: { ...step, tip: level } }, [used])
  const run = task.solution
  const bench: LabState = openLab(state.lab, { settings: run.settings, seed: run.seed, script: run.commands })
  return turn(
    {
      ...state,
      step: { ...step, tip: 0, replaying: true },
      bench: {
        ...bench,
        pane: state.bench.pane,
        playing: true,
        notice: 'A worked replay. Reset with ! and do it yourself.',
      },
    },
    [used],
  )
}

/** The first goal of the page that was not reached yet, in this run or ever; one that was shown worked out comes later. */
export const openGoal = (state: LessonState, progress: Progress): string | undefined => {
  if (state.step.kind !== 'play') return undefined
  const known = progress.lessons.get(state.lesson.id)?.goals
  const { goals, announced, shown } = state.step
  const open = goals.filter(goal => !announced.includes(goal))
  const fresh = open.filter(goal => !known?.has(goal))
  return fresh.find(goal => !shown.includes(goal)) ?? fresh[0] ?? open[0]
}
