/**
 * The place where it is written which addresses serve a name: an authoritative name server (RFC 1034, section 4.2) whose zone is kept by
 * hand, or by those who serve. `list` says how:
 *
 * - `hand`: the records of the config, until somebody changes them.
 * - `heartbeats`: instances register and repeat it; what is not repeated for `expireMs` is taken off (the lease of a registration).
 * - `checks`: they register, and the registry asks each address every `tickMs`; after `misses` questions without an answer the address is
 *   left out, until it answers again. It is the address that is asked: whoever answers there is taken for alive, whatever he serves.
 *
 * Answers carry a `ttlMs`, a name without addresses one of its own (RFC 2308, section 5). Who subscribed is told of changes at once. All
 * three tell of the past: a change takes until a heartbeat is missed, a question unanswered, a cache run out, a message under way.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import { addressed, describeNamingMessage, type NamingMessage, type Query, type Register } from './naming-wire.ts'

export type NameRegistryConfig = {
  readonly list: 'hand' | 'heartbeats' | 'checks'
  /** The zone kept by hand, as `name=address`. */
  readonly records: readonly string[]
  readonly ttlMs: number
  readonly negativeTtlMs: number
  readonly expireMs: number
  readonly tickMs: number
  readonly misses: number
}

const defaults: NameRegistryConfig = {
  list: 'hand',
  records: [],
  ttlMs: 300_000,
  negativeTtlMs: 60_000,
  expireMs: 15_000,
  tickMs: 2000,
  misses: 2,
}

export const nameRegistryDocs: readonly ConfigDoc[] = [
  {
    key: 'list',
    kind: 'choice',
    choices: ['hand', 'heartbeats', 'checks'],
    default: 'hand',
    doc: 'Who keeps the list: somebody by hand, the heartbeats of instances, or health checks besides.',
  },
  { key: 'records', kind: 'list', of: 'text', default: [], doc: 'The list kept by hand, as name=address.' },
  { key: 'ttlMs', kind: 'number', min: 0, default: 300_000, doc: 'How long an answer may be kept.' },
  {
    key: 'negativeTtlMs',
    kind: 'number',
    min: 0,
    default: 60_000,
    doc: 'How long the answer that there is none may be.',
  },
  { key: 'expireMs', kind: 'number', min: 1, default: 15_000, doc: 'A registration not repeated for so long is gone.' },
  {
    key: 'tickMs',
    kind: 'number',
    min: 1,
    default: 2000,
    doc: 'How often it looks at registrations and asks addresses.',
  },
  {
    key: 'misses',
    kind: 'number',
    integer: true,
    min: 1,
    default: 2,
    doc: 'After so many questions without an answer an address is left out.',
  },
]

const configOf = (config: Partial<NameRegistryConfig> | null | undefined): NameRegistryConfig => ({
  ...defaults,
  ...config,
})

type Registration = { readonly name: string; readonly address: string }

export type NameRegistryDisk = { registrations: Registration[]; versions: { [name: string]: number } }
export type NameRegistryMemory = {
  readonly self: NodeId
  config: NameRegistryConfig
  /** When each registration was last heard of, microseconds, by name and address. */
  beats: { [registration: string]: number }
  /** Questions to an address since its last answer. */
  unanswered: { [address: string]: number }
  probes: number
  /** Who wants to be told, by name, with the time of the last request, microseconds. */
  watchers: { [name: string]: { [node: string]: number } }
  /** What was last told of a name. */
  told: { [name: string]: string }
}
type RegistryState = State<NameRegistryDisk, NameRegistryMemory>
type Out = Outbox<NamingMessage, 'tick'>

/** A subscriber who has not renewed for so long is forgotten, microseconds. */
const watcherUs = 60_000_000

const byHand = ({ records }: NameRegistryConfig, name: string): string[] =>
  records.filter(record => record.startsWith(`${name}=`)).map(record => record.slice(name.length + 1))

/** The addresses of a name, as far as the registry knows. */
const addressesOf = ({ disk, memory }: RegistryState, name: string): string[] => {
  const { config, unanswered } = memory
  if (config.list === 'hand') return byHand(config, name)
  return disk.registrations
    .filter(one => one.name === name)
    .map(({ address }) => address)
    .filter(address => config.list === 'heartbeats' || (unanswered[address] ?? 0) < config.misses)
    .sort()
}

const answer = (state: RegistryState, from: NodeId, { id, name }: Query, out: Out): void => {
  const { ttlMs, negativeTtlMs } = state.memory.config
  const addresses = addressesOf(state, name)
  const found = addresses.length > 0
  out.send(from, {
    t: 'records',
    id,
    name,
    status: found ? 'found' : 'no-such-name',
    addresses,
    ttlMs: found ? ttlMs : negativeTtlMs,
  })
}

/** Tells the subscribers of every name whose list is not what they were told last. */
const publish = (state: RegistryState, now: number, out: Out): void => {
  const { disk, memory } = state
  for (const [name, watchers] of Object.entries(memory.watchers)) {
    const addresses = addressesOf(state, name)
    if (memory.told[name] === addresses.join(' ')) continue
    memory.told[name] = addresses.join(' ')
    disk.versions[name] = (disk.versions[name] ?? 0) + 1
    out.sync()
    for (const [node, sinceUs] of Object.entries(watchers))
      if (now - sinceUs <= watcherUs)
        out.send(node as NodeId, { t: 'update', name, addresses, version: disk.versions[name] })
  }
}

const watch = (state: RegistryState, from: NodeId, name: string, now: number, out: Out): void => {
  const { disk, memory } = state
  const watchers = memory.watchers[name] ?? {}
  for (const [node, sinceUs] of Object.entries(watchers)) if (now - sinceUs > watcherUs) delete watchers[node]
  watchers[from] = now
  memory.watchers[name] = watchers
  publish(state, now, out)
  out.send(from, { t: 'update', name, addresses: addressesOf(state, name), version: disk.versions[name] ?? 0 })
}

const register = (state: RegistryState, { name, address }: Register, now: number, out: Out): void => {
  const { disk, memory } = state
  memory.beats[`${name} ${address}`] = now
  if (!disk.registrations.some(one => one.name === name && one.address === address)) {
    disk.registrations = [...disk.registrations, { name, address }]
    out.sync()
    memory.unanswered[address] = 0
    out.note('registered', { name, address })
  }
  publish(state, now, out)
}

/** Takes off what has expired, and asks every address whether somebody is there. */
const tick = (state: RegistryState, now: number, out: Out): void => {
  const { disk, memory } = state
  const { config } = memory
  arm(config, out)
  if (config.list === 'hand') return
  // After a restart it has heard of nobody yet: the wait begins anew.
  for (const { name, address } of disk.registrations) memory.beats[`${name} ${address}`] ??= now
  const isExpired = ({ name, address }: Registration): boolean =>
    now - (memory.beats[`${name} ${address}`] ?? now) > config.expireMs * 1000
  for (const one of disk.registrations)
    if (isExpired(one)) out.note('expired', { name: one.name, address: one.address })
  if (disk.registrations.some(isExpired)) {
    disk.registrations = disk.registrations.filter(one => !isExpired(one))
    out.sync()
  }
  if (config.list === 'checks') {
    memory.probes += 1
    for (const { address } of disk.registrations) {
      out.send(addressed(address), { t: 'probe', n: memory.probes, address })
      memory.unanswered[address] = (memory.unanswered[address] ?? 0) + 1
    }
  }
  publish(state, now, out)
}

const arm = ({ tickMs }: NameRegistryConfig, out: Out): void => {
  const us = Math.round(tickMs * 1000)
  out.setTimer('tick', { minUs: us, maxUs: us })
}

const receive = (state: RegistryState, from: NodeId, message: NamingMessage, now: number, out: Out): void => {
  switch (message.t) {
    case 'query':
      answer(state, from, message, out)
      break
    case 'watch':
      watch(state, from, message.name, now, out)
      break
    case 'register':
      register(state, message, now, out)
      break
    case 'alive':
      state.memory.unanswered[message.address] = 0
      publish(state, now, out)
      break
    default:
      break
  }
}

const on = (
  state: RegistryState,
  event: NodeEvent<NamingMessage, 'tick', Partial<NameRegistryConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'timer':
      tick(state, event.now, out)
      break
    case 'started':
      arm(state.memory.config, out)
      break
    case 'configured':
      state.memory.config = configOf(event.config)
      publish(state, event.now, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'it asks nobody' })
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = (state: RegistryState): NodeView => {
  const { disk, memory } = state
  const { config } = memory
  const named = [
    ...config.records.map(record => record.split('=')[0] ?? ''),
    ...disk.registrations.map(({ name }) => name),
  ]
  const facts = [...new Set(named)].map(name => ({ label: name, value: addressesOf(state, name).join(' ') || 'none' }))
  return { role: 'registry', values: {}, facts: facts.length > 0 ? facts : [{ label: 'list', value: 'empty' }] }
}

export const nameRegistry: Protocol<
  NameRegistryDisk,
  NameRegistryMemory,
  NamingMessage,
  'tick',
  Partial<NameRegistryConfig>
> = {
  name: 'name-registry',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { registrations: [], versions: {} },
    memory: { self, config: configOf(config), beats: {}, unanswered: {}, probes: 0, watchers: {}, told: {} },
  }),
  on,
  view,
  describe: describeNamingMessage,
}
