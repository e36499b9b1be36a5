/**
 * A cache between clients and an API (`api.ts`): an edge of a content delivery network, a reverse proxy. It gives an answer again for
 * `ttlMs` (RFC 9111's freshness lifetime), and answers 304 for itself when the asker has the version that it keeps. An answer that is too
 * old is asked for anew under the condition that it has changed (RFC 9111, section 4.3), unless `revalidate` is off. With `coalesce`,
 * requests for what is already being fetched wait for that one answer (request collapsing; Go's singleflight). Writes pass through; the
 * copies that other edges keep do not hear of them.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type ApiMessage, type Ask, describeApi, type Reply } from './api-wire.ts'
import type { ConfigDoc } from './config-doc.ts'

export type EdgeConfig = {
  readonly origin: NodeId | ''
  readonly ttlMs: number
  readonly revalidate: boolean
  readonly coalesce: boolean
  readonly headBytes: number
}

export const edgeDefaults: EdgeConfig = { origin: '', ttlMs: 60_000, revalidate: true, coalesce: true, headBytes: 500 }

export const edgeDocs: readonly ConfigDoc[] = [
  { key: 'origin', kind: 'text', default: '', doc: 'Whom it asks for what it does not have.' },
  { key: 'ttlMs', kind: 'number', min: 0, default: 60_000, doc: 'How long it gives an answer again without asking.' },
  {
    key: 'revalidate',
    kind: 'boolean',
    default: true,
    doc: 'It asks whether an answer that is too old has changed, and not for all of it.',
  },
  {
    key: 'coalesce',
    kind: 'boolean',
    default: true,
    doc: 'Requests for what is already being fetched wait for that one answer.',
  },
  { key: 'headBytes', kind: 'number', integer: true, min: 0, default: 500, doc: 'Headers of an answer, bytes.' },
]

type Kept = { readonly reply: Reply; atUs: number }
type Waiting = { readonly from: NodeId; readonly ask: Ask }

export type EdgeMemory = {
  config: EdgeConfig
  /** Answers by what was asked for. */
  kept: { [shape: string]: Kept }
  /** Who waits for which request to the origin. */
  fetching: { [id: string]: { readonly shape: string; readonly waiting: Waiting[] } }
  asked: number
  hits: number
  misses: number
}
type EdgeState = State<null, EdgeMemory>
type Out = Outbox<ApiMessage, never>

const edgeConfig = (config: Partial<EdgeConfig> | null | undefined): EdgeConfig => ({ ...edgeDefaults, ...config })

const shapeOf = ({ key, from, count, fields, format, gzip }: Ask): string =>
  JSON.stringify([key, from, count, fields, format, gzip])

/** The kept answer for this asker, who may have that version already. */
const answer = (reply: Reply, { from, ask }: Waiting, { config }: EdgeMemory, out: Out): void => {
  const mine: Reply = { ...reply, id: ask.id, op: ask.op }
  const has = ask.have !== null && ask.have === reply.version && reply.status === 200
  out.send(from, has ? { ...mine, status: 304, bytes: config.headBytes, readNs: 0 } : mine)
}

const fetch = (memory: EdgeMemory, shape: string, one: Waiting, out: Out): void => {
  const { config, fetching, kept } = memory
  if (config.origin === '') return
  const under = Object.values(fetching).find(each => each.shape === shape && shape !== '')
  if (config.coalesce && under !== undefined) {
    under.waiting.push(one)
    return
  }
  memory.asked += 1
  const id = `edge/${memory.asked}`
  fetching[id] = { shape, waiting: [one] }
  const old = config.revalidate && shape !== '' ? kept[shape] : undefined
  // The edge's own connection to the origin is open, and it takes whole answers.
  const own = { id, cold: false, delta: false, have: old === undefined ? null : old.reply.version }
  out.send(config.origin, one.ask.kind === 'write' ? { ...one.ask, id } : { ...one.ask, ...own })
}

const asked = (memory: EdgeMemory, from: NodeId, ask: Ask, now: number, out: Out): void => {
  if (ask.kind === 'write') {
    fetch(memory, '', { from, ask }, out)
    return
  }
  const shape = shapeOf(ask)
  const kept = memory.kept[shape]
  if (kept !== undefined && now - kept.atUs < memory.config.ttlMs * 1000) {
    memory.hits += 1
    answer(kept.reply, { from, ask }, memory, out)
    return
  }
  memory.misses += 1
  fetch(memory, shape, { from, ask }, out)
}

const replied = (memory: EdgeMemory, reply: Reply, now: number, out: Out): void => {
  const fetched = memory.fetching[reply.id]
  if (fetched === undefined) return
  const { shape, waiting } = fetched
  delete memory.fetching[reply.id]
  const old = memory.kept[shape]
  if (reply.status === 304 && old !== undefined) old.atUs = now
  else if (reply.status === 200 && shape !== '') memory.kept[shape] = { reply: { ...reply }, atUs: now }
  const whole = reply.status === 304 && old !== undefined ? old.reply : reply
  for (const one of waiting) answer(whole, one, memory, out)
}

const received = (memory: EdgeMemory, from: NodeId, m: ApiMessage, now: number, out: Out): void => {
  switch (m.t) {
    case 'hello':
      out.send(from, { t: 'welcome', op: m.op, n: m.n })
      break
    case 'ask':
      asked(memory, from, m, now, out)
      break
    case 'reply':
      replied(memory, m, now, out)
      break
    case 'welcome':
    case 'chunk':
    case 'more':
      break
    default:
      assertNever(m)
  }
}

const on = ({ memory }: EdgeState, event: NodeEvent<ApiMessage, never, Partial<EdgeConfig>>, out: Out): void => {
  switch (event.type) {
    case 'message':
      received(memory, event.from, event.message, event.now, out)
      break
    case 'configured':
      memory.config = edgeConfig(event.config)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'an edge is asked by clients' })
      break
    case 'started':
    case 'timer':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: EdgeState): NodeView => ({
  role: 'cache',
  values: {},
  facts: [
    { label: 'hits', value: String(memory.hits) },
    { label: 'misses', value: String(memory.misses) },
    { label: 'kept', value: String(Object.keys(memory.kept).length) },
  ],
})

export const edge: Protocol<null, EdgeMemory, ApiMessage, never, Partial<EdgeConfig>> = {
  name: 'edge',
  revision: 1,
  boot: (_self, _peers, _disk, config) => ({
    disk: null,
    memory: { config: edgeConfig(config), kept: {}, fetching: {}, asked: 0, hits: 0, misses: 0 },
  }),
  on,
  view,
  describe: describeApi,
}
