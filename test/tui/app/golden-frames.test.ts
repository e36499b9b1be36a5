import { describe, expect, it } from 'vitest'
import { homeFrame } from '../../../src/tui/app/home-body.ts'
import { type Model, shownScreen } from '../../../src/tui/app/model.ts'
import { createTheme, type Theme } from '../../../src/tui/theme.ts'
import { screenRows, screenText, Trial } from './trial.ts'

const unicode = createTheme({ colour: false, unicode: true })
const ascii = createTheme({ colour: false, unicode: false })
const coloured = createTheme({ colour: true, unicode: true })

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 60, rows: 18 },
] as const

const predicted = (trial: Trial): Trial => trial.press('enter enter enter w space').playOut().press('enter 3 3')
const quizzing = (trial: Trial): Trial => observed(trial).press('enter enter enter enter enter')

const observed = (trial: Trial): Trial => {
  predicted(trial).press('enter').playOut()
  const { step } = trial.lesson
  const question = step.kind === 'observe' ? step.question : null
  const truth = step.kind === 'observe' ? step.truth : -1
  return trial.press(String((question?.shown.indexOf(truth) ?? -1) + 1))
}

const sandbox = (trial: Trial): Trial => {
  trial.press('end up up enter enter p w')
  for (let steps = 0; steps < 30; steps++) trial.press('shift+right')
  return trial
}

/** What leads to each screen. */
const SCREENS: { readonly [name: string]: (trial: Trial) => Trial } = {
  home: trial => trial,
  'home-continue': trial => predicted(trial).press('escape'),
  read: trial => trial.press('enter'),
  play: trial => trial.press('enter enter w right right right right'),
  'play-reached': trial => trial.press('enter enter w space').playOut(),
  tip: trial => trial.press('enter enter t t'),
  predict: trial => trial.press('enter enter enter'),
  'predict-sure': trial => trial.press('enter enter enter 2'),
  'predict-stored': predicted,
  'observe-running': trial => predicted(trial).press('enter shift+right'),
  'observe-asked': trial => predicted(trial).press('enter').playOut(),
  'observe-explained': observed,
  'quiz-single': quizzing,
  'quiz-feedback': trial => quizzing(trial).press('1 3'),
  'quiz-order': trial => quizzing(trial).press('1 3 enter 1 enter 3 enter'),
  'quiz-line': trial =>
    quizzing(trial).press('1 3 enter 1 enter 3 enter enter 1 enter').type('10').press('enter 1 enter'),
  reflect: trial => {
    quizzing(trial).press('1 3 enter 1 enter 3 enter enter 1 enter').type('10').press('enter 1 enter')
    return trial.press('enter 1 enter 1 1 enter enter enter').type('a call to a bank')
  },
  sandbox,
  'sandbox-verdict': trial => sandbox(trial).press('tab tab'),
  'sandbox-compare': trial => sandbox(trial).press('v'),
  menu: trial => sandbox(trial).press('tab down enter'),
  'run-code': trial => sandbox(trial).press('y'),
  confirm: trial => sandbox(trial).press('!'),
  labs: trial => trial.press('end up up enter'),
  help: trial => trial.press('?'),
  'help-lab': trial => sandbox(trial).press('?'),
  glossary: trial => trial.press('end up enter down'),
  search: trial => trial.press('/').type('reply'),
  'search-nothing': trial => trial.press('/').type('zzz'),
}

const golden = (name: string, form: string): string => `golden/${name}.${form}.txt`

const ESC = '\x1b'

/** SGR sequences, made readable. */
const tagged = (model: Model): string =>
  screenRows(model)
    .map(
      row =>
        `${row
          .replaceAll(`${ESC}[0m`, '</>')
          .replaceAll(ESC, '<')
          .replaceAll(/<\[(\d+)m/g, '<$1>')}\n`,
    )
    .join('')

const shown = (name: string, theme: Theme, size: (typeof SIZES)[number]): Trial => {
  const open = SCREENS[name]
  if (!open) throw new Error(`there is no screen ${name}`)
  return open(new Trial(size, theme))
}

describe.each(Object.keys(SCREENS))('the screen %s', name => {
  it.each(SIZES)('at $columns x $rows', async size => {
    const form = `${size.columns}x${size.rows}`
    await expect(shown(name, unicode, size).text).toMatchFileSnapshot(golden(name, form))
  })

  it('in ASCII says the same, and nothing else than ASCII', async () => {
    const { text } = shown(name, ascii, SIZES[0])
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    await expect(text).toMatchFileSnapshot(golden(name, '80x24.ascii'))
  })

  it('in colour has the words that it has without', () => {
    expect(shown(name, coloured, SIZES[1]).text).toBe(shown(name, unicode, SIZES[1]).text)
  })
})

it('colours carry meanings', async () => {
  const trial = new Trial(SIZES[0], coloured).press('enter enter w space').playOut()
  await expect(tagged(trial.model)).toMatchFileSnapshot(golden('play-reached', '80x24.colour'))
})

it('without colour no colour is sent', () => {
  for (const name of Object.keys(SCREENS))
    expect(tagged(shown(name, unicode, SIZES[0]).model)).not.toMatch(/<(3[0-7]|9[0-7])>/)
})

it('a terminal that is too small is told so, and nothing is lost', async () => {
  const trial = new Trial(SIZES[0]).press('enter enter w')
  trial.send({ type: 'resize', size: { columns: 40, rows: 10 } })
  await expect(trial.text).toMatchFileSnapshot(golden('too-small', '40x10'))
  trial.press('w space escape')
  trial.send({ type: 'resize', size: SIZES[0] })
  expect(shownScreen(trial.model).kind).toBe('lesson')
  expect(trial.bench.session.commands).toHaveLength(1)
})

it('the first frame, drawn before the app is loaded, is the one that the app draws', () => {
  for (const size of SIZES) {
    const { model } = new Trial(size, coloured)
    const { head, columns, foot } = homeFrame(model, 0)
    const rows = [head, ...columns.flatMap(column => column.tiles), foot].flatMap(tile => tile.rows)
    expect(rows).toEqual(screenRows(model))
  }
})

it('any size has a whole frame', () => {
  const trial = new Trial()
  for (const columns of [1, 2, 7, 59, 60, 99, 100, 250])
    for (const rows of [1, 2, 3, 17, 18, 24, 80]) {
      trial.send({ type: 'resize', size: { columns, rows } })
      expect(screenText(trial.model).split('\n')).toHaveLength(rows + 1)
    }
})
