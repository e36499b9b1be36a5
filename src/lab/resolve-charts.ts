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

const chartOf = (own: ChartDefinition, path: DefinitionPath): LabChart => {
  const { title, unit = 'count' } = own
  if ('meter' in own)
    return { type: 'meter', title, unit, of: readMeasure(own.meter, [...path, 'meter']), most: own.most }
  const bars = own.bars.map((bar, index) => ({ say: bar.say, of: barOf(bar, [...path, 'bars', index]) }))
  return { type: 'bars', title, unit, scale: own.scale ?? 'linear', bars }
}

/** The charts of a lab's own. Throws LabError. */
export const resolveCharts = ({ charts = [] }: LabDefinition): readonly LabChart[] =>
  charts.map((chart, index) => chartOf(chart, ['charts', index]))
