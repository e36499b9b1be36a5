import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import { copyJson } from './copy.ts'
import type { Mutable, Planned, Strategy, Turn } from './strategy.ts'

/** What carries the content of messages, by the names that protocols give it. All else (terms, versions, ids) stays true. */
const valueNames = new Set(['value', 'values', 'decision', 'vote', 'order', 'input', 'output'])

/** Another value of the same kind. */
const twist = (value: Json): Json => {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return value + 1
  if (typeof value === 'string') return value === 'attack' ? 'retreat' : value === 'retreat' ? 'attack' : `${value}'`
  if (value === null) return 0
  return Array.isArray(value) ? value.map(twist) : mapMembers(value as Members, twist)
}

type Members = { readonly [key: string]: Json | undefined }

const mapMembers = (members: Members, change: (value: Json, name: string) => Json): Json =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, change(value, name)]])),
  )

/** The message with other values. What this node signed is signed anew; what others signed cannot be changed and is passed on. */
const falsify = (turn: Turn, message: Json): Json => {
  if (message === null || typeof message !== 'object') return message
  if (Array.isArray(message)) return message.map(item => falsify(turn, item))
  const members = message as Members
  if (typeof members.tag === 'string' && typeof members.signer === 'string' && members.payload !== undefined) {
    if (members.signer !== turn.self) return message
    const { signer, payload, tag } = turn.out.sign(falsify(turn, members.payload))
    return { signer, payload, tag }
  }
  return mapMembers(members, (value, name) => (valueNames.has(name) ? twist(value) : falsify(turn, value)))
}

const none = (): Mutable => ({})

/** Follows the protocol in everything but says nothing to anyone. */
const silent: Strategy = {
  name: 'silent',
  initial: none,
  act: turn => {
    turn.honest()
  },
}

/** Tells half of the nodes the truth and the other half something else; colluders lie to the same half. */
const equivocate: Strategy = {
  name: 'equivocate',
  initial: none,
  act(turn) {
    for (const planned of turn.honest()) {
      const message = sideOf(turn, planned.to) === 'deceived' ? falsify(turn, planned.message) : planned.message
      turn.send({ ...planned, message })
    }
  },
}

/** Every other node that the colluders meet is deceived: agreed on over their channel, so that they contradict each other nowhere. */
const sideOf = (turn: Turn, node: NodeId): Json => {
  const key = `side of ${node}`
  if (turn.channel[key] === undefined) {
    turn.channel[key] = Object.keys(turn.channel).length % 2 === 0 ? 'told' : 'deceived'
  }
  return turn.channel[key]
}

/** Falsifies the values in everything that it sends. */
const corruptValues: Strategy = {
  name: 'corrupt-values',
  initial: none,
  act(turn) {
    for (const planned of turn.honest()) turn.send({ ...planned, message: falsify(turn, planned.message) })
  },
}

const remembered = 16

/** Sends everything late, by 0 to 500 ms, and now and then an old message once more. */
const delayAndReplay: Strategy = {
  name: 'delay-replay',
  initial: () => ({ sent: [] }),
  act(turn) {
    const sent = turn.own.sent as unknown as Planned[]
    for (const planned of turn.honest()) {
      turn.send({ ...planned, delayUs: Math.floor(turn.draw() * 500_000) })
      sent.push({ to: planned.to, message: planned.message })
      if (sent.length > remembered) sent.shift()
      const old = turn.draw() < 0.25 ? sent[Math.floor(turn.draw() * sent.length)] : undefined
      if (old !== undefined) turn.send({ ...old, delayUs: Math.floor(turn.draw() * 500_000) })
    }
  },
}

/**
 * Two honest nodes behind one name, each with a state of its own, one for the nodes that are told and one for those that are deceived: an
 * equivocation that nothing in any single message gives away, for all that either says is signed and follows the protocol (Bano et al.,
 * "Twins: BFT Systems Made Robust", OPODIS 2021). Colluders' twins talk to the same halves.
 */
const twins: Strategy = {
  name: 'twins',
  initial: () => ({ twin: null }),
  act(turn) {
    for (const peer of turn.peers) if (!turn.colluders.includes(peer)) sideOf(turn, peer)
    turn.own.twin ??= copyJson(turn.state as unknown as Json)
    const { event } = turn
    const from = event.type === 'message' ? partyOf(turn, event.from) : undefined
    if (from !== 'deceived') sendTo(turn, 'told', turn.honest())
    if (from !== 'told') asTwin(turn, () => sendTo(turn, 'deceived', turn.honest(copyJson(event))))
  },
}

/** The half that a node belongs to; a colluder has a twin in either. */
const partyOf = (turn: Turn, node: NodeId): Json | undefined =>
  turn.colluders.includes(node) ? undefined : sideOf(turn, node)

const sendTo = (turn: Turn, side: 'told' | 'deceived', planned: readonly Planned[]): void => {
  for (const one of planned) if ((partyOf(turn, one.to) ?? side) === side) turn.send(one)
}

/** Lets the second state take the place of the node's own for a while. */
const asTwin = (turn: Turn, act: () => void): void => {
  const { disk, memory } = turn.state
  const twin = turn.own.twin as { disk: Json; memory: Json }
  turn.state.disk = twin.disk
  turn.state.memory = twin.memory
  act()
  turn.own.twin = { disk: turn.state.disk, memory: turn.state.memory }
  turn.state.disk = disk
  turn.state.memory = memory
}

/** Strategies that fit any protocol. */
export const genericStrategies: readonly Strategy[] = [silent, equivocate, corruptValues, delayAndReplay, twins]
