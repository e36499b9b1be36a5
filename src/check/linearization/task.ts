import type { History, Operation } from '../../kernel/operation.ts'
import type { Model, Step } from '../model.ts'

/** An operation as the search sees it. Ranks count the calls and answers of one object in their order in time. */
export interface Task {
  readonly op: Operation
  readonly step: Step
  readonly invoked: number
  /** Rank of the answer; Infinity where none came, so that the operation may take effect at any later time or never. */
  readonly returned: number
}

interface Edge {
  readonly op: Operation
  readonly step: Step
  readonly atUs: number
  readonly side: 'call' | 'answer'
}

/** True when the operation is known to have taken effect, or to have observed something, before its answer. */
const answered = (op: Operation): boolean => op.outcome !== 'unknown'

/**
 * The operations of one object that say something, with their ranks. Calls come before answers of the same moment: `a` precedes
 * `b` only if it returned strictly before `b` was invoked. An observation without an answer says nothing and is left out.
 */
export const tasksOf = (operations: History, model: Model): readonly Task[] => {
  const edges: Edge[] = []
  for (const op of operations) {
    const step = model.step(op)
    if (step === undefined || (step.observes && !answered(op))) continue
    edges.push({ op, step, atUs: op.invokedUs, side: 'call' })
    if (answered(op)) edges.push({ op, step, atUs: op.returnedUs ?? Number.POSITIVE_INFINITY, side: 'answer' })
  }
  edges.sort((a, b) => (a.atUs === b.atUs ? (a.side === b.side ? 0 : a.side === 'call' ? -1 : 1) : a.atUs - b.atUs))
  const answers = new Map<Operation, number>()
  for (const [rank, edge] of edges.entries()) if (edge.side === 'answer') answers.set(edge.op, rank)
  const tasks: Task[] = []
  for (const [rank, { op, step, side }] of edges.entries()) {
    if (side === 'call') tasks.push({ op, step, invoked: rank, returned: answers.get(op) ?? Number.POSITIVE_INFINITY })
  }
  return tasks
}
