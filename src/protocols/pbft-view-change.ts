import type { Signed } from '../kernel/signature.ts'
import type { NewView, PrePrepare, Prepared, Request, ViewChange } from './pbft-messages.ts'
import { requestDigest } from './pbft-messages.ts'
import {
  fromReplica,
  liars,
  multicast,
  type PbftMemory,
  type PbftOutbox,
  type PbftState,
  primaryOf,
  provesCheckpoint,
  quorumSize,
  signers,
  slotOf,
} from './pbft-state.ts'

// Section 4.4, view changes: a silent or contradictory primary is replaced by the next replica, and nothing that may have been executed
// anywhere is lost, for every quorum of view changes has a correct member that knows it as prepared.

/** The view is given up for another one. Until that begins this replica takes part in nothing but checkpoints and view changes. */
export const startViewChange = (state: PbftState, view: number, out: PbftOutbox): void => {
  const { disk, memory } = state
  disk.view = view
  disk.changing = true
  disk.slots = {}
  disk.fruitless += 1
  memory.waiting = false
  out.cancelTimer('progress')
  const { n, proof } = disk.stable
  const prepared = memory.config.breakRule === 'forget-prepared' ? [] : Object.values(disk.prepared)
  const signed = out.sign<ViewChange>({ is: 'view-change', view, stable: n, proof, prepared })
  disk.viewChanges[memory.self] = signed
  multicast(memory, { t: 'view-change', signed }, out)
  out.note('leaves the view', { for: view })
  proceed(state, out)
}

/** A request with a pre-prepare of its primary and, from different backups, as many prepares as make a quorum with it. */
const provesPrepared = (memory: PbftMemory, one: Prepared, before: number, out: PbftOutbox): boolean => {
  const { prePrepare, prepares, request } = one
  const { view, n, value } = prePrepare.payload
  return (
    prePrepare.payload.is === 'pre-prepare' &&
    view < before &&
    prePrepare.signer === primaryOf(memory, view) &&
    fromReplica(memory, prePrepare, out) &&
    requestDigest(request) === value &&
    (request === null || out.verify(request)) &&
    signers(prepares) >= quorumSize(memory) - 1 &&
    prepares.every(
      ({ signer, payload }) =>
        payload.is === 'prepare' &&
        signer !== prePrepare.signer &&
        payload.view === view &&
        payload.n === n &&
        payload.value === value,
    ) &&
    prepares.every(prepare => fromReplica(memory, prepare, out))
  )
}

const isValid = (memory: PbftMemory, signed: Signed<ViewChange>, out: PbftOutbox): boolean => {
  const { payload } = signed
  if (!fromReplica(memory, signed, out) || payload.is !== 'view-change') return false
  const through = payload.stable + 2 * memory.config.checkpointEvery
  return (
    provesCheckpoint(memory, payload.stable, null, payload.proof, out) &&
    payload.prepared.every(
      ({
        prePrepare: {
          payload: { n },
        },
      }) => n > payload.stable && n <= through,
    ) &&
    payload.prepared.every(one => provesPrepared(memory, one, payload.view, out))
  )
}

export const receiveViewChange = (state: PbftState, signed: Signed<ViewChange>, out: PbftOutbox): void => {
  const { disk, memory } = state
  const { view } = signed.payload
  if (view < disk.view || (view === disk.view && !disk.changing) || !isValid(memory, signed, out)) return
  const before = disk.viewChanges[signed.signer]
  if (before !== undefined && before.payload.view >= view) return
  disk.viewChanges[signed.signer] = signed
  join(state, out)
  proceed(state, out)
}

/** More than f others are in higher views, so a correct one is: this replica follows, to the smallest of these views (section 4.5.2). */
const join = (state: PbftState, out: PbftOutbox): void => {
  const { disk, memory } = state
  const higher = Object.values(disk.viewChanges)
    .map(({ payload }) => payload.view)
    .filter(view => view > disk.view)
  if (higher.length > liars(memory)) startViewChange(state, Math.min(...higher), out)
}

const changesFor = (state: PbftState): readonly Signed<ViewChange>[] =>
  Object.values(state.disk.viewChanges).filter(({ payload }) => payload.view === state.disk.view)

/** With a quorum of view changes the new primary begins the view; the others begin to wait for it, longer each time. */
const proceed = (state: PbftState, out: PbftOutbox): void => {
  const { disk, memory } = state
  const changes = changesFor(state)
  if (!disk.changing || changes.length < quorumSize(memory)) return
  if (primaryOf(memory, disk.view) === memory.self) {
    const proposals = proposalsOf(changes).map(({ n, request }) =>
      out.sign<PrePrepare>({ is: 'pre-prepare', view: disk.view, n, value: requestDigest(request) }),
    )
    const signed = out.sign<NewView>({ is: 'new-view', view: disk.view, changes, proposals })
    multicast(memory, { t: 'new-view', signed }, out)
    enter(state, signed, out)
  } else if (!memory.waiting) awaitProgress(state, out)
}

/** Runs the timer: the first time for `timeoutMs`, twice as long after every view change that led to nothing. */
export const awaitProgress = ({ disk, memory }: PbftState, out: PbftOutbox): void => {
  let us = Math.round(memory.config.timeoutMs * 1000)
  for (let i = 0; i < Math.min(disk.fruitless, 6); i += 1) us *= 2
  memory.waiting = true
  out.setTimer('progress', { minUs: us, maxUs: us })
}

type Proposal = { readonly n: number; readonly request: Signed<Request> | null }

/**
 * The set O: every number between the last stable checkpoint and the highest that prepared gets the request that prepared in the highest
 * view, or the null request. All that is in it follows from the view changes, so everyone can check it.
 */
const proposalsOf = (changes: readonly Signed<ViewChange>[]): readonly Proposal[] => {
  const first = Math.max(...changes.map(({ payload }) => payload.stable))
  const all = changes.flatMap(({ payload }) => payload.prepared)
  const last = Math.max(first, ...all.map(one => one.prePrepare.payload.n))
  return Array.from({ length: last - first }, (_, i) => {
    const n = first + 1 + i
    let best: Prepared | undefined
    for (const one of all) {
      const { payload } = one.prePrepare
      if (payload.n === n && payload.view > (best?.prePrepare.payload.view ?? -1)) best = one
    }
    return { n, request: best?.request ?? null }
  })
}

/** The new primary has a quorum of view changes, and proposes what follows from them and nothing else. */
const isProper = (memory: PbftMemory, signed: Signed<NewView>, out: PbftOutbox): boolean => {
  const { payload } = signed
  if (!fromReplica(memory, signed, out) || payload.is !== 'new-view') return false
  if (signed.signer !== primaryOf(memory, payload.view)) return false
  if (signers(payload.changes) < quorumSize(memory) || payload.changes.length > memory.replicas.length) return false
  if (!payload.changes.every(one => one.payload.view === payload.view && isValid(memory, one, out))) return false
  const expected = proposalsOf(payload.changes)
  return (
    expected.length === payload.proposals.length &&
    payload.proposals.every(
      (one, i) =>
        one.signer === signed.signer &&
        out.verify(one) &&
        one.payload.view === payload.view &&
        one.payload.n === expected[i]?.n &&
        one.payload.value === requestDigest(expected[i].request),
    )
  )
}

export const receiveNewView = (state: PbftState, signed: Signed<NewView>, out: PbftOutbox): boolean => {
  const { disk, memory } = state
  const { view } = signed.payload
  if (view < disk.view || (view === disk.view && !disk.changing) || !isProper(memory, signed, out)) return false
  enter(state, signed, out)
  return true
}

/** The view begins, with the requests of O pre-prepared in it. */
const enter = ({ disk, memory }: PbftState, signed: Signed<NewView>, out: PbftOutbox): void => {
  const { view, changes, proposals } = signed.payload
  disk.view = view
  disk.changing = false
  disk.newView = signed
  disk.slots = {}
  memory.waiting = false
  out.cancelTimer('progress')
  const requests = proposalsOf(changes)
  let last = Math.max(...changes.map(({ payload }) => payload.stable))
  for (const [i, prePrepare] of proposals.entries()) {
    const { n } = prePrepare.payload
    last = n
    if (n <= disk.stable.n) continue
    const slot = slotOf(disk, n)
    slot.prePrepare = prePrepare
    slot.request = requests[i]?.request ?? null
  }
  disk.assigned = Math.max(last, disk.stable.n)
  for (const replica of Object.keys(disk.viewChanges))
    if ((disk.viewChanges[replica]?.payload.view ?? 0) <= view) delete disk.viewChanges[replica]
  out.note('enters the view', { view, primary: primaryOf(memory, view) })
}
