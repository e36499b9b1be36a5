import type { NodeId } from '../kernel/ids.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Cause, Effect, TraceEvent } from '../kernel/trace.ts'
import { copyDrafted, copyJson } from './copy.ts'
import { ownNode } from './draft-world.ts'
import { type NodePlan, type Plan, planOf } from './plan.ts'
import { push, replaceFirst } from './queue.ts'
import type { SimSpec } from './spec.ts'
import type { Due, Entry, NodeState, World } from './world.ts'

/** What a caller of the simulator wants to hear of. */
export interface StepOptions {
  /** False: events carry no effects, which saves a batch without listeners the trouble. True when absent. */
  readonly effects?: boolean
  /** Gets each operation as it closes. */
  readonly closed?: (operation: Operation) => void
}

/** One event in the making. `world` is a plain world in batch mode and a draft (draft-world.ts) in interactive mode. */
export interface Run {
  readonly spec: SimSpec
  readonly plan: Plan
  readonly world: World
  /** The world's own queue. */
  readonly queue: Entry[]
  readonly drafted: boolean
  readonly effects: Effect[] | undefined
  readonly closed: ((operation: Operation) => void) | undefined
  /** Copies what must not alias state. */
  copy<T>(value: T): T
}

const noEffects: readonly Effect[] = Object.freeze([])
const everything: StepOptions = {}

/** Begins an event. */
export const beginRun = (
  spec: SimSpec,
  world: World,
  queue: Entry[],
  drafted: boolean,
  options: StepOptions = everything,
): Run => ({
  spec,
  plan: planOf(spec),
  world,
  queue,
  drafted,
  effects: options.effects === false ? undefined : [],
  closed: options.closed,
  copy: drafted ? copyDrafted : copyJson,
})

/** Ends an event: numbers it and makes sure that the first entry of the queue is a true one. */
export const endRun = (run: Run, cause: Cause): TraceEvent => {
  const { world } = run
  settle(run)
  return { index: world.nextIndex++, atUs: world.nowUs, cause, effects: run.effects ?? noEffects }
}

export const planOfNode = (run: Run, id: NodeId): NodePlan => {
  const plan = run.plan.nodes.get(id)
  if (plan === undefined) throw new Error(`no node ${id} in this run`)
  return plan
}

/** The node, to be changed. */
export const nodeOf = (run: Run, id: NodeId): NodeState => {
  const node = ownNode(run.world, id)
  if (node === undefined) throw new Error(`no node ${id} in this run`)
  return node
}

export const schedule = (run: Run, us: number, due: Due): void => push(run.queue, { us, seq: run.world.nextSeq++, due })

/**
 * A timer that was set anew to a later time keeps its old entry, and one due while its node is busy waits until the node is free
 * and has turned to what came first: both are moved back when they come to the front. So no entry is ever dead, however often
 * timers are set. A node that got busy again while its inbox waits turns to it later, too.
 */
const settle = (run: Run): void => {
  for (;;) {
    const first = run.queue[0]
    if (first === undefined || (first.due.type !== 'timer' && first.due.type !== 'wake')) return
    const { due } = first
    const node = run.world.nodes[due.node]
    if (node === undefined) throw new Error(`no node ${due.node} in this run`)
    if (due.type === 'wake') {
      if (node.busyUntilUs <= first.us) return
      replaceFirst(run.queue, { ...first, us: node.busyUntilUs })
      continue
    }
    const timer = node.timers.find(each => each.name === due.timer)
    if (timer === undefined) throw new Error(`the queue holds a timer that ${due.node} does not have: ${due.timer}`)
    const us = Math.max(timer.firesUs, node.busyUntilUs)
    if (us === first.us && timer.seq === first.seq) return
    const late = us > timer.firesUs && first.us <= timer.firesUs
    replaceFirst(run.queue, { us, seq: late ? renumber(run, due.node, due.timer) : timer.seq, due })
  }
}

/** A timer that waited for its node comes after what has been asked for in the meantime. */
const renumber = (run: Run, id: NodeId, name: string): number => {
  const seq = run.world.nextSeq++
  for (const timer of nodeOf(run, id).timers) if (timer.name === name) timer.seq = seq
  return seq
}
