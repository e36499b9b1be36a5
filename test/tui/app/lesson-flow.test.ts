import { describe, expect, it } from 'vitest'
import { parseRunCode } from '../../../src/lab/run-code.ts'
import { screenText, Trial } from './trial.ts'

/** The first lesson, opened from home with one key. */
const begin = (): Trial => new Trial().press('enter')

const PAGES = { hook: 0, attempt: 1, predict: 2, observe: 3, explain: 4, goal: 5, quiz: 8, reflect: 10 } as const

/** The lesson at a page, all before it answered. */
const at = (page: keyof typeof PAGES): Trial => {
  const trial = begin()
  while (trial.lesson.page < PAGES[page]) {
    const { step } = trial.lesson
    if (step.kind === 'predict' && !step.saved)
      trial.press(rowOf(trial, step.prediction.options, '?, since')).press('3')
    else if (step.kind === 'observe' && step.seen === null)
      trial.press('enter').press(rowOf(trial, step.prediction.options, '?, since'))
    else if (step.kind === 'quiz' && step.quiz && !step.quiz.feedback) answerItem(trial)
    else trial.press('enter')
  }
  return trial
}

/** The digit under which an option stands on the screen. */
const rowOf = (trial: Trial, options: readonly { readonly say: string }[], say: string): string => {
  const { step } = trial.lesson
  const shown =
    step.kind === 'predict' || step.kind === 'observe'
      ? step.question?.shown
      : step.kind === 'quiz'
        ? step.quiz?.question.shown
        : undefined
  const option = options.findIndex(candidate => candidate.say.startsWith(say))
  const row = shown?.indexOf(option) ?? -1
  if (row < 0) throw new Error(`${say} is not on the screen`)
  return String(row + 1)
}

/** Answers whatever item is shown, somehow. */
const answerItem = (trial: Trial): Trial => {
  const { step } = trial.lesson
  const form = step.kind === 'quiz' ? step.quiz?.question.form : undefined
  if (form === 'number') return trial.type('1000').press('enter 2')
  if (form === 'order') return trial.press('enter 2')
  return form === 'multiple' ? trial.press('1 enter 2') : trial.press('1 2')
}

const quizOf = (trial: Trial) => {
  const { step } = trial.lesson
  if (step.kind !== 'quiz' || !step.quiz) throw new Error('no question is shown')
  return step.quiz
}

describe('a prediction', () => {
  it('is on disk before its run can be reached', () => {
    const trial = at('predict').holdDisk()
    trial.press('1 3')
    expect(trial.lesson.step).toMatchObject({ kind: 'predict', saved: false })
    expect(trial.text).not.toContain('Stored.')
    trial.press('enter enter')
    expect(trial.lesson.page).toBe(PAGES.predict)
    trial.diskAnswers()
    expect(trial.text).toContain('Stored.')
    trial.press('enter')
    expect(trial.lesson.page).toBe(PAGES.observe)
    expect(trial.bench.playing).toBe(true)
  })

  it('does not count for stored because something else was stored', () => {
    const trial = at('attempt').holdDisk()
    trial.press('enter 1 3')
    trial.send({
      type: 'recorded',
      happenings: [{ kind: 'position', lesson: 'trial/letters', page: 'predict-lost-reply' }],
      progress: trial.model.progress,
      notice: null,
    })
    expect(trial.lesson.step).toMatchObject({ kind: 'predict', saved: false })
  })

  it('asks how sure one is, and escape goes back to the options', () => {
    const trial = at('predict').press('2')
    expect(trial.text).toContain('How sure?')
    trial.press('escape')
    expect(trial.text).not.toContain('How sure?')
    expect(trial.recorded('predicted')).toEqual([])
    trial.press('2 1')
    expect(trial.recorded('predicted')).toMatchObject([{ prediction: 'lost-reply', certainty: 1 }])
  })

  it('cannot be jumped over by a saved position', () => {
    const trial = begin()
    trial.send({
      type: 'recorded',
      happenings: [],
      progress: {
        ...trial.model.progress,
        position: { lesson: 'trial/letters', page: 'observe-lost-reply-what-did-she-hear', at: '' },
      },
      notice: null,
    })
    trial.press('escape enter')
    expect(trial.lesson.step.kind).toBe('predict')
  })

  it('is given once: on the next visit it stands', () => {
    const trial = at('observe').press('backspace')
    expect(trial.text).toContain('You say: ')
    trial.press('1 3')
    expect(trial.recorded('predicted')).toHaveLength(1)
  })

  it('is told though a help was opened while it was being saved', () => {
    const trial = at('predict').holdDisk().press('1 3 ?').diskAnswers()
    trial.press('escape enter')
    expect(trial.lesson.page).toBe(PAGES.observe)
  })
})

describe('a watched run', () => {
  it('plays by itself, takes no letter of the lab, and asks at its end', () => {
    const trial = at('observe').press('w')
    expect(trial.bench.session.commands).toHaveLength(2)
    expect(trial.text).toContain('This run is the experiment')
    trial.playOut()
    expect(trial.text).toContain('What did you see?')
    expect(trial.text).not.toContain('You cannot')
  })

  it('shows itself again to whoever saw something else, and explains after the second look', () => {
    const trial = at('observe').playOut()
    const { step } = trial.lesson
    if (step.kind !== 'observe') throw new Error('no run to observe')
    trial.press(rowOf(trial, step.prediction.options, 'OK'))
    expect(trial.recorded('observed')).toMatchObject([{ option: 'ok-since-n1-did-what-she-asked' }])
    expect(trial.text).toContain('Look once more')
    expect(trial.text).not.toContain('She waits two seconds')
    expect(trial.bench.playing).toBe(true)
    trial.playOut()
    trial.press(rowOf(trial, step.prediction.options, 'OK'))
    expect(trial.text).toContain('She waits two seconds')
    expect(trial.bench.playing).toBe(false)
  })

  it('explains nothing before the answer is on disk', () => {
    const trial = at('observe').playOut().holdDisk()
    const { step } = trial.lesson
    if (step.kind !== 'observe') throw new Error('no run to observe')
    trial.press(rowOf(trial, step.prediction.options, '?, since'))
    expect(trial.text).not.toContain('The run: ')
    trial.press('enter')
    expect(trial.lesson.page).toBe(PAGES.observe)
    trial.diskAnswers()
    expect(trial.text).toContain('The run: ')
    expect(trial.recorded('observed')[0]).toMatchObject({ truth: 'since-she-heard-nothing-either-way' })
  })

  it('can be skipped to its end', () => {
    expect(at('observe').press('enter').text).toContain('What did you see?')
  })
})

describe('a goal', () => {
  it('is recorded once, with the code of the run that reached it, and the run stops', () => {
    const trial = at('attempt').press('w space').playOut()
    expect(trial.bench.playing).toBe(false)
    expect(trial.bench.session.nowUs).toBeLessThan(trial.bench.session.lab.untilUs)
    const [reached] = trial.recorded('goal-reached')
    expect(reached).toMatchObject({ lesson: 'trial/letters', goal: 'first-ok' })
    expect(parseRunCode(reached?.code ?? '').lab).toBe('trial/letters')
    expect(trial.text).toContain('Reached.')
    trial.press('! y w space').playOut()
    trial.press('enter backspace w space').playOut()
    expect(trial.recorded('goal-reached')).toHaveLength(1)
  })

  it('is not told to be reached before it is on disk', () => {
    const trial = at('attempt').holdDisk().press('w space').playOut()
    expect(trial.text).not.toContain('Reached.')
    expect(trial.diskAnswers().text).toContain('Reached.')
  })

  it('gives tips in three steps, then a worked replay that counts for nothing', () => {
    const trial = at('goal').press('t')
    expect(trial.text).toContain('Tip 1: The write must arrive')
    expect(trial.press('t').text).toContain('Tip 2: ')
    expect(trial.press('t').text).toContain('Tip 3: ')
    trial.press('t')
    expect(trial.text).toContain('A worked replay.')
    expect(trial.recorded('tip-used').map(used => used.level)).toEqual([1, 2, 3, 4])
    trial.playOut()
    expect(trial.bench.session.goals.ghost).toBeTruthy()
    expect(trial.recorded('goal-reached')).toEqual([])
    expect(trial.text).not.toContain('Reached.')
  })

  it('can be reached after the worked replay was reset', () => {
    const trial = at('goal').press('t t t t').playOut().press('! y')
    expect(trial.bench.session.commands).toEqual([])
    trial.press('w')
    while (!trial.bench.session.flights.some(({ message }) => message.id.startsWith('n1'))) trial.press('right')
    trial.press('d space').playOut()
    expect(trial.recorded('goal-reached')).toMatchObject([{ goal: 'ghost' }])
  })

  it('sets the switches of the lab as the page wants them', () => {
    expect(at('goal').bench.session.settings).toMatchObject({ i: 'on' })
  })
})

describe('a quiz', () => {
  it('gives its feedback once the answer is on disk, and goes on only then', () => {
    const trial = at('quiz').holdDisk().press('1 3')
    expect(quizOf(trial).feedback).toBeNull()
    trial.press('enter space 2 enter')
    expect(quizOf(trial).at).toBe(0)
    expect(quizOf(trial).saving).not.toBeNull()
    trial.diskAnswers()
    expect(quizOf(trial).feedback).not.toBeNull()
    trial.press('enter')
    expect(quizOf(trial).at).toBe(1)
  })

  it('explains every option, the right and the wrong', () => {
    const trial = at('quiz').press('1 3')
    for (const why of ['no answer feels like a no', 'that is what you saw first', 'may have gone missing'])
      expect(trial.text).toContain(why)
  })

  it('shows the options of an item in one order, also when it comes again', () => {
    const trial = at('quiz')
    const first = quizOf(trial).question.shown
    const second = quizOf(answerItem(trial).press('enter')).question.shown
    trial.press('backspace enter')
    expect(quizOf(trial).question.shown).toEqual(first)
    expect(quizOf(answerItem(trial).press('enter')).question.shown).toEqual(second)
    expect([...first].sort()).toEqual([0, 1, 2])
    expect(trial.recorded('answered').map(({ item, attempt }) => [item, attempt])).toEqual([
      ['what-follows', 1],
      ['what-follows', 2],
    ])
  })

  it('asks every kind of question, a run among them, and counts at the end', () => {
    const trial = at('quiz')
    const forms: string[] = []
    for (let items = 0; items < 6; items++) {
      forms.push(quizOf(trial).question.form)
      answerItem(trial).press('enter')
    }
    expect(forms).toEqual(['single', 'multiple', 'order', 'number', 'single', 'single'])
    const right = trial.recorded('answered').filter(answer => answer.right).length
    expect(trial.text).toContain(`${right} of 6 right at the first try.`)
    expect(trial.recorded('answered').find(answer => answer.item === 'how-long')).toMatchObject({ right: true })
  })

  it('takes an order that was brought about with the keys', () => {
    const trial = at('quiz')
    answerItem(trial).press('enter')
    answerItem(trial).press('enter')
    const shown = [...quizOf(trial).question.shown]
    trial.press('shift+down')
    expect(quizOf(trial).question.shown).toEqual([shown[1], shown[0], ...shown.slice(2)])
    trial.press('enter 2')
    expect(trial.recorded('answered').at(-1)?.answer).toEqual({
      kind: 'order',
      order: [shown[1], shown[0], ...shown.slice(2)],
    })
  })

  it('takes letters that mean something elsewhere for nothing while a number is typed', () => {
    const trial = at('quiz')
    for (let items = 0; items < 3; items++) answerItem(trial).press('enter')
    trial.type('q?/w12')
    expect(trial.quit).toBe(false)
    expect(quizOf(trial).question.typed).toBe('12')
  })
})

describe('the reflection', () => {
  it('takes letters and pasted text, and is kept before it says so', () => {
    const trial = at('reflect').holdDisk().type('q? it /')
    trial.send({ type: 'paste', text: 'pays\x1b[31m\ntwice' })
    expect(trial.text).toContain('q? it /pays twice_')
    trial.press('enter')
    expect(trial.text).not.toContain('Kept for you.')
    trial.diskAnswers()
    expect(trial.text).toContain('Kept for you.')
    expect(trial.recorded('reflected')).toMatchObject([{ text: 'q? it /pays twice' }])
  })

  it('may stay empty', () => {
    const trial = at('reflect').press('enter')
    expect(trial.text).toContain('Nothing written.')
    expect(trial.recorded('reflected')).toEqual([])
  })

  it('ends the lesson, and home offers the next one', () => {
    const trial = at('reflect').press('enter enter')
    expect(trial.recorded('lesson-finished')).toMatchObject([{ lesson: 'trial/letters' }])
    expect(trial.screen.kind).toBe('home')
    expect(trial.text).toContain('Begin: Letters again')
    expect(trial.text).toContain('done')
  })
})

describe('a learner who comes back', () => {
  it('finds the page that was left with one key', () => {
    const trial = at('explain').restart()
    expect(trial.text).toContain('Continue: Letters on trial')
    expect(trial.press('enter').lesson.page).toBe(PAGES.explain)
  })

  it('finds the goals that were reached', () => {
    const trial = at('attempt').press('w space').playOut().restart().press('enter')
    expect(trial.lesson.page).toBe(PAGES.attempt)
    expect(trial.text).toContain('Reached.')
  })
})

it('pasted text is no key', () => {
  const trial = at('attempt')
  trial.send({ type: 'paste', text: 'wq\r ' })
  expect(trial.quit).toBe(false)
  expect(trial.bench.session.commands).toEqual([])
})

it('a lesson that is asked for twice is opened once', () => {
  const trial = begin().press('w')
  trial.press('/').type('letters on').press('enter')
  expect(trial.lesson.bench.session.commands).toHaveLength(1)
  expect(trial.press('escape').screen.kind).toBe('home')
})

it('the glossary lists the phenomena, too, and the search leads to them', () => {
  const trial = new Trial().press('/').type('stale-read').press('enter')
  expect(trial.screen.kind).toBe('glossary')
  expect(screenText(trial.model)).toMatch(/▸ stale-read|> stale-read|stale-read/)
  const { screen } = trial
  const cursor = screen.kind === 'glossary' ? screen.list.cursor : -1
  trial.press('up')
  expect(trial.screen).toMatchObject({ list: { cursor: cursor - 1 } })
})

it('a search that is left before the glossary is there opens nothing', () => {
  const trial = new Trial().press('/ escape')
  trial.send({ type: 'glossary-opened', on: 'search', entries: [] })
  expect(trial.screen.kind).toBe('home')
})
