import { printValue, type Scanner } from './scanner.ts'

/** What can be measured of a run; `measure.ts` computes them. */
export const MEASURES = {
  operations: 'operations invoked',
  ok: 'operations answered with success',
  fail: 'operations answered with a definite no',
  unknown: 'operations without an answer in time',
  latency: 'time from call to successful answer, ms',
  attempts: 'attempts an operation, the first included',
  calls: 'requests that arrived at servers',
  applied: 'writes applied to servers’ copies',
  messages: 'messages sent',
  lost: 'messages that did not arrive',
  bytes: 'bytes sent',
  elections: 'messages of elections sent',
  term: 'the term or epoch that a server is in; the highest of them where none is named',
  staleness: 'age of what reads returned, ms: since when it had been overwritten',
  'stale-reads': 'reads that returned an overwritten value',
  fact: 'a number that nodes show',
  cost: 'what the run costs at the prices of the lab, US dollars',
} as const

export type MeasureName = keyof typeof MEASURES

export const STATISTICS = ['count', 'sum', 'mean', 'median', 'p90', 'p95', 'p99', 'max', 'min'] as const
export type Statistic = (typeof STATISTICS)[number]

/** A measure with its filter: `calls of n1`, `latency of alice p99`, `fact queue of n1 max`. */
export interface MeasurePick {
  readonly name: MeasureName
  /** For `fact`: its label. */
  readonly fact?: string
  /** The client that asked, the server that was called or applied, the sender of messages, or the price of a cost. */
  readonly of?: string
  /** How many values become one number: `sum` for counts, `mean` for the others, unless said. */
  readonly statistic?: Statistic
}

export const MEASURE_NAMES = Object.keys(MEASURES) as readonly MeasureName[]

export const scanMeasurePick = (scanner: Scanner): MeasurePick => {
  scanner.skipSpace()
  const start = scanner.at
  const word = scanner.word('the name of a measure')
  const name = MEASURE_NAMES.find(one => one === word)
  if (name === undefined) {
    return scanner.fail(`"${word}" is no measure; there are ${MEASURE_NAMES.join(', ')}.`, start)
  }
  const fact = name === 'fact' ? String(scanner.value('the label of the fact')) : null
  const of = scanner.eatWord('of') ? scanner.word('the node or client') : null
  const statistic = STATISTICS.find(one => scanner.eatWord(one))
  return {
    name,
    ...(fact === null ? {} : { fact }),
    ...(of === null ? {} : { of }),
    ...(statistic === undefined ? {} : { statistic }),
  }
}

export const printMeasurePick = ({ name, fact, of, statistic }: MeasurePick): string =>
  [
    name,
    ...(fact === undefined ? [] : [printValue(fact)]),
    ...(of === undefined ? [] : [`of ${of}`]),
    ...(statistic === undefined ? [] : [statistic]),
  ].join(' ')
