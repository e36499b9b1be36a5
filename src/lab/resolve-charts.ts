import type { ChartDefinition, LabDefinition } from './definition.ts'
import type { LabChart } from './lab.ts'
import { type DefinitionPath, LabError } from './lab-error.ts'
import type { MeasurePick } from './measure-pick.ts'
import { readMeasure } from './read-measure.ts'

type BarDefinition = Extract<ChartDefinition, { readonly bars: unknown }>['bars'][number]

const barOf = ({ say, measure, value }: BarDefinition, path: DefinitionPath): MeasurePick | number => {
  if ((measure === undefined) === (value === undefined))
    throw new LabError(path, `the bar "${say}" shows a measure or a value; give it one of the two.`)
  return measure === undefined ? (value ?? 0) : readMeasure(measure, [...path, 'measure'])
}

/** Only what each operation has can be drawn over time. */
const OVER_TIME: readonly MeasurePick['name'][] = ['latency', 'staleness']

const seriesOf = (text: string, path: DefinitionPath): MeasurePick => {
  const pick = readMeasure(text, path)
  if (OVER_TIME.includes(pick.name) && pick.statistic === undefined) return pick
  throw new LabError(path, `a series shows ${OVER_TIME.join(' or ')} of a client, without a statistic.`)
}

type GaugesDefinition = Extract<ChartDefinition, { readonly gauges: unknown }>

const gaugesOf = ({ title, gauges }: GaugesDefinition, path: DefinitionPath): LabChart => ({
  type: 'gauges',
  title,
  gauges: gauges.map(({ say, unit = 'count', measure, most }, at) => ({
    say,
    unit,
    of: readMeasure(measure, [...path, 'gauges', at, 'measure']),
    most,
  })),
})

const chartOf = (own: ChartDefinition, path: DefinitionPath): LabChart => {
  if ('gauges' in own) return gaugesOf(own, path)
  const { title, unit = 'count' } = own
  if ('meter' in own)
    return { type: 'meter', title, unit, of: readMeasure(own.meter, [...path, 'meter']), most: own.most }
  if ('series' in own) return { type: 'series', title, unit, of: seriesOf(own.series, [...path, 'series']) }
  const bars = own.bars.map((bar, index) => ({ say: bar.say, of: barOf(bar, [...path, 'bars', index]) }))
  return { type: 'bars', title, unit, scale: own.scale ?? 'linear', bars }
}

/** The charts of a lab's own. Throws LabError. */
export const resolveCharts = ({ charts = [] }: LabDefinition): readonly LabChart[] =>
  charts.map((chart, index) => chartOf(chart, ['charts', index]))
