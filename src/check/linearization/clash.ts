import type { History, Operation } from '../../kernel/operation.ts'
import type { Partition } from '../partition.ts'
import type { Evidence } from '../verdict.ts'
import type { Wording } from '../wording.ts'
import { explainClash } from './explain.ts'
import { foresee } from './foresight.ts'
import { planOf } from './plan.ts'
import { Search } from './search.ts'
import { tasksOf } from './task.ts'

const stepsATry = 20_000
const stepsInAll = 300_000

/** Tries variants of a history within a budget of its own: the evidence may be less small, the verdict is never in doubt. */
class Trial {
  #left = stepsInAll
  readonly #partition: Partition
  constructor(partition: Partition) {
    this.#partition = partition
  }

  /** True when `operations` have no linearization, as far as the budget can tell. */
  fails(operations: History): boolean {
    if (this.#left <= 0) return false
    const tasks = tasksOf(operations, this.#partition.model)
    const plan = planOf(tasks)
    const start = Search.start(plan, this.#partition.model, this.#partition.initial)
    const search = new Search(plan, [start], foresee(plan, tasks, this.#partition.model))
    const failed = search.run(Math.min(stepsATry, this.#left)) === 'none'
    this.#left -= search.steps + operations.length
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

/** The first answer after which nothing can be right any more; failing is monotone in the prefix, so halving finds it. */
const firstFailure = (partition: Partition, trial: Trial): Operation => {
  const answers = planOf(tasksOf(partition.operations, partition.model)).due.map(task => task.op)
  let low = 0
  let high = answers.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (trial.fails(upTo(partition.operations, answers[middle] as Operation))) high = middle
    else low = middle + 1
  }
  return answers[low] as Operation
}

/**
 * Takes answers away, in ever smaller groups, as long as what remains still fails. Loosening is sound where leaving out would
 * not be: it can only allow more orders, so operations that still fail with all others loosened are truly at odds.
 */
const essential = (prefix: History, breaker: Operation, trial: Trial): History => {
  let operations = prefix
  // Other reads go first and the breaker last: that a write had finished is the plainer evidence.
  const rank = (op: Operation) => (op.id === breaker.id ? 2 : op.kind === 'read' || op.kind === 'get' ? 0 : 1)
  let strict = prefix.filter(op => op.outcome !== 'unknown').sort((a, b) => rank(a) - rank(b))
  for (let size = Math.ceil(strict.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < strict.length; ) {
      const group = new Set(strict.slice(from, from + size).map(op => op.id))
      const attempt = operations.map(op => (group.has(op.id) ? loosened(op) : op))
      if (trial.fails(attempt)) {
        operations = attempt
        strict = strict.filter(op => !group.has(op.id))
      } else {
        from += size
      }
    }
  }
  return strict.sort((a, b) => a.invokedUs - b.invokedUs)
}

/** The evidence against one object's history that has no linearization: the shortest failing prefix, and who is at odds in it. */
export const clashEvidence = (partition: Partition, wording?: Wording): Evidence => {
  const trial = new Trial(partition)
  const last = firstFailure(partition, trial)
  const prefix = upTo(partition.operations, last)
  const clash = essential(prefix, last, trial)
  // Of several answers at one moment any may be the one that broke it; whichever is left over is.
  const breaker = clash.find(op => op.id === last.id) ?? clash.at(-1) ?? last
  const others = clash.filter(op => op.id !== breaker.id)
  const known = new Set(prefix.map(op => op.id))
  const ops = partition.operations.filter(op => known.has(op.id))
  return {
    ops,
    key: partition.key,
    clash: [breaker.id, ...others.map(op => op.id)],
    explanation: explainClash(breaker, others, ops, partition, wording),
  }
}
