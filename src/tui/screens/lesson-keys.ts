import { optionId, pageId } from '../../course/lesson.ts'
import type { Progress } from '../../course/progress.ts'
import type { Happening } from '../../course/progress-event.ts'
import { type Action, actionOf, type Scope } from '../keymap.ts'
import { actOnDrawer, actOnLab, drawerScopes, pressLetter } from './lab-keys.ts'
import {
  type Drawer,
  EVENTS_IN_A_HURRY,
  openingUs,
  openLab,
  usualZoom,
  wholeRunZoom,
  withSession,
} from './lab-state.ts'
import { nextTip, withGoals } from './lesson-goals.ts'
import { currentPage, type LessonState, observeQuestion, openQuestion, type Step, turnTo } from './lesson-state.ts'
import { type KeyPress, type LessonTurn, turn } from './lesson-turn.ts'
import { type Asked, answerKey, type Question, questionScopes, typeInto } from './question.ts'
import { currentItem, isAnswered, nextItem, type QuizState, showFeedback } from './quiz-state.ts'
import { LOOKING, WATCHING } from './watched-run.ts'

/** Whether escape has something to let go of before it leaves the lesson. */
export const holdsSomething = ({ bench, step }: LessonState): boolean =>
  bench.selection !== null ||
  bench.compared !== null ||
  (bench.pane !== 'text' && step.kind !== 'quiz' && step.kind !== 'reflect')

/** Whether letters are text just now. */
export const isTyping = (state: LessonState): boolean => {
  const question = openQuestion(state)
  return (
    (state.step.kind === 'reflect' && !state.step.saved) || (question?.form === 'number' && question.phase === 'answer')
  )
}

/** Whether the lab takes keys on this page, and which. */
const labIsOpen = (step: Step): 'all' | 'watching' | 'no' => {
  if (step.kind === 'read' || step.kind === 'play') return 'all'
  return step.kind === 'observe' ? 'watching' : 'no'
}

/** Enter then acts on what is selected. With a goal open it turns no page from within a pane: that would throw the run away. */
const isAtWork = ({ bench, step }: LessonState): boolean =>
  bench.selection !== null ||
  bench.findings !== null ||
  (bench.pane !== 'text' && step.kind === 'play' && step.goals.some(goal => !step.announced.includes(goal)))

/** The key scopes in force, innermost first; the footer and the help read them as well. */
export const lessonScopes = (state: LessonState): readonly Scope[] => {
  const { drawer } = state.bench
  if (drawer) return drawerScopes(drawer)
  const question = openQuestion(state)
  if (question?.phase === 'certainty') return questionScopes(question)
  if (question)
    return [...questionScopes(question), 'lesson', ...(state.step.kind === 'observe' ? ['lab' as const] : [])]
  if (isTyping(state)) return ['text']
  const lab = labIsOpen(state.step)
  if (lab === 'no') return ['lesson', 'reading']
  return lab === 'all' && isAtWork(state) ? ['lab', 'lesson'] : ['lesson', 'lab']
}

/** What a key does in a lesson. */
export const lessonKey = (state: LessonState, key: KeyPress, progress: Progress): LessonTurn => {
  const action = actionOf(key.id, lessonScopes(state))?.action
  const { drawer } = state.bench
  if (drawer) return played(afterDrawer(state, drawer, action, key.text), progress)
  const question = openQuestion(state)
  const looking = state.step.kind === 'observe' && action !== undefined && LOOKING.has(action)
  if (question && action !== 'previous-page' && !looking) return answering(state, question, action, key, progress)
  if (state.step.kind === 'reflect' && !state.step.saved)
    return state.step.saving ? turn(state) : reflecting(state, state.step.text, action, key)
  if (action === 'next-page') return proceed(state, progress)
  if (action === 'previous-page') return open(state, state.page - 1, progress)
  return labKey(state, action, key, progress)
}

/** Resetting a worked replay leaves its commands behind: the next run is the learner's. */
const afterDrawer = (state: LessonState, drawer: Drawer, action: Action | undefined, typed?: string): LessonState => {
  const bench = actOnDrawer(state.bench, drawer, action, typed)
  const { step } = state
  if (drawer.kind !== 'confirm-reset' || action !== 'yes') return { ...state, bench }
  if (step.kind !== 'play' || !step.replaying) return { ...state, bench }
  const fresh = openLab(state.lab, { settings: bench.session.initialSettings })
  return { ...state, step: { ...step, replaying: false }, bench: { ...fresh, pane: bench.pane } }
}

const labKey = (state: LessonState, action: Action | undefined, key: KeyPress, progress: Progress): LessonTurn => {
  const open = labIsOpen(state.step)
  const scrolls = state.bench.pane === 'text' || open === 'no'
  if (scrolls && (action === 'up' || action === 'down')) return turn(scrolled(state, action === 'up' ? -1 : 1))
  if (scrolls && (action === 'page-up' || action === 'page-down'))
    return turn(scrolled(state, action === 'page-up' ? -8 : 8))
  if (open === 'no') return turn(state)
  if (action === 'tip') return nextTip(state, progress)
  if (action !== undefined) {
    if (open === 'watching' && !WATCHING.has(action)) return turn(state)
    if (open === 'watching' && action === 'run' && state.bench.session.ended)
      return turn({ ...state, bench: { ...state.bench, notice: 'The run is over. ← steps back, enter goes on.' } })
    const bench = actOnLab(state.bench, action)
    return bench ? played({ ...state, bench }, progress) : turn(state)
  }
  if (open === 'watching')
    return turn({
      ...state,
      bench: { ...state.bench, notice: 'This run is the experiment: watch it. Your own follow on the next pages.' },
    })
  const bench = pressLetter(state.bench, key.id)
  return bench ? played({ ...state, bench }, progress) : turn(state)
}

const scrolled = (state: LessonState, by: number): LessonState => ({ ...state, scroll: Math.max(0, state.scroll + by) })

/** After the run went on: goals that it reached, and the question once a watched run is over. */
export const played = (state: LessonState, progress: Progress): LessonTurn => {
  const { step, bench } = state
  const over = step.kind === 'observe' && step.question === null && step.seen === null && bench.session.ended
  return over ? turn(askWhatWasSeen(state)) : withGoals(state, progress)
}

const askWhatWasSeen = (state: LessonState): LessonState =>
  state.step.kind === 'observe'
    ? {
        ...state,
        step: { ...state.step, question: observeQuestion(state.step.prediction) },
        // The whole run on one screen: what happened first must not have scrolled away.
        bench: {
          ...state.bench,
          playing: false,
          pane: 'text',
          notice: null,
          usPerCell: wholeRunZoom(state.lab, state.step.prediction.run.untilUs),
        },
      }
    : state

const answering = (
  state: LessonState,
  question: Question,
  action: Action | undefined,
  key: KeyPress,
  progress: Progress,
): LessonTurn => {
  const asked =
    action === undefined
      ? { question: typeInto(question, key.text ?? ''), answered: null }
      : answerKey(question, action, key.id)
  const { step } = state
  if (step.kind === 'quiz') return answeringQuiz(state, step, asked, progress)
  if (step.kind !== 'predict' && step.kind !== 'observe') return turn(state)
  // Whoever answers wants to read: a pane that was brought forward to look at gives its room back.
  const bench = asked.question === question ? state.bench : { ...state.bench, pane: 'text' as const }
  const next: LessonState = { ...state, step: { ...step, question: asked.question }, bench }
  const { answered } = asked
  const chosen = answered?.answer.kind === 'choices' ? (answered.answer.choices[0] ?? -1) : -1
  const said = step.prediction.options[chosen]
  if (!answered || !said) return turn(next)
  const about = { lesson: state.lesson.id, prediction: step.prediction.id, option: optionId(said.say) }
  if (step.kind === 'predict') return turn(next, [{ kind: 'predicted', ...about, certainty: answered.certainty }])
  const truth = step.prediction.options[step.truth]
  return turn(next, [{ kind: 'observed', ...about, ...(truth ? { truth: optionId(truth.say) } : {}) }])
}

const answeringQuiz = (
  state: LessonState,
  step: Extract<Step, { kind: 'quiz' }>,
  { question, answered }: Asked,
  progress: Progress,
): LessonTurn => {
  if (!step.quiz) return turn(state)
  const quiz = { ...step.quiz, question, saving: answered }
  const next: LessonState = { ...state, step: { ...step, quiz } }
  return turn(next, answered ? [answeredItem(state.lesson.id, quiz, answered, progress)] : [])
}

/** The answer to a quiz's item as it is recorded; judged now, shown once it is on disk. */
export const answeredItem = (
  lesson: string,
  quiz: QuizState,
  { answer, certainty }: NonNullable<Asked['answered']>,
  progress: Progress,
): Happening => {
  const item = currentItem(quiz).id
  const attempts = progress.lessons.get(lesson)?.answers.get(item)?.attempts ?? 0
  const right = showFeedback(quiz).feedback?.grade.right === true
  return { kind: 'answered', lesson, item, answer, right, certainty, attempt: attempts + 1 }
}

const MOST_LETTERS = 500

const reflecting = (state: LessonState, text: string, action: Action | undefined, key: KeyPress): LessonTurn => {
  const write = (next: string): LessonTurn =>
    turn({ ...state, step: { kind: 'reflect', text: next.slice(0, MOST_LETTERS), saving: false, saved: false } })
  if (action === 'erase') return write([...text].slice(0, -1).join(''))
  if (action === 'next-page') {
    const empty = text.trim() === ''
    const done: LessonState = { ...state, step: { kind: 'reflect', text, saving: !empty, saved: empty } }
    return turn(done, empty ? [] : [{ kind: 'reflected', lesson: state.lesson.id, text: text.trim() }])
  }
  return key.text === undefined ? turn(state) : write(text + key.text)
}

/** Text that was pasted goes into a text field and nowhere else. */
export const lessonPaste = (state: LessonState, text: string): LessonState =>
  state.step.kind === 'reflect' && !state.step.saved && !state.step.saving
    ? { ...state, step: { ...state.step, text: (state.step.text + text).slice(0, MOST_LETTERS) } }
    : state

/** A short run is over at once; a long one hurries there, seen to do so, and takes no further enter for an answer. */
const toTheEnd = (state: LessonState, endUs: number, progress: Progress): LessonTurn => {
  const { bench } = state
  if (bench.hurrying) return turn(state)
  const session = bench.session.advanceTo(endUs, EVENTS_IN_A_HURRY)
  const over = session.ended
  const notice = over ? null : 'A long run: it goes to its end.'
  return played(
    { ...state, bench: withSession({ ...bench, playing: !over, hurrying: !over }, session, notice) },
    progress,
  )
}

const proceed = (state: LessonState, progress: Progress): LessonTurn => {
  const { step } = state
  if (step.kind === 'observe' && step.seen === null) {
    return toTheEnd(state, step.prediction.run.untilUs, progress)
  }
  if (step.kind === 'predict' && !step.saved) return turn(state)
  if (step.kind === 'quiz' && step.quiz?.saving) return turn(state)
  if (step.kind === 'quiz' && step.quiz?.feedback) {
    const next = nextItem(step.quiz)
    const right = next ? step.right : step.quiz.right
    return turn({ ...state, step: { ...step, quiz: next ?? null, right }, scroll: 0 })
  }
  if (state.page + 1 < state.lesson.pages.length) return open(state, state.page + 1, progress)
  return turn(state, [readPage(state), { kind: 'lesson-finished', lesson: state.lesson.id }], true)
}

const readPage = (state: LessonState): Happening => ({
  kind: 'page-read',
  lesson: state.lesson.id,
  page: pageId(currentPage(state)),
})

const open = (state: LessonState, page: number, progress: Progress): LessonTurn => {
  if (page < 0) return turn(state)
  const next = turnTo(state.lesson, state.lab, page, progress, state.bench)
  return turn(next, [readPage(state), { kind: 'position', lesson: state.lesson.id, page: pageId(currentPage(next)) }])
}

/** What was recorded is on disk: the prediction counts, the feedback may be shown. */
export const lessonRecorded = (state: LessonState, happenings: readonly Happening[]): LessonState => {
  const { step } = state
  const has = (kind: 'predicted' | 'observed', id: string): boolean =>
    happenings.some(each => each.kind === kind && each.lesson === state.lesson.id && each.prediction === id)
  switch (step.kind) {
    case 'predict':
      return step.question.phase === 'stored' && has('predicted', step.prediction.id)
        ? { ...state, step: { ...step, saved: true } }
        : state
    case 'observe':
      return step.question?.phase === 'stored' && step.seen === null && has('observed', step.prediction.id)
        ? settleObservation(state, step)
        : state
    case 'quiz':
      return step.quiz && isAnswered(step.quiz, happenings)
        ? { ...state, step: { ...step, quiz: showFeedback(step.quiz) }, scroll: 0 }
        : state
    case 'reflect':
      return step.saving && happenings.some(each => each.kind === 'reflected' && each.lesson === state.lesson.id)
        ? { ...state, step: { ...step, saving: false, saved: true } }
        : state
    case 'read':
    case 'play':
      return state
  }
}

/** Seen right, or wrong twice: go on. Wrong once: the run is shown again, the explanation is not. */
const settleObservation = (state: LessonState, step: Extract<Step, { kind: 'observe' }>): LessonState => {
  const seen = step.question?.marked[0] ?? -1
  if (seen === step.truth || step.misses > 0) return { ...state, step: { ...step, seen } }
  const start = state.bench.session.seek({ index: 0 })
  const bench = withSession(state.bench, start.advanceTo(openingUs(state.lab)))
  return {
    ...state,
    step: { ...step, question: null, misses: 1 },
    bench: {
      ...bench,
      playing: true,
      pane: step.prediction.watch,
      usPerCell: usualZoom(state.lab),
      notice: 'That is not what this run did. Look once more.',
    },
  }
}
