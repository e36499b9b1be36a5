import { describe, expect, it } from 'vitest'
import { parseRunCode } from '../../../src/lab/run-code.ts'
import type { Trial } from './trial.ts'
import { at, begin, PAGES, rowOf } from './trial-lesson.ts'

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

  it('is shown again from where it opened', () => {
    const trial = at('observe')
    const openedUs = trial.bench.session.nowUs
    trial.playOut()
    const { step } = trial.lesson
    if (step.kind !== 'observe') throw new Error('no run to observe')
    trial.press(rowOf(trial, step.prediction.options, 'OK'))
    expect(trial.bench.session.nowUs).toBe(openedUs)
    expect(trial.bench.pane).toBe(step.prediction.watch)
  })

  it('takes the room back from a pane that was looked at, once it is answered', () => {
    const trial = at('observe').playOut().press('tab')
    expect(trial.bench.pane).not.toBe('text')
    const { step } = trial.lesson
    if (step.kind !== 'observe') throw new Error('no run to observe')
    trial.press(rowOf(trial, step.prediction.options, '?, since'))
    expect(trial.bench.pane).toBe('text')
  })

  it('says what to watch for on the smallest screen too', () => {
    const trial = at('observe')
    trial.send({ type: 'resize', size: { columns: 80, rows: 24 } })
    expect(trial.bench.pane).toBe('space-time')
    expect(trial.text).toContain('Watch her lane until she gives up.')
    expect(trial.text).not.toContain('more: ')
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

describe('on a small screen', () => {
  const small = (trial: Trial): Trial => {
    trial.model = { ...trial.model, size: { columns: 60, rows: 18 } }
    return trial
  }

  it('the question how sure one is stands there, however long the page', () => {
    expect(small(at('predict')).press('1').text).toContain('How sure?')
  })

  it('another pane beside a question hides none of its answers', () => {
    const trial = small(at('observe')).press('enter')
    const rows = (): number => trial.text.split('\n').filter(row => /^ ..[123] /.test(row)).length
    expect(rows()).toBe(3)
    trial.press('tab')
    expect(trial.bench.pane).not.toBe('text')
    expect(rows()).toBe(3)
  })

  it('the foot names no tip where there is no goal, and no run where it is over', () => {
    expect(begin().text).not.toContain('t tip')
    expect(at('goal').text).toContain('t tip')
    expect(at('observe').text).toContain('space run')
    const over = at('observe').press('enter')
    expect(over.text).not.toContain('space run')
  })
})
