/**
 * A bulk transfer: a backup, a copy of a shard, anything that sends as much as the line takes. The sender keeps up to `windowBytes` on the
 * way without an acknowledgement, in pieces, and sends more as acknowledgements come in (the sliding window of RFC 9293, without its
 * congestion control). What the line cannot carry at once waits in the queue in front of it, and everybody else's messages wait behind it
 * (Gettys and Nichols, "Bufferbloat: Dark Buffers in the Internet", ACM Queue 9(11), 2011).
 *
 * With `rateBytesPerS` a token bucket holds the sender back: it may send what the bucket holds, which fills at that rate up to `burstBytes`
 * (Turner, "New Directions in Communications", 1986). `ratio` divides what is sent: compression before the transfer.
 *
 * A piece without an acknowledgement after `resendMs` is sent again. A write starts a transfer, and succeeds when all of it has arrived.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { MessageInfo, NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { shortBytes } from './api-wire.ts'
import type { ConfigDoc } from './config-doc.ts'
import { isRead } from './kv-machine.ts'

export type BulkConfig = {
  /** To whom it sends. Empty in a node that only receives. */
  readonly to: NodeId | ''
  readonly totalBytes: number
  readonly pieceBytes: number
  readonly windowBytes: number
  /** 0: no limit of its own. */
  readonly rateBytesPerS: number
  readonly burstBytes: number
  readonly ratio: number
  readonly resendMs: number
}

export const bulkDefaults: BulkConfig = {
  to: '',
  totalBytes: 10_000_000,
  pieceBytes: 64_000,
  windowBytes: 1_000_000,
  rateBytesPerS: 0,
  burstBytes: 64_000,
  ratio: 1,
  resendMs: 2000,
}

const amount = (key: keyof BulkConfig, min: number, def: number, doc: string): ConfigDoc => ({
  key,
  kind: 'number',
  min,
  default: def,
  doc,
})

export const bulkDocs: readonly ConfigDoc[] = [
  { key: 'to', kind: 'text', default: '', doc: 'To whom it sends; empty in a node that only receives.' },
  amount('totalBytes', 1, 10_000_000, 'Bytes of a transfer.'),
  amount('pieceBytes', 1, 64_000, 'Bytes of a piece.'),
  amount('windowBytes', 1, 1_000_000, 'Bytes on the way without an acknowledgement.'),
  amount('rateBytesPerS', 0, 0, 'Bytes that it sends in a second; 0: no limit of its own.'),
  amount('burstBytes', 1, 64_000, 'Bytes that it may send at once after a pause, where its rate is limited.'),
  amount('ratio', 1, 1, 'Compression: so many times fewer bytes are sent.'),
  amount('resendMs', 0.001, 2000, 'After so long without an acknowledgement a piece is sent again.'),
]

type Piece = { readonly t: 'piece'; readonly op: RequestId; readonly n: number; readonly bytes: number }
type Ack = { readonly t: 'ack'; readonly op: RequestId; readonly n: number }
export type BulkMessage = Piece | Ack

/** A transfer under way; `flying` has the pieces without an acknowledgement, `bytes` of each. */
type Transfer = { readonly total: number; sent: number; acked: number; next: number; flying: { [n: string]: number } }

export type BulkMemory = {
  config: BulkConfig
  open: { [op: string]: Transfer }
  /** Bytes in the bucket, and when it was looked at, microseconds. */
  bucket: number
  bucketAtUs: number
  /** Received so far, bytes. */
  received: number
}
export type BulkTimer = `more:${string}` | `again:${string}`
type BulkState = State<null, BulkMemory>
type Out = Outbox<BulkMessage, BulkTimer>

const bulkConfig = (config: Partial<BulkConfig> | null | undefined): BulkConfig => ({ ...bulkDefaults, ...config })

/** Takes so many bytes out of the bucket, or says how long it has to fill until they are in it, microseconds. */
const take = (memory: BulkMemory, bytes: number, now: number): number => {
  const { rateBytesPerS, burstBytes } = memory.config
  if (rateBytesPerS === 0) return 0
  // A bucket smaller than a piece would never hold one.
  const most = Math.max(burstBytes, bytes)
  memory.bucket = Math.min(most, memory.bucket + (Math.max(0, now - memory.bucketAtUs) * rateBytesPerS) / 1e6)
  memory.bucketAtUs = now
  if (memory.bucket < bytes - 1e-6) return Math.ceil(((bytes - memory.bucket) * 1e6) / rateBytesPerS)
  memory.bucket -= bytes
  return 0
}

const flyingBytes = ({ flying }: Transfer): number => Object.values(flying).reduce((total, bytes) => total + bytes, 0)

const post = (memory: BulkMemory, op: string, n: number, bytes: number, out: Out): void => {
  const { to, resendMs } = memory.config
  if (to === '') return
  out.send(to, { t: 'piece', op: op as RequestId, n, bytes })
  const us = Math.round(resendMs * 1000)
  out.setTimer(`again:${op}/${n}`, { minUs: us, maxUs: us })
}

/** Sends as long as window and bucket allow. */
const pump = (memory: BulkMemory, op: string, now: number, out: Out): void => {
  const transfer = memory.open[op]
  if (transfer === undefined) return
  const { pieceBytes, windowBytes } = memory.config
  let flying = flyingBytes(transfer)
  while (transfer.sent < transfer.total) {
    const bytes = Math.min(pieceBytes, transfer.total - transfer.sent)
    if (flying > 0 && flying + bytes > windowBytes) return
    const waitUs = take(memory, bytes, now)
    if (waitUs > 0) {
      out.setTimer(`more:${op}`, { minUs: waitUs, maxUs: waitUs })
      return
    }
    transfer.next += 1
    transfer.sent += bytes
    transfer.flying[transfer.next] = bytes
    flying += bytes
    post(memory, op, transfer.next, bytes, out)
  }
}

const request = (memory: BulkMemory, { id: op, kind }: ClientRequest, now: number, out: Out): void => {
  const { to, totalBytes, ratio, burstBytes } = memory.config
  if (to === '' || isRead(kind)) {
    out.complete(op, { outcome: 'fail', reason: to === '' ? 'it has nobody to send to' : 'it only sends' })
    return
  }
  if (Object.keys(memory.open).length === 0) {
    memory.bucket = burstBytes
    memory.bucketAtUs = now
  }
  memory.open[op] = { total: Math.ceil(totalBytes / ratio), sent: 0, acked: 0, next: 0, flying: {} }
  pump(memory, op, now, out)
}

const acknowledged = (memory: BulkMemory, from: NodeId, { op, n }: Ack, now: number, out: Out): void => {
  const transfer = memory.open[op]
  const bytes = transfer?.flying[n]
  if (transfer === undefined || bytes === undefined) return
  delete transfer.flying[n]
  transfer.acked += bytes
  out.cancelTimer(`again:${op}/${n}`)
  if (transfer.acked < transfer.total) {
    pump(memory, op, now, out)
    return
  }
  delete memory.open[op]
  out.complete(op, { outcome: 'ok', output: null, servedBy: from })
}

const fired = (memory: BulkMemory, timer: BulkTimer, now: number, out: Out): void => {
  const name = timer.slice(timer.indexOf(':') + 1)
  if (timer.startsWith('more:')) {
    pump(memory, name, now, out)
    return
  }
  const at = name.lastIndexOf('/')
  const op = name.slice(0, at)
  const n = Number(name.slice(at + 1))
  const bytes = memory.open[op]?.flying[n]
  if (bytes !== undefined) post(memory, op, n, bytes, out)
}

const on = ({ memory }: BulkState, event: NodeEvent<BulkMessage, BulkTimer, Partial<BulkConfig>>, out: Out): void => {
  switch (event.type) {
    case 'request':
      request(memory, event.request, event.now, out)
      break
    case 'message':
      if (event.message.t === 'ack') acknowledged(memory, event.from, event.message, event.now, out)
      else {
        memory.received += event.message.bytes
        out.send(event.from, { t: 'ack', op: event.message.op, n: event.message.n })
      }
      break
    case 'timer':
      fired(memory, event.timer, event.now, out)
      break
    case 'configured':
      memory.config = bulkConfig(event.config)
      for (const op of Object.keys(memory.open)) pump(memory, op, event.now, out)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: BulkState): NodeView => {
  const transfers = Object.values(memory.open)
  const [first] = transfers
  if (memory.config.to === '')
    return { role: 'receiver', values: {}, facts: [{ label: 'received', value: shortBytes(memory.received) }] }
  const facts = first
    ? [
        { label: 'sent', value: `${Math.floor((first.acked * 100) / first.total)} %` },
        { label: 'on the way', value: shortBytes(flyingBytes(first)) },
      ]
    : [{ label: 'sends', value: 'nothing' }]
  return { role: 'sender', values: {}, facts }
}

const describe = (m: BulkMessage): MessageInfo => {
  const base = { costUs: 0, op: m.op }
  return m.t === 'piece'
    ? { ...base, label: `piece ${m.n} ${shortBytes(m.bytes)}`, purpose: 'replicate', bytes: m.bytes + 60 }
    : { ...base, label: `ack ${m.n}`, purpose: 'acknowledge', bytes: 60 }
}

export const bulk: Protocol<null, BulkMemory, BulkMessage, BulkTimer, Partial<BulkConfig>> = {
  name: 'bulk',
  revision: 1,
  boot: (_self, _peers, _disk, config) => ({
    disk: null,
    memory: { config: bulkConfig(config), open: {}, bucket: 0, bucketAtUs: 0, received: 0 },
  }),
  on,
  view,
  describe,
}
