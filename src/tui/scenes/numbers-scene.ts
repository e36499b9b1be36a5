import type { History } from '../../kernel/operation.ts'
import type { ChartUnit } from '../../lab/definition.ts'
import type { LabChart } from '../../lab/lab.ts'
import { latencies, stalenesses } from '../../lab/measure.ts'
import type { MeasurePick } from '../../lab/measure-pick.ts'
import type { Session } from '../../lab/session.ts'
import type { Chart, Comparison, NumbersView, Series, Unit } from '../panes/numbers-view.ts'

import { costs, type EditedPrices, money } from './money-scene.ts'

type Row = readonly [label: string, unit: Unit, pick: MeasurePick, scale: number]

const ROWS: readonly Row[] = [
  ['operations', 'count', { name: 'operations' }, 1],
  ['answered', 'count', { name: 'ok' }, 1],
  ['refused', 'count', { name: 'fail' }, 1],
  ['unanswered', 'count', { name: 'unknown' }, 1],
  ['latency, median', 'duration', { name: 'latency', statistic: 'median' }, 1000],
  ['latency, p99', 'duration', { name: 'latency', statistic: 'p99' }, 1000],
  ['attempts each', 'count', { name: 'attempts' }, 1],
  ['messages', 'count', { name: 'messages' }, 1],
  ['messages lost', 'count', { name: 'lost' }, 1],
  ['bytes', 'bytes', { name: 'bytes' }, 1],
]

const comparisonOf = (session: Session, without: Session | null): Comparison => ({
  type: 'comparison',
  title: '',
  runs: without ? ['with', 'without'] : ['so far'],
  rows: ROWS.map(([label, unit, pick, scale]) => ({
    label,
    unit,
    values: [session, ...(without ? [without] : [])].map(run => {
      const value = run.scene.measure(pick)
      return value === null ? null : value * scale
    }),
  })),
})

/** How many operations wait for their answer, over time. */
const openOperations = (history: History, nowUs: number): Series => {
  const changes = history.flatMap(({ invokedUs, returnedUs, gaveUpUs }) => {
    const endUs = returnedUs ?? gaveUpUs ?? null
    return [{ atUs: invokedUs, by: 1 }, ...(endUs === null ? [] : [{ atUs: endUs, by: -1 }])]
  })
  let value = 0
  const points = changes
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ atUs, by }) => {
      value += by
      return { atUs, value }
    })
  const start = { atUs: 0, value: 0 }
  return { type: 'series', title: 'operations open', unit: 'count', points: [start, ...points], fromUs: 0, toUs: nowUs }
}

/** How old what reads returned was when they asked, over time; undefined while nothing old was read. */
const staleness = (history: History, nowUs: number): Series | undefined => {
  const reads = history.filter(({ kind, outcome }) => (kind === 'read' || kind === 'get') && outcome === 'ok')
  const ages = stalenesses(history)
  if (!ages.some(age => age > 0)) return undefined
  const points = reads.map(({ invokedUs }, i) => ({ atUs: invokedUs, value: (ages[i] ?? 0) * 1000 }))
  return { type: 'series', title: 'staleness of reads', unit: 'duration', points, fromUs: 0, toUs: nowUs }
}

interface Known {
  readonly history: History
  readonly without: History | null
  readonly charts: readonly Chart[]
}
let known: Known | null = null

/** The charts that hang on the history alone; computed anew when it has changed. */
const historyCharts = (session: Session, without: Session | null): readonly Chart[] => {
  const { history, nowUs } = session
  const other = without?.history ?? null
  if (known !== null && known.history === history && known.without === other) return known.charts
  const inUs = (of: History): readonly number[] => latencies(of).map(ms => ms * 1000)
  const stale = staleness(history, nowUs)
  const charts: readonly Chart[] = [
    {
      type: 'histogram',
      title: 'latency',
      unit: 'duration',
      values: inUs(history),
      ...(other ? { compared: { label: 'without', values: inUs(other) } } : {}),
    },
    ...(stale ? [stale] : []),
    openOperations(history, nowUs),
  ]
  known = { history, without: other, charts }
  return charts
}

const UNITS: { readonly [unit in ChartUnit]: readonly [unit: Unit, scale: number] } = {
  ms: ['duration', 1000],
  count: ['count', 1],
  perSecond: ['perSecond', 1],
  bytes: ['bytes', 1],
  share: ['share', 1],
  usd: ['money', 1],
}

/** A measure of each operation at the time of its call. */
const overTime = (title: string, unit: Unit, scale: number, { name, of }: MeasurePick, session: Session): Series => {
  const { history, nowUs } = session
  const mine = history.filter(op => of === undefined || op.client === of)
  const answered = mine.filter(({ outcome, kind }) => outcome === 'ok' && (name === 'latency' || isRead(kind)))
  const values = name === 'latency' ? latencies(mine) : stalenesses(mine)
  const points = answered.map(({ invokedUs }, i) => ({ atUs: invokedUs, value: (values[i] ?? 0) * scale }))
  return { type: 'series', title, unit, points, fromUs: 0, toUs: nowUs }
}

const isRead = (kind: string): boolean => kind === 'read' || kind === 'get'

/** The measure, at the learner's prices where it is about money. */
const measured = (of: MeasurePick, session: Session, edited: EditedPrices): number | null =>
  of.name === 'cost' ? costs(session, edited, of.of) : session.scene.measure(of)

const gauges = (
  { title, gauges: own }: Extract<LabChart, { readonly type: 'gauges' }>,
  session: Session,
  edited: EditedPrices,
): Chart => ({
  type: 'gauges',
  title,
  rows: own.map(({ say, unit: name, of, most }) => {
    const [unit, scale] = UNITS[name]
    const value = measured(of, session, edited)
    return { label: say, unit, value: value === null ? null : value * scale, most: most * scale }
  }),
})

/** A chart of the lab's own, with its numbers out of the run. */
const ownChart = (chart: LabChart, session: Session, edited: EditedPrices): Chart => {
  if (chart.type === 'gauges') return gauges(chart, session, edited)
  const [unit, scale] = UNITS[chart.unit]
  const numberOf = (of: MeasurePick | number): number | null => {
    const value = typeof of === 'number' ? of : measured(of, session, edited)
    return value === null ? null : value * scale
  }
  const { title } = chart
  if (chart.type === 'series') return overTime(title, unit, scale, chart.of, session)
  if (chart.type === 'meter')
    return { type: 'meter', title, unit, value: numberOf(chart.of) ?? 0, most: chart.most * scale }
  const bars = chart.bars.map(({ say, of }) => ({ label: say, value: numberOf(of), fixed: typeof of === 'number' }))
  return { type: 'bars', title, unit, scale: chart.scale, bars }
}

/** Whether the nodes that a chart measures take part in the run: of a chart of others alone there is nothing to see. */
const concerns = (chart: LabChart, { servers, clients }: Session['scene']): boolean => {
  const takesPart = (of: MeasurePick): boolean =>
    of.of === undefined || of.name === 'cost' || [...servers, ...clients].some(id => id === of.of)
  if (chart.type === 'gauges') return chart.gauges.some(({ of }) => takesPart(of))
  if (chart.type !== 'bars') return takesPart(chart.of)
  const measured = chart.bars.flatMap(({ of }) => (typeof of === 'number' ? [] : [of]))
  return measured.length === 0 || measured.some(takesPart)
}

/** What the numbers pane shows of a session, and of the same run without a fault where one is given. */
export const numbersScene = (
  session: Session,
  without: Session | null = null,
  edited: EditedPrices = {},
): NumbersView => {
  const bill = money(session, edited)
  const charts = session.lab.charts.filter(chart => concerns(chart, session.scene))
  const own = [...charts.map(chart => ownChart(chart, session, edited)), ...(bill ? [bill] : [])]
  if (session.history.length === 0) return { charts: own }
  const [first, ...rest] = historyCharts(session, without)
  return { charts: [...own, ...(first ? [first] : []), comparisonOf(session, without), ...rest] }
}
