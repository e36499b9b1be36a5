import type { NodeId } from '../kernel/ids.ts'
import type { Root, Stage } from './domain-certificate.ts'
import type { DomainConfig } from './domain-config.ts'

/** What a domain has learned of a neighbour in handshakes with it. */
export type Neighbour = {
  /** The roots that it last said it accepts (`certificate_authorities`, RFC 8446, section 4.2.4). */
  accepts: readonly Root[]
  /** The root of the certificate that it last showed. */
  shows: Root | null
  /** When it last showed one under the old root, microseconds; null for never. */
  oldSeenUs: number | null
}

export type Neighbours = { [node: string]: Neighbour }

/** Where a domain stands in the rotation. On disk, for a restart must not undo it. */
export type Rotation = {
  stage: Stage
  /** When it last took a step, microseconds of its own clock; null for never. */
  steppedUs: number | null
}

const mod = (value: number, by: number): number => ((value % by) + by) % by

/** The hour of universal time by the node's own clock. */
export const universalH = ({ hourMs }: DomainConfig, now: number): number => now / (hourMs * 1000)

/** The hour of the day on the office clock, 0 to 24. */
export const officeH = (config: DomainConfig, now: number): number => mod(universalH(config, now) + config.zoneH, 24)

/** Whether the office clock stands between two hours of the day; the range may go over midnight. */
export const isBetween = (config: DomainConfig, now: number, fromH: number, toH: number): boolean => {
  const hour = officeH(config, now)
  return fromH <= toH ? hour >= fromH && hour < toH : hour >= fromH || hour < toH
}

export const windowIsOpen = (config: DomainConfig, now: number): boolean =>
  isBetween(config, now, config.windowFromH, config.windowToH)

/** `d1 02:00` on the office clock. */
export const clockText = (config: DomainConfig, now: number): string => {
  const minutes = Math.round((universalH(config, now) + config.zoneH) * 60)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `d${Math.floor(minutes / 1440)} ${two(Math.floor(mod(minutes, 1440) / 60))}:${two(mod(minutes, 60))}`
}

/** Everybody that it spoke with accepts the new root, the domain behind included. */
const allAccept = ({ next }: DomainConfig, neighbours: Neighbours): boolean => {
  const known = Object.values(neighbours)
  if (known.length === 0 || (next !== '' && neighbours[next] === undefined)) return false
  return known.every(({ accepts }) => accepts.includes('new'))
}

/** Nobody has shown the old root for `quietH`, and everybody shows the new one. */
const nobodyShowsOld = (config: DomainConfig, neighbours: Neighbours, now: number): boolean =>
  allAccept(config, neighbours) &&
  Object.values(neighbours).every(
    ({ shows, oldSeenUs }) =>
      shows === 'new' && (oldSeenUs === null || now - oldSeenUs >= config.quietH * config.hourMs * 1000),
  )

/** An agreed moment: everything at once, when the clock that counts says so. */
const atMoment = (config: DomainConfig, stage: Stage, now: number): Stage => {
  const hour = universalH(config, now) + (config.localTime ? config.zoneH : 0)
  const may = !config.onlyInWindow || windowIsOpen(config, now)
  return hour >= config.momentH && may ? 3 : stage
}

/** One step a window, when its date has come or the neighbours are seen to be ready ("expand and contract"). */
const overlapping = (
  config: DomainConfig,
  { stage, steppedUs }: Rotation,
  neighbours: Neighbours,
  now: number,
): Stage => {
  const rested = steppedUs === null || now - steppedUs >= 12 * config.hourMs * 1000
  if (stage === 3 || !rested || !windowIsOpen(config, now)) return stage
  const hour = universalH(config, now)
  const next = (stage + 1) as Stage
  if (stage === 0) return hour >= config.expandH ? next : stage
  if (config.plan === 'dates') return hour >= (stage === 1 ? config.presentH : config.retireH) ? next : stage
  const safe = stage === 1 ? allAccept(config, neighbours) : nobodyShowsOld(config, neighbours, now)
  return safe ? next : stage
}

/** The stage that the owner's plan asks for now. It changes things at full hours only. */
export const plannedStage = (config: DomainConfig, rotation: Rotation, neighbours: Neighbours, now: number): Stage => {
  const { stage } = rotation
  if (config.rolledBack || universalH(config, now) < config.frozenUntilH) return stage
  switch (config.plan) {
    case 'none':
      return stage
    case 'moment':
      return atMoment(config, stage, now)
    case 'dates':
    case 'evidence':
      return overlapping(config, rotation, neighbours, now)
  }
}

/** Where a rollback leads: an agreed moment has only one step to take back. */
export const rolledBackStage = ({ plan }: DomainConfig, stage: Stage): Stage =>
  stage === 0 ? 0 : plan === 'moment' ? 0 : ((stage - 1) as Stage)

const ofNeighbour = (neighbours: Neighbours, node: NodeId): Neighbour => {
  neighbours[node] ??= { accepts: ['old'], shows: null, oldSeenUs: null }
  return neighbours[node]
}

/** Notes what a neighbour said in a handshake. */
export const learn = (
  neighbours: Neighbours,
  node: NodeId,
  said: { readonly accepts?: readonly Root[]; readonly shows?: Root },
  now: number,
): void => {
  const neighbour = ofNeighbour(neighbours, node)
  if (said.accepts !== undefined) neighbour.accepts = [...said.accepts]
  if (said.shows === undefined) return
  neighbour.shows = said.shows
  if (said.shows === 'old') neighbour.oldSeenUs = now
}
