import { canonicalJson } from '../../kernel/json.ts'
import type { History, Operation } from '../../kernel/operation.ts'
import type { ObjectState } from '../model.ts'
import type { Partition } from '../partition.ts'
import type { Evidence } from '../verdict.ts'
import { shown, type Wording } from '../wording.ts'
import { explainClash, isRead, isWrite, overwrites, plainClash } from './explain.ts'
import { foresee } from './foresight.ts'
import { planOf } from './plan.ts'
import { Search } from './search.ts'
import { tasksOf } from './task.ts'

/** Evidence may be less small than it could be, but must not take longer than the verdict: the budgets of one try, and of all. */
const stepsATry = 3_000
const stepsInAll = 60_000

/** Tries variants of a history within a budget of its own: the evidence may be less small, the verdict is never in doubt. */
class Trial {
  #left = stepsInAll
  readonly #partition: Partition
  constructor(partition: Partition) {
    this.#partition = partition
  }

  get exhausted(): boolean {
    return this.#left <= 0
  }

  /** True when `operations` have no linearization from any of the states `from`, as far as the budget can tell. */
  fails(operations: History, from: readonly ObjectState[] = [this.#partition.initial]): boolean {
    if (this.#left <= 0) return false
    const { model } = this.#partition
    const tasks = tasksOf(operations, model)
    const plan = planOf(tasks)
    const starts = from.map(state => Search.start(plan, model, state))
    const search = new Search(plan, starts, foresee(plan, tasks, model))
    const failed = search.run(Math.min(stepsATry, this.#left)) === 'none'
    // Looking ahead over growing states costs far more than the steps of the search.
    this.#left -= search.steps + operations.length * (model.excludes === undefined ? 1 : 5)
    return failed
  }
}

/** The operation without its answer: it may take effect at any later time or never, and says nothing of what it saw. */
const loosened = (op: Operation): Operation => {
  const { reason: _, ...rest } = op
  return { ...rest, outcome: 'unknown', output: null, returnedUs: null }
}

/** What was known just after `answer`: later calls had not come, later answers were open. */
const upTo = (operations: History, answer: Operation): History => {
  const end = answer.returnedUs ?? Number.POSITIVE_INFINITY
  return operations
    .filter(op => op.invokedUs <= end)
    .map(op => (op.outcome !== 'unknown' && (op.returnedUs ?? Number.POSITIVE_INFINITY) > end ? loosened(op) : op))
}

/**
 * The first answer after which nothing can be right any more. A search that does not look ahead fails right there; for one that
 * does, failing is monotone in the prefix, so halving finds it.
 */
const firstFailure = (partition: Partition, furthest: number, trial: Trial): Operation => {
  const answers = planOf(tasksOf(partition.operations, partition.model)).due.map(task => task.op)
  if (partition.model.excludes === undefined) return answers[furthest] as Operation
  let low = 0
  let high = answers.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (trial.fails(upTo(partition.operations, answers[middle] as Operation))) high = middle
    else low = middle + 1
  }
  return answers[low] as Operation
}

/** Every state that a register may have been in; undefined for objects whose states grow. */
const anyState = ({ model, initial, operations }: Partition): readonly ObjectState[] | undefined => {
  if (model.name !== 'register' || operations.some(op => op.kind === 'txn')) return undefined
  const written = operations.flatMap(op => (isWrite(op) ? [overwrites(op)] : []))
  return [...new Set([initial, ...written.flatMap(value => (value === undefined ? [] : [canonicalJson(value)]))])]
}

/** What happened from `cutUs` on. What was open then may have taken effect before. */
const since = (operations: History, cutUs: number): History =>
  operations
    .filter(op => op.outcome === 'unknown' || (op.returnedUs ?? Number.POSITIVE_INFINITY) >= cutUs)
    .map(op => (op.invokedUs < cutUs ? loosened(op) : op))

interface Part {
  readonly operations: History
  readonly from: readonly ObjectState[]
}

/** The latest part of a failing prefix that fails by itself, whatever the register held before it. */
const latestFailing = (prefix: History, partition: Partition, trial: Trial): Part => {
  const whole = { operations: prefix, from: [partition.initial] }
  const from = anyState(partition)
  if (from === undefined || !trial.fails(prefix, from)) return whole
  const cuts = [...new Set(prefix.map(op => op.invokedUs))].sort((a, b) => a - b)
  let low = 0
  let high = cuts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (trial.fails(since(prefix, cuts[middle] as number), from)) low = middle
    else high = middle - 1
  }
  return low === 0 ? { operations: prefix, from } : { operations: since(prefix, cuts[low] as number), from }
}

/**
 * Takes answers away, in ever smaller groups, as long as what remains still fails. Loosening is sound where leaving out would
 * not be: it can only allow more orders, so operations that still fail with all others loosened are truly at odds.
 */
const essential = ({ operations, from }: Part, breaker: Operation, trial: Trial): History => {
  let left = operations
  // Other reads go first and the breaker last: that a write had finished is the plainer evidence.
  const rank = (op: Operation) => (op.id === breaker.id ? 2 : isRead(op) ? 0 : 1)
  let strict = left.filter(op => op.outcome !== 'unknown').sort((a, b) => rank(a) - rank(b))
  for (let size = Math.ceil(strict.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < strict.length && !trial.exhausted; ) {
      const group = new Set(strict.slice(at, at + size).map(op => op.id))
      const attempt = left.map(op => (group.has(op.id) ? loosened(op) : op))
      if (trial.fails(attempt, from)) {
        left = attempt
        strict = strict.filter(op => !group.has(op.id))
      } else {
        at += size
      }
    }
  }
  return strict
}

/** Of a longer failing prefix only so many operations are handed on, the latest, and those at odds. */
const mostShown = 2_000

/**
 * The evidence against one object's history that has no linearization: the shortest failing prefix, and who is at odds in it.
 * `furthest` is how far the search got (`Search.furthest`).
 */
export const clashEvidence = (partition: Partition, furthest: number, wording?: Wording): Evidence => {
  const trial = new Trial(partition)
  const last = firstFailure(partition, furthest, trial)
  const prefix = upTo(partition.operations, last)
  const strict = plainClash(last, prefix, partition) ?? essential(latestFailing(prefix, partition, trial), last, trial)
  // Of several answers at one moment any may be the one that broke it; whichever is left over is.
  const breaker = strict.find(op => op.id === last.id) ?? strict.at(-1) ?? last
  const known = new Set(prefix.map(op => op.id))
  const ops = partition.operations.filter(op => known.has(op.id))
  const sources = isRead(breaker)
    ? ops.filter(op => isWrite(op) && shown(overwrites(op)) === shown(breaker.output))
    : []
  const clash = new Set([...strict, ...(sources.length === 1 ? sources : [])].map(op => op.id))
  clash.delete(breaker.id)
  const others = ops.filter(op => clash.has(op.id))
  return {
    ops: ops.filter((op, at) => at >= ops.length - mostShown || clash.has(op.id) || op.id === breaker.id),
    key: partition.key,
    clash: [breaker.id, ...others.map(op => op.id)],
    explanation: explainClash(breaker, others, ops, partition, wording),
  }
}
