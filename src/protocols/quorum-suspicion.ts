import type { NodeId } from '../kernel/ids.ts'
import { handOff } from './quorum-replica.ts'
import { exactly, isSuspect, type QuorumOutbox, type QuorumState } from './quorum-state.ts'

// Which nodes seem to be away. A plain time-out, no proof: a slow node is suspected too. Dynamo, section 4.8.3, has the same purely local
// notion of failure: what matters to a node is whether the other answers it.

export const suspect = (state: QuorumState, node: NodeId, out: QuorumOutbox): void => {
  const { memory } = state
  if (node === memory.self || isSuspect(memory, node)) return
  memory.suspects = [...memory.suspects, node].sort()
  out.note('suspect', { node })
  armProbe(state, out)
}

/** Anything heard from a node shows that it is back. */
export const heard = (state: QuorumState, node: NodeId, now: number, out: QuorumOutbox): void => {
  const { memory } = state
  if (!memory.nodes.includes(node)) return
  memory.heardUs[node] = now
  if (!isSuspect(memory, node)) return
  memory.suspects = memory.suspects.filter(one => one !== node)
  out.note('trust', { node })
  if (state.disk.hints.some(({ slot }) => slot === node)) handOff(state, out)
}

export const armProbe = ({ memory }: QuorumState, out: QuorumOutbox): void => {
  const { heartbeatMs, probeMs } = memory.config
  if (memory.probing || (heartbeatMs === 0 && memory.suspects.length === 0)) return
  memory.probing = true
  out.setTimer('probe', exactly(heartbeatMs > 0 ? heartbeatMs : probeMs))
}

/** Pings the suspects, or everyone where heartbeats are on. */
export const probe = (state: QuorumState, now: number, out: QuorumOutbox): void => {
  const { memory } = state
  const { heartbeatMs, suspectMs } = memory.config
  memory.probing = false
  for (const node of memory.nodes) {
    if (node === memory.self || (heartbeatMs === 0 && !isSuspect(memory, node))) continue
    out.send(node, { t: 'ping' })
    const heardUs = memory.heardUs[node] ?? now
    memory.heardUs[node] = heardUs
    if (heartbeatMs > 0 && now - heardUs > suspectMs * 1000) suspect(state, node, out)
  }
  armProbe(state, out)
}
