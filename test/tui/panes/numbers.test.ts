import { describe, expect, test } from 'vitest'
import { numbers } from '../../../src/tui/panes/numbers.ts'
import type { Chart, NumbersView } from '../../../src/tui/panes/numbers-view.ts'
import { quantile, quantity } from '../../../src/tui/panes/quantity.ts'
import { expectGolden, textOf, unicode } from './pane-text.ts'

const latencies = Array.from({ length: 300 }, (_, i) => 8_000 + ((i * 7919) % 997) * 40 + (i % 50 === 0 ? 900_000 : 0))
const charts: readonly Chart[] = [
  {
    type: 'histogram',
    title: 'latency',
    unit: 'duration',
    values: latencies,
    compared: { label: 'without the fault', values: latencies.filter(value => value < 500_000) },
  },
  {
    type: 'series',
    title: 'staleness',
    unit: 'duration',
    fromUs: 0,
    toUs: 2_000_000,
    points: Array.from({ length: 40 }, (_, i) => ({ atUs: i * 50_000, value: (i % 10) * 20_000 })),
  },
  { type: 'meter', title: 'retries', unit: 'count', value: 17, most: 20 },
  {
    type: 'comparison',
    title: '',
    runs: ['with', 'without'],
    rows: [
      { label: 'calls that failed', unit: 'share', values: [0.125, 0] },
      { label: 'messages', unit: 'count', values: [12_034, 8_031] },
      { label: 'latency p99', unit: 'duration', values: [930_000, null] },
    ],
  },
]

const ladder: Chart = {
  type: 'bars',
  title: 'one call, by distance',
  unit: 'duration',
  scale: 'log',
  bars: [
    { label: 'same machine', value: 100, fixed: true },
    { label: 'same hall', value: 500, fixed: false },
    { label: 'across the ocean', value: 150_000, fixed: false },
    { label: 'to the moon', value: null, fixed: false },
  ],
}
const bill: Chart = {
  type: 'bars',
  title: 'what a day costs',
  unit: 'money',
  scale: 'linear',
  bars: [
    { label: 'traffic', value: 0.031, fixed: false },
    { label: 'processor', value: 4.2, fixed: false },
    { label: 'storage', value: 0, fixed: false },
  ],
}

const meters: Chart = {
  type: 'gauges',
  title: '200 pages',
  rows: [
    { label: 'bytes out', unit: 'bytes', value: 23_606_600, most: 71_000_000 },
    { label: 'processors', unit: 'duration', value: 1_270_000, most: 400_000 },
    { label: 'the bill', unit: 'money', value: 0.00214, most: 0.0064 },
    { label: 'slowest, p99', unit: 'duration', value: null, most: 200_000 },
  ],
}

describe('the numbers', () => {
  test('gauges, each against its own most', async () => {
    await expectGolden('numbers-gauges', (room, theme) => numbers({ charts: [meters] }, room, theme))
  })

  test('bars, on a logarithmic and on a linear scale', async () => {
    await expectGolden('numbers-bars', (room, theme) => numbers({ charts: [ladder, bill] }, room, theme))
  })

  test('at every size, in Unicode and ASCII', async () => {
    await expectGolden('numbers', (room, theme) => numbers({ charts }, room, theme))
  })

  test('a chart that finds no room is left out whole', () => {
    const text = textOf(numbers({ charts }, { width: 60, height: 9 }, unicode), unicode)
    expect(text).toContain('latency')
    expect(text).not.toContain('staleness')
    expect(text).toContain('retries')
  })

  test('a single slow call is seen in the histogram', () => {
    const view: NumbersView = {
      charts: [
        { type: 'histogram', title: 'latency', unit: 'duration', values: [...Array(10_000).fill(9_000), 800_000] },
      ],
    }
    const rows = textOf(numbers(view, { width: 60, height: 8 }, unicode), unicode).split('\n')
    expect(rows.at(-2)).toMatch(/█ +▁$/)
  })

  test('nothing measured is said', () => {
    expect(textOf(numbers({ charts: [] }, { width: 60, height: 8 }, unicode), unicode)).toBe(
      'Nothing has been measured yet.',
    )
  })

  test('quantities are short and have a unit', () => {
    expect(quantity(930, 'duration')).toBe('930 µs')
    expect(quantity(12_300, 'duration')).toBe('12.3 ms')
    expect(quantity(1_420_000, 'duration')).toBe('1.4 s')
    expect(quantity(90_000_000, 'duration')).toBe('90 s')
    expect(quantity(315_576_000_000 / 1000, 'duration')).toBe('5.3 min')
    expect(quantity(31_557_600_000, 'duration')).toBe('8.8 h')
    expect(quantity(315_576_000_000, 'duration')).toBe('3.7 days')
    expect(quantity(0.125, 'share')).toBe('12.5 %')
    expect(quantity(12_034, 'count')).toBe('12 k')
    expect(quantity(20_000, 'bytes')).toBe('20 kB')
  })

  test('quantiles are values that occurred (nearest rank)', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1)
    expect(quantile(sorted, 0.5)).toBe(50)
    expect(quantile(sorted, 0.99)).toBe(99)
    expect(quantile(sorted, 1)).toBe(100)
    expect(quantile([], 0.5)).toBeUndefined()
  })
})
