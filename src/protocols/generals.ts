/**
 * The Byzantine generals: Lamport, Shostak and Pease, "The Byzantine Generals Problem", ACM TOPLAS 4(3), 1982. A commanding general sends an
 * order to n-1 lieutenants, and some of the n may be traitors. Wanted are IC1: all loyal lieutenants obey the same order; IC2: if the
 * commander is loyal, every loyal lieutenant obeys the order that he sends.
 *
 * OM(m), section 3, by word of mouth. Each lieutenant passes on what he was told, as the commander of an OM(m-1) among the others, and takes
 * the majority of what he was told and of what the others say that they were told. It withstands m traitors among more than 3m generals, and
 * section 2 shows that nothing does with fewer: of three, a loyal lieutenant cannot tell who of the other two lies.
 *
 * SM(m), section 4, with signatures. An order counts only with the commander's signature and those of all who passed it on, so nobody can
 * put another order into his mouth. A lieutenant passes on each order that is new to him, signed by him too, and at the end makes the same
 * choice from the set of orders that he holds as everybody else does from theirs. It withstands m traitors among any number of generals.
 *
 * Both need assumption A3, that the absence of a message can be detected. Section 6 says what that takes: a bound on how long a message is
 * under way, and clocks that agree. So time is divided into rounds that all generals count on their own clocks; what comes after its round
 * is as good as never sent, and who hears nothing takes RETREAT for what was said. Messages that take longer than a round break it.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import type { Fact, NodeView } from '../kernel/view.ts'
import { headerBytes, jsonBytes } from './client-message.ts'
import { type GeneralsConfig, generalsConfig, type Order, retreat } from './generals-config.ts'

/** "The last of `path` says that the one before him said ... that the first of it, the commander, ordered this." */
type Report = { readonly path: readonly NodeId[]; readonly order: Order }
/** The paper's v:0, an order signed by the commander, or v:0:j1:...:jk, such an order signed by everyone who passed it on. */
export type Letter = { readonly battle: number; readonly order: Order } | { readonly of: Signed<Letter> }
type Oral = { readonly t: 'oral'; readonly battle: number; readonly said: readonly Report[] }
type Written = { readonly t: 'written'; readonly battle: number; readonly letter: Signed<Letter> }
export type GeneralsMessage = Oral | Written

/** The battle that is being agreed on. */
type Battle = {
  /** Counted from 1; 0 before the first. */
  readonly number: number
  /** The round under way, from 0 on: that of the order itself. */
  round: number
  /** OM: what was said, by path, as `n1 n3`. */
  heard: { [path: string]: Order }
  /** SM: the set V of properly signed orders, in the order in which they came. */
  signed: Order[]
  decision: Order | null
}
export type GeneralsMemory = {
  readonly self: NodeId
  /** All of them, in the order of their names. */
  readonly generals: readonly NodeId[]
  config: GeneralsConfig
  battle: Battle
  /** What came for the next battle before it began on this clock. */
  early: { readonly from: NodeId; readonly message: GeneralsMessage }[]
}
export type GeneralsDisk = Record<never, never>
export type GeneralsTimer = 'dawn' | 'round'
type GeneralsState = State<GeneralsDisk, GeneralsMemory>
type Out = Outbox<GeneralsMessage, GeneralsTimer>

const earlyLimit = 64

const commanderOf = ({ config, generals, self }: GeneralsMemory): NodeId =>
  config.commander === '' ? (generals[0] ?? self) : config.commander

const isOrder = (order: unknown): order is Order => order === 'attack' || order === 'retreat'

const us = (ms: number): number => Math.round(ms * 1000)

/** When, on the clock, the next battle begins whose number is above `after`; undefined where there is none. */
const nextDawnUs = ({ atMs, everyMs }: GeneralsConfig, now: number, after: number): number | undefined => {
  const [firstUs, everyUs] = [us(atMs), us(everyMs)]
  const number = everyUs === 0 ? 1 : Math.max(after + 1, Math.ceil((now - firstUs) / everyUs) + 1)
  const atUs = firstUs + (number - 1) * everyUs
  return number > after && atUs >= now ? atUs : undefined
}

const awaitDawn = ({ config, battle }: GeneralsMemory, now: number, out: Out): void => {
  const atUs = nextDawnUs(config, now, battle.number)
  if (atUs === undefined) out.cancelTimer('dawn')
  else out.setTimer('dawn', { minUs: atUs - now, maxUs: atUs - now })
}

const decide = ({ battle }: GeneralsMemory, order: Order, out: Out): void => {
  battle.decision = order
  out.note('decided', { about: `battle ${battle.number}`, value: order })
}

/** The next battle begins. The commander does as he says, and is done. */
const dawn = (memory: GeneralsMemory, now: number, out: Out): void => {
  const { config, self } = memory
  const everyUs = us(config.everyMs)
  const number = everyUs === 0 ? 1 : Math.round((now - us(config.atMs)) / everyUs) + 1
  memory.battle = { number, round: 0, heard: {}, signed: [], decision: null }
  awaitDawn(memory, now, out)
  if (self === commanderOf(memory)) {
    command(memory, out)
    return
  }
  out.setTimer('round', { minUs: us(config.roundMs), maxUs: us(config.roundMs) })
  const { early } = memory
  memory.early = []
  for (const { from, message } of early) receive(memory, from, message, out)
}

/** OM, step (1), and SM, step (1): the commander sends his order to every lieutenant. */
const command = (memory: GeneralsMemory, out: Out): void => {
  const { config, self, generals, battle } = memory
  const { order } = config
  const letter = config.algorithm === 'signed' ? out.sign<Letter>({ battle: battle.number, order }) : undefined
  for (const to of generals) {
    if (to === self) continue
    if (letter === undefined) out.send(to, { t: 'oral', battle: battle.number, said: [{ path: [self], order }] })
    else out.send(to, { t: 'written', battle: battle.number, letter })
  }
  decide(memory, order, out)
}

/** What `path` is taken to have said; who was not heard in time said RETREAT. */
const saidBy = ({ battle }: GeneralsMemory, path: readonly NodeId[]): Order => {
  const key = path.join(' ')
  return Object.hasOwn(battle.heard, key) ? (battle.heard[key] ?? retreat) : retreat
}

/** The paths of so many generals that could tell this one something. */
const pathsOf = (memory: GeneralsMemory, length: number): readonly (readonly NodeId[])[] => {
  let paths: readonly (readonly NodeId[])[] = [[commanderOf(memory)]]
  for (let more = 1; more < length; more += 1) {
    paths = paths.flatMap(path =>
      memory.generals.filter(one => one !== memory.self && !path.includes(one)).map(one => [...path, one]),
    )
  }
  return paths
}

/** OM, step (2): what he was told in this round, or RETREAT, he tells everybody who has not passed it on yet. */
const relay = (memory: GeneralsMemory, out: Out): void => {
  const { self, generals, battle } = memory
  const paths = pathsOf(memory, battle.round + 1)
  for (const to of generals) {
    if (to === self) continue
    const said = paths
      .filter(path => !path.includes(to))
      .map(path => ({ path: [...path, self], order: saidBy(memory, path) }))
    if (said.length > 0) out.send(to, { t: 'oral', battle: battle.number, said })
  }
}

/** The majority where there is one; otherwise RETREAT, or what the general was told himself, the first of them. */
const majority = (orders: readonly Order[], tie: GeneralsConfig['tie']): Order => {
  const attacks = orders.filter(order => order === 'attack').length
  if (2 * attacks === orders.length) return tie === 'commander' ? (orders[0] ?? retreat) : retreat
  return 2 * attacks > orders.length ? 'attack' : retreat
}

/** OM, step (3): the majority of what he was told on this path and of what OM(m-1) found that each of the others was told. */
const resolve = (memory: GeneralsMemory, path: readonly NodeId[]): Order => {
  const own = saidBy(memory, path)
  if (path.length > memory.config.m) return own
  const others = memory.generals.filter(one => one !== memory.self && !path.includes(one))
  return majority([own, ...others.map(one => resolve(memory, [...path, one]))], memory.config.tie)
}

/** SM's choice(V): the only order there is, otherwise RETREAT. Every loyal lieutenant applies it to the same set. */
const choice = (orders: readonly Order[]): Order => (orders.length === 1 ? (orders[0] ?? retreat) : retreat)

const roundOver = (memory: GeneralsMemory, out: Out): void => {
  const { battle, config } = memory
  const last = battle.round >= config.m
  if (!last && config.algorithm === 'oral') relay(memory, out)
  battle.round += 1
  if (!last) out.setTimer('round', { minUs: us(config.roundMs), maxUs: us(config.roundMs) })
  else decide(memory, config.algorithm === 'oral' ? resolve(memory, [commanderOf(memory)]) : choice(battle.signed), out)
}

/** A report counts when its last teller brings it himself, in its own round, and when nobody tells it twice. */
const receiveOral = (memory: GeneralsMemory, from: NodeId, { said }: Oral, out: Out): void => {
  const { battle, config, self, generals } = memory
  for (const { path, order } of said) {
    const proper =
      path[0] === commanderOf(memory) &&
      path.at(-1) === from &&
      !path.includes(self) &&
      path.length <= config.m + 1 &&
      new Set(path).size === path.length &&
      path.every(one => generals.includes(one))
    if (!proper || !isOrder(order)) continue
    const key = path.join(' ')
    if (path.length <= battle.round) out.note('too late', { path: key })
    else if (!Object.hasOwn(battle.heard, key)) battle.heard[key] = order
  }
}

/** The order and its signers, the commander first; undefined where a signature is forged or the letter says nothing. */
const readLetter = (signed: Signed<Letter>, out: Out): { order: Order; battle: number; path: NodeId[] } | undefined => {
  const path: NodeId[] = []
  for (let one = signed; ; ) {
    if (!out.verify(one)) return undefined
    path.unshift(one.signer)
    const { payload } = one
    if (typeof payload !== 'object' || payload === null) return undefined
    if ('of' in payload) one = payload.of
    else return isOrder(payload.order) ? { order: payload.order, battle: payload.battle, path } : undefined
  }
}

/** SM, step (2): an order that is new to him joins his set and is passed on with his signature, to all who have not signed it. */
const receiveWritten = (memory: GeneralsMemory, { letter }: Written, out: Out): void => {
  const { battle, config, self, generals } = memory
  const read = readLetter(letter, out)
  const proper =
    read !== undefined &&
    read.battle === battle.number &&
    read.path[0] === commanderOf(memory) &&
    !read.path.includes(self) &&
    new Set(read.path).size === read.path.length &&
    read.path.every(one => generals.includes(one))
  if (!proper) {
    out.note('no proper letter', null)
    return
  }
  if (read.path.length <= battle.round) {
    out.note('too late', { path: read.path.join(' ') })
    return
  }
  if (battle.signed.includes(read.order)) return
  battle.signed.push(read.order)
  if (read.path.length > config.m) return
  const onward = out.sign<Letter>({ of: letter })
  for (const to of generals)
    if (to !== self && !read.path.includes(to)) out.send(to, { t: 'written', battle: battle.number, letter: onward })
}

const receive = (memory: GeneralsMemory, from: NodeId, message: GeneralsMessage, out: Out): void => {
  const { battle } = memory
  if (message.battle === battle.number + 1 && memory.early.length < earlyLimit) {
    memory.early.push({ from, message })
    return
  }
  if (message.battle !== battle.number || memory.self === commanderOf(memory)) return
  if (battle.decision !== null) {
    out.note('too late', null)
    return
  }
  if (message.t === 'oral' && memory.config.algorithm === 'oral') receiveOral(memory, from, message, out)
  else if (message.t === 'written' && memory.config.algorithm === 'signed') receiveWritten(memory, message, out)
}

const on = (
  { memory }: GeneralsState,
  event: NodeEvent<GeneralsMessage, GeneralsTimer, Partial<GeneralsConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      awaitDawn(memory, event.now, out)
      break
    case 'message':
      receive(memory, event.from, event.message, out)
      break
    case 'timer':
      if (event.timer === 'dawn') dawn(memory, event.now, out)
      else roundOver(memory, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'a general takes no requests' })
      break
    case 'configured':
      memory.config = generalsConfig(event.config)
      awaitDawn(memory, event.now, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

/** What he goes by: who told him what, one a line, or which signed orders he holds. */
const hearsay = ({ battle, config }: GeneralsMemory): readonly Fact[] => {
  if (config.algorithm === 'signed') {
    const holds = battle.signed.length > 1 ? 'both' : (battle.signed[0] ?? 'nothing')
    return [{ label: 'holds', value: holds }]
  }
  const heard = Object.entries(battle.heard)
  if (config.m > 1) return [{ label: 'reports', value: String(heard.length) }]
  return heard.map(([path, value]) => ({ label: path.split(' ').at(-1) ?? '', value })).toSorted(byLabel)
}

const byLabel = (a: Fact, b: Fact): number => (a.label < b.label ? -1 : 1)

const view = ({ memory }: GeneralsState): NodeView => {
  const { battle, config, self } = memory
  const version = `battle ${battle.number}`
  const values = battle.decision === null ? {} : { order: { value: battle.decision, version, op: null } }
  if (self === commanderOf(memory))
    return { role: 'commander', values, facts: [{ label: 'order', value: config.order }] }
  const facts: Fact[] = [...hearsay(memory)]
  if (battle.signed.length > 1) facts.push({ label: 'proof', value: `${commanderOf(memory)} signed two orders` })
  if (battle.decision !== null) facts.push({ label: 'decides', value: battle.decision })
  return { role: 'lieutenant', values, facts }
}

const signersOf = (letter: Signed<Letter>): readonly string[] =>
  'of' in letter.payload ? [...signersOf(letter.payload.of), letter.signer] : [letter.signer]

const orderIn = (letter: Signed<Letter>): string =>
  'of' in letter.payload ? orderIn(letter.payload.of) : letter.payload.order

const describe = (m: GeneralsMessage): MessageInfo => {
  const common = { costUs: 0, bytes: headerBytes + jsonBytes(m as Json) }
  if (m.t === 'written') {
    const signers = signersOf(m.letter)
    const purpose = signers.length === 1 ? 'request' : 'replicate'
    return { ...common, purpose, label: `${orderIn(m.letter)}:${signers.join(':')}` }
  }
  const [first] = m.said
  if (first !== undefined && first.path.length === 1) return { ...common, purpose: 'request', label: first.order }
  const label =
    m.said.length === 1 && first !== undefined ? `${first.path.at(-2)} said ${first.order}` : `${m.said.length} reports`
  return { ...common, purpose: 'replicate', label }
}

export const generals: Protocol<
  GeneralsDisk,
  GeneralsMemory,
  GeneralsMessage,
  GeneralsTimer,
  Partial<GeneralsConfig>
> = {
  name: 'generals',
  revision: 1,
  boot: (self, peers, _disk, config) => ({
    disk: {},
    memory: {
      self,
      generals: [self, ...peers].sort(),
      config: generalsConfig(config),
      battle: { number: 0, round: 0, heard: {}, signed: [], decision: null },
      early: [],
    },
  }),
  on,
  view,
  describe,
}
