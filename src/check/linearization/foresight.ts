import type { Model, ObjectState } from '../model.ts'
import type { Due, Plan } from './plan.ts'
import type { Task } from './task.ts'

/**
 * What answers still to come tell of states now. Without it a search over appends or adds tries every order and finds out at
 * the next read. It only ever rules out what could not succeed, so verdicts are the same with it.
 */
export interface Foresight {
  /**
   * Stands for every state that no read to come can match or build on: it is bound to be overwritten unseen, so what exactly it
   * is does not matter. No read ever saw it.
   */
  readonly spent: ObjectState
  /** `spent`, where that is all that matters of `state` at answer `e`. */
  essence(e: number, state: ObjectState): ObjectState
  /** True when no order of what follows can satisfy the reads still to be placed. `done`: bits of what is linearized at answer `e`. */
  doomed(e: number, state: ObjectState, done: bigint): boolean
  /** True when every read that did not see the element of `task` has been placed by now. */
  ripe(e: number, task: Task, done: bigint): boolean
  /** True when some read saw the element of `task`. */
  wanted(task: Task): boolean
}

/** For each answer the read that answers next among those not yet called then. */
const nextReads = (plan: Plan): readonly (Due | undefined)[] => {
  const next: (Due | undefined)[] = plan.due.map(() => undefined)
  const reads = plan.due.filter(task => task.step.saw !== undefined)
  let at = 0
  for (const [e, task] of plan.due.entries()) {
    while (at < reads.length && (reads[at] as Due).returned < task.returned) at += 1
    for (let probe = at; probe < reads.length; probe += 1) {
      const read = reads[probe] as Due
      if (read.invoked > task.returned) {
        next[e] = read
        break
      }
    }
  }
  return next
}

/** For each read the blind writes that could come before it and lead to what it saw. */
const resetsOf = (plan: Plan, tasks: readonly Task[], excludes: NonNullable<Model['excludes']>) => {
  const writes = tasks.filter(task => task.step.blind !== undefined)
  const bits = new Map(plan.due.map(task => [task.op, task.bit]))
  const resets = new Map<Due, readonly { readonly task: Task; readonly bit: bigint }[]>()
  for (const read of plan.due) {
    const saw = read.step.saw
    if (saw === undefined) continue
    const able = writes.filter(task => task.invoked < read.returned && !excludes(task.step.blind as ObjectState, saw))
    resets.set(
      read,
      able.map(task => ({ task, bit: bits.get(task.op) ?? 0n })),
    )
  }
  return resets
}

/** For each state the rank of the last answer of a read that saw it or something grown from it; computed when first asked for. */
const lastUses = (plan: Plan, excludes: NonNullable<Model['excludes']>) => {
  const reads = plan.due.filter(task => task.step.saw !== undefined).reverse()
  const known = new Map<ObjectState, number>()
  return (state: ObjectState): number => {
    const before = known.get(state)
    if (before !== undefined) return before
    const rank = reads.find(read => !excludes(state, read.step.saw as ObjectState))?.returned ?? -1
    known.set(state, rank)
    return rank
  }
}

/** A text that no read saw a beginning of. */
const unseenText = (plan: Plan): ObjectState => {
  let text = '\ud800'
  while (plan.due.some(task => task.step.saw?.startsWith(text))) text += '\ud800'
  return text
}

/** For each element the reads that did not see it, in the order of their answers. */
const lackersOf = (plan: Plan, tasks: readonly Task[]) => {
  const elements = new Set(tasks.flatMap(task => task.step.element ?? []))
  const lackers = new Map<string, Due[]>([...elements].map(element => [element, []]))
  const seen = new Set<string>()
  if (elements.size === 0) return { lackers, seen }
  for (const read of plan.due) {
    if (read.step.saw === undefined) continue
    const held = new Set(read.step.saw.split('\n'))
    for (const [element, reads] of lackers) {
      if (held.has(element)) seen.add(element)
      else reads.push(read)
    }
  }
  return { lackers, seen }
}

/** Foresight over a whole history, or undefined where the model's states do not grow. */
export const foresee = (plan: Plan, tasks: readonly Task[], model: Model): Foresight | undefined => {
  const excludes = model.excludes
  if (excludes === undefined) return undefined
  const next = nextReads(plan)
  const lastUse = lastUses(plan, excludes)
  const spent = unseenText(plan)
  const overwritten = tasks.some(task => task.step.blind !== undefined)
  const resets = resetsOf(plan, tasks, excludes)
  const { lackers, seen } = lackersOf(plan, tasks)
  const hopeless = (e: number, read: Due, state: ObjectState, done: bigint): boolean => {
    if (!excludes(state, read.step.saw as ObjectState)) return false
    const now = (plan.due[e] as Due).returned
    // A loose write counts as available even if it was used up: ruling out too little is safe.
    const available = (task: Task, bit: bigint) =>
      task.returned === Number.POSITIVE_INFINITY || task.invoked > now || (task.returned >= now && (done & bit) === 0n)
    return !(resets.get(read) ?? []).some(({ task, bit }) => available(task, bit))
  }
  return {
    spent,
    essence(e, state) {
      if (!overwritten || e >= plan.due.length) return state
      return lastUse(state) < (plan.due[e] as Due).returned ? spent : state
    },
    doomed(e, state, done) {
      if (e >= plan.due.length) return false
      for (const task of plan.open[e] as readonly Due[]) {
        if (task.step.saw !== undefined && (done & task.bit) === 0n && hopeless(e, task, state, done)) return true
      }
      const later = next[e]
      return later !== undefined && hopeless(e, later, state, done)
    },
    ripe(e, task, done) {
      const now = (plan.due[e] as Due).returned
      const reads = lackers.get(task.step.element as string) ?? []
      for (let at = reads.length - 1; at >= 0; at -= 1) {
        const read = reads[at] as Due
        if (read.returned < now) return true
        if (read.invoked > now || (done & read.bit) === 0n) return false
      }
      return true
    },
    wanted: task => seen.has(task.step.element as string),
  }
}
