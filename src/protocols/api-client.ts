/**
 * A client of an API (`api.ts`) whose one operation is a page of many items. It fetches them in a loop, and everything that makes a loop of
 * remote calls bearable is a knob:
 *
 * - `itemsPerCall`: several items in one call (batching; Fowler, "Patterns of Enterprise Application Architecture", 2002: Remote Facade).
 * - `callsInFlight`: calls that do not wait for one another (pipelining). Where items are `chained`, each named by the one before, neither
 *   helps: the next call needs the last answer. `coarse` lets the server follow the chain, in one call.
 * - `coalesce`: an item that the page needs twice is asked for once.
 * - `cacheMs`: a page may be used again for so long without asking (RFC 9111's freshness lifetime). What was written since is then not
 *   seen. `conditional`: a page that it has is asked for under the condition that it has changed (RFC 9110, section 13.1.2), and `delta`
 *   takes the difference (RFC 3229).
 *
 * Reading an answer takes the client's one processor some time (`Reply.readNs`); it asks for the next items meanwhile. A page is done when
 * the last answer is read. It waits for as long as it takes; the lab's deadline ends it.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type ApiClientConfig, apiClientConfig } from './api-client-config.ts'
import { type ApiMessage, type Ask, describeApi, type Reply } from './api-wire.ts'
import { isRead } from './kv-machine.ts'

/** A page that is being fetched, or a write. */
type Page = {
  readonly kind: 'read' | 'write'
  readonly key: string
  readonly input: Json
  /** Items that must be asked for; the rest of the page repeats them. */
  readonly needed: number
  phase: 'opening' | 'asking' | 'reading'
  next: number
  got: number
  calls: number
  flying: number
  value: Json
  version: number
  servedBy: NodeId | null
}
/** A page that was fetched. */
type Cached = { value: Json; version: number; atUs: number; items: number }

export type ApiClientMemory = {
  config: ApiClientConfig
  open: { [op: string]: Page }
  cache: { [key: string]: Cached }
  cpuNs: number
  calls: number
  hits: number
  /** Until when its processor reads what has arrived, nanoseconds of its clock. */
  readsUntilNs: number
}
export type ApiClientTimer = `read:${string}`
type ApiClientState = State<null, ApiClientMemory>
type Out = Outbox<ApiMessage, ApiClientTimer>

/** Items that must be asked for, in the order of asking. */
const neededItems = ({ items, distinct, coalesce, screenful }: ApiClientConfig): number => {
  const shown = screenful > 0 ? Math.min(items, screenful) : items
  return coalesce && distinct > 0 ? Math.min(shown, distinct) : shown
}

/** When the processor that reads an answer may begin, nanoseconds: where one reads for all, after what it is at. */
const beginsNs = ({ config, readsUntilNs }: ApiClientMemory, now: number): number =>
  config.many ? now * 1000 : Math.max(readsUntilNs, now * 1000)

/** Lets the processor work for so long after what it is at, and wakes the page then. */
const work = (memory: ApiClientMemory, op: string, ns: number, now: number, out: Out): void => {
  memory.cpuNs += ns
  memory.readsUntilNs = beginsNs(memory, now) + ns
  const us = Math.max(0, Math.ceil(memory.readsUntilNs / 1000) - now)
  out.setTimer(`read:${op}`, { minUs: us, maxUs: us })
}

const finish = (memory: ApiClientMemory, op: string, now: number, out: Out): void => {
  const page = memory.open[op]
  if (page === undefined) return
  delete memory.open[op]
  const { kind, key, value, version, servedBy, needed } = page
  if (kind === 'write') delete memory.cache[key]
  // What came from the copy makes the copy no younger.
  else if (page.calls > 0 && (memory.config.cacheMs > 0 || memory.config.conditional || memory.config.delta))
    memory.cache[key] = { value, version, atUs: now, items: needed }
  const output = kind === 'read' ? value : null
  out.complete(op as RequestId, { outcome: 'ok', output, ...(servedBy === null ? {} : { servedBy }) })
}

/** All items are there, or at hand anyway: what is left is to read the last answer and to go through them. */
const readPage = (memory: ApiClientMemory, op: string, page: Page, answerNs: number, now: number, out: Out): void => {
  page.phase = 'reading'
  const { atHand, items, localNs } = memory.config
  const local = page.kind === 'write' ? 0 : atHand ? items : items - page.needed
  work(memory, op, answerNs + Math.max(0, local) * localNs, now, out)
}

const askOf = (memory: ApiClientMemory, op: string, page: Page, count: number): Ask => {
  const { config } = memory
  const { conditional, delta, fields, format, gzip, connection, headBytes } = config
  const cached = memory.cache[page.key]
  const have = page.kind === 'read' && (conditional || delta) && cached !== undefined ? cached.version : null
  page.calls += 1
  return {
    t: 'ask',
    id: `${op}/${page.calls}`,
    op: op as RequestId,
    kind: page.kind,
    key: page.key,
    input: page.input,
    from: page.next,
    count,
    fields: [...fields],
    format,
    gzip,
    have,
    delta: delta && have !== null,
    cold: connection === 'new',
    bytes: headBytes,
  }
}

/** As many calls as may be under way. */
const advance = (memory: ApiClientMemory, op: string, page: Page, out: Out): void => {
  const { chained, coarse, itemsPerCall, callsInFlight, servers } = memory.config
  const to = servers[0]
  if (to === undefined) return
  const most = coarse || itemsPerCall === 0 ? page.needed : itemsPerCall
  const [size, window] = chained && !coarse ? [1, 1] : [most, callsInFlight]
  page.phase = 'asking'
  while (page.flying < window && page.next < page.needed) {
    const count = Math.min(size, page.needed - page.next)
    const ask = askOf(memory, op, page, count)
    page.next += count
    page.flying += 1
    memory.calls += 1
    out.send(to, ask)
  }
}

const sayHello = (op: string, n: number, { config }: ApiClientMemory, out: Out): void => {
  const to = config.servers[0]
  if (to !== undefined) out.send(to, { t: 'hello', op: op as RequestId, n })
}

const begin = (memory: ApiClientMemory, op: string, page: Page, out: Out): void => {
  const { connection, handshakes } = memory.config
  if (connection === 'new' && handshakes > 0) sayHello(op, 1, memory, out)
  else advance(memory, op, page, out)
}

const request = (memory: ApiClientMemory, asked: ClientRequest, now: number, out: Out): void => {
  const { id: op, key, input } = asked
  const { config } = memory
  const kind = isRead(asked.kind) ? 'read' : 'write'
  if (config.servers.length === 0 && !config.atHand) {
    out.complete(op, { outcome: 'fail', reason: 'the client knows no server' })
    return
  }
  const cached = memory.cache[key]
  const isFresh = cached !== undefined && now - cached.atUs < config.cacheMs * 1000
  const isAtHand = kind === 'read' && (config.atHand || isFresh)
  const page: Page = {
    kind,
    key,
    input,
    needed: kind === 'write' ? 1 : isAtHand ? 0 : neededItems(config),
    phase: 'opening',
    next: 0,
    got: 0,
    calls: 0,
    flying: 0,
    value: cached?.value ?? null,
    version: cached?.version ?? 0,
    servedBy: null,
  }
  memory.open[op] = page
  if (!isAtHand) {
    begin(memory, op, page, out)
    return
  }
  if (isFresh) memory.hits += 1
  page.phase = 'reading'
  work(memory, op, config.items * config.localNs, now, out)
}

const replied = (memory: ApiClientMemory, from: NodeId, m: Reply, now: number, out: Out): void => {
  const page = memory.open[m.op]
  if (page === undefined) return
  if (m.status === 429) {
    delete memory.open[m.op]
    out.complete(m.op, { outcome: 'fail', reason: 'too many requests', servedBy: from })
    return
  }
  page.flying -= 1
  page.got += page.kind === 'write' ? 1 : m.count
  page.value = m.value
  page.version = m.version
  page.servedBy = from
  if (page.got >= page.needed) readPage(memory, m.op, page, m.readNs, now, out)
  else {
    memory.cpuNs += m.readNs
    memory.readsUntilNs = beginsNs(memory, now) + m.readNs
    advance(memory, m.op, page, out)
  }
}

const received = (memory: ApiClientMemory, from: NodeId, m: ApiMessage, now: number, out: Out): void => {
  switch (m.t) {
    case 'welcome': {
      const page = memory.open[m.op]
      if (page?.phase !== 'opening') return
      if (m.n < memory.config.handshakes) sayHello(m.op, m.n + 1, memory, out)
      else advance(memory, m.op, page, out)
      break
    }
    case 'reply':
      replied(memory, from, m, now, out)
      break
    case 'chunk':
      out.send(from, { t: 'more', id: m.id, op: m.op })
      break
    case 'hello':
    case 'ask':
    case 'more':
      break
    default:
      assertNever(m)
  }
}

const on = (
  { memory }: ApiClientState,
  event: NodeEvent<ApiMessage, ApiClientTimer, Partial<ApiClientConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'request':
      request(memory, event.request, event.now, out)
      break
    case 'message':
      received(memory, event.from, event.message, event.now, out)
      break
    case 'timer':
      finish(memory, event.timer.slice('read:'.length), event.now, out)
      break
    case 'configured':
      memory.config = apiClientConfig(event.config)
      memory.cache = {}
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: ApiClientState): NodeView => {
  const { open, calls, hits, cpuNs } = memory
  const pages = Object.values(open).filter(({ kind }) => kind === 'read')
  const first = pages[0]
  return {
    role: 'client',
    values: {},
    facts: [
      ...(first === undefined ? [] : [{ label: 'items', value: `${first.got}/${first.needed}` }]),
      { label: 'calls', value: String(calls) },
      ...(hits > 0 ? [{ label: 'from memory', value: String(hits) }] : []),
      { label: 'cpu', value: `${(cpuNs / 1e6).toFixed(cpuNs < 1e8 ? 2 : 0)} ms` },
    ],
  }
}

export const apiClient: Protocol<null, ApiClientMemory, ApiMessage, ApiClientTimer, Partial<ApiClientConfig>> = {
  name: 'api-client',
  revision: 1,
  boot: (_self, _peers, _disk, config) => ({
    disk: null,
    memory: {
      config: apiClientConfig(config),
      open: {},
      cache: {},
      cpuNs: 0,
      calls: 0,
      hits: 0,
      readsUntilNs: 0,
    },
  }),
  on,
  view,
  describe: describeApi,
}
