/**
 * A replicated store without a leader, after Dynamo: DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007.
 * Sections named here are of that paper. Cassandra and Riak are its children.
 *
 * Every key has N replicas (section 4.3). Any node coordinates any request: it sends a write to all N and answers when W have it, a read
 * likewise when R have replied, with the newest of what they hold (4.5). With R + W > N the two sets meet, so a read that begins after a
 * write was acknowledged meets it; but while a write is under way one reader may see it and a later one not, so the store is not
 * linearizable by that alone. It is where a read first writes back what it returns (`readRepair: before-return`; Attiya, Bar-Noy and
 * Dolev, JACM 1995), as long as clocks agree and the quorum is strict.
 *
 * A write that too few acknowledged is not taken back: it stays where it was stored, is spread by repair, and may win later.
 *
 * Two writes of one key that did not know of each other conflict. Last write wins keeps the larger time stamp, by the clock of the
 * coordinator (or of the client, where it stamps its calls). Siblings keeps both until somebody who has seen both writes
 * (4.4; `causal-context.ts` for how that is known).
 *
 * Replicas that are away are stood in for by others (sloppy quorum, 4.6), which keep hints and hand them over; in a strict quorum the
 * coordinator keeps the hint and it does not count. What hints miss, read repair and anti-entropy mend (4.7).
 *
 * Acknowledgements do not wait for the disk, as in Cassandra by default (commitlog_sync: periodic). A node that comes back without its
 * disk serves at once and has forgotten what it acknowledged, unless it copies first (`quorum-rejoin.ts`).
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Protocol } from '../kernel/protocol.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { type QuorumConfig, quorumConfig } from './quorum-config.ts'
import { giveUp, late, receiveCall, receiveFetched, receiveStored } from './quorum-coordinator.ts'
import { describeQuorum, type QuorumMessage } from './quorum-messages.ts'
import { askForCopies, isRejoining, loseMemory, receiveCopied, receiveCopy } from './quorum-rejoin.ts'
import {
  armGossip,
  gossip,
  handedOff,
  handOff,
  receiveDigests,
  receiveExchange,
  receiveFetch,
  receiveStore,
} from './quorum-replica.ts'
import {
  bootQuorum,
  type QuorumDisk,
  type QuorumMemory,
  type QuorumOutbox,
  type QuorumState,
  type QuorumTimer,
} from './quorum-state.ts'
import { armProbe, heard, probe } from './quorum-suspicion.ts'
import { heldValue, versionText } from './versioned-item.ts'

const receive = (state: QuorumState, from: NodeId, m: QuorumMessage, now: number, out: QuorumOutbox): void => {
  heard(state, from, now, out)
  switch (m.t) {
    case 'call':
      receiveCall(state, from, m, now, out)
      break
    case 'store':
      receiveStore(state, from, m, out)
      break
    case 'stored':
      if (m.id.startsWith('hint ')) handedOff(state, m, out)
      else receiveStored(state, m, out)
      break
    case 'fetch':
      if (!isRejoining(state)) receiveFetch(state, from, m, out)
      break
    case 'fetched':
      receiveFetched(state, m, out)
      break
    case 'digests':
      receiveDigests(state, from, m, out)
      break
    case 'exchange':
      receiveExchange(state, from, m, out)
      break
    case 'copy':
      receiveCopy(state, from, out)
      break
    case 'copied':
      receiveCopied(state, from, m, out)
      break
    case 'ping':
      out.send(from, { t: 'pong' })
      break
    case 'pong':
    case 'answer':
      break
    default:
      assertNever(m)
  }
}

const fired = (state: QuorumState, timer: QuorumTimer, now: number, out: QuorumOutbox): void => {
  if (timer === 'probe') probe(state, now, out)
  else if (timer === 'gossip') gossip(state, out)
  else if (timer === 'handoff') handOff(state, out)
  else if (timer === 'rejoin') askForCopies(state, out)
  else if (timer.startsWith('late:')) late(state, timer.slice(5), out)
  else giveUp(state, timer.slice(7), out)
}

const started = (state: QuorumState, restarted: boolean, now: number, out: QuorumOutbox): void => {
  const { disk, memory } = state
  // After a lost disk, or one that had not all of the last writes yet, old numbers could come again and be taken for writes that
  // everybody has seen: so the actor is new. Where time stamps decide, a number tells nothing, and only a lost disk matters.
  if (restarted && (!disk.used || memory.config.conflict === 'siblings')) disk.actor = `${memory.self}~${now}`
  if (restarted && !disk.used) loseMemory(state)
  disk.used = true
  out.sync()
  askForCopies(state, out)
  armGossip(state, out)
  armProbe(state, out)
  handOff(state, out)
}

const on = (
  state: QuorumState,
  event: NodeEvent<QuorumMessage, QuorumTimer, Partial<QuorumConfig>>,
  out: QuorumOutbox,
): void => {
  const { memory } = state
  switch (event.type) {
    case 'started':
      started(state, event.restarted, event.now, out)
      break
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'request': {
      // An operation asked of this very node is a call from itself.
      const { id: op, kind, key, input } = event.request
      receiveCall(state, memory.self, { t: 'call', op, attempt: 1, kind, key, input, session: null }, event.now, out)
      break
    }
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured':
      memory.config = quorumConfig(event.config)
      armGossip(state, out)
      armProbe(state, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: QuorumState): NodeView => {
  const { conflict, n, r, w, sloppy } = memory.config
  const values: { [key: string]: Copy } = {}
  for (const [key, item] of Object.entries(disk.items)) {
    const last = item.versions.at(-1)
    if (last === undefined) continue
    const version = item.versions.map(one => versionText(conflict, one)).join(' ')
    const siblings = item.versions.map(({ value, op }) => ({ value, op }))
    const copy = { value: heldValue(item), version, op: last.op }
    values[key] = siblings.length > 1 ? { ...copy, siblings } : copy
  }
  const facts: Fact[] = [{ label: 'quorum', value: `N=${n} R=${r} W=${w}${sloppy ? ' sloppy' : ''}` }]
  if (disk.copiedFrom !== undefined)
    facts.unshift({ label: 'copies first', value: `${disk.copiedFrom.length} of ${memory.nodes.length - 1}` })
  if (memory.suspects.length > 0) facts.push({ label: 'suspects', value: memory.suspects.join(' ') })
  for (const { slot, key, item } of disk.hints.slice(0, 4))
    facts.push({ label: `hint for ${slot}`, value: `${key}=${JSON.stringify(heldValue(item))}` })
  if (disk.hints.length > 4) facts.push({ label: 'hints', value: String(disk.hints.length) })
  return { role: 'replica', values, facts }
}

export const quorum: Protocol<QuorumDisk, QuorumMemory, QuorumMessage, QuorumTimer, Partial<QuorumConfig>> = {
  name: 'quorum',
  revision: 2,
  boot: bootQuorum,
  on,
  view,
  describe: describeQuorum,
}
