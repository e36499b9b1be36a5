import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import { headerBytes, jsonBytes } from './client-message.ts'
import type { Proof } from './secure-wire.ts'

/** What finds a service by its name: questions and answers (RFC 1034, section 3.7), subscriptions, registrations, health checks. */
export interface Query {
  readonly t: 'query'
  readonly id: number
  readonly name: string
}

/** `no-such-name`: there is no address under it (RFC 2308). `failed`: nobody could be asked. `ttlMs`: how long this may be kept. */
export type Status = 'found' | 'no-such-name' | 'failed'
export interface Records {
  readonly t: 'records'
  readonly id: number
  readonly name: string
  readonly status: Status
  readonly addresses: readonly string[]
  readonly ttlMs: number
}

/** Asks to be told of changes; renewed from time to time, for a change may be lost on the way. */
export interface Watch {
  readonly t: 'watch'
  readonly name: string
}
export interface Update {
  readonly t: 'update'
  readonly name: string
  readonly addresses: readonly string[]
  /** Grows with every change: an older list does not replace a newer one. */
  readonly version: number
}

/** I serve this name at this address. Sent again and again, it is the heartbeat. */
export interface Register {
  readonly t: 'register'
  readonly name: string
  readonly address: string
}
export interface Probe {
  readonly t: 'probe'
  readonly n: number
  /** The address that is probed. */
  readonly address: string
}
export interface Alive {
  readonly t: 'alive'
  readonly n: number
  readonly address: string
}

/** A connection to a service: opened with a proof of who answers, used for calls, reset by whoever does not know it. */
export interface Open {
  readonly t: 'open'
  readonly conn: string
  readonly op: RequestId
  readonly name: string
  readonly nonce: number
}
export interface Opened {
  readonly t: 'opened'
  readonly conn: string
  readonly op: RequestId
  readonly proof: Signed<Proof>
}
export interface Use {
  readonly t: 'use'
  readonly conn: string
  readonly op: RequestId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
}
export type UseResult =
  | { readonly outcome: 'ok'; readonly output: Json }
  | { readonly outcome: 'fail' | 'unknown'; readonly reason: string }
export interface Used {
  readonly t: 'used'
  readonly conn: string
  readonly op: RequestId
  readonly result: UseResult
}
export interface Reset {
  readonly t: 'reset'
  readonly conn: string
  readonly op: RequestId
}

export type NamingMessage =
  | Query
  | Records
  | Watch
  | Update
  | Register
  | Probe
  | Alive
  | Open
  | Opened
  | Use
  | Used
  | Reset

/** Addresses are names that the network resolves. */
export const addressed = (address: string): NodeId => address as NodeId

const list = (addresses: readonly string[]): string => (addresses.length === 0 ? 'none' : addresses.join(' '))

const recordsText = ({ name, status, addresses, ttlMs }: Records): string =>
  status === 'found' ? `${name}: ${list(addresses)}, ${Math.round(ttlMs / 1000)} s` : `${name}: ${status}`

const base = { costUs: 0, bytes: headerBytes }

const describeNaming = (m: Query | Records | Watch | Update | Register | Probe | Alive): MessageInfo => {
  switch (m.t) {
    case 'query':
      return { ...base, label: `where is ${m.name}?`, purpose: 'request' }
    case 'records':
      return { ...base, label: recordsText(m), purpose: 'reply', bytes: headerBytes + 16 * m.addresses.length }
    case 'watch':
      return { ...base, label: `tell me of ${m.name}`, purpose: 'control' }
    case 'update':
      return { ...base, label: `${m.name}: ${list(m.addresses)}`, purpose: 'replicate' }
    case 'register':
      return { ...base, label: `${m.name} at ${m.address}`, purpose: 'heartbeat' }
    case 'probe':
      return { ...base, label: 'are you there?', purpose: 'heartbeat' }
    case 'alive':
      return { ...base, label: 'yes', purpose: 'acknowledge' }
    default:
      return assertNever(m)
  }
}

const resultText = (result: UseResult): string => {
  if (result.outcome !== 'ok') return result.reason
  return result.output === null ? 'ok' : `ok ${JSON.stringify(result.output)}`
}

/** A message as the network and the pictures know it. */
export const describeNamingMessage = (m: NamingMessage): MessageInfo => {
  switch (m.t) {
    case 'open':
      return { ...base, label: `open ${m.name}`, purpose: 'control', op: m.op }
    case 'opened':
      return { ...base, label: `here is ${m.proof.payload.name}`, purpose: 'control', op: m.op }
    case 'use': {
      const object = m.input === null ? m.key : `${m.key}=${JSON.stringify(m.input)}`
      return {
        ...base,
        label: `${m.kind} ${object}`,
        purpose: 'request',
        op: m.op,
        bytes: headerBytes + jsonBytes(m.input),
      }
    }
    case 'used':
      return { ...base, label: resultText(m.result), purpose: 'reply', op: m.op }
    case 'reset':
      return { ...base, label: 'reset', purpose: 'reply', op: m.op }
    default:
      return describeNaming(m)
  }
}
