import type { NodeId } from '../kernel/ids.ts'
import { type Attempts, wasRefused, wasTaken, withRefused, withTaken } from './attempts.ts'
import { type Context, type Dot, dotText, emptyContext, withDot } from './causal-context.ts'
import type { Answer, Call } from './client-wire.ts'
import { isRead } from './kv-machine.ts'
import type { Fetched, Stored } from './quorum-messages.ts'
import { isRejoining } from './quorum-rejoin.ts'
import { keepHint, lookUp, store } from './quorum-replica.ts'
import {
  exactly,
  isSuspect,
  nextDot,
  type Pending,
  preferenceList,
  type QuorumMemory,
  type QuorumOutbox,
  type QuorumState,
  ringFrom,
  type Slot,
} from './quorum-state.ts'
import { suspect } from './quorum-suspicion.ts'
import { digestOf, heldValue, mergeItems, type Version, writeItem } from './versioned-item.ts'

// Any node coordinates any request (Dynamo, section 4.5): it sends it to the replicas of the key and waits for R or W of them.

const answer = (
  memory: QuorumMemory,
  from: NodeId,
  { op, attempt }: Call,
  result: Answer['result'],
  out: QuorumOutbox,
) => {
  if (from !== memory.self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: memory.self })
}

/** Whoever stands in for a replica: the next node of the ring that is no replica and seems alive, at last the coordinator itself. */
const standIn = (memory: QuorumMemory, key: string, slots: readonly Slot[]): NodeId => {
  const others = ringFrom(memory, key).slice(memory.config.n)
  return others.find(node => !isSuspect(memory, node) && !slots.some(one => one.node === node)) ?? memory.self
}

const slotsFor = (memory: QuorumMemory, key: string): Slot[] => {
  const slots: Slot[] = []
  for (const slot of preferenceList(memory, key)) {
    const node = memory.config.sloppy && isSuspect(memory, slot) ? standIn(memory, key, slots) : slot
    slots.push({ slot, node, replied: false, stored: false, item: null })
  }
  return slots
}

/** True when too few replicas are in reach, so that it is certain already that the request cannot be done. */
const isHopeless = (memory: QuorumMemory, call: Call): boolean => {
  const { minorityAnswer, sloppy, r, w } = memory.config
  if (minorityAnswer === 'silent' || sloppy) return false
  const reached = preferenceList(memory, call.key).filter(node => !isSuspect(memory, node)).length
  return reached < (isRead(call.kind) ? r : w)
}

export const receiveCall = (state: QuorumState, from: NodeId, call: Call, now: number, out: QuorumOutbox): void => {
  const { memory } = state
  const write = call.kind === 'write' || call.kind === 'put'
  if (!write && !isRead(call.kind)) {
    answer(memory, from, call, { outcome: 'fail', reason: `a quorum store knows no ${call.kind}` }, out)
  } else if (isHopeless(memory, call) || (write && wasRefused(state.disk.attempts, call))) {
    refuse(state, from, call, out)
  } else if (write) {
    remember(state, withTaken(state.disk.attempts, call), out)
    beginWrite(state, from, call, now, out)
  } else if (isRejoining(state)) {
    answer(memory, from, call, { outcome: 'fail', reason: 'its disk was lost, and it copies first' }, out)
  } else beginRead(state, from, call, out)
}

/** Refuses a request that it has sent nowhere, unless this is a copy of a call that it has. */
const refuse = (state: QuorumState, from: NodeId, call: Call, out: QuorumOutbox): void => {
  if (wasTaken(state.disk.attempts, call)) return
  if (!isRead(call.kind)) remember(state, withRefused(state.disk.attempts, call), out)
  answer(state.memory, from, call, { outcome: 'fail', reason: 'too few replicas in reach' }, out)
}

const remember = ({ disk, memory }: QuorumState, attempts: Attempts, out: QuorumOutbox): void => {
  if (memory.config.minorityAnswer === 'silent') return
  disk.attempts = attempts
  out.sync()
}

const begin = ({ memory }: QuorumState, id: string, pending: Pending, out: QuorumOutbox): Pending => {
  memory.pending[id] = pending
  out.setTimer(`late:${id}`, exactly(memory.config.replicaTimeoutMs))
  out.setTimer(`forget:${id}`, exactly(memory.config.requestTimeoutMs))
  return memory.pending[id]
}

const forget = ({ memory }: QuorumState, id: string, out: QuorumOutbox): void => {
  delete memory.pending[id]
  out.cancelTimer(`late:${id}`)
  out.cancelTimer(`forget:${id}`)
}

const seenBy = (call: Call): Context => (call.context === undefined ? emptyContext : (call.context as Context))

const beginWrite = (state: QuorumState, from: NodeId, call: Call, now: number, out: QuorumOutbox): void => {
  const { disk, memory } = state
  const { op, key, input, stampUs } = call
  // A client's own stamp is the same in all attempts; so is the dot then, and repeating the write changes nothing.
  const stamped = memory.config.conflict === 'lww' && stampUs !== undefined
  const dot = stamped ? dotOf(op) : nextDot(disk, key)
  const version: Version = { value: input, op, dot, atUs: stampUs ?? now }
  const item = writeItem(memory.config.conflict, version, seenBy(call))
  const id = `write ${op}/${call.attempt} ${dotText(dot)}`
  const pending = begin(
    state,
    id,
    { kind: 'write', from, call, phase: 'collecting', slots: slotsFor(memory, key), item },
    out,
  )
  for (const slot of pending.slots) sendStore(state, id, pending, slot, out)
  settle(state, id, out)
}

/** `alice#3` as a dot. */
const dotOf = (op: string): Dot => {
  const at = op.lastIndexOf('#')
  return { node: op.slice(0, at), n: Number(op.slice(at + 1)) }
}

const sendStore = (state: QuorumState, id: string, { item, call }: Pending, to: Slot, out: QuorumOutbox): void => {
  const { op, key } = call
  if (item === null) return
  if (to.node !== state.memory.self) {
    out.send(to.node, { t: 'store', id, slot: to.slot, key, item, op })
    return
  }
  store(state, to.slot, key, item, out)
  to.replied = true
  to.stored = true
}

const beginRead = (state: QuorumState, from: NodeId, call: Call, out: QuorumOutbox): void => {
  const { memory } = state
  memory.reads += 1
  const id = `read ${call.op}/${call.attempt} ${memory.reads}`
  const slots = slotsFor(memory, call.key)
  const pending = begin(state, id, { kind: 'read', from, call, phase: 'collecting', slots, item: null }, out)
  for (const slot of pending.slots) if (slot.node === memory.self) sendFetch(state, id, pending, slot, out)
  settle(state, id, out)
  // A node that can answer by itself, and repairs nobody, asks nobody.
  if (pending.phase === 'answered' && memory.config.readRepair === 'off') {
    forget(state, id, out)
    return
  }
  for (const slot of pending.slots) if (slot.node !== memory.self) sendFetch(state, id, pending, slot, out)
}

const sendFetch = (state: QuorumState, id: string, { call }: Pending, to: Slot, out: QuorumOutbox): void => {
  const { op, key } = call
  if (to.node === state.memory.self) {
    to.item = lookUp(state, to.slot, key)
    to.replied = true
  } else out.send(to.node, { t: 'fetch', id, slot: to.slot, key, op })
}

export const receiveFetched = (state: QuorumState, m: Fetched, out: QuorumOutbox): void => {
  const slot = state.memory.pending[m.id]?.slots.find(one => one.slot === m.slot)
  if (slot === undefined || slot.replied) return
  slot.replied = true
  slot.item = m.item
  settle(state, m.id, out)
}

export const receiveStored = (state: QuorumState, m: Stored, out: QuorumOutbox): void => {
  const pending = state.memory.pending[m.id]
  const slot = pending?.slots.find(one => one.slot === m.slot)
  if (pending === undefined || slot === undefined) return
  slot.stored = true
  if (pending.kind === 'write') slot.replied = true
  settle(state, m.id, out)
}

/** After every reply: is it enough for an answer, and is there nothing left to wait for? */
const settle = (state: QuorumState, id: string, out: QuorumOutbox): void => {
  const { memory } = state
  const pending = memory.pending[id]
  if (pending === undefined) return
  if (pending.phase === 'collecting' && pending.kind === 'read') collected(state, id, pending, out)
  if (pending.phase !== 'answered' && pending.item !== null) {
    if (pending.slots.filter(({ stored }) => stored).length >= memory.config.w) finish(memory, pending, out)
  }
  if (pending.phase === 'answered' && pending.slots.every(({ replied }) => replied)) end(state, id, pending, out)
}

const collected = (state: QuorumState, id: string, pending: Pending, out: QuorumOutbox): void => {
  const { conflict, r, readRepair } = state.memory.config
  const replies = pending.slots.filter(({ replied }) => replied)
  if (replies.length < r) return
  const newest = replies.reduce<Slot['item']>((all, { item }) => mergeItems(conflict, all, item), null)
  if (readRepair !== 'before-return' || newest === null) {
    pending.item = newest
    finish(state.memory, pending, out)
    return
  }
  // Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995: a reader writes back what it is
  // about to return, so that no later reader can miss it.
  pending.item = newest
  pending.phase = 'writing-back'
  for (const slot of pending.slots) {
    slot.stored = slot.replied && digestOf(slot.item) === digestOf(newest)
    if (!slot.stored) sendStore(state, id, pending, slot, out)
  }
}

const finish = (memory: QuorumMemory, pending: Pending, out: QuorumOutbox): void => {
  const { call, from, item, kind } = pending
  pending.phase = 'answered'
  const output = kind === 'read' ? heldValue(item) : null
  // A writer has seen what it had seen before, and its own write; a reader has seen what it is shown.
  const dot = item?.versions[0]?.dot
  const seen = kind === 'read' ? item?.context : dot && withDot(seenBy(call), dot)
  const context = memory.config.conflict === 'siblings' && seen !== undefined ? { context: seen } : {}
  answer(memory, from, call, { outcome: 'ok', output, ...context }, out)
}

/** The client has its answer and every replica has spoken, or has had its time: bring the stale ones up to date. */
const end = (state: QuorumState, id: string, pending: Pending, out: QuorumOutbox): void => {
  const { conflict, readRepair } = state.memory.config
  if (pending.kind === 'read' && readRepair !== 'off') {
    const replies = pending.slots.filter(({ replied }) => replied)
    const newest = replies.reduce<Slot['item']>((all, { item }) => mergeItems(conflict, all, item), null)
    for (const { slot, node, item, stored } of newest === null ? [] : replies) {
      if (newest === null || stored || digestOf(item) === digestOf(newest)) continue
      if (node === state.memory.self) store(state, slot, pending.call.key, newest, out)
      else out.send(node, { t: 'store', id: 'repair', slot, key: pending.call.key, item: newest, op: null })
    }
  }
  forget(state, id, out)
}

/** Replicas that have not answered in time are suspected; others stand in for them, or keep what they missed. */
export const late = (state: QuorumState, id: string, out: QuorumOutbox): void => {
  const { memory } = state
  const pending = memory.pending[id]
  if (pending === undefined) return
  for (const slot of pending.slots) {
    const missing = pending.phase === 'writing-back' ? !slot.stored : !slot.replied
    if (!missing || slot.node === memory.self) continue
    suspect(state, slot.node, out)
    replace(state, id, pending, slot, out)
  }
  if (pending.phase === 'answered') end(state, id, pending, out)
  else settle(state, id, out)
}

const replace = (state: QuorumState, id: string, pending: Pending, slot: Slot, out: QuorumOutbox): void => {
  const { memory } = state
  const { sloppy, hintedHandoff } = memory.config
  const writes = pending.kind === 'write' && pending.item !== null
  if (sloppy && (pending.phase !== 'answered' || (writes && hintedHandoff))) {
    slot.node = standIn(memory, pending.call.key, pending.slots)
    if (pending.kind === 'write' || pending.phase === 'writing-back') sendStore(state, id, pending, slot, out)
    else sendFetch(state, id, pending, slot, out)
  } else if (writes && hintedHandoff && pending.item !== null) {
    keepHint(state, slot.slot, pending.call.key, pending.item, out)
  }
}

/** Time is up. What was stored stays stored, so a write has no answer rather than a refusal; a read may be refused. */
export const giveUp = (state: QuorumState, id: string, out: QuorumOutbox): void => {
  const { memory } = state
  const pending = memory.pending[id]
  if (pending === undefined) return
  if (pending.phase !== 'answered') {
    out.note('gave up', { op: pending.call.op })
    if (pending.kind === 'read' && memory.config.minorityAnswer === 'error')
      answer(memory, pending.from, pending.call, { outcome: 'fail', reason: 'too few replicas answered' }, out)
  }
  forget(state, id, out)
}
