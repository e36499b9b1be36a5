import type { NodeId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { Outbox, State, TimerRange } from '../kernel/protocol.ts'
import type { LocatorConfig } from './locator-config.ts'
import { addressed, type NamingMessage, type Records, type Update } from './naming-wire.ts'

// What a locator knows of the service that it wants, and how it comes to know it.

/** What it believes of the name. `untilUs` null: until it is told otherwise. */
export type Known = { readonly addresses: readonly string[]; readonly untilUs: number | null; readonly version: number }
/** A call that is not closed. `origin` is who passed it here, null for its own. */
export type Task = {
  readonly asked: ClientRequest
  readonly origin: { readonly from: NodeId; readonly conn: string } | null
  attempt: number
  resets: number
  phase: 'looking' | 'opening' | 'calling'
  conn: string | null
  /** A call went out that may be carried out. */
  called: boolean
}
export type Conn = {
  readonly address: string
  readonly nonce: number
  readonly openedUs: number
  open: boolean
  task: string
}

export type LocatorMemory = {
  readonly self: NodeId
  config: LocatorConfig
  known: Known | null
  /** The question that it waits for an answer to. */
  asking: number | null
  queries: number
  tasks: { [task: string]: Task }
  conns: { [conn: string]: Conn }
  /** Connections of others to it, where it is a balancer. */
  inbound: string[]
  turn: number
  /** Addresses that failed, until when they are left alone, microseconds. */
  avoid: { [address: string]: number }
  /** Whom it called last. */
  last: string
}
/** Names of connections must not come back after a crash. */
export type LocatorDisk = { opened: number }
export type LocatorTimer = `attempt:${string}` | 'lookup' | 'renew'
export type LocatorState = State<LocatorDisk, LocatorMemory>
export type Out = Outbox<NamingMessage, LocatorTimer>

export const exactly = (ms: number): TimerRange => ({ minUs: Math.round(ms * 1000), maxUs: Math.round(ms * 1000) })

/** The addresses that it may go by now; undefined where it must ask first. */
export const current = ({ memory }: LocatorState, now: number): readonly string[] | undefined => {
  const { config, known } = memory
  if (config.finds === 'fixed') return config.addresses
  if (known === null) return undefined
  return known.untilUs === null || known.untilUs > now ? known.addresses : undefined
}

export const lookUp = ({ memory }: LocatorState, out: Out): void => {
  const { config } = memory
  if (memory.asking !== null || config.finds !== 'asks') return
  memory.queries += 1
  memory.asking = memory.queries
  if (config.directory !== '')
    out.send(addressed(config.directory), { t: 'query', id: memory.queries, name: config.name })
  out.setTimer('lookup', exactly(config.timeoutMs / 2))
}

/** The next of them in turn, those that failed of late left out unless there are no others. */
export const pick = (memory: LocatorMemory, addresses: readonly string[], now: number): string | undefined => {
  const good = addresses.filter(address => (memory.avoid[address] ?? 0) <= now)
  const among = good.length > 0 ? good : addresses
  memory.turn += 1
  return among[memory.turn % among.length]
}

/** An answer. True when calls that wait for one may go on. */
export const resolved = (
  state: LocatorState,
  { id, status, addresses, ttlMs }: Records,
  now: number,
  out: Out,
): boolean => {
  const { memory } = state
  if (memory.asking !== id) return false
  memory.asking = null
  out.cancelTimer('lookup')
  if (status === 'failed') return unresolved(state, now)
  const forever = memory.config.cache === 'forever' && status === 'found'
  const untilUs = forever ? null : now + Math.max(1, Math.round(ttlMs * 1000))
  memory.known = { addresses: [...addresses], untilUs, version: 0 }
  return true
}

/** Nobody told it: on with what it had (true), or wait for the end of the attempt. */
export const unresolved = ({ memory }: LocatorState, now: number): boolean => {
  memory.asking = null
  if (!memory.config.keepStale || memory.known === null) return false
  memory.known = { ...memory.known, untilUs: now + Math.round(memory.config.timeoutMs * 1000) }
  return true
}

/** A change. True when it is news, and calls that wait may go on. */
export const told = ({ memory }: LocatorState, { addresses, version }: Update): boolean => {
  if (memory.config.finds !== 'watches' || version < (memory.known?.version ?? 0)) return false
  memory.known = { addresses: [...addresses], untilUs: null, version }
  // A kept connection to an address that is off the list is closed when nobody waits for its answer.
  const busy = new Set(Object.values(memory.tasks).map(({ conn }) => conn))
  for (const [conn, { address }] of Object.entries(memory.conns))
    if (!busy.has(conn) && !addresses.includes(address)) delete memory.conns[conn]
  return true
}

export const subscribe = ({ memory }: LocatorState, out: Out): void => {
  const { finds, directory, name, renewMs } = memory.config
  if (finds !== 'watches' || directory === '') return
  out.send(addressed(directory), { t: 'watch', name })
  out.setTimer('renew', exactly(renewMs))
}

export const believes = ({ config, known }: LocatorMemory): string => {
  if (config.finds === 'fixed') return config.addresses.join(' ')
  if (known === null) return 'nothing yet'
  const until = known.untilUs === null ? '' : ` until ${Math.round(known.untilUs / 1e6)} s`
  return `${known.addresses.join(' ') || 'none'}${until}`
}
