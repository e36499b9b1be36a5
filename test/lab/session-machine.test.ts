import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { screenEngine } from '../../src/lab/engine.ts'
import type { Moment } from '../../src/lab/moment.ts'
import { playLab } from '../../src/lab/play-lab.ts'
import { sessionMachine } from '../../src/lab/session-machine.ts'
import { raftLab } from './mini-labs.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const walk = (machine: ReturnType<typeof sessionMachine>, from: Moment, events: number): Moment => {
  let moment = from
  for (let left = events; left > 0; left--) moment = machine.advance(moment)?.moment ?? moment
  return moment
}

test('a moment that is kept does not keep the moments that came after it', async () => {
  const machine = sessionMachine(playLab(raftLab, screenEngine, {}))
  const first = machine.initial()
  const middle = new WeakRef(walk(machine, first, 20))
  walk(machine, first, 40)
  // What a weak reference was made of in this turn of the event loop is kept until its end.
  await new Promise(resolve => setImmediate(resolve))
  collectGarbage()
  expect(middle.deref()).toBeUndefined()
  expect(machine.nowUs(first)).toBe(0)
})
