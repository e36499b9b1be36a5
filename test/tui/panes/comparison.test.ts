import { describe, expect, test } from 'vitest'
import { comparison } from '../../../src/tui/panes/comparison.ts'
import { expectGolden, textOf, unicode } from './pane-text.ts'
import { sampleRun } from './sample-run.ts'

const without = {
  ...sampleRun,
  bands: [],
  messages: sampleRun.messages.filter(({ end }) => end.type !== 'lost'),
}
const runs = [
  { label: 'with the cut', view: sampleRun },
  { label: 'without it', view: without },
] as const

describe('two runs side by side', () => {
  test('under each other, and beside each other on a wide screen', async () => {
    await expectGolden('comparison', (size, theme) => comparison({ runs, partUs: 13_000 }, size, theme), {
      '120x40': { width: 116, height: 36 },
      '180x40': { width: 176, height: 20 },
    })
  })

  test('one axis serves both, and the moment where they part is marked on both', () => {
    const other = { ...without, window: { fromUs: 50_000, usPerCell: 5_000 } }
    const text = textOf(
      comparison(
        { runs: [runs[0], { label: 'without it', view: other }], partUs: 13_000 },
        { width: 116, height: 36 },
        unicode,
      ),
      unicode,
    )
    expect(text.match(/ 0\.013 s /g)).toHaveLength(2)
    expect(text).toContain('the same until 0.013 s')
  })

  test('runs that do not differ say so', () => {
    expect(textOf(comparison({ runs, partUs: null }, { width: 116, height: 36 }, unicode), unicode)).toContain(
      'the same so far',
    )
  })
})
