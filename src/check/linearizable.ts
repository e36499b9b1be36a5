import type { Json } from '../kernel/json.ts'
import type { History } from '../kernel/operation.ts'
import { clashEvidence } from './linearization/clash.ts'
import { foresee } from './linearization/foresight.ts'
import { planOf } from './linearization/plan.ts'
import { Search } from './linearization/search.ts'
import { tasksOf } from './linearization/task.ts'
import type { Model } from './model.ts'
import { type Partition, partitionsOf } from './partition.ts'
import type { Verdict } from './verdict.ts'
import type { Wording } from './wording.ts'

export interface LinearizableOptions {
  /** The value that every object starts with, instead of the model's own. */
  readonly initial?: Json
  /** Configurations to visit before giving up, over all keys. */
  readonly budget?: number
  readonly wording?: Wording
  /** False to be told only that it is violated, which is quicker: the evidence is then empty. */
  readonly evidence?: boolean
}

/** Enough for the hardest public histories many times over, and some 300 MB at the very worst; a few steps an operation come on top. */
export const defaultBudget = 600_000
const stepsAnOperation = 4
const sliceSteps = 2_000

const searchFor = ({ operations, model, initial }: Partition): Search => {
  const tasks = tasksOf(operations, model)
  const plan = planOf(tasks)
  return new Search(plan, [Search.start(plan, model, initial)], foresee(plan, tasks, model))
}

interface Running {
  readonly partition: Partition
  readonly search: Search
}

/**
 * Is there one order of all operations, within the time between call and answer of each, that explains every answer? Objects are
 * searched side by side in slices, so that one hopeless key cannot keep a violation of another from being found.
 */
export const checkLinearizable = (history: History, model: Model, options: LinearizableOptions = {}): Verdict => {
  const consistency = 'linearizable'
  const budget = options.budget ?? defaultBudget + stepsAnOperation * history.length
  const partitions = [...partitionsOf(history, model, options.initial)].sort(
    (a, b) => a.operations.length - b.operations.length,
  )
  let steps = 0
  let remembered = 0
  let running: Running[] = []
  let slice = sliceSteps
  const work = ({ partition, search }: Running): 'found' | 'none' | 'more' => {
    const before = { steps: search.steps, remembered: search.remembered }
    const result = search.run(Math.min(slice, Math.max(1, budget - steps)))
    steps += search.steps - before.steps
    remembered += search.remembered - before.remembered
    if (result === 'more') running.push({ partition, search })
    return result
  }
  const violated = ({ partition, search }: Running): Verdict => {
    const evidence =
      options.evidence === false
        ? { ops: [], key: partition.key, clash: [], explanation: '' }
        : clashEvidence(partition, search.furthest, options.wording)
    return { answer: 'violated', consistency, steps, evidence }
  }
  for (const partition of partitions) {
    const one = { partition, search: searchFor(partition) }
    if (work(one) === 'none') return violated(one)
  }
  while (running.length > 0) {
    const round = running
    running = []
    slice *= 2
    for (const one of round) {
      if (steps >= budget || remembered >= budget) {
        const why = `after ${steps} steps ${round.length === 1 ? 'one object was' : `${round.length} objects were`} still undecided`
        return { answer: 'unknown', consistency, steps, why }
      }
      if (work(one) === 'none') return violated(one)
    }
  }
  return { answer: 'holds', consistency, steps }
}
