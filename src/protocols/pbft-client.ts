/**
 * The client of a PBFT store (Castro and Liskov, OSDI 1999, section 4.1). It signs a request, sends it to the replica that it takes for the
 * primary, and believes a result that f + 1 different replicas gave it: one of them at least is correct. When no answer comes in time it
 * asks all replicas, and they will see to it that the primary works or is replaced. One request at a time; each has a greater number than
 * the last, the paper's time stamp, by which replicas execute it once however often it comes. The number is on disk.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import type { NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import { describePbft, type PbftMessage, type Reply, type Request } from './pbft-messages.ts'
import { mostLiars } from './pbft-state.ts'

export type PbftClientConfig = {
  /** The replicas. */
  readonly servers: readonly NodeId[]
  /** So many replicas must give the same result; null for f + 1. */
  readonly replies: number | null
  /** It asks all replicas after so long, and again so often. */
  readonly timeoutMs: number
  /** How often it asks all of them before it gives up. */
  readonly retries: number
}

const defaults: PbftClientConfig = { servers: [], replies: null, timeoutMs: 300, retries: 10 }

export const pbftClientDocs: readonly ConfigDoc[] = [
  { key: 'servers', kind: 'list', of: 'text', default: [], doc: 'The replicas that it may ask.' },
  {
    key: 'replies',
    kind: 'number',
    integer: true,
    nullable: true,
    min: 1,
    default: null,
    doc: 'So many replicas must give the same result; null for f+1.',
  },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 300, doc: 'After so long it asks all replicas.' },
  {
    key: 'retries',
    kind: 'number',
    integer: true,
    min: 0,
    default: 10,
    doc: 'How often it asks all before it gives up.',
  },
]

const configOf = (config: Partial<PbftClientConfig> | null | undefined): PbftClientConfig => ({
  ...defaults,
  ...config,
})

/** The request that is open: what was sent, and the latest reply of each replica. */
type Open = { readonly signed: Signed<Request>; attempts: number; replies: { [replica: string]: Signed<Reply> } }

export type PbftClientDisk = { seq: number }
export type PbftClientMemory = {
  readonly self: NodeId
  config: PbftClientConfig
  /** The latest view that a believed reply named; its primary is asked first. */
  view: number
  waiting: ClientRequest[]
  open: Open | null
}
export type PbftClientTimer = 'retry'
type ClientState = State<PbftClientDisk, PbftClientMemory>
type Out = Outbox<PbftMessage, PbftClientTimer>

/** Replicas in the order of their names, as they count themselves. */
const replicasOf = ({ config }: PbftClientMemory): readonly NodeId[] => config.servers.toSorted()

const armRetry = ({ config }: PbftClientMemory, out: Out): void => {
  const us = Math.round(config.timeoutMs * 1000)
  out.setTimer('retry', { minUs: us, maxUs: us })
}

const next = ({ disk, memory }: ClientState, out: Out): void => {
  if (memory.open !== null) return
  const asked = memory.waiting.shift()
  if (asked === undefined) return
  const { id: op, kind, key, input } = asked
  disk.seq += 1
  out.sync()
  const signed = out.sign<Request>({ op, seq: disk.seq, client: memory.self, kind, key, input })
  memory.open = { signed, attempts: 0, replies: {} }
  const replicas = replicasOf(memory)
  const primary = replicas[memory.view % replicas.length]
  if (primary === undefined) {
    memory.open = null
    out.complete(op, { outcome: 'fail', reason: 'the client knows no replica' })
    next({ disk, memory }, out)
    return
  }
  out.send(primary, { t: 'request', signed })
  armRetry(memory, out)
}

/** A result is believed when enough replicas gave it. */
const receiveReply = (state: ClientState, signed: Signed<Reply>, out: Out): void => {
  const { memory } = state
  const { open, config } = memory
  const replicas = replicasOf(memory)
  if (open === null || !replicas.includes(signed.signer) || !out.verify(signed)) return
  const { payload } = signed
  if (payload.is !== 'reply' || payload.op !== open.signed.payload.op || payload.seq !== open.signed.payload.seq) return
  open.replies[signed.signer] = signed
  const result = canonicalJson(payload.output)
  const same = Object.values(open.replies).filter(one => canonicalJson(one.payload.output) === result)
  if (same.length < (config.replies ?? mostLiars(replicas.length) + 1)) return
  // One of these many names a view that there is; a liar among them could name any, so the least counts.
  memory.view = Math.max(memory.view, Math.min(...same.map(one => one.payload.view)))
  memory.open = null
  out.cancelTimer('retry')
  out.complete(payload.op, { outcome: 'ok', output: payload.output })
  next(state, out)
}

const retry = (state: ClientState, out: Out): void => {
  const { memory } = state
  const { open, config } = memory
  if (open === null) return
  if (open.attempts >= config.retries) {
    memory.open = null
    out.complete(open.signed.payload.op, { outcome: 'unknown', reason: 'too few replicas gave the same answer' })
    next(state, out)
    return
  }
  open.attempts += 1
  for (const replica of replicasOf(memory)) out.send(replica, { t: 'request', signed: open.signed })
  armRetry(memory, out)
}

const on = (
  state: ClientState,
  event: NodeEvent<PbftMessage, PbftClientTimer, Partial<PbftClientConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'request':
      state.memory.waiting.push(event.request)
      next(state, out)
      break
    case 'message':
      if (event.message.t === 'reply') receiveReply(state, event.message.signed, out)
      break
    case 'timer':
      retry(state, out)
      break
    case 'configured':
      state.memory.config = configOf(event.config)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: ClientState): NodeView => {
  const { open, waiting } = memory
  const facts = open === null ? [] : [{ label: 'replies', value: String(Object.keys(open.replies).length) }]
  return {
    role: 'client',
    values: {},
    facts: waiting.length === 0 ? facts : [...facts, { label: 'waiting', value: String(waiting.length) }],
  }
}

export const pbftClient: Protocol<
  PbftClientDisk,
  PbftClientMemory,
  PbftMessage,
  PbftClientTimer,
  Partial<PbftClientConfig>
> = {
  name: 'pbft-client',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { seq: 0 },
    memory: { self, config: configOf(config), view: 0, waiting: [], open: null },
  }),
  on,
  view,
  describe: describePbft,
}
