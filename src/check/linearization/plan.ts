import type { Step } from '../model.ts'
import type { Task } from './task.ts'

/** A task whose answer came. `bit` is its place in the set of linearized operations; places are reused after the answer. */
export interface Due extends Task {
  readonly bit: bigint
}

/** Interchangeable operations without an answer: each may take effect once, at any time after its call, or never. */
export interface Loose {
  readonly step: Step
  /** Ranks of the calls, ascending. */
  readonly calls: readonly number[]
  readonly tasks: readonly Task[]
}

/** The deadlines of one object's history: each answer, by when its operation must have been linearized. */
export interface Plan {
  /** Tasks with an answer, in the order of the answers. */
  readonly due: readonly Due[]
  /** For each answer the tasks that are open then, the earliest answer first: `open[e][0]` is `due[e]`. */
  readonly open: readonly (readonly Due[])[]
  /** The bits of the open silent operations at each answer. */
  readonly silent: readonly bigint[]
  readonly loose: readonly Loose[]
}

const looseOf = (tasks: readonly Task[]): readonly Loose[] => {
  const byLabel = new Map<string, Task[]>()
  for (const task of tasks) {
    if (task.returned !== Number.POSITIVE_INFINITY) continue
    const same = byLabel.get(task.step.label)
    if (same) same.push(task)
    else byLabel.set(task.step.label, [task])
  }
  return [...byLabel.values()].map(same => ({
    step: (same[0] as Task).step,
    calls: same.map(task => task.invoked),
    tasks: same,
  }))
}

/** Lays out `tasks` (in the order of their calls) by answers. */
export const planOf = (tasks: readonly Task[]): Plan => {
  const answers = tasks.filter(task => task.returned !== Number.POSITIVE_INFINITY)
  const byAnswer = [...answers].sort((a, b) => a.returned - b.returned)
  const due: Due[] = []
  const open: Due[][] = []
  const silent: bigint[] = []
  const free: bigint[] = []
  let bits = 0n
  let active: Due[] = []
  let next = 0
  for (const task of byAnswer) {
    const fresh: Due[] = []
    for (let call = answers[next]; call !== undefined && call.invoked < task.returned; call = answers[next]) {
      const bit = free.pop() ?? 1n << bits++
      fresh.push({ ...call, bit })
      next += 1
    }
    if (fresh.length > 0) active = [...active, ...fresh].sort((a, b) => a.returned - b.returned)
    const first = active[0] as Due
    due.push(first)
    open.push(active)
    silent.push(active.reduce((mask, one) => (one.step.silent ? mask | one.bit : mask), 0n))
    active = active.slice(1)
    free.push(first.bit)
  }
  return { due, open, silent, loose: looseOf(tasks) }
}
