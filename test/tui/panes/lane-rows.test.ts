import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../../src/kernel/ids.ts'
import { laneRows } from '../../../src/tui/panes/lane-rows.ts'

const lanes = (kinds: string) =>
  [...kinds].map((kind, i) => ({
    node: nodeId(`x${i}`),
    kind: kind === 'c' ? ('client' as const) : ('server' as const),
  }))

describe('rows of the lanes', () => {
  test('servers stand apart, a client near its node', () => {
    expect(laneRows(lanes('csss'), 14)).toEqual([0, 3, 8, 13])
  })

  test('every gap has a row before one has two', () => {
    expect(laneRows(lanes('csss'), 7)).toEqual([0, 2, 4, 6])
  })

  test('lanes that find no room are left out', () => {
    expect(laneRows(lanes('sssss'), 3)).toEqual([0, 1, 2])
  })

  test('rows are in order, distinct, and within the room', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[cs]{0,12}$/), fc.integer({ min: 0, max: 50 }), (kinds, rows) => {
        const found = laneRows(lanes(kinds), rows)
        expect(found).toHaveLength(Math.min(kinds.length, rows))
        expect([...new Set(found)].sort((a, b) => a - b)).toEqual(found)
        for (const row of found) expect(row).toBeLessThan(rows)
      }),
      { seed: 13 },
    )
  })
})
