import { type NodeId, type RequestId, requestId } from '../kernel/ids.ts'
import type { ClientRequest, Completion, History, Operation } from '../kernel/operation.ts'
import { ownPart } from './draft-world.ts'
import { removeAt } from './queue.ts'
import { nodeOf, type Run, schedule } from './run.ts'
import type { World } from './world.ts'

const chunkSize = 64

/** Opens an operation in the history and starts the wait for its answer. */
export const openOperation = (run: Run, client: NodeId, asked: Omit<ClientRequest, 'id'>): ClientRequest => {
  const { world, spec } = run
  const id = requestId(client, ++nodeOf(run, client).requests)
  const { kind, key } = asked
  ownPart(world, 'open').push({
    id,
    client,
    kind,
    key,
    input: run.copy(asked.input),
    output: null,
    outcome: 'unknown',
    invokedUs: world.nowUs,
    returnedUs: null,
    gaveUpUs: null,
  })
  schedule(run, world.nowUs + spec.deadlineUs, { type: 'deadline', node: client, op: id })
  return { id, kind, key, input: run.copy(asked.input) }
}

/** Closes an operation of this client. One that is closed stays as it is: the client has its answer, or gave up. */
export const closeOperation = (run: Run, client: NodeId, id: RequestId, result: Completion): void => {
  const { world } = run
  const at = world.open.findIndex(operation => operation.id === id && operation.client === client)
  const open = world.open[at]
  if (open === undefined) return
  ownPart(world, 'open').splice(at, 1)
  const deadline = run.queue.findIndex(({ due }) => due.type === 'deadline' && due.op === id)
  if (deadline >= 0) removeAt(run.queue, deadline)
  const operation = answered(run.copy(open), run.copy(result), world.nowUs)
  remember(run, operation)
  run.closed?.(operation)
  const { outcome, output, reason } = operation
  run.effects?.push({
    type: 'completed',
    node: client,
    op: id,
    outcome,
    output,
    ...(reason === undefined ? {} : { reason }),
  })
}

const answered = (open: Operation, result: Completion, nowUs: number): Operation => {
  const { gaveUpUs: _waiting, ...asked } = open
  switch (result.outcome) {
    case 'ok':
      return { ...asked, ...result, returnedUs: nowUs }
    case 'fail':
      return { ...asked, ...result, returnedUs: nowUs }
    case 'unknown':
      return { ...asked, ...result, gaveUpUs: nowUs }
  }
}

/** Appends to the last chunk: an immutable world then copies one chunk and the list of chunks, not the whole history. */
const remember = (run: Run, operation: Operation): void => {
  const closed = ownPart(run.world, 'closed')
  const last = closed.at(-1)
  if (last === undefined || last.length >= chunkSize) closed.push([operation])
  else if (Object.isFrozen(last)) closed[closed.length - 1] = [...last, operation]
  else last.push(operation)
  const limit = run.spec.historyLimit
  if (limit !== undefined && (closed.length - 2) * chunkSize >= limit) closed.shift()
}

const byInvocation = (a: Operation, b: Operation): number =>
  a.invokedUs - b.invokedUs || (a.client < b.client ? -1 : a.client > b.client ? 1 : ordinal(a) - ordinal(b))

const ordinal = (operation: Operation): number => Number(operation.id.slice(operation.id.lastIndexOf('#') + 1))

const known = new WeakMap<World['open'], { readonly closed: World['closed']; readonly all: History }>()

/**
 * All operations that the world remembers, in the order of their invocation. An immutable world in which no operation was
 * opened or closed gives the very same array as the last.
 */
export const history = (world: World): History => {
  const { open, closed } = world
  const last = known.get(open)
  if (last?.closed === closed) return last.all
  const all = [...closed.flat(), ...open].sort(byInvocation)
  if (Object.isFrozen(open)) known.set(open, { closed, all })
  return all
}
