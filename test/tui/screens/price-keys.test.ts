import { expect, test } from 'vitest'
import { createLaboratory, labOf } from '../../../src/course/laboratory.ts'
import { parseLab } from '../../../src/course/parse-lesson.ts'
import { actOnDrawer, actOnLab } from '../../../src/tui/screens/lab-keys.ts'
import { type LabState, openLab } from '../../../src/tui/screens/lab-state.ts'

const text = `
about: Two prices.
nodes: { app: { role: page }, store: { role: store } }
roles:
  page: { protocol: api-client, kind: client, config: { servers: [store] } }
  store: { protocol: api }
untilMs: 1000
prices:
  asOf: 2026-11
  source: made up
  of:
    out: { say: out, usd: 0.09, per: GB, links: [store>app] }
    in: { say: in, usd: 0, per: GB, links: [app>store] }
`
const open = (prices = true): LabState => {
  const shown = prices ? text : text.slice(0, text.indexOf('prices:'))
  return openLab(
    labOf(parseLab({ file: 'lab.yaml', text: shown }, { id: 'price', title: 'Price' }, createLaboratory())),
  )
}

const type = (state: LabState, ...keys: readonly string[]): LabState =>
  keys.reduce((now, key) => {
    if (now.drawer === null) return now
    const actions = { ENTER: 'choose', DOWN: 'down', ERASE: 'erase', ESC: 'back' } as const
    const action = key in actions ? actions[key as keyof typeof actions] : undefined
    return actOnDrawer(now, now.drawer, action, action === undefined ? key : undefined)
  }, state)

const opened = (): LabState => actOnLab(open(), 'prices') as LabState

test('an amount that is typed and taken stands in the place of the lab’s', () => {
  expect(type(opened(), '0', '.', '1', '2', 'ENTER').prices).toEqual({ out: 0.12 })
  expect(type(opened(), 'DOWN', '1', 'ENTER').prices).toEqual({ in: 1 })
})

test('only digits and one point are typed, and can be erased', () => {
  expect(type(opened(), '1', 'x', '.', '.', '5', '6', 'ERASE').drawer).toMatchObject({ typed: '1.5' })
})

test('escape and an empty amount change nothing', () => {
  expect(type(opened(), '7', 'ESC')).toMatchObject({ prices: null, drawer: null })
  expect(type(opened(), 'ENTER')).toMatchObject({ prices: null, drawer: null })
})

test('a lab without prices says so', () => {
  expect(actOnLab(open(false), 'prices')).toMatchObject({ drawer: null, notice: 'This lab has no prices.' })
})
