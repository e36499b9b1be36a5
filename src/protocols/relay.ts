/**
 * An overlay under a protocol: where two nodes do not reach each other, a third that reaches both passes their messages on. Alfatafta,
 * Alkhatib, Alquraan and Al-Kiswany, "Toward a Generic Fault Tolerance Technique for Partial Network Partitioning", OSDI 2020, call theirs
 * Nifty: nodes greet one another, tell each other whom they reach, and send around what is broken; the system above knows nothing of it.
 *
 * Nobody can tell whether it is heard. So every node says at regular times whom it has heard lately, and passes on what others have said of
 * themselves (link-state routing, as in OSPF, RFC 2328, which is also where a restarted node learns its last number from). A way from a to
 * b is good when b says that it hears a; where nobody has said anything yet it is taken for good. That serves links that are dead one way
 * only as well, for the news of who is deaf comes around by the others.
 *
 * One node in between is enough for a partial partition, so there are no longer detours. Where no node reaches both sides the partition is
 * complete, and no overlay can help. What is said is as old as `relayDeafMs` and the way of a greeting: for so long messages are still
 * lost. A relayed message may overtake a direct one, or be overtaken. Clients are not part of the overlay.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Fact } from '../kernel/view.ts'
import { headerBytes } from './client-message.ts'
import type { ConfigDoc } from './config-doc.ts'

/** The knobs of the overlay, on top of the protocol's own. Times are milliseconds of the node's own clock. */
export type RelayConfig = {
  /** Greets everyone so often. */
  readonly relayHelloMs: number
  /** A node of which nothing came for so long is not heard any more. */
  readonly relayDeafMs: number
}

const defaults: RelayConfig = { relayHelloMs: 40, relayDeafMs: 110 }

export const relayDocs: readonly ConfigDoc[] = [
  {
    key: 'relayHelloMs',
    kind: 'number',
    min: 0.001,
    default: defaults.relayHelloMs,
    doc: 'The overlay greets every node so often.',
  },
  {
    key: 'relayDeafMs',
    kind: 'number',
    min: 0.001,
    default: defaults.relayDeafMs,
    doc: 'The overlay goes around a link on which nothing came for so long.',
  },
]

/** What a node says of itself: whom it hears. A larger number is newer. */
type Hearing = { readonly number: number; readonly hears: readonly NodeId[] }
type Hearings = { readonly [node: string]: Hearing }

type Hello = { readonly t: 'relay-hello'; readonly hearings: Hearings }
type Relayed<Message> = {
  readonly t: 'relayed'
  readonly origin: NodeId
  readonly target: NodeId
  readonly message: Message
}
type Over<Message> = Message | Hello | Relayed<Message>

/** What of the overlay's memory does not depend on the protocol above. */
type Routing = {
  readonly self: NodeId
  readonly peers: readonly NodeId[]
  config: RelayConfig
  /** When each node was last heard from directly, by this node's clock. */
  heardUs: { [node: string]: number }
  hearings: { [node: string]: Hearing }
}

/** `inner` is the memory of the protocol above. */
type RelayMemory<Memory> = Routing & { inner: Memory }

type RelayState<Disk, Memory> = State<Disk, RelayMemory<Memory>>
type Timers<Timer extends string> = Timer | 'relay-hello'
type RelayOutbox<Message, Timer extends string> = Outbox<Over<Message>, Timers<Timer>>
type RelayEvent<Message, Timer extends string, Config> = NodeEvent<
  Over<Message>,
  Timers<Timer>,
  Partial<Config & RelayConfig>
>
type Above<Disk, Memory, Message, Timer extends string, Config> = Protocol<
  Disk,
  Memory,
  Message,
  Timer,
  Partial<Config>
>

const exactly = (ms: number) => ({ minUs: Math.round(ms * 1000), maxUs: Math.round(ms * 1000) })

/** Does `by` say that it hears `of`? Null where `by` has said nothing yet. */
const hears = (hearings: Hearings, by: NodeId, of: NodeId): boolean | null => hearings[by]?.hears.includes(of) ?? null

/** The node to which what is meant for `target` goes first: `target` itself, or one that it hears and that hears this node. */
const firstHop = ({ self, peers, hearings }: Routing, target: NodeId): NodeId =>
  hears(hearings, target, self) !== false
    ? target
    : (peers.find(via => via !== target && hears(hearings, via, self) && hears(hearings, target, via)) ?? target)

/** Says anew whom this node hears. */
const listen = (routing: Routing, now: number): void => {
  const { self, peers, heardUs, hearings, config } = routing
  const heard = peers.filter(peer => {
    const lastUs = heardUs[peer]
    // A clock that was set back must not make a dead link look alive for as long as that took.
    if (lastUs !== undefined && lastUs > now) heardUs[peer] = now
    return lastUs !== undefined && now - Math.min(lastUs, now) < Math.round(config.relayDeafMs * 1000)
  })
  hearings[self] = { number: (hearings[self]?.number ?? 0) + 1, hears: heard }
}

const copied = (hearings: Hearings): Hearings =>
  Object.fromEntries(
    Object.entries(hearings).map(([node, { number, hears: heard }]) => [node, { number, hears: [...heard] }]),
  )

const greet = <Message, Timer extends string>(
  routing: Routing,
  now: number,
  out: RelayOutbox<Message, Timer>,
): void => {
  listen(routing, now)
  for (const peer of routing.peers) out.send(peer, { t: 'relay-hello', hearings: copied(routing.hearings) })
  out.setTimer('relay-hello', exactly(routing.config.relayHelloMs))
}

/** True where what some node hears has changed: such news does not wait for the next greeting. */
const learn = (routing: Routing, from: NodeId, news: Hearings): boolean => {
  const { self, hearings } = routing
  let changed = false
  for (const [node, { number, hears: heard }] of Object.entries(news)) {
    const known = hearings[node]
    // A node that has restarted begins at 1. It hears of its earlier numbers from the others, and goes on after them.
    if (node === self) {
      if (known !== undefined && number > known.number) hearings[self] = { number, hears: [...known.hears] }
    } else if (number > (known?.number ?? 0) || (node === from && number !== known?.number)) {
      hearings[node] = { number, hears: [...heard] }
      changed ||= known?.hears.join() !== heard.join()
    }
  }
  return changed
}

const isOverlay = <Message extends object>(message: Over<Message>): message is Hello | Relayed<Message> =>
  't' in message && (message.t === 'relay-hello' || message.t === 'relayed')

/** The options of the protocol above, and the overlay's own. */
const split = <Config>(config: Partial<Config & RelayConfig> | null | undefined): [Partial<Config>, RelayConfig] => {
  const { relayHelloMs, relayDeafMs, ...rest } = { ...config } as Partial<RelayConfig>
  const own = { relayHelloMs: relayHelloMs ?? defaults.relayHelloMs, relayDeafMs: relayDeafMs ?? defaults.relayDeafMs }
  return [rest as Partial<Config>, own]
}

/** What the protocol above writes into: what it sends to nodes of its role takes a detour where that is needed. */
const outboxAbove = <Message, Timer extends string>(
  routing: Routing,
  out: RelayOutbox<Message, Timer>,
): Outbox<Message, Timer> => ({
  send: (target, message) => {
    const hop = routing.peers.includes(target) ? firstHop(routing, target) : target
    out.send(hop, hop === target ? message : { t: 'relayed', origin: routing.self, target, message })
  },
  complete: (request, result) => out.complete(request, result),
  setTimer: (timer, range) => out.setTimer(timer, range),
  cancelTimer: timer => out.cancelTimer(timer),
  sync: () => out.sync(),
  note: (text, data) => out.note(text, data),
  sign: payload => out.sign(payload),
  verify: signed => out.verify(signed),
  seal: (readers, payload) => out.seal(readers, payload),
  open: sealed => out.open(sealed),
})

const handAbove = <Disk, Memory, Message, Timer extends string, Config>(
  above: Above<Disk, Memory, Message, Timer, Config>,
  state: RelayState<Disk, Memory>,
  event: NodeEvent<Message, Timer, Partial<Config>>,
  out: RelayOutbox<Message, Timer>,
): void => {
  const inner: State<Disk, Memory> = { disk: state.disk, memory: state.memory.inner }
  above.on(inner, event, outboxAbove(state.memory, out))
  if (inner.disk !== state.disk) state.disk = inner.disk
  if (inner.memory !== state.memory.inner) state.memory.inner = inner.memory
}

const receive = <Disk, Memory, Message extends object, Timer extends string, Config>(
  above: Above<Disk, Memory, Message, Timer, Config>,
  state: RelayState<Disk, Memory>,
  { now, from, message }: Extract<RelayEvent<Message, Timer, Config>, { readonly type: 'message' }>,
  out: RelayOutbox<Message, Timer>,
): void => {
  const { memory } = state
  if (memory.peers.includes(from)) memory.heardUs[from] = now
  if (!isOverlay<Message>(message)) handAbove(above, state, { type: 'message', now, from, message }, out)
  else if (message.t === 'relay-hello') {
    if (learn(memory, from, message.hearings)) greet(memory, now, out)
  } else if (message.target !== memory.self) out.send(message.target, message)
  else handAbove(above, state, { type: 'message', now, from: message.origin, message: message.message }, out)
}

const handle = <Disk, Memory, Message extends object, Timer extends string, Config>(
  above: Above<Disk, Memory, Message, Timer, Config>,
  state: RelayState<Disk, Memory>,
  event: RelayEvent<Message, Timer, Config>,
  out: RelayOutbox<Message, Timer>,
): void => {
  switch (event.type) {
    case 'message':
      receive(above, state, event, out)
      break
    case 'timer':
      if (event.timer === 'relay-hello') greet(state.memory, event.now, out)
      else handAbove(above, state, { ...event, timer: event.timer as Timer }, out)
      break
    case 'configured': {
      const [config, own] = split<Config>(event.config)
      state.memory.config = own
      handAbove(above, state, { ...event, config }, out)
      break
    }
    case 'started':
      greet(state.memory, event.now, out)
      handAbove(above, state, event, out)
      break
    case 'request':
    case 'synced':
      handAbove(above, state, event, out)
      break
    default:
      assertNever(event)
  }
}

/** The detours in force come first of what a node shows. */
const detours = (routing: Routing): readonly Fact[] => {
  const around = routing.peers.flatMap(peer => {
    const hop = firstHop(routing, peer)
    return hop === peer ? [] : [`${peer} via ${hop}`]
  })
  return around.length === 0 ? [] : [{ label: 'detour', value: around.join(', ') }]
}

const describeHello = ({ hearings }: Hello): MessageInfo => {
  const rows = Object.values(hearings)
  const bytes = rows.reduce((sum, row) => sum + 8 + 4 * row.hears.length, headerBytes)
  return { label: `hello of ${rows.length}`, purpose: 'heartbeat', bytes, costUs: 0 }
}

/** The protocol `above`, with its messages among nodes of its role going around what is broken. */
export const overRelay = <Disk, Memory, Message extends object, Timer extends string, Config>(
  above: Above<Disk, Memory, Message, Timer, Config>,
): Protocol<Disk, RelayMemory<Memory>, Over<Message>, Timers<Timer>, Partial<Config & RelayConfig>> => ({
  name: `relayed-${above.name}`,
  revision: above.revision,
  boot: (self, peers, survived, config) => {
    const [rest, own] = split<Config>(config)
    const { disk, memory } = above.boot(self, peers, survived, rest)
    return { disk, memory: { self, peers: [...peers], config: own, heardUs: {}, hearings: {}, inner: memory } }
  },
  on: (state, event, out) => handle(above, state, event, out),
  view: ({ disk, memory }) => {
    const seen = above.view({ disk, memory: memory.inner })
    return { ...seen, facts: [...detours(memory), ...seen.facts] }
  },
  describe: message => {
    if (!isOverlay<Message>(message)) return above.describe(message)
    if (message.t === 'relay-hello') return describeHello(message)
    const info = above.describe(message.message)
    return { ...info, label: `for ${message.target}: ${info.label}`, bytes: info.bytes + 8 }
  },
})
