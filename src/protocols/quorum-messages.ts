import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import { describeClientMessage, headerBytes, jsonBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import { heldValue, type Item } from './versioned-item.ts'

/**
 * Keep this. `slot` is the replica that it is meant for: the receiver itself, or the one for which it stands in (a hinted write).
 * `id` comes back in the acknowledgement. `op` is the operation served, null for repairs.
 */
export type Store = {
  readonly t: 'store'
  readonly id: string
  readonly slot: NodeId
  readonly key: string
  readonly item: Item
  readonly op: RequestId | null
}
export type Stored = {
  readonly t: 'stored'
  readonly id: string
  readonly slot: NodeId
  readonly key: string
  readonly op: RequestId | null
}
export type Fetch = {
  readonly t: 'fetch'
  readonly id: string
  readonly slot: NodeId
  readonly key: string
  readonly op: RequestId
}
export type Fetched = {
  readonly t: 'fetched'
  readonly id: string
  readonly slot: NodeId
  readonly key: string
  readonly item: Item | null
  readonly op: RequestId
}
/** Anti-entropy: what I hold of the keys that we share, as digests. */
export type Digests = { readonly t: 'digests'; readonly digests: { readonly [key: string]: string } }
/** Anti-entropy: what I hold of the keys where we differ, and the keys of which I want yours. */
export type Exchange = {
  readonly t: 'exchange'
  readonly items: readonly { readonly key: string; readonly item: Item }[]
  readonly want: readonly string[]
}
/** A node without its disk asks for all that another one holds, and gets it. */
export type Copy = { readonly t: 'copy' }
export type Copied = {
  readonly t: 'copied'
  readonly items: readonly { readonly key: string; readonly item: Item }[]
}
export type Ping = { readonly t: 'ping' } | { readonly t: 'pong' }

export type QuorumMessage = Call | Answer | Store | Stored | Fetch | Fetched | Digests | Exchange | Copy | Copied | Ping

const versionBytes = 24

const itemBytes = (item: Item | null): number =>
  (item?.versions ?? []).reduce((sum, { value }) => sum + versionBytes + jsonBytes(value), 0)

const describeStore = ({ id, slot, key, item, op }: Store): MessageInfo => {
  const hint = id.startsWith('hint') ? 'handoff ' : ''
  const base = {
    label: `${hint}store ${key}=${JSON.stringify(heldValue(item))} for ${slot}`,
    bytes: headerBytes + itemBytes(item),
    costUs: 0,
  }
  return op === null ? { ...base, purpose: 'repair' } : { ...base, purpose: 'replicate', op }
}

/** A message as the network and the pictures know it. */
export const describeQuorum = (message: QuorumMessage): MessageInfo => {
  switch (message.t) {
    case 'call':
    case 'answer':
      return describeClientMessage(message)
    case 'store':
      return describeStore(message)
    case 'stored': {
      const base = { label: `stored ${message.key}`, purpose: 'acknowledge', bytes: headerBytes, costUs: 0 } as const
      return message.op === null ? base : { ...base, op: message.op }
    }
    case 'fetch':
      return { label: `fetch ${message.key}`, purpose: 'request', bytes: headerBytes, costUs: 0, op: message.op }
    case 'fetched':
      return {
        label: `${message.key}=${JSON.stringify(heldValue(message.item))}`,
        purpose: 'reply',
        bytes: headerBytes + itemBytes(message.item),
        costUs: 0,
        op: message.op,
      }
    case 'digests': {
      const keys = Object.keys(message.digests).length
      return { label: `digests of ${keys}`, purpose: 'repair', bytes: headerBytes + 16 * keys, costUs: 0 }
    }
    case 'exchange': {
      const bytes = message.items.reduce((sum, { item }) => sum + itemBytes(item), headerBytes)
      return { label: `exchange +${message.items.length}`, purpose: 'repair', bytes, costUs: 0 }
    }
    case 'copy':
      return { label: 'copy', purpose: 'repair', bytes: headerBytes, costUs: 0 }
    case 'copied': {
      const bytes = message.items.reduce((sum, { item }) => sum + itemBytes(item), headerBytes)
      return { label: `copied +${message.items.length}`, purpose: 'repair', bytes, costUs: 0 }
    }
    case 'ping':
    case 'pong':
      return { label: message.t, purpose: 'heartbeat', bytes: headerBytes, costUs: 0 }
    default:
      return assertNever(message)
  }
}
