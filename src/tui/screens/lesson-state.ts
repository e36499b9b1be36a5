import { type Lesson, optionId, pageId } from '../../course/lesson.ts'
import type { Page } from '../../course/page.ts'
import { lessonProgress, type Progress } from '../../course/progress.ts'
import { parseSetup } from '../../course/setup.ts'
import { shuffledOrder } from '../../course/shuffle.ts'
import { assertNever } from '../../kernel/assert-never.ts'
import { readCommands } from '../../lab/check-commands.ts'
import type { Lab, Prediction } from '../../lab/lab.ts'
import { labNames } from '../../lab/lab-names.ts'
import { predictionTruth } from '../../lab/prediction.ts'
import { filedItems } from './filed-items.ts'
import { type LabState, openLab } from './lab-state.ts'
import { ask, type Question } from './question.ts'
import { type QuizState, startQuiz } from './quiz-state.ts'

/** What a page asks of the learner, and how far that has come. */
export type Step =
  | { readonly kind: 'read' }
  /** `announced` are goals that were told to be reached, `shown` those that a worked replay has reached; `tip` counts the tips shown; `replaying` while a worked replay runs. */
  | {
      readonly kind: 'play'
      readonly goals: readonly string[]
      readonly announced: readonly string[]
      readonly shown: readonly string[]
      readonly tip: number
      readonly replaying: boolean
    }
  /** `saved` is set once the prediction is on disk; no run before. */
  | { readonly kind: 'predict'; readonly prediction: Prediction; readonly question: Question; readonly saved: boolean }
  | {
      readonly kind: 'observe'
      readonly prediction: Prediction
      /** What was predicted, by number of the option. */
      readonly predicted: number
      readonly truth: number
      /** What did you see? Null while the run is going on. */
      readonly question: Question | null
      readonly misses: number
      /** The answer, once it is on disk and settled. */
      readonly seen: number | null
    }
  /** Null once all items are answered. */
  | { readonly kind: 'quiz'; readonly quiz: QuizState | null; readonly right: number; readonly count: number }
  /** `saving` until what was written is on disk; only then it is `saved`. */
  | { readonly kind: 'reflect'; readonly text: string; readonly saving: boolean; readonly saved: boolean }

/** A lesson on the screen. */
export interface LessonState {
  readonly lesson: Lesson
  readonly lab: Lab
  readonly page: number
  readonly step: Step
  readonly bench: LabState
  /** Rows that the text is scrolled down. */
  readonly scroll: number
}

export const currentPage = (state: Pick<LessonState, 'lesson' | 'page'>): Page => {
  const page = state.lesson.pages[state.page]
  if (!page) throw new Error(`${state.lesson.id} has no page ${state.page + 1}`)
  return page
}

/** The order in which a prediction's options are shown: the same on every page and visit. */
const predictionOrder = (prediction: Prediction): readonly number[] =>
  shuffledOrder(prediction.options.length, prediction.id)

const storedOption = (prediction: Prediction, option: string | undefined): number =>
  prediction.options.findIndex(candidate => optionId(candidate.say) === option)

const predictStep = (prediction: Prediction, stored: string | undefined): Step => {
  const fresh = ask('single', predictionOrder(prediction), true)
  const at = storedOption(prediction, stored)
  if (at < 0) return { kind: 'predict', prediction, question: fresh, saved: false }
  return { kind: 'predict', prediction, question: { ...fresh, phase: 'stored', marked: [at] }, saved: true }
}

/** The question that is put when the run is over. */
export const observeQuestion = (prediction: Prediction): Question => ask('single', predictionOrder(prediction), false)

const stepOf = (page: Page, lesson: Lesson, lab: Lab, progress: Progress): Step => {
  const known = lessonProgress(progress, lesson.id)
  switch (page.kind) {
    case 'hook':
    case 'explain':
    case 'myth':
    case 'picture':
    case 'recap':
      return { kind: 'read' }
    case 'attempt':
    case 'goal':
    case 'handle':
      return { kind: 'play', goals: page.subjects, announced: [], shown: [], tip: 0, replaying: false }
    case 'predict': {
      const prediction = namedPrediction(lab, page)
      return predictStep(prediction, known.predictions.get(prediction.id)?.option)
    }
    case 'observe': {
      const prediction = namedPrediction(lab, page)
      const predicted = storedOption(prediction, known.predictions.get(prediction.id)?.option)
      return {
        kind: 'observe',
        prediction,
        predicted,
        truth: predictionTruth(lab, prediction),
        question: null,
        misses: 0,
        seen: null,
      }
    }
    case 'quiz': {
      const items = filedItems(lesson, lab)
      return { kind: 'quiz', quiz: startQuiz(items) ?? null, right: 0, count: items.length }
    }
    case 'reflect':
      return { kind: 'reflect', text: '', saving: false, saved: false }
    default:
      return assertNever(page.kind)
  }
}

const namedPrediction = (lab: Lab, page: Page): Prediction => {
  const prediction = lab.predictions.find(candidate => candidate.id === page.subjects[0])
  if (!prediction) throw new Error(`the page "${page.title}" is about a prediction that the lab does not have`)
  return prediction
}

/** The lab as the page wants it; pages that want nothing find it as the last one left it. */
const benchOf = (page: Page, step: Step, lab: Lab, before: LabState | null): LabState => {
  if (step.kind === 'predict')
    return openLab(lab, { settings: step.prediction.run.settings, seed: step.prediction.run.seed })
  if (step.kind === 'observe') {
    const { run } = step.prediction
    const bench = openLab(lab, { settings: run.settings, seed: run.seed, script: run.commands, endUs: run.untilUs })
    return { ...bench, playing: true, pane: step.prediction.watch }
  }
  if (page.lab !== null) {
    const setup = parseSetup(page.lab)
    const read = readCommands(setup.do, labNames(lab))
    return openLab(lab, { settings: setup.knobs, script: 'commands' in read ? read.commands : [] })
  }
  if (step.kind === 'play')
    return openLab(lab, { settings: lab.goals.find(goal => goal.id === step.goals[0])?.settings ?? {} })
  return before ? { ...before, playing: false, drawer: null, notice: null } : openLab(lab)
}

/** Turns to a page. The run of a prediction is reached only through its stored prediction. */
export const turnTo = (
  lesson: Lesson,
  lab: Lab,
  page: number,
  progress: Progress,
  before: LabState | null,
): LessonState => {
  const at = Math.max(0, Math.min(page, lesson.pages.length - 1))
  const shown = currentPage({ lesson, page: at })
  const step = stepOf(shown, lesson, lab, progress)
  if (step.kind === 'observe' && step.predicted < 0 && at > 0) return turnTo(lesson, lab, at - 1, progress, before)
  const bench = benchOf(shown, step, lab, before)
  const pane = step.kind === 'observe' ? bench.pane : 'text'
  return { lesson, lab, page: at, step, bench: { ...bench, pane }, scroll: 0 }
}

/** Opens a lesson on the page where the learner stopped, or on its first. */
export const openLesson = (lesson: Lesson, lab: Lab, progress: Progress): LessonState => {
  const { position } = progress
  const at = position?.lesson === lesson.id ? lesson.pages.findIndex(page => pageId(page) === position.page) : 0
  return turnTo(lesson, lab, at, progress, null)
}

/** The question that a page asks just now. */
export const openQuestion = ({ step }: LessonState): Question | null => {
  if (step.kind === 'predict') return step.question.phase === 'stored' ? null : step.question
  if (step.kind === 'observe') return step.question?.phase === 'stored' ? null : step.question
  if (step.kind === 'quiz') return step.quiz && step.quiz.question.phase !== 'stored' ? step.quiz.question : null
  return null
}
