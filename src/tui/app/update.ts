import { pageId } from '../../course/lesson.ts'
import { lessonProgress } from '../../course/progress.ts'
import { actionOf } from '../keymap.ts'
import { sanitize } from '../plain.ts'
import { openLab, tickLab } from '../screens/lab-state.ts'
import { holdsSomething, lessonPaste, lessonRecorded, played } from '../screens/lesson-keys.ts'
import { openLesson } from '../screens/lesson-state.ts'
import { startList } from '../screens/list-state.ts'
import { isAnswered, showFeedback } from '../screens/quiz-state.ts'
import { posed } from '../screens/topic-quiz.ts'
import { keepPrices } from './kept-prices.ts'
import type { Message } from './message.ts'
import { closed, isTooSmall, type Model, opened, type Screen, shownScreen, withShown } from './model.ts'
import { typesText } from './scopes.ts'
import { screenKey } from './screen-key.ts'
import { turned, type Updated } from './turned.ts'

/** The one transition function: pure, total, and the only thing that changes a model. */
export const update = (model: Model, message: Message): Updated => {
  const [next, effects] = transition(model, message)
  return [keepPrices(next), effects]
}

const transition = (model: Model, message: Message): Updated => {
  switch (message.type) {
    case 'key':
      return onKey({ ...model, notice: null }, message)
    case 'paste':
      return [onPaste(model, message.text), []]
    case 'resize':
      return [{ ...model, size: message.size }, []]
    case 'tick':
      return onTick(model, message.elapsedMs)
    case 'recorded':
      return [onRecorded(model, message), []]
    case 'lesson-opened':
      return onLessonOpened(model, message)
    case 'lab-opened':
      return [
        opened(model, { kind: 'lab', name: message.lab.id, state: openLab(message.lab, { seed: message.seed }) }),
        [],
      ]
    case 'glossary-opened':
      return [onGlossary(model, message), []]
    case 'question-posed':
      return [onPosed(model, message), []]
    case 'failed':
      return [{ ...model, notice: message.sentence }, []]
  }
}

type KeyMessage = Extract<Message, { type: 'key' }>

const onKey = (model: Model, key: KeyMessage): Updated => {
  if (key.id === 'ctrl+c') return [model, [{ type: 'quit' }]]
  if (isTooSmall(model.size)) return key.id === 'q' ? [model, [{ type: 'quit' }]] : [model, []]
  const typing = typesText(model)
  if (typing && key.text !== undefined) return screenKey(model, key)
  const everywhere = actionOf(key.id, [])?.action
  switch (everywhere) {
    case 'quit':
      return isConfirming(model) ? screenKey(model, key) : [model, [{ type: 'quit' }]]
    case 'help':
      return [shownScreen(model).kind === 'help' ? closed(model) : opened(model, { kind: 'help', scroll: 0 }), []]
    case 'search':
      return [
        opened(model, { kind: 'search', entries: [], query: '', list: startList }),
        [{ type: 'open-glossary', on: 'search' }],
      ]
    case 'back':
      return holdsBack(model) ? screenKey(model, key) : [closed(model), []]
    default:
      return screenKey(model, key)
  }
}

const benchOf = (screen: Screen) =>
  screen.kind === 'lesson' ? screen.state.bench : screen.kind === 'lab' ? screen.state : null

const isConfirming = (model: Model): boolean => benchOf(shownScreen(model))?.drawer?.kind === 'confirm-reset'

/** Escape first closes what lies on top: a drawer, a selection, a pane brought before the text, the question how sure one is. */
const holdsBack = (model: Model): boolean => {
  const screen = shownScreen(model)
  const bench = benchOf(screen)
  if (bench?.drawer || bench?.selection || bench?.compared) return true
  if (screen.kind === 'lesson') {
    const { step } = screen.state
    if (holdsSomething(screen.state)) return true
    if (step.kind === 'predict' || step.kind === 'observe') return step.question?.phase === 'certainty'
    return step.kind === 'quiz' && step.quiz?.question.phase === 'certainty'
  }
  if (screen.kind !== 'quiz') return false
  const { quiz, source, results } = screen.state
  return quiz?.question.phase === 'certainty' || (source !== null && (results.length > 0 || quiz?.feedback != null))
}

const onPaste = (model: Model, text: string): Model => {
  const screen = shownScreen(model)
  const clean = sanitize(text).replaceAll('\n', ' ')
  if (screen.kind === 'search')
    return withShown(model, { ...screen, query: (screen.query + clean).slice(0, 80), list: startList })
  return screen.kind === 'lesson' ? withShown(model, { ...screen, state: lessonPaste(screen.state, clean) }) : model
}

const onTick = (model: Model, elapsedMs: number): Updated => {
  const screen = shownScreen(model)
  if (screen.kind === 'lab') return [withShown(model, { ...screen, state: tickLab(screen.state, elapsedMs) }), []]
  if (screen.kind !== 'lesson') return [model, []]
  const bench = tickLab(screen.state.bench, elapsedMs)
  return turned(model, played({ ...screen.state, bench }, model.progress))
}

/** Whatever waits for it is told, also under a help or a search that was opened meanwhile. */
const onRecorded = (model: Model, message: Extract<Message, { type: 'recorded' }>): Model => {
  const { happenings, progress, notice } = message
  const told = (screen: Screen): Screen => {
    if (screen.kind === 'lesson') return { kind: 'lesson', state: lessonRecorded(screen.state, happenings) }
    if (screen.kind !== 'quiz') return screen
    const { quiz } = screen.state
    return quiz && isAnswered(quiz, happenings)
      ? { ...screen, state: { ...screen.state, quiz: showFeedback(quiz) } }
      : screen
  }
  const [first, ...rest] = model.screens
  return { ...model, progress, notice: notice ?? model.notice, screens: [told(first), ...rest.map(told)] }
}

const onPosed = (model: Model, { source, item }: Extract<Message, { type: 'question-posed' }>): Model => {
  const told = (screen: Screen): Screen =>
    screen.kind === 'quiz' ? { ...screen, state: posed(screen.state, source, item) } : screen
  const [first, ...rest] = model.screens
  return { ...model, screens: [told(first), ...rest.map(told)] }
}

const onLessonOpened = (model: Model, { lesson, lab }: Extract<Message, { type: 'lesson-opened' }>): Updated => {
  const open = model.screens.find(screen => screen.kind === 'lesson' && screen.state.lesson.id === lesson.id)
  // Asked for twice, or found by the search from within: it goes on as it stands.
  if (open) return [opened(model, open), []]
  const state = openLesson(lesson, lab, model.progress)
  const next = opened(model, { kind: 'lesson', state })
  const page = lesson.pages[state.page]
  const known = lessonProgress(model.progress, lesson.id)
  return page && known.status === 'new'
    ? [next, [{ type: 'record', happenings: [{ kind: 'position', lesson: lesson.id, page: pageId(page) }] }]]
    : [next, []]
}

const onGlossary = (model: Model, { on, entries }: Extract<Message, { type: 'glossary-opened' }>): Model => {
  if (on === 'glossary') return opened(model, { kind: 'glossary', entries, list: startList })
  const screen = shownScreen(model)
  return screen.kind === 'search' ? withShown(model, { ...screen, entries }) : model
}
