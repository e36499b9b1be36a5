import type { NodeId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { Answer, Call } from './client-wire.ts'
import { type ApplyResult, answered, copyJson, isRead } from './kv-machine.ts'
import { isDurable } from './primary-backup-disk.ts'
import { append, readCopy } from './primary-backup-log.ts'
import { advanceCommit, awaitFallback, ship, stopFallback, suspendIfAlone } from './primary-backup-primary.ts'
import { exactly, isActing, type PrimaryBackupOutbox, type PrimaryBackupState } from './primary-backup-state.ts'

/** Calls that may wait for a primary at one node; more push out the oldest. */
const forwardedLimit = 256

/** Answers a call, or closes the operation where it was asked of this very node. */
export const answer = (
  { memory }: PrimaryBackupState,
  out: PrimaryBackupOutbox,
  to: NodeId,
  call: Pick<Call, 'op' | 'attempt'>,
  result: Exclude<Answer['result'], { outcome: 'redirect' }>,
): void => {
  if (to === memory.self) out.complete(call.op, { ...result, servedBy: memory.self })
  else out.send(to, { t: 'answer', op: call.op, attempt: call.attempt, result })
}

/** A node that is not the primary: it names the primary, or keeps the call until there is one to pass it on to. */
const turnAway = ({ memory }: PrimaryBackupState, from: NodeId, call: Call, out: PrimaryBackupOutbox): void => {
  const to = memory.primary === memory.self ? null : memory.primary
  const passesOn = (memory.config.forward || from === memory.self) && !memory.peers.includes(from)
  if (!passesOn) {
    out.send(from, { t: 'answer', op: call.op, attempt: call.attempt, result: { outcome: 'redirect', to } })
    return
  }
  memory.forwarded.push({ call, from, sentTo: null })
  if (memory.forwarded.length > forwardedLimit) memory.forwarded.shift()
  passOn(memory, out)
}

/** Passes waiting calls on to the primary, once: an answer that is lost on the way stays lost, as it would for the client. */
export const passOn = ({ primary, self, forwarded }: PrimaryBackupState['memory'], out: PrimaryBackupOutbox): void => {
  if (primary === null || primary === self) return
  for (const waiting of forwarded) {
    if (waiting.sentTo !== null) continue
    out.send(primary, waiting.call)
    waiting.sentTo = primary
  }
}

/** The primary's answer to a call that was passed on. One that was turned away, and so not executed, waits for the next primary. */
export const receiveAnswer = (
  state: PrimaryBackupState,
  from: NodeId,
  reply: Answer,
  out: PrimaryBackupOutbox,
): void => {
  const { forwarded } = state.memory
  const at = forwarded.findIndex(
    ({ call, sentTo }) => sentTo === from && call.op === reply.op && call.attempt === reply.attempt,
  )
  const waiting = forwarded[at]
  if (waiting === undefined) return
  if (reply.result.outcome === 'redirect') {
    waiting.sentTo = null
    return
  }
  forwarded.splice(at, 1)
  answer(state, out, waiting.from, reply, reply.result)
}

/** A client's call, or one that a backup passed on. */
export const receiveCall = (
  state: PrimaryBackupState,
  from: NodeId,
  call: Call,
  now: number,
  out: PrimaryBackupOutbox,
): void => {
  const { config } = state.memory
  suspendIfAlone(state, now, out)
  const reads = isRead(call.kind)
  if (!isActing(state)) {
    // A backup's copy is shown as it is.
    if (reads && config.reads === 'local')
      answer(state, out, from, call, { outcome: 'ok', output: readCopy(state, call.key, 'applied') })
    else turnAway(state, from, call, out)
  } else if (reads) {
    answer(state, out, from, call, { outcome: 'ok', output: readCopy(state, call.key, config.readSees) })
  } else write(state, from, call, out)
}

/** Where the answer to a command that was carried out before waits: at the entry that the first attempt made. */
const indexOf = ({ disk }: PrimaryBackupState, call: Call): number =>
  disk.log.findLast(({ command }) => command.op === call.op)?.index ?? 0

const write = (state: PrimaryBackupState, from: NodeId, call: Call, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  // The disk is at work: what comes meanwhile goes into the next sync together.
  if (!isDurable(state) && memory.queue.syncing) {
    memory.queue.calls.push({ call: copyJson(call), from })
    return
  }
  const { op, attempt, kind, key, input, session } = call
  const known: ApplyResult | undefined = answered(disk.machine, session)
  if (known?.is === 'expired') return
  const output =
    known === undefined ? append(state, disk.epoch, { op, kind, key, input, session }, out) : copyJson(known.output)
  const index = known === undefined ? disk.index : indexOf(state, call)
  memory.waiting.push({ index, from, op, attempt, output })
  awaitFallback(state, out)
  answerCommitted(state, out)
  if (memory.config.shipMs === 0) ship(state, out)
  else if (known === undefined) out.setTimer('ship', exactly(memory.config.shipMs))
}

/** Commits what is secured, and answers those who waited for it. */
export const answerCommitted = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (!isActing(state)) return
  advanceCommit(state)
  if (!memory.waiting.some(({ index }) => index <= disk.committed)) return
  const ready = memory.waiting.filter(({ index }) => index <= disk.committed)
  memory.waiting = memory.waiting.filter(({ index }) => index > disk.committed)
  for (const one of ready) answer(state, out, one.from, one, { outcome: 'ok', output: one.output })
  stopFallback(state, out)
  awaitFallback(state, out)
}

/** Takes, or turns away, the calls that waited for the disk. */
export const takeQueuedCalls = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { queue } = state.memory
  const calls = queue.calls
  queue.calls = []
  for (const { from, call } of calls) receiveCall(state, from, call, now, out)
}

/** A new primary keeps the calls that waited at it. */
export const takeForwardedCalls = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { memory } = state
  const mine = memory.forwarded.filter(({ sentTo }) => sentTo === null)
  if (mine.length === 0) return
  memory.forwarded = memory.forwarded.filter(({ sentTo }) => sentTo !== null)
  for (const { from, call } of mine) receiveCall(state, from, call, now, out)
}

/** An operation asked of this very node is a call from itself. */
export const receiveRequest = (
  state: PrimaryBackupState,
  { id, kind, key, input }: ClientRequest,
  now: number,
  out: PrimaryBackupOutbox,
): void =>
  receiveCall(state, state.memory.self, { t: 'call', op: id, attempt: 1, kind, key, input, session: null }, now, out)
