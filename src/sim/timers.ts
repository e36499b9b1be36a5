import type { NodeId } from '../kernel/ids.ts'
import type { TimerRange } from '../kernel/protocol.ts'
import { monotonicUs, realTimeOf } from './clock.ts'
import { draw, streams } from './draw.ts'
import { fnv1a64 } from './fnv.ts'
import { push, removeAll, removeAt } from './queue.ts'
import { nodeOf, planOfNode, type Run } from './run.ts'
import type { NodeState, TimerState } from './world.ts'

/** Classes of timer names that share a count of draws, at each node. */
export const timerClasses = 32

/** Sets, or sets anew, a timer; the draw is the timer's own. A range upside down or below zero is mended, not refused. */
export const setTimer = (run: Run, id: NodeId, name: string, range: TimerRange): void => {
  const { world } = run
  const node = nodeOf(run, id)
  const minUs = Math.max(0, Math.round(range.minUs))
  const span = Math.max(0, Math.round(range.maxUs) - minUs)
  const delayUs = span === 0 ? minUs : minUs + Math.floor(drawOf(run, id, node, name) * (span + 1))
  const dueUs = monotonicUs(node.clock, world.nowUs) + delayUs
  const firesUs = realTimeOf(node.clock, dueUs)
  const seq = world.nextSeq++
  const known = node.timers.find(timer => timer.name === name)
  if (known === undefined) {
    node.timers.push({ name, dueUs, firesUs, seq })
    push(run.queue, { us: firesUs, seq, due: { type: 'timer', node: id, timer: name } })
  } else {
    const sooner = firesUs < known.firesUs
    known.dueUs = dueUs
    known.firesUs = firesUs
    known.seq = seq
    if (sooner) hurry(run, id, known)
  }
  run.effects?.push({ type: 'timer-set', node: id, timer: name, firesUs })
}

/** The entry of a timer that moved forward must not come after it; one that comes before is moved back in its time. */
const hurry = (run: Run, id: NodeId, timer: TimerState): void => {
  const at = entryOf(run, id, timer.name)
  const entry = run.queue[at]
  if (entry === undefined || entry.us <= timer.firesUs) return
  removeAt(run.queue, at)
  push(run.queue, { us: timer.firesUs, seq: timer.seq, due: entry.due })
}

const entryOf = (run: Run, id: NodeId, name: string): number =>
  run.queue.findIndex(({ due }) => due.type === 'timer' && due.timer === name && due.node === id)

/**
 * Names of timers can be without number (one a request), so draws are counted in a fixed number of classes of names: a name never
 * has the same draw twice, and the counts do not grow.
 */
const drawOf = (run: Run, id: NodeId, node: NodeState, name: string): number => {
  const subject = fnv1a64(`/${name}`, planOfNode(run, id).subject)
  const kind = subject.lo % timerClasses
  const ordinal = (node.timerDraws[kind] ?? 0) + 1
  node.timerDraws[kind] = ordinal
  return draw(run.spec.seed, streams.timer, subject, ordinal)
}

export const cancelTimer = (run: Run, id: NodeId, name: string): void => {
  const { timers } = nodeOf(run, id)
  const at = timers.findIndex(timer => timer.name === name)
  if (at < 0) return
  timers.splice(at, 1)
  const entry = entryOf(run, id, name)
  if (entry >= 0) removeAt(run.queue, entry)
}

/** Takes a node's timers out of the queue; the node keeps them. */
export const suspendTimers = (run: Run, id: NodeId): void =>
  removeAll(run.queue, due => due.type === 'timer' && due.node === id)

/** Puts a node's timers back: those overdue fire now, in the order in which they were due. */
export const resumeTimers = (run: Run, id: NodeId): void => {
  const { world } = run
  const timers = nodeOf(run, id).timers
  for (const timer of timers.toSorted((a, b) => a.firesUs - b.firesUs || a.seq - b.seq)) {
    if (timer.firesUs < world.nowUs) {
      timer.firesUs = world.nowUs
      timer.seq = world.nextSeq++
    }
    push(run.queue, { us: timer.firesUs, seq: timer.seq, due: { type: 'timer', node: id, timer: timer.name } })
  }
}
