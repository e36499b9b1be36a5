import { createLaboratory, labOf } from '../../../src/course/laboratory.ts'
import type { Course } from '../../../src/course/load.ts'
import { parseCourse } from '../../../src/course/parse-course.ts'
import { foldProgress } from '../../../src/course/progress.ts'
import { eventId, type Happening, type ProgressEvent, uniteEvents } from '../../../src/course/progress-event.ts'
import type { ItemSource } from '../../../src/course/quiz-topic.ts'
import { findLab } from '../../../src/labs.ts'
import { questionOf } from '../../../src/question-of.ts'
import type { Size } from '../../../src/tui/app/frame.ts'
import type { Effect, Message } from '../../../src/tui/app/message.ts'
import { type Model, type Screen, shownScreen, startModel } from '../../../src/tui/app/model.ts'
import type { Updated } from '../../../src/tui/app/turned.ts'
import { update } from '../../../src/tui/app/update.ts'
import { view } from '../../../src/tui/app/view.ts'
import type { FiledItem } from '../../../src/tui/screens/filed-items.ts'
import type { LessonState } from '../../../src/tui/screens/lesson-state.ts'
import { createTheme, type Theme } from '../../../src/tui/theme.ts'

/** The course of the tests: every kind of page and of question. */
export const trialCourse: Course = parseCourse('test/trial-course', createLaboratory())

export const plainTheme = createTheme({ colour: false, unicode: true })

export const trialModel = (size: Size = { columns: 120, rows: 40 }, theme: Theme = plainTheme): Model =>
  startModel({
    size,
    theme,
    course: trialCourse.index,
    labs: trialCourse.labs.map(({ name, about, lab }) => ({ name, title: lab.title, about })),
    progress: foldProgress([]),
    notice: null,
  })

/** A key as the terminal layer hands it over. */
export const keyMessage = (id: string): Message => {
  if (id === 'space') return { type: 'key', id, text: ' ' }
  return [...id].length === 1 ? { type: 'key', id, text: id } : { type: 'key', id }
}

const posedItems = new Map<string, FiledItem>()

/** Questions are made once, and of the endless ones only a few: their runs take time. */
const posedItem = (source: ItemSource): FiledItem => {
  const near = source.kind === 'run' ? { ...source, seed: 1 + (source.seed % 3) } : source
  const key = JSON.stringify(near)
  const item = posedItems.get(key) ?? questionOf(trialCourse, near)
  posedItems.set(key, item)
  return item
}

/** What the edge answers to the effects that open something. */
export const openedBy = (effect: Exclude<Effect, { type: 'record' | 'quit' }>): Message => {
  switch (effect.type) {
    case 'open-lesson': {
      const lesson = trialCourse.lesson(effect.id)
      return { type: 'lesson-opened', lesson, lab: labOf(lesson.lab) }
    }
    case 'open-lab': {
      const lab = findLab(trialCourse, effect.name)
      return { type: 'lab-opened', lab, seed: lab.seed, do: '' }
    }
    case 'pose-question':
      return { type: 'question-posed', source: effect.source, item: posedItem(effect.source) }
    case 'open-glossary':
      return { type: 'glossary-opened', on: effect.on, entries: trialCourse.glossary() }
  }
}

/** The app without a terminal: keys in, the screen as text out, a store in memory that can be told to wait. */
export class Trial {
  model: Model
  /** All that was recorded, in order. */
  readonly happenings: Happening[] = []
  quit = false
  #events: ProgressEvent[] = []
  #waiting: (readonly Happening[])[] | null = null

  constructor(size?: Size, theme?: Theme) {
    this.model = trialModel(size, theme)
  }

  send(message: Message): void {
    const [next, effects] = update(this.model, message)
    this.model = next
    for (const effect of effects) this.#perform(effect)
  }

  /** Opens a screen as the command line does. */
  open([model, effects]: Updated): this {
    this.model = model
    for (const effect of effects) this.#perform(effect)
    return this
  }

  /** Presses keys, named as in the keymap and parted by blanks. */
  press(keys: string): this {
    for (const id of keys.split(' ')) this.send(keyMessage(id))
    return this
  }

  /** Types letter by letter. */
  type(text: string): this {
    for (const letter of text) this.send(keyMessage(letter === ' ' ? 'space' : letter))
    return this
  }

  /** Lets the run play to its end, or until it stops. */
  playOut(): this {
    for (let ticks = 0; ticks < 2000 && this.bench.playing; ticks++) this.send({ type: 'tick', elapsedMs: 66 })
    return this
  }

  /** From now on nothing reaches the disk before `diskAnswers`. */
  holdDisk(): this {
    this.#waiting ??= []
    return this
  }

  diskAnswers(notice: string | null = null): this {
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const happenings of waiting) this.#record(happenings, notice)
    return this
  }

  /** Starts the program anew with what is on the disk. */
  restart(): this {
    this.model = { ...trialModel(this.model.size, this.model.theme), progress: foldProgress(this.#events) }
    return this
  }

  get screen(): Screen {
    return shownScreen(this.model)
  }

  get lesson(): LessonState {
    if (this.screen.kind !== 'lesson') throw new Error(`the screen shows ${this.screen.kind}, no lesson`)
    return this.screen.state
  }

  get bench() {
    if (this.screen.kind === 'lab') return this.screen.state
    return this.lesson.bench
  }

  /** What is shown, without colours, blanks at the ends of lines cut. */
  get text(): string {
    return screenText(this.model)
  }

  /** The happenings of one kind. */
  recorded<Kind extends Happening['kind']>(kind: Kind): Extract<Happening, { kind: Kind }>[] {
    return this.happenings.filter((each): each is Extract<Happening, { kind: Kind }> => each.kind === kind)
  }

  #perform(effect: Effect): void {
    if (effect.type === 'quit') this.quit = true
    else if (effect.type !== 'record') this.send(openedBy(effect))
    else if (this.#waiting) this.#waiting.push(effect.happenings)
    else this.#record(effect.happenings, null)
  }

  #record(happenings: readonly Happening[], notice: string | null): void {
    const fresh = happenings.map((happening, index): ProgressEvent => {
      const at = new Date(1_700_000_000_000 + (this.#events.length + index) * 1000).toISOString()
      return { id: eventId(happening, `t.${this.#events.length + index}`), at, by: 't', v: 1, ...happening }
    })
    this.happenings.push(...happenings)
    this.#events = [...uniteEvents(this.#events, fresh)] as ProgressEvent[]
    this.send({ type: 'recorded', happenings, progress: foldProgress(this.#events), notice })
  }
}

const SGR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')

/** The rows of the screen. */
export const screenRows = (model: Model): string[] => {
  const { head, columns, foot } = view(model)
  const bodies = columns.map(column => column.tiles.flatMap(tile => tile.rows))
  const height = Math.max(0, ...bodies.map(rows => rows.length))
  const body = Array.from({ length: height }, (_, row) => bodies.map(rows => rows[row] ?? '').join(''))
  return [...head.rows, ...body, ...foot.rows]
}

export const screenText = (model: Model): string =>
  `${screenRows(model)
    .map(row => row.replace(SGR, '').trimEnd())
    .join('\n')}\n`
