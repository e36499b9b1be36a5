import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axisWindow, columnOf, ticks, timeLabel, usualScale, ZOOM_LEVELS, zoomed } from '../../../src/tui/panes/axis.ts'

describe('the time axis', () => {
  test('stands still while the run plays, and pages on by half a screen', () => {
    let window = axisWindow(0, null, 100, 1_000)
    const seen = new Set<number>()
    for (let now = 0; now < 400_000; now += 1_000) {
      window = axisWindow(now, window, 100, 1_000)
      seen.add(window.fromUs)
    }
    expect([...seen]).toEqual([0, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000])
  })

  test('pages back when the cursor goes back', () => {
    const late = axisWindow(390_000, null, 100, 1_000)
    expect(axisWindow(310_000, late, 100, 1_000)).toBe(late)
    expect(axisWindow(290_000, late, 100, 1_000).fromUs).toBe(200_000)
    expect(axisWindow(0, late, 100, 1_000).fromUs).toBe(0)
  })

  test('always shows the time that it was asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000_000 }),
        fc.integer({ min: 0, max: 10_000_000_000 }),
        fc.integer({ min: 2, max: 300 }),
        fc.constantFrom(...ZOOM_LEVELS),
        (before, now, width, scale) => {
          const window = axisWindow(now, axisWindow(before, null, width, scale), width, scale)
          const column = columnOf(window, now)
          expect(column).toBeGreaterThanOrEqual(0)
          expect(column).toBeLessThan(width)
        },
      ),
      { seed: 11, numRuns: 500 },
    )
  })

  test('its ticks are round and far enough apart for their labels', () => {
    expect(ticks({ fromUs: 300_000, usPerCell: 2_000 }, 100).map(({ label }) => label)).toEqual([
      '0.30 s',
      '0.35 s',
      '0.40 s',
      '0.45 s',
    ])
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), fc.constantFrom(...ZOOM_LEVELS), (fromUs, usPerCell) => {
        const found = ticks({ fromUs, usPerCell }, 120)
        found.slice(1).forEach(({ column }, i) => {
          expect(column - (found[i]?.column ?? 0)).toBeGreaterThan((found[i]?.label ?? '').length + 1)
        })
      }),
      { seed: 12, numRuns: 300 },
    )
  })

  test('writes times as precisely as the step asks', () => {
    expect(timeLabel(1_420_000, 100_000)).toBe('1.4 s')
    expect(timeLabel(1_420_000, 1_000)).toBe('1.420 s')
    expect(timeLabel(3_000_000, 1_000_000)).toBe('3 s')
    expect(timeLabel(1_500, 500)).toBe('1.5 ms')
  })

  test('begins at a scale at which messages are slanted', () => {
    expect(usualScale(10_000)).toBe(2_000)
    expect(usualScale(80_000)).toBe(10_000)
    expect(usualScale(1)).toBe(100)
  })

  test('zooms through its levels and stays at the ends', () => {
    expect(zoomed(1_000, 1)).toBe(2_000)
    expect(zoomed(1_000, -1)).toBe(500)
    expect(zoomed(100, -1)).toBe(100)
    expect(zoomed(10_000_000, 1)).toBe(10_000_000)
  })
})
