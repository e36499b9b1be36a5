import { describe, expect, it } from 'vitest'
import { foldProgress } from '../../../src/course/progress.ts'
import { eventId, type Happening, type ProgressEvent } from '../../../src/course/progress-event.ts'
import { openTopicQuiz } from '../../../src/topic-quiz.ts'
import type { Effect, Message } from '../../../src/tui/app/message.ts'
import { type Model, type Screen, shownScreen } from '../../../src/tui/app/model.ts'
import { update } from '../../../src/tui/app/update.ts'
import { createTheme } from '../../../src/tui/theme.ts'
import { stringWidth } from '../../../src/tui/width.ts'
import { type Draw, drawsOf } from './draws.ts'
import { keyMessage, openedBy, screenRows, trialCourse, trialModel } from './trial.ts'

const RUNS = 20
const MESSAGES_A_RUN = 5000

const NAMED = 'enter escape tab shift+tab backspace space up down left right home end pageup pagedown'.split(' ')
const RARE = 'delete insert f1 ctrl+a alt+x shift+up shift+down shift+left shift+right ctrl+shift+f ctrl+z'.split(' ')
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABKUGT0123456789?/!+-=<>.,;é漢👍']
const PASTES = ['q', 'a line\nand another', '\x1b[2J\x1b]0;title\x07', 'é漢👍'.repeat(40), '', 'x'.repeat(70_000)]

const NONE: readonly Happening[] = []

/** Effects that wait for their answer; these come late, out of order, or never. */
type Waiting = Effect[]

/** A store that keeps of each kind of happening the latest about a thing, so that it stays small on a long walk. */
const smallStore = (before?: Store): Store => {
  const events = new Map<string, ProgressEvent>(before?.events)
  const answer = (effect: Effect): Message => {
    if (effect.type === 'quit') return { type: 'failed', sentence: 'nothing quits here' }
    if (effect.type !== 'record') return openedBy(effect)
    for (const happening of effect.happenings) {
      const id = eventId(happening, `${happening.kind} ${'item' in happening ? happening.item : ''}`)
      const at = new Date(events.size).toISOString()
      events.set(id, { id, at, by: 't', v: 1, ...happening })
    }
    return {
      type: 'recorded',
      happenings: effect.happenings,
      progress: foldProgress([...events.values()]),
      notice: null,
    }
  }
  return { events, answer }
}

interface Store {
  readonly events: ReadonlyMap<string, ProgressEvent>
  readonly answer: (effect: Effect) => Message
}

const sizeOf = (draw: Draw) =>
  draw.one(4) === 0
    ? { columns: 1 + draw.one(250), rows: 1 + draw.one(80) }
    : { columns: 60 + draw.one(80), rows: 18 + draw.one(25) }

/** Any message at all, most of them keys. */
const anyMessage = (draw: Draw, model: Model, waiting: Waiting, store: Store): Message => {
  const kind = draw.one(100)
  if (kind < 45) return keyMessage(draw.of(NAMED))
  if (kind < 72) return keyMessage(draw.of(LETTERS))
  if (kind < 74) return keyMessage(draw.of(RARE))
  if (kind < 75) return { type: 'paste', text: draw.of(PASTES) }
  if (kind < 77) return { type: 'resize', size: sizeOf(draw) }
  if (kind < 86) return { type: 'tick', elapsedMs: draw.one(250) }
  if (kind < 97) {
    const [effect] = waiting.splice(draw.one(waiting.length), 1)
    if (effect) return store.answer(effect)
    return {
      type: 'recorded',
      happenings: NONE,
      progress: model.progress,
      notice: draw.of([null, 'Nothing is saved.']),
    }
  }
  if (kind < 98) return { type: 'failed', sentence: 'It could not be opened.' }
  return openedBy(
    draw.of([
      { type: 'open-lesson', id: 'trial/letters' },
      { type: 'open-lesson', id: 'trial/again' },
      { type: 'open-lab', name: 'raft' },
      { type: 'open-lab', name: 'trial/letters' },
      { type: 'open-glossary', on: 'search' },
      { type: 'open-glossary', on: 'glossary' },
    ] as const),
  )
}

/** Looks at every frame; a row that was there before is not measured again. */
const frameWatch = () => {
  let known = new Map<string, number>()
  return (model: Model): void => {
    const { columns, rows } = model.size
    const place = `at ${columns}x${rows} on ${shownScreen(model).kind}`
    const shown = screenRows(model)
    if (shown.length !== rows) expect.fail(`${shown.length} rows ${place}`)
    const widths = new Map(shown.map(row => [row, known.get(row) ?? stringWidth(row)]))
    for (const [row, width] of widths) if (width !== columns) expect.fail(`a row of ${width} ${place}: ${row}`)
    known = widths
  }
}

const press = (model: Model, id: string): readonly [Model, readonly Effect[]] => update(model, keyMessage(id))

/** From wherever one is, escape leads home in a few presses, and there q quits. */
const expectWayHome = (model: Model): void => {
  let here: Model = { ...model, size: { columns: 80, rows: 24 } }
  for (let presses = 0; presses < 30 && shownScreen(here).kind !== 'home'; presses++) [here] = press(here, 'escape')
  if (shownScreen(here).kind !== 'home') expect.fail(`escape does not lead home from ${shownScreen(model).kind}`)
  expect(press(here, 'q')[1]).toEqual([{ type: 'quit' }])
}

const holdsSomething = (model: Model): boolean => {
  const screen = shownScreen(model)
  if (screen.kind !== 'lesson') return false
  const { drawer, selection, compared, pane } = screen.state.bench
  return Boolean(drawer ?? selection ?? compared) || pane !== 'text'
}

/** On a lesson's page enter, or an answer first, leads on: nothing waits for ever once the disk has answered. */
const expectWayOn = (model: Model, store: Store): void => {
  let here: Model = { ...model, size: { columns: 80, rows: 24 } }
  // A menu, a selection, a comparison, a pane: escape lets go of them, one after another.
  for (let presses = 0; presses < 4 && holdsSomething(here); presses++) [here] = press(here, 'escape')
  for (let presses = 0; presses < 200 && shownScreen(here).kind === 'lesson'; presses++) {
    for (const id of ['enter', '1', '2']) {
      const [next, effects] = press(here, id)
      here = next
      for (const effect of effects) [here] = update(here, store.answer(effect))
    }
  }
  if (shownScreen(here).kind === 'lesson') expect.fail('the lesson does not end')
}

/** The kinds of screens that the walks came to. */
const seen = new Set<Screen['kind']>()

const walk = (seed: number): void => {
  const draw = drawsOf(seed)
  const themes = [true, false].flatMap(colour => [true, false].map(unicode => createTheme({ colour, unicode })))
  const waiting: Waiting = []
  const store = smallStore()
  const look = frameWatch()
  const home = trialModel({ columns: 80, rows: 24 }, draw.of(themes))
  let model = home
  if (seed % 2 === 1) {
    const [quizzing, effects] = openTopicQuiz(home, trialCourse.index, seed % 4 === 1 ? null : 'runs')
    model = quizzing
    waiting.push(...effects)
  }
  for (let count = 0; count < MESSAGES_A_RUN; count++) {
    const [next, effects] = update(model, anyMessage(draw, model, waiting, store))
    model = next
    waiting.push(...effects)
    if (waiting.length > 6) waiting.splice(0, 3)
    seen.add(shownScreen(model).kind)
    // One screen of a kind at most.
    if (model.screens.length > 8) expect.fail(`${model.screens.length} screens lie on one another`)
    look(model)
    if (count % 250 === 0) expectWayHome(model)
    if (count % 1000 === 0) expectWayOn(model, smallStore(store))
  }
}

describe('a hundred thousand messages in any order', () => {
  it.each(Array.from({ length: RUNS }, (_, seed) => seed))('keep every frame whole and every way open, seed %i', walk)

  it('come to every screen', () => {
    expect([...seen].sort()).toEqual(['glossary', 'help', 'home', 'lab', 'labs', 'lesson', 'quiz', 'search', 'topics'])
  })
})
