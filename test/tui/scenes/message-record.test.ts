import { expect, test } from 'vitest'
import { resolveLab } from '../../../src/lab/resolve-lab.ts'
import { Session } from '../../../src/lab/session.ts'
import { spaceTime } from '../../../src/tui/panes/space-time.ts'
import { recordOf } from '../../../src/tui/scenes/run-records.ts'
import { spaceTimeScene } from '../../../src/tui/scenes/space-time-scene.ts'
import { createTheme } from '../../../src/tui/theme.ts'
import { raftDefinition, registry } from '../../lab/mini-labs.ts'

const theme = createTheme({ colour: true, unicode: true })
const lab = resolveLab(
  {
    ...raftDefinition,
    workloads: { load: { clients: ['alice', 'bob'], ratePerS: 20, mix: { read: 1, write: 1 }, keys: ['x'] } },
  },
  registry,
)

const look = (fromUs: number) => ({
  window: { fromUs, usPerCell: 2_000 },
  cursor: null,
  lit: false,
  heartbeats: true,
  selected: null,
})

const expectNothingMissing = (session: Session): void => {
  for (let fromUs = 0; fromUs < 5_000_000; fromUs += 150_000) {
    const view = spaceTimeScene(session, look(fromUs))
    const whole = { ...view, messages: recordOf(session).messages.strokes }
    const size = { width: 90, height: 22 }
    expect(spaceTime(view, size, theme)).toEqual(spaceTime(whole, size, theme))
  }
}

test('messages that are over before the window begins are left out, and none that it shows', () => {
  const calm = Session.create(lab, { hashing: false }).advanceTo(4_000_000)
  expectNothingMissing(calm)
  const late = spaceTimeScene(calm, look(3_900_000)).messages
  expect(late.length).toBeGreaterThan(0)
  expect(late.length).toBeLessThan(recordOf(calm).messages.strokes.length / 4)
  expectNothingMissing(calm.press('p').advanceTo(5_000_000))
})
