/**
 * A resolver with a cache, between those who ask for names and the server that knows them (RFC 1034, section 4.3.5 and 5). An answer is
 * kept for its time to live and not a second longer, and goes out with what is left of it (RFC 1035, section 4.1.3; RFC 2181, section 8).
 * So nobody downstream who keeps to it holds an answer longer than its first time to live, however many caches it passed.
 *
 * That a name has no address is an answer, too, and is kept as well (RFC 2308): a record that was empty for a moment stays empty here.
 * With `serveStale` an answer that ran out is given, with a short time to live, when the server cannot be asked (RFC 8767).
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import {
  addressed,
  describeNamingMessage,
  type NamingMessage,
  type Query,
  type Records,
  type Status,
} from './naming-wire.ts'

export type ResolverConfig = {
  /** The server that knows. */
  readonly upstream: string
  readonly timeoutMs: number
  readonly serveStale: boolean
}

const defaults: ResolverConfig = { upstream: '', timeoutMs: 1000, serveStale: false }

export const resolverDocs: readonly ConfigDoc[] = [
  { key: 'upstream', kind: 'text', default: '', doc: 'The server that knows.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 1000, doc: 'How long it waits for that server.' },
  {
    key: 'serveStale',
    kind: 'boolean',
    default: false,
    doc: 'Gives an answer that ran out when the server cannot be asked.',
  },
]

const configOf = (config: Partial<ResolverConfig> | null | undefined): ResolverConfig => ({ ...defaults, ...config })

type Kept = { readonly status: Status; readonly addresses: readonly string[]; readonly untilUs: number }
type Asker = { readonly from: NodeId; readonly id: number }

export type ResolverMemory = {
  readonly self: NodeId
  config: ResolverConfig
  cache: { [name: string]: Kept }
  /** Who waits for an answer about a name; one question upstream serves them all. */
  waiting: { [name: string]: Asker[] }
  queries: number
}
export type ResolverTimer = `upstream:${string}`
type ResolverState = State<null, ResolverMemory>
type Out = Outbox<NamingMessage, ResolverTimer>

/** The time to live of an answer that ran out (RFC 8767, section 5). */
const staleTtlMs = 30_000

const reply = ({ from, id }: Asker, name: string, kept: Omit<Kept, 'untilUs'>, ttlMs: number, out: Out): void => {
  out.send(from, { t: 'records', id, name, status: kept.status, addresses: kept.addresses, ttlMs })
}

const query = ({ memory }: ResolverState, from: NodeId, { id, name }: Query, now: number, out: Out): void => {
  const { cache, config, waiting } = memory
  const kept = Object.hasOwn(cache, name) ? cache[name] : undefined
  if (kept !== undefined && kept.untilUs > now) {
    reply({ from, id }, name, kept, (kept.untilUs - now) / 1000, out)
    return
  }
  const asking = waiting[name]
  waiting[name] = [...(asking ?? []), { from, id }]
  if (asking !== undefined) return
  memory.queries += 1
  if (config.upstream !== '') out.send(addressed(config.upstream), { t: 'query', id: memory.queries, name })
  const us = Math.round(config.timeoutMs * 1000)
  out.setTimer(`upstream:${name}`, { minUs: us, maxUs: us })
}

const learn = ({ memory }: ResolverState, { name, status, addresses, ttlMs }: Records, now: number, out: Out): void => {
  const kept = { status, addresses }
  memory.cache[name] = { status, addresses: [...addresses], untilUs: now + Math.round(ttlMs * 1000) }
  for (const asker of memory.waiting[name] ?? []) reply(asker, name, kept, ttlMs, out)
  delete memory.waiting[name]
  out.cancelTimer(`upstream:${name}`)
}

const noAnswer = ({ memory }: ResolverState, name: string, out: Out): void => {
  const kept = memory.config.serveStale && Object.hasOwn(memory.cache, name) ? memory.cache[name] : undefined
  for (const asker of memory.waiting[name] ?? [])
    reply(asker, name, kept ?? { status: 'failed', addresses: [] }, kept === undefined ? 0 : staleTtlMs, out)
  delete memory.waiting[name]
}

const on = (
  state: ResolverState,
  event: NodeEvent<NamingMessage, ResolverTimer, Partial<ResolverConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message':
      if (event.message.t === 'query') query(state, event.from, event.message, event.now, out)
      else if (event.message.t === 'records') learn(state, event.message, event.now, out)
      break
    case 'timer':
      noAnswer(state, event.timer.slice('upstream:'.length), out)
      break
    case 'configured':
      state.memory.config = configOf(event.config)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'it asks nobody' })
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: ResolverState): NodeView => ({
  role: 'resolver',
  values: {},
  facts: Object.entries(memory.cache).map(([name, { addresses, untilUs }]) => ({
    label: name,
    value: `${addresses.join(' ') || 'none'} until ${Math.round(untilUs / 1e6)} s`,
  })),
})

export const resolver: Protocol<null, ResolverMemory, NamingMessage, ResolverTimer, Partial<ResolverConfig>> = {
  name: 'resolver',
  revision: 1,
  boot: (self, _peers, _disk, config) => ({
    disk: null,
    memory: { self, config: configOf(config), cache: {}, waiting: {}, queries: 0 },
  }),
  on,
  view,
  describe: describeNamingMessage,
}
