import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Cause } from '../kernel/trace.ts'
import { copyJson } from './copy.ts'
import { streams, subjectOf } from './draw.ts'
import { chance } from './network.ts'
import { handle, mustWait, resume, start, wake } from './node.ts'
import { closeOperation } from './operations.ts'
import { nodeOf, planOfNode, type Run } from './run.ts'
import type { Due, NodeState, Parcel, Waiting } from './world.ts'

/** Carries out what is due and says what it was. */
export const carryOut = (run: Run, due: Due): Cause => {
  switch (due.type) {
    case 'start':
      start(run, due.node, due.restarted, due.diskKept)
      return due
    case 'deliver':
      return arrive(run, due.node, due.parcel)
    case 'timer':
      return fire(run, due.node, due.timer)
    case 'synced':
      return finishSync(run, due.node, due.disk)
    case 'resume':
      resume(run, due.node)
      return { type: 'act', kind: 'resume', label: `${due.node} resumes`, nodes: [due.node], links: [], messages: [] }
    case 'wake':
      return turnToInbox(run, due.node)
    case 'deadline':
      closeOperation(run, due.node, due.op, { outcome: 'unknown', reason: 'no answer in time' })
      return due
    default:
      return assertNever(due)
  }
}

const fire = (run: Run, id: NodeId, timer: string): Cause => {
  const { timers } = nodeOf(run, id)
  const at = timers.findIndex(each => each.name === timer)
  timers.splice(at, 1)
  handle(run, id, { type: 'timer', timer }, 0)
  return { type: 'timer', node: id, timer }
}

/** A message reaches its receiver, which handles it, lets it wait, or is not there for it. */
const arrive = (run: Run, id: NodeId, parcel: Parcel): Cause => {
  const { message } = parcel
  const node = nodeOf(run, id)
  const lost = lossAtReceiver(run, node, parcel)
  if (lost !== undefined) {
    run.effects?.push({ type: 'lost', message, reason: lost })
    return { type: 'arrive', node: id, message }
  }
  if (mustWait(run.world, node)) {
    enqueue(run, id, node, { type: 'message', parcel })
    return { type: 'arrive', node: id, message }
  }
  return deliver(run, id, parcel)
}

const lossAtReceiver = (run: Run, node: NodeState, { message }: Parcel) => {
  if (node.status === 'down') return 'receiver-down'
  const omits = node.receiveOmission
  if (omits > 0 && message.from !== message.to) {
    if (chance(run, streams.receiveOmission, subjectOf(message.id), 0, omits)) return 'receive-omission'
  }
  if (!mustWait(run.world, node)) return undefined
  const waiting = node.inbox.filter(item => item.type === 'message').length
  return waiting >= planOfNode(run, message.to).spec.inboxLimit ? 'queue-full' : undefined
}

const deliver = (run: Run, id: NodeId, { message, content }: Parcel): Cause => {
  // On drafts the protocol gets a copy, which it may take apart and keep; in place it gets the message itself, for nobody else has it.
  const own: Json = run.drafted ? copyJson(content) : content
  handle(run, id, { type: 'message', from: message.from, message: own }, message.info.costUs)
  return { type: 'deliver', node: id, message }
}

/** Puts something into the inbox of a node that cannot turn to it now. */
export const enqueue = (run: Run, id: NodeId, node: NodeState, item: Waiting): void => {
  const first = node.inbox.length === 0
  node.inbox.push(item)
  if (first && node.status === 'up') wake(run, id, node)
}

const finishSync = (run: Run, id: NodeId, disk: Json): Cause => {
  const node = nodeOf(run, id)
  if (!planOfNode(run, id).instantDisk) node.durable = disk
  if (mustWait(run.world, node)) enqueue(run, id, node, { type: 'synced' })
  else handle(run, id, { type: 'synced' }, 0)
  return { type: 'synced', node: id }
}

const turnToInbox = (run: Run, id: NodeId): Cause => {
  const node = nodeOf(run, id)
  const item = node.inbox.shift()
  if (item === undefined) throw new Error(`${id} woke for an empty inbox`)
  const cause = takeUp(run, id, run.copy(item))
  if (node.inbox.length > 0) wake(run, id, node)
  return cause
}

const takeUp = (run: Run, id: NodeId, item: Waiting): Cause => {
  switch (item.type) {
    case 'message':
      return deliver(run, id, item.parcel)
    case 'request':
      handle(run, id, { type: 'request', request: copyJson(item.request) }, 0)
      return { type: 'invoke', node: id, request: item.request, waited: true }
    case 'configured':
      handle(run, id, { type: 'configured', config: copyJson(item.config) }, 0)
      return {
        type: 'act',
        kind: 'configure',
        label: `${id} takes up its new configuration`,
        nodes: [id],
        links: [],
        messages: [],
      }
    case 'synced':
      handle(run, id, { type: 'synced' }, 0)
      return { type: 'synced', node: id, waited: true }
    default:
      return assertNever(item)
  }
}
