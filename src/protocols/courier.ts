/**
 * Letters between two nodes, the smallest protocol in which everything that can happen to a message matters. A sender numbers its letters;
 * the receiver keeps what it gets and sends a receipt. There are three answers. OK: the receipt came. NO: the receiver turned the letter
 * away. ?: no receipt came in time, and the sender cannot tell a lost letter from a lost receipt, nor a slow one from either; no number
 * of further receipts would change that (the two generals: Akkoyunlu, Ekanadham and Huber, "Some Constraints and Tradeoffs in the Design of
 * Network Communications", SOSP 1975; Gray, "Notes on Data Base Operating Systems", 1978).
 *
 * A letter sent again may arrive twice. `deduplicate` lets the receiver keep each number once.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import { headerBytes, jsonBytes } from './client-message.ts'
import type { ConfigDoc } from './config-doc.ts'
import { isRead } from './kv-machine.ts'

export type CourierConfig = {
  /** To whom it sends. Empty in a node that only receives. */
  readonly to: NodeId | ''
  readonly timeoutMs: number
  /** How often a letter without a receipt is sent again. */
  readonly retries: number
  /** Sends receipts. */
  readonly acknowledge: boolean
  /** Keeps a letter once, however often it comes. */
  readonly deduplicate: boolean
  /** False: it turns every letter away. */
  readonly accepts: boolean
}

export const courierDefaults: CourierConfig = {
  to: '',
  timeoutMs: 500,
  retries: 0,
  acknowledge: true,
  deduplicate: false,
  accepts: true,
}

export const courierDocs: readonly ConfigDoc[] = [
  { key: 'to', kind: 'text', default: '', doc: 'To whom it sends; empty in a node that only receives.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 500, doc: 'How long it waits for a receipt.' },
  { key: 'retries', kind: 'number', integer: true, min: 0, default: 0, doc: 'How often a letter is sent again.' },
  { key: 'acknowledge', kind: 'boolean', default: true, doc: 'It sends receipts.' },
  { key: 'deduplicate', kind: 'boolean', default: false, doc: 'It keeps a letter once, however often it comes.' },
  { key: 'accepts', kind: 'boolean', default: true, doc: 'Switched off, it turns every letter away.' },
]

type Letter = {
  readonly t: 'letter'
  readonly n: number
  readonly attempt: number
  readonly op: RequestId
  readonly key: string
  readonly body: Json
  /** It asks what has been received, and leaves nothing. */
  readonly asks: boolean
}
type Receipt = {
  readonly t: 'receipt'
  readonly n: number
  readonly op: RequestId
  readonly says: 'ok' | 'no'
  readonly output: Json
}
export type CourierMessage = Letter | Receipt

/** A letter received: its body and the operation that sent it. */
type Kept = { readonly body: Json; readonly op: RequestId; readonly from: NodeId; readonly n: number }

export type CourierDisk = { letters: number; kept: { [key: string]: Kept[] } }
export type CourierMemory = {
  readonly self: NodeId
  config: CourierConfig
  waiting: { [n: string]: { readonly letter: Letter; readonly to: NodeId; attempt: number } }
}
export type CourierTimer = `receipt:${string}`
type CourierState = State<CourierDisk, CourierMemory>
type Out = Outbox<CourierMessage, CourierTimer>

const configOf = (config: Partial<CourierConfig> | null | undefined): CourierConfig => ({
  ...courierDefaults,
  ...config,
})

const post = ({ config, waiting }: CourierMemory, n: number, out: Out): void => {
  const one = waiting[n]
  if (one === undefined) return
  one.attempt += 1
  out.send(one.to, { ...one.letter, attempt: one.attempt })
  const us = Math.round(config.timeoutMs * 1000)
  out.setTimer(`receipt:${n}`, { minUs: us, maxUs: us })
}

const request = ({ disk, memory }: CourierState, asked: ClientRequest, out: Out): void => {
  const { id: op, key, input, kind } = asked
  const { to } = memory.config
  if (to === '') {
    out.complete(op, { outcome: 'fail', reason: 'it has nobody to send to' })
    return
  }
  disk.letters += 1
  out.sync()
  const n = disk.letters
  const letter: Letter = { t: 'letter', n, attempt: 1, op, key, body: input, asks: isRead(kind) }
  memory.waiting[n] = { letter, to, attempt: 0 }
  post(memory, n, out)
}

const receiveLetter = ({ disk, memory }: CourierState, from: NodeId, m: Letter, out: Out): void => {
  const { acknowledge, accepts, deduplicate } = memory.config
  const receipt = (says: 'ok' | 'no', output: Json): void => {
    if (acknowledge) out.send(from, { t: 'receipt', n: m.n, op: m.op, says, output })
  }
  const kept = Object.hasOwn(disk.kept, m.key) ? (disk.kept[m.key] ?? []) : []
  if (!accepts) receipt('no', null)
  else if (m.asks)
    receipt(
      'ok',
      kept.map(({ body }) => body),
    )
  else {
    if (deduplicate && kept.some(one => one.from === from && one.n === m.n)) {
      out.note('duplicate recognised', { op: m.op })
    } else {
      disk.kept[m.key] = [...kept, { body: m.body, op: m.op, from, n: m.n }]
      out.sync()
      out.note('applied', { key: m.key, op: m.op, over: kept.at(-1)?.op ?? null, index: kept.length + 1 })
    }
    receipt('ok', null)
  }
}

const receiveReceipt = ({ memory }: CourierState, from: NodeId, m: Receipt, out: Out): void => {
  const one = memory.waiting[m.n]
  if (one === undefined) {
    out.note('late receipt', { n: m.n })
    return
  }
  delete memory.waiting[m.n]
  out.cancelTimer(`receipt:${m.n}`)
  if (m.says === 'ok') out.complete(m.op, { outcome: 'ok', output: m.output, servedBy: from })
  else if (one.attempt > 1)
    out.complete(m.op, { outcome: 'unknown', reason: 'turned away, but an earlier copy may have been kept' })
  else out.complete(m.op, { outcome: 'fail', reason: 'turned away', servedBy: from })
}

const noReceipt = ({ memory }: CourierState, n: number, out: Out): void => {
  const one = memory.waiting[n]
  if (one === undefined) return
  if (one.attempt <= memory.config.retries) {
    post(memory, n, out)
    return
  }
  delete memory.waiting[n]
  out.complete(one.letter.op, { outcome: 'unknown', reason: 'no receipt' })
}

const on = (
  state: CourierState,
  event: NodeEvent<CourierMessage, CourierTimer, Partial<CourierConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'request':
      request(state, event.request, out)
      break
    case 'message':
      if (event.message.t === 'letter') receiveLetter(state, event.from, event.message, out)
      else receiveReceipt(state, event.from, event.message, out)
      break
    case 'timer':
      noReceipt(state, Number(event.timer.slice('receipt:'.length)), out)
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

const view = ({ disk, memory }: CourierState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const [key, kept] of Object.entries(disk.kept))
    values[key] = { value: kept.map(({ body }) => body), version: `${kept.length} kept`, op: kept.at(-1)?.op ?? null }
  const { to } = memory.config
  const waiting = Object.keys(memory.waiting).length
  if (to === '') return { role: 'receiver', values, facts: [] }
  const facts = [
    { label: 'sends to', value: to },
    { label: 'letters', value: String(disk.letters) },
    { label: 'waiting', value: String(waiting) },
  ]
  return { role: 'sender', values, facts }
}

const describe = (m: CourierMessage): MessageInfo => {
  const common = { costUs: 0, op: m.op, bytes: headerBytes }
  if (m.t === 'receipt') {
    const output = m.output === null ? '' : ` ${JSON.stringify(m.output)}`
    return { ...common, label: `${m.says} ${m.n}${output}`, purpose: m.says === 'ok' ? 'acknowledge' : 'reply' }
  }
  const again = m.attempt > 1 ? ' again' : ''
  const label = m.asks ? `question ${m.n}${again}` : `letter ${m.n}${again}: ${JSON.stringify(m.body)}`
  return { ...common, label, purpose: 'request', bytes: headerBytes + jsonBytes(m.body) }
}

export const courier: Protocol<CourierDisk, CourierMemory, CourierMessage, CourierTimer, Partial<CourierConfig>> = {
  name: 'courier',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { letters: 0, kept: {} },
    memory: { self, config: configOf(config), waiting: {} },
  }),
  on,
  view,
  describe,
}
