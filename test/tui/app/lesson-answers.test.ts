import { describe, expect, it } from 'vitest'
import { screenText, Trial } from './trial.ts'
import { answerItem, at, begin, PAGES, quizOf } from './trial-lesson.ts'

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

  it('names what was left out, and never blames what was rightly marked', () => {
    const trial = at('quiz')
    answerItem(trial).press('enter')
    const { shown } = quizOf(trial).question
    trial.press(`${shown.indexOf(0) + 1} enter 2`)
    expect(trial.text).toContain('You left out: a NO')
    expect(trial.text).toContain('That one too. n1 says that it is not done.')
    expect(trial.text).not.toContain('Not so.')
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
