import type { NodeId } from '../kernel/ids.ts'
import type { Outbox } from '../kernel/protocol.ts'
import type { BalancerConfig } from './balancer-config.ts'

/**
 * Which servers a balancer gives requests to. Active checks take a server out after `fall` missed in a row and back after `rise` answered
 * (HAProxy's words); outlier detection ejects it for a while after so many failed requests in a row (Envoy's). Both judge by silence, so
 * both can be wrong about a server that is slow or cut off.
 */
export type Member = {
  /** What the checks say. */
  healthy: boolean
  /** Checks in a row that spoke against what they said so far. */
  contrary: number
  /** The round of checks that it answered last. */
  heard: number
  /** Requests in a row that came to nothing. */
  failures: number
  ejected: boolean
  /** Requests that it has not answered yet. */
  outstanding: number
}
export type Rotation = {
  members: { [node: string]: Member }
  /** Where the next turn begins. */
  turn: number
  /** Rounds of checks so far. */
  round: number
}

type Notes = Pick<Outbox<never, never>, 'note'>

const fresh = (): Member => ({ healthy: true, contrary: 0, heard: 0, failures: 0, ejected: false, outstanding: 0 })

/** All that are named take part until something speaks against them. */
export const freshRotation = ({ backends }: BalancerConfig): Rotation => ({
  members: Object.fromEntries(backends.map(node => [node, fresh()])),
  turn: 0,
  round: 0,
})

/** Members for the servers that a changed config names; those that stay keep what is known of them. Without checks nobody is out by them. */
export const reformed = (rotation: Rotation, config: BalancerConfig): void => {
  const { members } = rotation
  const next: Rotation['members'] = {}
  for (const node of config.backends) {
    const member = members[node] ?? fresh()
    if (config.checkMs === 0) Object.assign(member, { healthy: true, contrary: 0 })
    if (config.ejectAfter === 0) Object.assign(member, { ejected: false, failures: 0 })
    next[node] = member
  }
  rotation.members = next
}

const takesPart = (member: Member | undefined): member is Member => member?.healthy === true && member.ejected === false

/** Those that get requests, in the order of the config. */
export const inRotation = ({ members }: Rotation, { backends }: BalancerConfig): readonly NodeId[] =>
  backends.filter(node => takesPart(members[node]))

/** The next server to ask, by the policy; `tried` ones only if there is no other. Undefined when all are out. */
export const pick = (rotation: Rotation, config: BalancerConfig, tried: readonly NodeId[]): NodeId | undefined => {
  const { backends, policy } = config
  const able = inRotation(rotation, config)
  const untried = able.filter(node => !tried.includes(node))
  const from = untried.length > 0 ? untried : able
  const ahead = (node: NodeId): number => (backends.indexOf(node) - rotation.turn + backends.length) % backends.length
  const load = (node: NodeId): number =>
    policy === 'least-outstanding' ? (rotation.members[node]?.outstanding ?? 0) : 0
  const [chosen] = from.toSorted((a, b) => load(a) - load(b) || ahead(a) - ahead(b))
  if (chosen !== undefined) rotation.turn = (backends.indexOf(chosen) + 1) % backends.length
  return chosen
}

const judge = (member: Member, node: string, wasThere: boolean, config: BalancerConfig, out: Notes): void => {
  if (member.healthy === wasThere) {
    member.contrary = 0
    return
  }
  member.contrary += 1
  if (member.contrary < (wasThere ? config.rise : config.fall)) return
  member.healthy = wasThere
  member.contrary = 0
  out.note(wasThere ? 'trust' : 'suspect', { node })
}

/** Ends a round of checks, counts who missed it, and begins the next. The number of the new round. */
export const nextRound = (rotation: Rotation, config: BalancerConfig, out: Notes): number => {
  const { round, members } = rotation
  for (const [node, member] of Object.entries(members))
    if (round > 0 && member.heard < round) judge(member, node, false, config, out)
  rotation.round += 1
  return rotation.round
}

/** The answer to a check. One that comes after its round was counted as missed. */
export const heardCheck = (
  rotation: Rotation,
  node: NodeId,
  round: number,
  config: BalancerConfig,
  out: Notes,
): void => {
  const member = rotation.members[node]
  if (member === undefined || round !== rotation.round || member.heard === round) return
  member.heard = round
  judge(member, node, true, config, out)
}

/** What came of a request to this server. True when it is to be left out for a while from now on. */
export const recordTry = (
  rotation: Rotation,
  node: NodeId,
  answered: boolean,
  config: BalancerConfig,
  out: Notes,
): boolean => {
  const member = rotation.members[node]
  if (member === undefined) return false
  member.outstanding = Math.max(0, member.outstanding - 1)
  member.failures = answered ? 0 : member.failures + 1
  if (config.ejectAfter === 0 || member.ejected || member.failures < config.ejectAfter) return false
  member.ejected = true
  out.note('suspect', { node })
  return true
}

/** Its time outside is over: it gets requests again, and one failure short of the next ejection. */
export const takeBack = (rotation: Rotation, node: NodeId, config: BalancerConfig, out: Notes): void => {
  const member = rotation.members[node]
  if (member?.ejected !== true) return
  member.ejected = false
  member.failures = Math.max(0, config.ejectAfter - 1)
  out.note('trust', { node })
}
