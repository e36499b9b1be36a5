import { describe, expect, test } from 'vitest'
import { resolveLab } from '../../../src/lab/resolve-lab.ts'
import { Session } from '../../../src/lab/session.ts'
import { verdictsOf } from '../../../src/tui/screens/lab-verdicts.ts'
import { raftDefinition, registry } from '../../lab/mini-labs.ts'

const lab = resolveLab(
  {
    ...raftDefinition,
    verdicts: ['linearizable', 'monotonic-reads'],
    workloads: { load: { clients: ['alice', 'bob'], ratePerS: 40, mix: { read: 1, write: 1 }, keys: ['x'] } },
  },
  registry,
)
const busy = Session.create(lab, { hashing: false }).advanceTo(3_000_000)

describe('the verdicts of a run that plays', () => {
  test('are those of the whole history as soon as it stands still', () => {
    expect(verdictsOf(busy, false)).toEqual(busy.verdicts(20_000))
  })

  test('wait for more to happen where a checker goes through the whole history, and only there', () => {
    const [live, before] = verdictsOf(busy, true)
    const later = busy.advanceTo(3_050_000)
    expect(later.history.length).toBeGreaterThan(busy.history.length)
    expect(verdictsOf(later, true)[1]).toBe(before)
    expect(verdictsOf(later, true)[0]).not.toBe(live)
    const much = later.advanceTo(3_500_000)
    expect(verdictsOf(much, true)[1]?.steps).toBeGreaterThan(before?.steps ?? 0)
  })

  test('never belong to another run', () => {
    verdictsOf(busy, true)
    const other = Session.create(lab, { hashing: false, seed: 99 }).advanceTo(3_000_000)
    expect(verdictsOf(other, true)).toEqual(other.verdicts(20_000))
  })
})
