/**
 * Practical Byzantine fault tolerance: Castro and Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999. A state machine on n = 3f + 1
 * replicas that executes the same requests in the same order on all correct ones, whatever up to f of them do, on a network that may lose,
 * delay and reorder as it likes. Delays never break safety; that something happens at all needs them to stop growing (section 3).
 *
 * Why 3f + 1 though everything is signed: a replica has to go on after hearing n - f, for f may never speak; of those heard f may be the
 * liars; and the others among them must still outnumber the liars, n - 2f > f.
 *
 * - Normal case (section 4.2): the primary gives a request a number and multicasts a pre-prepare; backups that accept it multicast a prepare.
 *   With 2f prepares the request is prepared: no other request can be prepared with this number in this view. Then all multicast a commit,
 *   and with 2f + 1 of them the request is executed, in the order of the numbers: a quorum knows it as prepared, so every later view will.
 * - The client takes a result for true when f + 1 replicas gave it (`pbft-client.ts`); one of them is correct.
 * - `pbft-view-change.ts`: replaces a primary that does not do its work. `pbft-checkpoint.ts`: keeps the log short and brings up who fell behind.
 *
 * Left out: MACs in place of signatures, the shortcuts of section 5 (tentative execution, read-only requests, digest replies), batching,
 * and the recovery of replicas (Castro and Liskov, OSDI 2000). Reads go through the log like everything else.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Protocol } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { answered, applyCommand } from './kv-machine.ts'
import { receiveCheckpoint, receiveState, receiveStatus, sendStatus, takeCheckpoint } from './pbft-checkpoint.ts'
import { type PbftConfig, pbftConfig } from './pbft-config.ts'
import {
  type Commit,
  describePbft,
  nameOf,
  type PbftMessage,
  type PrePrepare,
  type Prepare,
  type Reply,
  type Request,
  requestDigest,
} from './pbft-messages.ts'
import {
  bootPbft,
  fromReplica,
  highWater,
  inWindow,
  isPrimary,
  multicast,
  type PbftDisk,
  type PbftMemory,
  type PbftOutbox,
  type PbftState,
  type PbftTimer,
  primaryOf,
  quorumSize,
  type Slot,
  slotOf,
} from './pbft-state.ts'
import { awaitProgress, receiveNewView, receiveViewChange, startViewChange } from './pbft-view-change.ts'

const reply = ({ disk }: PbftState, { op, seq, client }: Request, output: Reply['output'], out: PbftOutbox): void =>
  out.send(client, { t: 'reply', signed: out.sign<Reply>({ is: 'reply', view: disk.view, op, seq, output }) })

/** A request that a client signed for itself. */
const isRequest = (signed: Signed<Request>, out: PbftOutbox): boolean =>
  out.verify(signed) && signed.payload.client === signed.signer

/** A client's request, from the client or passed on by a backup. One that was executed is answered again; of each client the latest waits. */
const receiveRequest = (state: PbftState, signed: Signed<Request>, out: PbftOutbox): void => {
  const { disk, memory } = state
  if (!isRequest(signed, out)) return
  const { client, seq } = signed.payload
  const known = answered(disk.machine, { client, seq })
  if (known?.is === 'repeated') reply(state, signed.payload, known.output, out)
  if (known !== undefined) return
  remember(disk, signed)
  if (disk.changing || memory.waiting) return
  // The client may have asked this backup alone. A primary waits as well: if it alone cannot go on, the others will not notice.
  if (!isPrimary(state)) out.send(primaryOf(memory, disk.view), { t: 'request', signed })
  awaitProgress(state, out)
}

/** Of each client the latest request that was not executed yet is kept. */
const remember = (disk: PbftDisk, signed: Signed<Request>): void => {
  const before = disk.pending.find(({ signer }) => signer === signed.signer)
  if (before !== undefined && before.payload.seq >= signed.payload.seq) return
  disk.pending = [...disk.pending.filter(one => one !== before), signed]
}

/** The primary gives a number to each request that waits for one, as long as the log has room. */
const propose = (state: PbftState, out: PbftOutbox): void => {
  const { disk, memory } = state
  const underWay = Object.values(disk.slots).map(({ request }) => request?.payload.op)
  for (const request of disk.pending) {
    if (disk.assigned >= highWater(state)) return
    if (underWay.includes(request.payload.op)) continue
    disk.assigned += 1
    const n = disk.assigned
    const signed = out.sign<PrePrepare>({ is: 'pre-prepare', view: disk.view, n, value: requestDigest(request) })
    const slot = slotOf(disk, n)
    slot.prePrepare = signed
    slot.request = request
    multicast(memory, { t: 'pre-prepare', signed, request }, out)
    advance(state, n, out)
  }
}

const inView = (state: PbftState, { view, n }: { readonly view: number; readonly n: number }): boolean =>
  view === state.disk.view && !state.disk.changing && inWindow(state, n)

/** A backup accepts the first pre-prepare of its primary for a number, and says so to all. */
const receivePrePrepare = (
  state: PbftState,
  signed: Signed<PrePrepare>,
  request: Signed<Request> | null,
  out: PbftOutbox,
): void => {
  const { disk, memory } = state
  const { payload } = signed
  const proper =
    payload.is === 'pre-prepare' &&
    inView(state, payload) &&
    signed.signer === primaryOf(memory, disk.view) &&
    signed.signer !== memory.self &&
    out.verify(signed) &&
    requestDigest(request) === payload.value &&
    (request === null || isRequest(request, out))
  if (!proper) return
  const slot = slotOf(disk, payload.n)
  if (slot.prePrepare !== null) {
    if (slot.prePrepare.payload.value !== payload.value) out.note('two pre-prepares', { n: payload.n })
    return
  }
  slot.prePrepare = signed
  slot.request = request
  if (request !== null && answered(disk.machine, request.payload) === undefined) remember(disk, request)
  if (!memory.waiting && disk.pending.length > 0) awaitProgress(state, out)
  prepare(state, payload, out)
}

const prepare = (state: PbftState, { view, n, value }: PrePrepare, out: PbftOutbox): void => {
  const { disk, memory } = state
  const signed = out.sign<Prepare>({ is: 'prepare', view, n, value })
  slotOf(disk, n).prepares[memory.self] = signed
  multicast(memory, { t: 'prepare', signed }, out)
  advance(state, n, out)
}

const receiveVote = (state: PbftState, signed: Signed<Prepare> | Signed<Commit>, out: PbftOutbox): void => {
  const { disk, memory } = state
  const { payload, signer } = signed
  if (!inView(state, payload) || !fromReplica(memory, signed as Signed<Prepare>, out)) return
  const slot = slotOf(disk, payload.n)
  if (payload.is === 'prepare') {
    if (signer === primaryOf(memory, disk.view) || Object.hasOwn(slot.prepares, signer)) return
    slot.prepares[signer] = signed as Signed<Prepare>
  } else if (payload.is === 'commit') {
    if (Object.hasOwn(slot.commits, signer)) return
    slot.commits[signer] = signed as Signed<Commit>
  }
  advance(state, payload.n, out)
}

const votesFor = <Vote extends { readonly value: string }>(
  votes: { readonly [replica: string]: { readonly payload: Vote } },
  value: string,
): number => Object.values(votes).filter(({ payload }) => payload.value === value).length

/** What the votes for a number now amount to: prepared, committed, executed. */
const advance = (state: PbftState, n: number, out: PbftOutbox): void => {
  const { disk, memory } = state
  const slot = slotOf(disk, n)
  if (slot.prePrepare === null) return
  const { view, value } = slot.prePrepare.payload
  const quorum = quorumSize(memory)
  if (!slot.prepared && votesFor(slot.prepares, value) >= quorum - 1) becomePrepared(state, slot, n, out)
  if (slot.prepared && !Object.hasOwn(slot.commits, memory.self)) {
    const signed = out.sign<Commit>({ is: 'commit', view, n, value })
    slot.commits[memory.self] = signed
    multicast(memory, { t: 'commit', signed }, out)
  }
  const commits = memory.config.breakRule === 'no-commit' ? 0 : quorum
  if (slot.prepared && !slot.committed && votesFor(slot.commits, value) >= commits) slot.committed = true
  execute(state, out)
}

const becomePrepared = ({ disk }: PbftState, slot: Slot, n: number, out: PbftOutbox): void => {
  const { prePrepare, request } = slot
  if (prePrepare === null) return
  slot.prepared = true
  const { value } = prePrepare.payload
  const prepares = Object.values(slot.prepares).filter(({ payload }) => payload.value === value)
  disk.prepared[n] = { prePrepare, prepares, request }
  out.note('prepared', { n, value })
}

/** Executes what is committed, in the order of the numbers and without gaps. */
const execute = (state: PbftState, out: PbftOutbox): void => {
  const { disk } = state
  for (;;) {
    const n = disk.executed + 1
    const slot = disk.slots[n]
    if (slot === undefined || !slot.committed) return
    disk.executed = n
    out.note('decided', {
      about: `request ${n}`,
      value: slot.request === null ? 'null' : nameOf(slot.request.payload),
    })
    if (slot.request !== null) carryOut(state, slot.request.payload, n, out)
    madeProgress(state, out)
    takeCheckpoint(state, n, out)
  }
}

const carryOut = (state: PbftState, request: Request, n: number, out: PbftOutbox): void => {
  const { disk } = state
  const { op, kind, key, input, client, seq } = request
  const command = { op, kind, key, input, session: { client, seq } }
  // The view is not part of the state: another replica may execute the request in a later one.
  const result = applyCommand(disk.machine, command, { term: 0, index: n }, (changed, by, over) =>
    out.note('applied', { key: changed, op: by, over, index: n }),
  )
  disk.pending = disk.pending.filter(({ payload }) => payload.client !== client || payload.seq > seq)
  if (result.is !== 'expired') reply(state, request, result.output, out)
}

/** A request was executed: the timer begins anew for those that still wait, or stops. */
const madeProgress = (state: PbftState, out: PbftOutbox): void => {
  const { disk, memory } = state
  disk.fruitless = 0
  memory.waiting = false
  out.cancelTimer('progress')
  if (disk.pending.length > 0) awaitProgress(state, out)
}

/** The new view's requests are prepared like any others, and the primary goes on with those that wait. */
const viewBegan = (state: PbftState, out: PbftOutbox): void => {
  const { disk, memory } = state
  for (const key of Object.keys(disk.slots)) {
    const prePrepare = disk.slots[key]?.prePrepare
    if (prePrepare !== null && prePrepare !== undefined && prePrepare.signer !== memory.self)
      prepare(state, prePrepare.payload, out)
  }
  if (disk.pending.length > 0) awaitProgress(state, out)
}

const receive = (state: PbftState, from: NodeId, m: PbftMessage, out: PbftOutbox): void => {
  const before = state.disk.newView
  switch (m.t) {
    case 'request':
      receiveRequest(state, m.signed, out)
      break
    case 'pre-prepare':
      receivePrePrepare(state, m.signed, m.request, out)
      break
    case 'prepare':
    case 'commit':
      receiveVote(state, m.signed, out)
      break
    case 'checkpoint':
      receiveCheckpoint(state, m.signed, out)
      break
    case 'view-change':
      receiveViewChange(state, m.signed, out)
      break
    case 'new-view':
      receiveNewView(state, m.signed, out)
      break
    case 'status':
      receiveStatus(state, from, m, out)
      break
    case 'state':
      if (receiveState(state, m, out)) {
        madeProgress(state, out)
        execute(state, out)
      }
      break
    case 'reply':
      break
    default:
      assertNever(m)
  }
  if (state.disk.newView !== before) viewBegan(state, out)
  if (isPrimary(state)) propose(state, out)
}

const armStatus = ({ config }: PbftMemory, out: PbftOutbox): void => {
  const us = Math.round(config.statusMs * 1000)
  if (us > 0) out.setTimer('status', { minUs: Math.round(us * 0.9), maxUs: Math.round(us * 1.1) })
  else out.cancelTimer('status')
}

const fired = (state: PbftState, timer: PbftTimer, out: PbftOutbox): void => {
  if (timer === 'status') {
    sendStatus(state, out)
    armStatus(state.memory, out)
    return
  }
  const before = state.disk.newView
  startViewChange(state, state.disk.view + 1, out)
  if (state.disk.newView !== before) viewBegan(state, out)
  if (isPrimary(state)) propose(state, out)
}

const on = (state: PbftState, event: NodeEvent<PbftMessage, PbftTimer, Partial<PbftConfig>>, out: PbftOutbox): void => {
  const { disk, memory } = state
  switch (event.type) {
    case 'started':
      armStatus(memory, out)
      if (disk.pending.length > 0 || disk.changing) awaitProgress(state, out)
      break
    case 'message':
      receive(state, event.from, event.message, out)
      break
    case 'timer':
      fired(state, event.timer, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'a replica asks for nothing' })
      break
    case 'configured':
      memory.config = pbftConfig(event.config)
      armStatus(memory, out)
      break
    case 'synced':
      return
    default:
      assertNever(event)
  }
  out.sync()
}

const view = (state: PbftState): NodeView => {
  const { disk, memory } = state
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, index, op }] of Object.entries(disk.machine.values))
    values[key] = { value, version: `#${index}`, op }
  const facts: Fact[] = [
    { label: 'view', value: disk.changing ? `to ${disk.view}` : String(disk.view) },
    { label: 'executed', value: String(disk.executed) },
    { label: 'votes', value: `${quorumSize(memory)} of ${memory.replicas.length}` },
    { label: 'log', value: String(Object.keys(disk.slots).length) },
  ]
  const term = disk.view
  if (!isPrimary(state)) return { role: 'replica', term, values, facts }
  return { role: 'primary', term, authority: { over: '*', term }, values, facts }
}

export const pbft: Protocol<PbftDisk, PbftMemory, PbftMessage, PbftTimer, Partial<PbftConfig>> = {
  name: 'pbft',
  revision: 1,
  boot: bootPbft,
  on,
  view,
  describe: describePbft,
}
