import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Line, lineWidth } from '../../../src/tui/line.ts'
import { ZOOM_LEVELS } from '../../../src/tui/panes/axis.ts'
import { cluster } from '../../../src/tui/panes/cluster.ts'
import { comparison } from '../../../src/tui/panes/comparison.ts'
import { numbers } from '../../../src/tui/panes/numbers.ts'
import type { PaneSize } from '../../../src/tui/panes/pane-size.ts'
import { spaceTime } from '../../../src/tui/panes/space-time.ts'
import type { SpaceTimeView } from '../../../src/tui/panes/space-time-view.ts'
import { verdict } from '../../../src/tui/panes/verdict.ts'
import { ascii, unicode } from './pane-text.ts'
import { n2, sampleCluster, sampleRun } from './sample-run.ts'

const sizes = fc.record({ width: fc.integer({ min: 0, max: 200 }), height: fc.integer({ min: 0, max: 60 }) })
const themes = fc.constantFrom(unicode, ascii)

const looks = fc
  .record({
    fromUs: fc.integer({ min: 0, max: 200_000 }),
    usPerCell: fc.constantFrom(...ZOOM_LEVELS),
    nowUs: fc.integer({ min: 0, max: 120_000 }),
    cursorUs: fc.option(fc.integer({ min: 0, max: 120_000 })),
    lit: fc.boolean(),
  })
  .map(
    ({ fromUs, usPerCell, nowUs, cursorUs, lit }): SpaceTimeView => ({
      ...sampleRun,
      window: { fromUs, usPerCell },
      nowUs,
      cursor:
        cursorUs === null ? null : { atUs: cursorUs, node: n2, label: 'n2 gets a message with quite a long name' },
      cones: lit ? { past: new Set([1, 2]), future: new Set([3, 4]) } : null,
    }),
  )

const expectFits = (lines: readonly Line[], { width, height }: PaneSize): void => {
  expect(lines.length).toBeLessThanOrEqual(height)
  for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width)
}

describe('panes of any size', () => {
  test('the space-time diagram stays within its room at every zoom and time', () => {
    fc.assert(
      fc.property(looks, sizes, themes, (view, size, theme) => expectFits(spaceTime(view, size, theme), size)),
      { seed: 21, numRuns: 300 },
    )
  })

  test('so do two of them beside each other', () => {
    fc.assert(
      fc.property(looks, sizes, themes, (view, size, theme) => {
        const runs = [
          { label: 'with', view },
          { label: 'without', view: sampleRun },
        ] as const
        expectFits(comparison({ runs, partUs: 20_000 }, size, theme), size)
      }),
      { seed: 22, numRuns: 100 },
    )
  })

  test('the cluster stays within its room', () => {
    fc.assert(
      fc.property(sizes, themes, (size, theme) => expectFits(cluster(sampleCluster, size, theme), size)),
      { seed: 23, numRuns: 300 },
    )
  })

  test('verdict and numbers stay within their room', () => {
    const findings = [{ name: 'stale-read', atUs: 1, evidence: 'Bob read 1. '.repeat(20), final: false, harm: true }]
    const view = {
      judgements: [{ question: 'linearizable', answer: 'violated' as const, words: 'alice#1 bob#2' }],
      scores: [{ label: 'stale reads', count: 12_345, harm: true, fresh: true }],
      findings,
      selected: null,
    }
    const charts = [
      { type: 'histogram' as const, title: 'latency', unit: 'duration' as const, values: [1, 1_000, 5_000_000] },
      { type: 'meter' as const, title: 'queue', unit: 'count' as const, value: 5, most: 0 },
    ]
    fc.assert(
      fc.property(sizes, themes, (size, theme) => {
        expectFits(verdict(view, size, theme), size)
        expectFits(numbers({ charts }, size, theme), size)
      }),
      { seed: 24, numRuns: 300 },
    )
  })
})
