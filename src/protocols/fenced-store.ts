/**
 * A store that is used under a lock which somebody else grants. It knows nothing of leases. With `fence` it remembers the highest token that
 * it has seen for each key and refuses what comes with a lower one: so a holder whose lease is over cannot do harm, however late it or its
 * message is, and whatever its clock says (Burrows, "The Chubby Lock Service", OSDI 2006, section 2.4, sequencers).
 *
 * To check writes alone leaves a hole where a holder reads, works and writes back: between the read of the new holder and its write the late
 * write of the old one still carries the highest token written. So `all` lets reads under a lease raise the fence too.
 *
 * A write is known by its operation, so a copy of one that was carried out is answered and not carried out again.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import { describeLeaseMessage, type LeaseMessage } from './lease-messages.ts'

export type FencedStoreConfig = {
  /** Which requests are checked against the highest token seen: none, writes, or everything under a lease. */
  readonly fence: 'off' | 'writes' | 'all'
}

export const fencedStoreDocs: readonly ConfigDoc[] = [
  {
    key: 'fence',
    kind: 'choice',
    choices: ['off', 'writes', 'all'],
    default: 'off',
    doc: 'Which requests need the highest token seen: none, writes, or all under a lease.',
  },
]

const configOf = (config: Partial<FencedStoreConfig> | null | undefined): FencedStoreConfig => ({
  fence: 'off',
  ...config,
})

type Stored = { readonly value: Json; readonly op: RequestId; readonly version: number }

export type FencedStoreDisk = {
  values: { [key: string]: Stored }
  /** The highest token seen, by key. */
  fences: { [key: string]: number }
  /** The latest operations carried out. */
  done: RequestId[]
  refused: number
}
export type FencedStoreMemory = { readonly self: NodeId; config: FencedStoreConfig }
type FencedStoreState = State<FencedStoreDisk, FencedStoreMemory>
type Out = Outbox<LeaseMessage, never>
type Get = Extract<LeaseMessage, { t: 'get' }>
type Put = Extract<LeaseMessage, { t: 'put' }>

/** A copy that comes later than so many other writes is no longer known. */
const remembered = 64

/** Lets a token pass and raises the fence to it; false where a higher one has been here. */
const passes = ({ disk }: FencedStoreState, { key, op }: Get | Put, token: number, out: Out): boolean => {
  const fence = disk.fences[key] ?? 0
  if (token < fence) {
    disk.refused += 1
    out.sync()
    out.note('fenced off', { op, token, fence })
    return false
  }
  if (token > fence) {
    disk.fences[key] = token
    out.sync()
  }
  return true
}

const refuse = ({ disk }: FencedStoreState, from: NodeId, { key, op, n }: Get | Put, out: Out): void =>
  out.send(from, { t: 'refused', op, n, fence: disk.fences[key] ?? 0 })

const get = (state: FencedStoreState, from: NodeId, m: Get, out: Out): void => {
  const { key, op, n, token } = m
  if (token !== null && state.memory.config.fence === 'all' && !passes(state, m, token, out)) {
    refuse(state, from, m, out)
    return
  }
  const stored = Object.hasOwn(state.disk.values, key) ? state.disk.values[key] : undefined
  out.send(from, { t: 'value', op, n, value: stored?.value ?? null, from: stored?.op ?? null })
}

const put = (state: FencedStoreState, from: NodeId, m: Put, out: Out): void => {
  const { disk, memory } = state
  const { key, op, n, token, value } = m
  if (!disk.done.includes(op)) {
    if (memory.config.fence !== 'off' && !passes(state, m, token, out)) {
      refuse(state, from, m, out)
      return
    }
    const before = Object.hasOwn(disk.values, key) ? disk.values[key] : undefined
    const version = (before?.version ?? 0) + 1
    disk.values[key] = { value, op, version }
    disk.done = [...disk.done, op].slice(-remembered)
    out.sync()
    // What it replaces may be another write than the one that it was made of: that one is then lost.
    const over = m.base === undefined ? (before?.op ?? null) : m.base
    out.note('applied', { key, op, over, index: version, by: from })
  }
  out.send(from, { t: 'stored', op, n })
}

const on = (
  state: FencedStoreState,
  event: NodeEvent<LeaseMessage, never, Partial<FencedStoreConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message':
      if (event.message.t === 'get') get(state, event.from, event.message, out)
      else if (event.message.t === 'put') put(state, event.from, event.message, out)
      break
    case 'configured':
      state.memory.config = configOf(event.config)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'the store is asked by holders' })
      break
    case 'started':
    case 'synced':
    case 'timer':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: FencedStoreState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, version }] of Object.entries(disk.values))
    values[key] = { value, op, version: `v${version}` }
  const { fence } = memory.config
  const highest = Object.values(disk.fences).reduce((most, token) => Math.max(most, token), 0)
  const facts =
    fence === 'off'
      ? []
      : [
          { label: 'fence', value: String(highest) },
          { label: 'refused', value: String(disk.refused) },
        ]
  return { role: 'storage', values, facts }
}

export const fencedStore: Protocol<
  FencedStoreDisk,
  FencedStoreMemory,
  LeaseMessage,
  never,
  Partial<FencedStoreConfig>
> = {
  name: 'fenced-store',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { values: {}, fences: {}, done: [], refused: 0 },
    memory: { self, config: configOf(config) },
  }),
  on,
  view,
  describe: describeLeaseMessage,
}
