/**
 * A toy chain with proof of work: Nakamoto, "Bitcoin: A Peer-to-Peer Electronic Cash System", 2008. Miners put payments into blocks, each on
 * top of another, and build on the longest chain that they know, the first seen of two (section 5). The chance to find the next block goes
 * with the share of the hash power. A merchant waits until some blocks lie on a payment, and takes it for made.
 *
 * Nothing is ever decided. A longer chain that becomes known later takes the place of the last blocks of this one, and the payments in them
 * are undone. Section 11 gives the chance that an attacker with a share q of the power catches up from z blocks behind; it falls with z
 * and is never 0. The attacker here is the one of that section (in the words of Rosenfeld, "Analysis of hashrate-based double spending",
 * arXiv 1402.2009, who counts without Nakamoto's approximation): he mines one block in secret in which he keeps his coin, then pays with
 * the coin in the open, mines on in secret, and shows his chain as soon as it is the longer one and the merchant has delivered.
 *
 * The work is a timer. The time to the next block is exponential: a first, tiny timer is drawn evenly from a range, and the part of the range
 * that it took is the uniform number whose logarithm gives the time. A block's name is a digest of it, so nobody changes another's block.
 * All blocks weigh the same, so that the longest chain is the heaviest. Payments are not signed, and a coin is spent at most once in a chain.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import {
  type Block,
  blocksUpTo,
  type Chain,
  depthOf,
  genesis,
  heightOf,
  isGenuine,
  makeBlock,
  moveTip,
  type Payment,
} from './chain-blocks.ts'
import { type ChainConfig, chainConfig } from './chain-config.ts'
import { describeClientMessage, headerBytes, jsonBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import { isRead } from './kv-machine.ts'

export type ChainMessage =
  | Call
  | Answer
  | { readonly t: 'payment'; readonly payment: Payment }
  /** Blocks on top of one another, the oldest first. */
  | { readonly t: 'blocks'; readonly blocks: readonly Block[] }
  /** Asks for the block and what lies under it. */
  | { readonly t: 'ask'; readonly id: string }

/** A double spend under way: the payment, and the chain in secret, whose first block keeps the coin. */
type Attack = {
  readonly payment: Payment
  /** `lead`: mines the block that he starts with. `race`: the payment is out. */
  phase: 'lead' | 'race' | 'won' | 'lost'
  secret: Block[]
}
export type ChainDisk = { chain: Chain; mined: number; deepest: number }
export type ChainMemory = {
  readonly self: NodeId
  readonly others: readonly NodeId[]
  config: ChainConfig
  /** Payments that wait for a block. */
  waiting: Payment[]
  /** Blocks whose parents are not known yet. */
  orphans: Block[]
  /** Payers who were told that their payment counts. */
  answered: string[]
  attack: Attack | null
  /** When the timer that draws was set. */
  drawUs: number
}
export type ChainTimer = 'draw' | 'mine' | 'publish'
type ChainState = State<ChainDisk, ChainMemory>
type Out = Outbox<ChainMessage, ChainTimer>

/** The range of the timer that draws, microseconds: a uniform number with so many values. */
const drawRange = 10_000
const mostWaiting = 64
const mostOrphans = 64
/** At most so many blocks are sent in answer to a question. */
const batch = 50

const multicast = ({ others }: ChainMemory, message: ChainMessage, out: Out): void => {
  for (const to of others) out.send(to, message)
}

/** Begins to look for the next block. What has been searched in vain counts for nothing, so a new tip does not change the time left. */
const startMining = (memory: ChainMemory, now: number, out: Out): void => {
  out.cancelTimer('mine')
  if (memory.config.power === 0) {
    out.cancelTimer('draw')
    return
  }
  memory.drawUs = now
  out.setTimer('draw', { minUs: 1, maxUs: drawRange })
}

const drawn = ({ config, drawUs }: ChainMemory, now: number, out: Out): void => {
  const u = Math.min(drawRange, Math.max(1, now - drawUs)) / (drawRange + 1)
  const us = Math.round(-Math.log(u) * ((config.blockMs * 1000 * 100) / config.power))
  out.setTimer('mine', { minUs: us, maxUs: us })
}

/** A block is found: in secret while an attack is on, otherwise for all. */
const found = (state: ChainState, now: number, out: Out): void => {
  const { disk, memory } = state
  const { attack, self } = memory
  disk.mined += 1
  if (attack !== null && (attack.phase === 'lead' || attack.phase === 'race')) findInSecret(state, attack, out)
  else {
    const payments = memory.waiting.filter(({ key }) => depthOf(disk.chain, key) === 0)
    const once = payments.filter(({ key }, i) => payments.findIndex(one => one.key === key) === i)
    const { tip, height } = disk.chain
    const block = makeBlock({ parent: tip, height: height + 1, miner: self, nonce: disk.mined, payments: once })
    multicast(memory, { t: 'blocks', blocks: [block] }, out)
    take(state, [block], null, out)
  }
  startMining(memory, now, out)
}

const findInSecret = (state: ChainState, attack: Attack, out: Out): void => {
  const { disk, memory } = state
  const last = attack.secret.at(-1)
  const { payment } = attack
  const own: Payment = { op: `${payment.op}*` as Payment['op'], key: payment.key, value: memory.self, payer: null }
  attack.secret.push(
    makeBlock({
      parent: last?.id ?? disk.chain.tip,
      height: (last?.height ?? disk.chain.height) + 1,
      miner: memory.self,
      nonce: disk.mined,
      payments: last === undefined ? [own] : [],
    }),
  )
  if (attack.phase === 'lead') {
    attack.phase = 'race'
    out.note('pays, one block ahead', { coin: payment.key })
    multicast(memory, { t: 'payment', payment }, out)
  }
  considerAttack(state, out)
}

/** The private chain is given up or shown, as things stand. */
const considerAttack = ({ disk, memory }: ChainState, out: Out): void => {
  const { attack, config } = memory
  if (attack === null || attack.phase !== 'race') return
  const ahead = (attack.secret.at(-1)?.height ?? 0) - disk.chain.height
  const delivered = depthOf(disk.chain, attack.payment.key) >= config.confirmations
  // The merchant hears of the last block as late as this node does, so it gets a moment before the secret is out.
  if (delivered && ahead > 0) {
    const us = Math.round(config.blockMs * 100)
    out.setTimer('publish', { minUs: us, maxUs: us })
  }
  if (config.giveUp > 0 && ahead <= -config.giveUp) {
    attack.phase = 'lost'
    attack.secret = []
    out.note('gives up', { coin: attack.payment.key })
  }
}

const publish = (state: ChainState, out: Out): void => {
  const { disk, memory } = state
  const { attack } = memory
  if (attack === null || attack.phase !== 'race') return
  if ((attack.secret.at(-1)?.height ?? 0) <= disk.chain.height) return
  const blocks = attack.secret
  attack.phase = 'won'
  attack.secret = []
  multicast(memory, { t: 'blocks', blocks }, out)
  out.note('shows its chain', { blocks: blocks.length })
  take(state, blocks, null, out)
}

/** Takes blocks in, and builds on the longest chain from now on. `from` is asked for what is missing under them. */
const take = (state: ChainState, blocks: readonly Block[], from: NodeId | null, out: Out): void => {
  const { disk, memory } = state
  const { chain } = disk
  let waiting = [...memory.orphans, ...blocks.filter(isGenuine)]
  let best = chain.tip
  for (let grown = true; grown; ) {
    const fit = waiting.filter(({ parent, height }) => heightOf(chain, parent) === height - 1)
    for (const block of fit) {
      chain.blocks[block.id] ??= block
      if (block.height > heightOf(chain, best)) best = block.id
    }
    waiting = waiting.filter(block => !fit.includes(block))
    grown = fit.length > 0
  }
  memory.orphans = waiting.slice(-mostOrphans)
  const missing = blocks.find(block => waiting.includes(block))
  if (missing !== undefined && from !== null) out.send(from, { t: 'ask', id: missing.parent })
  if (best !== chain.tip) buildOn(state, best, out)
}

const buildOn = (state: ChainState, tip: string, out: Out): void => {
  const { disk, memory } = state
  const { undone, done } = moveTip(disk.chain, tip)
  for (const { payments } of undone)
    for (const payment of payments) {
      out.note('rolled back', { key: payment.key, op: payment.op })
      if (memory.waiting.length < mostWaiting) memory.waiting.push(payment)
    }
  for (const { payments, height } of done)
    for (const { key, op } of payments) {
      out.note('applied', { key, op, over: null, index: height })
      memory.waiting = memory.waiting.filter(one => one.op !== op)
    }
  if (undone.length > 0) out.note('re-org', { depth: undone.length })
  disk.deepest = Math.max(disk.deepest, undone.length)
  restartLead(memory, disk.chain)
  considerAttack(state, out)
  answerPayers(state, out)
  out.sync()
}

/** Before he has paid, an attacker whose secret block was overtaken starts again from the new tip. */
const restartLead = ({ attack }: ChainMemory, chain: Chain): void => {
  if (attack?.phase === 'lead') attack.secret = attack.secret.filter(block => block.parent === chain.tip)
}

/** A merchant tells the payer when the payment lies deep enough. */
const answerPayers = ({ disk, memory }: ChainState, out: Out): void => {
  if (memory.config.power > 0) return
  for (const [coin, { payment }] of Object.entries(disk.chain.spent)) {
    const { payer, op } = payment
    if (payer === null || memory.answered.includes(op)) continue
    if (depthOf(disk.chain, coin) < memory.config.confirmations) continue
    memory.answered.push(op)
    out.note('delivers', { coin })
    out.send(payer.client, { t: 'answer', op, attempt: payer.attempt, result: { outcome: 'ok', output: null } })
  }
}

const receiveCall = (state: ChainState, { op, kind, key, input, attempt }: Call, from: NodeId, out: Out): void => {
  const { disk, memory } = state
  const answer = (result: Answer['result']): void => out.send(from, { t: 'answer', op, attempt, result })
  const spent = Object.hasOwn(disk.chain.spent, key) ? disk.chain.spent[key] : undefined
  if (isRead(kind)) answer({ outcome: 'ok', output: spent?.payment.value ?? null })
  else if (kind !== 'write' && kind !== 'put')
    answer({ outcome: 'fail', reason: 'a coin can only be paid or looked at' })
  else if (spent !== undefined && spent.payment.op !== op) answer({ outcome: 'fail', reason: 'that coin is spent' })
  else {
    const payment: Payment = { op, key, value: input, payer: { client: from, attempt } }
    if (memory.config.mining === 'private' && memory.config.power > 0 && memory.attack === null)
      memory.attack = { payment, phase: 'lead', secret: [] }
    else pay(memory, payment, out)
  }
}

/** A payment for the next block. */
const pay = (memory: ChainMemory, payment: Payment, out: Out): void => {
  if (memory.waiting.some(one => one.op === payment.op)) return
  if (memory.waiting.length < mostWaiting) memory.waiting.push(payment)
  multicast(memory, { t: 'payment', payment }, out)
}

const receivePayment = ({ disk, memory }: ChainState, payment: Payment): void => {
  const known = memory.waiting.some(one => one.op === payment.op) || depthOf(disk.chain, payment.key) > 0
  if (!known && memory.waiting.length < mostWaiting) memory.waiting.push(payment)
}

const receive = (state: ChainState, from: NodeId, m: ChainMessage, out: Out): void => {
  switch (m.t) {
    case 'call':
      receiveCall(state, m, from, out)
      break
    case 'payment':
      receivePayment(state, m.payment)
      break
    case 'blocks':
      take(state, m.blocks, from, out)
      break
    case 'ask': {
      const blocks = blocksUpTo(state.disk.chain, m.id, batch)
      if (blocks.length > 0) out.send(from, { t: 'blocks', blocks })
      break
    }
    case 'answer':
      break
    default:
      assertNever(m)
  }
}

const fired = (state: ChainState, timer: ChainTimer, now: number, out: Out): void => {
  if (timer === 'draw') drawn(state.memory, now, out)
  else if (timer === 'mine') found(state, now, out)
  else publish(state, out)
}

const refuseRequest = ({ id }: ClientRequest, out: Out): void =>
  out.complete(id, { outcome: 'fail', reason: 'a client pays, through a miner' })

const on = (state: ChainState, event: NodeEvent<ChainMessage, ChainTimer, Partial<ChainConfig>>, out: Out): void => {
  const { memory } = state
  switch (event.type) {
    case 'started':
      startMining(memory, event.now, out)
      break
    case 'message':
      receive(state, event.from, event.message, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'request':
      refuseRequest(event.request, out)
      break
    case 'configured': {
      const { power, blockMs } = memory.config
      memory.config = chainConfig(event.config)
      if (power !== memory.config.power || blockMs !== memory.config.blockMs) startMining(memory, event.now, out)
      break
    }
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const attackFacts = (disk: ChainDisk, { attack }: ChainMemory): readonly Fact[] => {
  if (attack === null) return []
  const ahead = (attack.secret.at(-1)?.height ?? disk.chain.height) - disk.chain.height
  const value =
    attack.phase === 'won' || attack.phase === 'lost'
      ? attack.phase
      : `${Math.abs(ahead)} ${ahead < 0 ? 'behind' : 'ahead'}`
  return [{ label: 'secret', value }]
}

const view = ({ disk, memory }: ChainState): NodeView => {
  const { chain, deepest } = disk
  const { config } = memory
  const values: { [coin: string]: Copy } = {}
  for (const [coin, { payment, height }] of Object.entries(chain.spent)) {
    const copy = { value: payment.value, version: `block ${height}`, op: payment.op }
    values[coin] = depthOf(chain, coin) < config.confirmations ? { ...copy, tentative: true } : copy
  }
  const depths = Object.keys(chain.spent).map(coin => depthOf(chain, coin))
  const facts: Fact[] = [
    ...attackFacts(disk, memory),
    { label: 'height', value: String(chain.height) },
    { label: 'confirmations', value: `${Math.max(0, ...depths)} of ${config.confirmations}` },
    { label: 're-org', value: String(deepest) },
    { label: 'power', value: `${config.power}%` },
  ]
  return { role: config.power === 0 ? 'merchant' : 'miner', values, facts }
}

const describe = (m: ChainMessage): MessageInfo => {
  switch (m.t) {
    case 'call':
    case 'answer':
      return describeClientMessage(m)
    case 'payment': {
      const { key, value, op } = m.payment
      const bytes = headerBytes + jsonBytes(value)
      return { label: `pay ${key}=${JSON.stringify(value)}`, purpose: 'control', bytes, costUs: 0, op }
    }
    case 'blocks': {
      const last = m.blocks.at(-1)
      const label = m.blocks.length === 1 ? `block ${last?.height}` : `${m.blocks.length} blocks to ${last?.height}`
      return { label, purpose: 'replicate', bytes: headerBytes + 80 * m.blocks.length, costUs: 0 }
    }
    case 'ask':
      return { label: 'ask for blocks', purpose: 'repair', bytes: headerBytes, costUs: 0 }
    default:
      return assertNever(m)
  }
}

export const chain: Protocol<ChainDisk, ChainMemory, ChainMessage, ChainTimer, Partial<ChainConfig>> = {
  name: 'chain',
  revision: 1,
  boot: (self, peers, disk, config) => ({
    disk: disk ?? { chain: { blocks: {}, tip: genesis, height: 0, spent: {} }, mined: 0, deepest: 0 },
    memory: {
      self,
      others: peers,
      config: chainConfig(config),
      waiting: [],
      orphans: [],
      answered: [],
      attack: null,
      drawUs: 0,
    },
  }),
  on,
  view,
  describe,
}
