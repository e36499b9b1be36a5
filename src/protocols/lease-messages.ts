import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import { describeClientMessage, headerBytes, jsonBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'

/** Between a holder and the lock service. `n` counts a holder's requests, so that an answer names what it answers. */
export type LockMessage =
  /** Asks for the lock; with the token of a lease that it holds, for that lease to be prolonged. */
  | { readonly t: 'acquire'; readonly key: string; readonly n: number; readonly token: number | null }
  /** The lease: for so long from when it was asked for, or until then on the lock service's clock. Null: until it is given back. */
  | {
      readonly t: 'grant'
      readonly key: string
      readonly n: number
      readonly token: number
      readonly termUs: number | null
      readonly untilUs: number | null
    }
  | { readonly t: 'held'; readonly key: string; readonly n: number; readonly by: NodeId }
  /** The lease that was to be prolonged is over. */
  | { readonly t: 'lost'; readonly key: string; readonly n: number; readonly token: number }
  /** The lock may be had again. */
  | { readonly t: 'free'; readonly key: string }
  | { readonly t: 'release' | 'released'; readonly key: string; readonly token: number }

/** Between a holder and the store. A request without a token is outside any lease. */
export type StoreMessage =
  | {
      readonly t: 'get'
      readonly key: string
      readonly op: RequestId
      readonly n: number
      readonly token: number | null
    }
  | {
      readonly t: 'put'
      readonly key: string
      readonly op: RequestId
      readonly n: number
      readonly token: number
      readonly value: Json
      /** What it was made of: the write that was read (null: the initial value). Left out by a write that read nothing. */
      readonly base?: RequestId | null
    }
  | {
      readonly t: 'value'
      readonly op: RequestId
      readonly n: number
      readonly value: Json
      /** The write that the value is from. */
      readonly from: RequestId | null
    }
  | { readonly t: 'stored'; readonly op: RequestId; readonly n: number }
  /** A higher token has been here. */
  | { readonly t: 'refused'; readonly op: RequestId; readonly n: number; readonly fence: number }

export type LeaseMessage = Call | Answer | LockMessage | StoreMessage

const lockLabel = (m: LockMessage): string => {
  switch (m.t) {
    case 'acquire':
      return m.token === null ? 'acquire' : `renew, token ${m.token}`
    case 'grant':
      return `lease, token ${m.token}${m.termUs === null ? ', no end' : ''}`
    case 'held':
      return `held by ${m.by}`
    case 'lost':
      return `lease over, token ${m.token}`
    case 'free':
      return 'free'
    case 'release':
    case 'released':
      return `${m.t}, token ${m.token}`
    default:
      return assertNever(m)
  }
}

const storeInfo = (m: StoreMessage): Pick<MessageInfo, 'label' | 'purpose' | 'bytes'> => {
  switch (m.t) {
    case 'get':
      return {
        label: `get ${m.key}${m.token === null ? '' : `, token ${m.token}`}`,
        purpose: 'replicate',
        bytes: headerBytes,
      }
    case 'put':
      return {
        label: `put ${m.key}=${JSON.stringify(m.value)}, token ${m.token}`,
        purpose: 'replicate',
        bytes: headerBytes + jsonBytes(m.value),
      }
    case 'value':
      return {
        label: `value ${JSON.stringify(m.value)}`,
        purpose: 'acknowledge',
        bytes: headerBytes + jsonBytes(m.value),
      }
    case 'stored':
      return { label: 'stored', purpose: 'acknowledge', bytes: headerBytes }
    case 'refused':
      return { label: `refused, seen token ${m.fence}`, purpose: 'acknowledge', bytes: headerBytes }
    default:
      return assertNever(m)
  }
}

/** Any message of a lab with leases as the network and the pictures know it. */
export const describeLeaseMessage = (m: LeaseMessage): MessageInfo => {
  switch (m.t) {
    case 'call':
    case 'answer':
      return describeClientMessage(m)
    case 'get':
    case 'put':
    case 'value':
    case 'stored':
    case 'refused':
      return { ...storeInfo(m), costUs: 0, op: m.op }
    default:
      return { label: lockLabel(m), purpose: 'control', bytes: headerBytes, costUs: 0 }
  }
}
