import type { NodeId } from '../kernel/ids.ts'
import type { Signed } from '../kernel/signature.ts'
import { copyMachine, type MachineState } from './kv-machine.ts'
import type { Checkpoint, PbftMessage } from './pbft-messages.ts'
import {
  fromReplica,
  highWater,
  inWindow,
  machineDigest,
  multicast,
  type PbftDisk,
  type PbftOutbox,
  type PbftState,
  provesCheckpoint,
  quorumSize,
} from './pbft-state.ts'

// Section 4.3, garbage collection: what a quorum has executed and vouches for need not be kept message by message. And how a replica that
// missed something gets it: section 4.6 of the paper, and section 2.4 of Castro's thesis for the status messages.

const dropThrough = (table: { [n: string]: unknown }, n: number): void => {
  for (const key of Object.keys(table)) if (Number(key) <= n) delete table[key]
}

/** The log begins after this checkpoint from now on. */
const stabilize = (
  disk: PbftDisk,
  n: number,
  machine: MachineState,
  proof: readonly Signed<Checkpoint>[],
  out: PbftOutbox,
): void => {
  disk.stable = { n, machine, proof }
  for (const table of [disk.slots, disk.prepared, disk.checkpoints, disk.snapshots]) dropThrough(table, n)
  disk.assigned = Math.max(disk.assigned, n)
  out.note('stable checkpoint', { n })
}

const tryToStabilize = ({ disk, memory }: PbftState, n: number, out: PbftOutbox): void => {
  const own = disk.snapshots[n]
  if (own === undefined) return
  const value = machineDigest(own)
  const proof = Object.values(disk.checkpoints[n] ?? {}).filter(({ payload }) => payload.value === value)
  if (proof.length >= quorumSize(memory)) stabilize(disk, n, copyMachine(own), proof, out)
}

/** After the execution of every K-th request. */
export const takeCheckpoint = (state: PbftState, n: number, out: PbftOutbox): void => {
  const { disk, memory } = state
  if (n % memory.config.checkpointEvery !== 0) return
  disk.snapshots[n] = copyMachine(disk.machine)
  const signed = out.sign<Checkpoint>({ is: 'checkpoint', n, value: machineDigest(disk.machine) })
  disk.checkpoints[n] = { ...disk.checkpoints[n], [memory.self]: signed }
  multicast(memory, { t: 'checkpoint', signed }, out)
  tryToStabilize(state, n, out)
}

export const receiveCheckpoint = (state: PbftState, signed: Signed<Checkpoint>, out: PbftOutbox): void => {
  const { disk, memory } = state
  if (!fromReplica(memory, signed, out) || signed.payload.is !== 'checkpoint') return
  const { n } = signed.payload
  if (!inWindow(state, n)) return
  const known = disk.checkpoints[n] ?? {}
  if (Object.hasOwn(known, signed.signer)) return
  disk.checkpoints[n] = { ...known, [signed.signer]: signed }
  tryToStabilize(state, n, out)
}

/** Says how far this replica is. */
export const sendStatus = ({ disk, memory }: PbftState, out: PbftOutbox): void => {
  const { view, changing, executed, stable } = disk
  multicast(memory, { t: 'status', view, changing, executed, stable: stable.n }, out)
}

type Status = Extract<PbftMessage, { t: 'status' }>

/** What the other one lacks to be in this replica's view. */
const sendView = ({ disk, memory }: PbftState, to: NodeId, status: Status, out: PbftOutbox): void => {
  const own = disk.viewChanges[memory.self]
  if (disk.changing) {
    if (own !== undefined) out.send(to, { t: 'view-change', signed: own })
  } else if (disk.newView !== null && (status.view < disk.view || status.changing)) {
    out.send(to, { t: 'new-view', signed: disk.newView })
  }
}

/** This replica's part in what the other one has not executed yet. */
const sendSlots = ({ disk, memory }: PbftState, to: NodeId, after: number, out: PbftOutbox): void => {
  for (const [n, slot] of Object.entries(disk.slots)) {
    if (Number(n) <= after) continue
    const { prePrepare, request, prepares, commits } = slot
    const prepare = prepares[memory.self]
    const commit = commits[memory.self]
    if (prePrepare !== null) out.send(to, { t: 'pre-prepare', signed: prePrepare, request })
    if (prepare !== undefined) out.send(to, { t: 'prepare', signed: prepare })
    if (commit !== undefined) out.send(to, { t: 'commit', signed: commit })
  }
}

const sendCheckpoints = ({ disk, memory }: PbftState, to: NodeId, status: Status, out: PbftOutbox): void => {
  const { stable } = disk
  if (status.executed < stable.n)
    out.send(to, { t: 'state', n: stable.n, machine: copyMachine(stable.machine), proof: stable.proof })
  else if (status.stable < stable.n) for (const signed of stable.proof) out.send(to, { t: 'checkpoint', signed })
  for (const known of Object.values(disk.checkpoints)) {
    const own = known[memory.self]
    if (own !== undefined && own.payload.n > status.stable) out.send(to, { t: 'checkpoint', signed: own })
  }
}

/** Gives a replica that is behind, and has not moved since it last said so, what it misses. */
export const receiveStatus = (state: PbftState, from: NodeId, status: Status, out: PbftOutbox): void => {
  const { disk, memory } = state
  if (!memory.replicas.includes(from)) return
  const said = `${status.view} ${status.changing} ${status.executed} ${status.stable}`
  const stuck = memory.heard[from] === said
  memory.heard[from] = said
  if (!stuck) return
  if (status.view < disk.view || (status.view === disk.view && status.changing)) sendView(state, from, status, out)
  if (status.view === disk.view && !status.changing && !disk.changing) sendSlots(state, from, status.executed, out)
  sendCheckpoints(state, from, status, out)
}

type StateTransfer = Extract<PbftMessage, { t: 'state' }>

/** The state that a quorum vouches for takes the place of an older one. */
export const receiveState = (state: PbftState, { n, machine, proof }: StateTransfer, out: PbftOutbox): boolean => {
  const { disk, memory } = state
  if (n <= disk.executed || n <= disk.stable.n) return false
  if (!provesCheckpoint(memory, n, machineDigest(machine), proof, out)) return false
  disk.machine = copyMachine(machine)
  disk.executed = n
  stabilize(disk, n, machine, proof, out)
  out.note('state transfer', { n, through: highWater(state) })
  return true
}
