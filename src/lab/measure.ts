import type { NodeId } from '../kernel/ids.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { History, Operation } from '../kernel/operation.ts'
import type { NodeView } from '../kernel/view.ts'
import type { MeasurePick, Statistic } from './measure-pick.ts'
import { costOf, type Price } from './price.ts'
import type { Counts, Tally } from './tally.ts'

/** The nodes whose facts a measure may read. */
export interface MeasuredNodes {
  readonly servers: readonly NodeId[]
  readonly clients: readonly NodeId[]
  view(node: NodeId): NodeView
  /** What things cost, where the lab has prices. */
  readonly prices?: readonly Price[]
}

const FRACTIONS: { readonly [name in 'median' | 'p90' | 'p95' | 'p99']: number } = {
  median: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
}

/** One number out of many; null where there are none (but for `count` and `sum`). Percentiles by the nearest rank. */
export const statistic = (values: readonly number[], which: Statistic): number | null => {
  if (which === 'count') return values.length
  const sum = values.reduce((sofar, value) => sofar + value, 0)
  if (which === 'sum') return sum
  if (values.length === 0) return null
  if (which === 'mean') return sum / values.length
  const sorted = values.toSorted((a, b) => a - b)
  if (which === 'min') return sorted[0] ?? null
  if (which === 'max') return sorted.at(-1) ?? null
  return sorted[Math.max(0, Math.ceil(FRACTIONS[which] * sorted.length) - 1)] ?? null
}

/** Times from call to successful answer in ms, in the order of the calls. */
export const latencies = (history: History): readonly number[] =>
  history.flatMap(op => (op.outcome === 'ok' && op.returnedUs !== null ? [(op.returnedUs - op.invokedUs) / 1000] : []))

const isRead = (op: Operation): boolean => op.kind === 'read' || op.kind === 'get'
const isWrite = (op: Operation): boolean => op.kind === 'write' || op.kind === 'put'
const same = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b)

/** Since when, in microseconds, what the read returned had been overwritten as it was asked; 0 where it had not been. */
const overwrittenFor = (read: Operation, writes: History): number => {
  const source = writes.find(write => same(write.input, read.output))
  const afterSource = (write: Operation): boolean =>
    source === undefined ? true : source.returnedUs !== null && write.invokedUs > source.returnedUs
  let earliest = Number.POSITIVE_INFINITY
  for (const write of writes) {
    if (write.returnedUs === null || write.outcome !== 'ok' || write === source) continue
    if (write.returnedUs < read.invokedUs && afterSource(write)) earliest = Math.min(earliest, write.returnedUs)
  }
  return earliest === Number.POSITIVE_INFINITY ? 0 : read.invokedUs - earliest
}

/** For every successful read, how long what it returned had been overwritten when it was asked, ms; 0 for a fresh one. Needs unique values. */
export const stalenesses = (history: History): readonly number[] => {
  const writes = new Map<string, Operation[]>()
  for (const op of history) if (isWrite(op)) writes.set(op.key, [...(writes.get(op.key) ?? []), op])
  return history.flatMap(op =>
    isRead(op) && op.outcome === 'ok' ? [overwrittenFor(op, writes.get(op.key) ?? []) / 1000] : [],
  )
}

const attemptsOf = (tally: Tally, of: string | undefined): readonly number[] => {
  const values: number[] = []
  for (const [name, times] of Object.entries(tally.attempts)) {
    const [client, attempts] = name.split(' ')
    if (of !== undefined && client !== of) continue
    for (let k = 0; k < times; k++) values.push(Number(attempts))
  }
  for (const [op, attempts] of Object.entries(tally.attempting)) {
    if (of === undefined || op.startsWith(`${of}#`)) values.push(attempts)
  }
  return values
}

const counted = (counts: Counts, of: string | undefined): readonly number[] =>
  of === undefined ? Object.values(counts) : [counts[of] ?? 0]

const factsOf = (pick: MeasurePick, nodes: MeasuredNodes): readonly number[] =>
  [...nodes.servers, ...nodes.clients]
    .filter(node => pick.of === undefined || node === pick.of)
    .flatMap(node => nodes.view(node).facts.filter(fact => fact.label === pick.fact))
    .map(fact => Number.parseFloat(fact.value))
    .filter(value => !Number.isNaN(value))

const termsOf = (pick: MeasurePick, nodes: MeasuredNodes): readonly number[] =>
  nodes.servers.filter(node => pick.of === undefined || node === pick.of).flatMap(node => nodes.view(node).term ?? [])

const ones = (history: History): readonly number[] => history.map(() => 1)

/** The values that a measure finds in a run so far, before they become one number. */
export const measuredValues = (
  pick: MeasurePick,
  history: History,
  tally: Tally,
  nodes: MeasuredNodes,
): readonly number[] => {
  // Goals ask at every event of a run: what the tally knows must not cost a walk over the history.
  const own = (): History => (pick.of === undefined ? history : history.filter(op => op.client === pick.of))
  switch (pick.name) {
    case 'operations':
      return ones(own())
    case 'ok':
    case 'fail':
    case 'unknown':
      return ones(own().filter(op => op.outcome === pick.name))
    case 'latency':
      return latencies(own())
    case 'staleness':
      return stalenesses(history).filter((_, at) => pick.of === undefined || readers(history)[at] === pick.of)
    case 'stale-reads':
      return stalenesses(history).flatMap((ms, at) =>
        ms > 0 && (pick.of === undefined || readers(history)[at] === pick.of) ? [1] : [],
      )
    case 'attempts':
      return attemptsOf(tally, pick.of)
    case 'fact':
      return factsOf(pick, nodes)
    case 'cost':
      return (nodes.prices ?? [])
        .filter(({ id }) => pick.of === undefined || id === pick.of)
        .map(price => costOf(price, tally, nodes))
    case 'term':
      return termsOf(pick, nodes)
    default:
      return counted(tally[pick.name], pick.of)
  }
}

const readers = (history: History): readonly string[] =>
  history.filter(op => isRead(op) && op.outcome === 'ok').map(op => op.client)

const AVERAGED: readonly MeasurePick['name'][] = ['latency', 'attempts', 'staleness', 'fact']

/** The statistic that is meant where a measure names none. */
export const usualStatistic = (pick: MeasurePick): Statistic =>
  pick.statistic ?? (pick.name === 'term' ? 'max' : AVERAGED.includes(pick.name) ? 'mean' : 'sum')

/** The measure as one number; null where there is nothing to measure. */
export const measure = (pick: MeasurePick, history: History, tally: Tally, nodes: MeasuredNodes): number | null =>
  statistic(measuredValues(pick, history, tally, nodes), usualStatistic(pick))

/** How values spread over `bins` equal intervals, for a histogram. */
export const histogram = (
  values: readonly number[],
  bins: number,
): readonly { readonly from: number; readonly to: number; readonly count: number }[] => {
  if (values.length === 0) return []
  const least = values.reduce((a, b) => Math.min(a, b))
  const width = (values.reduce((a, b) => Math.max(a, b)) - least) / bins || 1
  const counts = new Array<number>(bins).fill(0)
  for (const value of values) {
    const at = Math.min(bins - 1, Math.floor((value - least) / width))
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts.map((count, at) => ({ from: least + at * width, to: least + (at + 1) * width, count }))
}
