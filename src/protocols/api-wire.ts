import { assertNever } from '../kernel/assert-never.ts'
import type { RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { Format } from './payload.ts'

/** The opening of a connection, one round trip each: TCP's handshake (RFC 9293), TLS 1.3's (RFC 8446). */
export interface Hello {
  readonly t: 'hello'
  readonly op: RequestId
  readonly n: number
}
export interface Welcome {
  readonly t: 'welcome'
  readonly op: RequestId
  readonly n: number
}

/** A request for a stretch of the items behind a key, or a write of the key. */
export interface Ask {
  readonly t: 'ask'
  /** Names the call; the answer carries it. */
  readonly id: string
  readonly op: RequestId
  readonly kind: 'read' | 'write'
  readonly key: string
  readonly input: Json
  /** The first item and how many, of a read. */
  readonly from: number
  readonly count: number
  /** The fields of each item that are wanted; empty for all. */
  readonly fields: readonly string[]
  readonly format: Format
  readonly gzip: boolean
  /** The version that the asker holds: the entity tag of `If-None-Match` (RFC 9110, section 13.1.2). */
  readonly have: number | null
  /** It understands a delta against that version (RFC 3229). */
  readonly delta: boolean
  /** The connection is new, so the answer's sender does not know yet how much the path takes. */
  readonly cold: boolean
  readonly bytes: number
}

/** 304 not modified, 226 a delta, 429 too many requests, 204 written. */
export type Status = 200 | 204 | 226 | 304 | 429

export interface Reply {
  readonly t: 'reply'
  readonly id: string
  readonly op: RequestId
  readonly status: Status
  readonly key: string
  readonly value: Json
  readonly version: number
  readonly count: number
  /** Size of the whole message. */
  readonly bytes: number
  /** Processor time that reading it takes, nanoseconds. */
  readonly readNs: number
}

/** A stretch of a long answer on a new connection, which waits for `more` before the next. */
export interface Chunk {
  readonly t: 'chunk'
  readonly id: string
  readonly op: RequestId
  readonly bytes: number
}
export interface More {
  readonly t: 'more'
  readonly id: string
  readonly op: RequestId
}

export type ApiMessage = Hello | Welcome | Ask | Reply | Chunk | More

/** IP, TCP and framing headers. */
const frameBytes = 60

const stretch = ({ from, count }: Ask): string =>
  count === 1 ? (from === 0 ? '' : ` #${from + 1}`) : ` #${from + 1}-${from + count}`

/** `351 kB`, for labels. */
export const shortBytes = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : `${bytes < 10_000 ? (bytes / 1000).toFixed(1) : Math.round(bytes / 1000)} kB`

const statusWords: { readonly [status in Status]: string } = {
  200: '200',
  204: '204 written',
  226: '226 delta',
  304: '304 not modified',
  429: '429 too many',
}

/** A message as the network and the pictures know it. Compact HTTP: the method, the status, the size. */
export const describeApi = (m: ApiMessage): MessageInfo => {
  const base = { costUs: 0, op: m.op }
  switch (m.t) {
    case 'hello':
    case 'welcome':
      return {
        ...base,
        label: m.t === 'hello' ? `open ${m.n}` : `opened ${m.n}`,
        purpose: 'control',
        bytes: frameBytes,
      }
    case 'ask': {
      const tag = m.have === null ? '' : ` if not v${m.have}`
      const label = m.kind === 'write' ? `PUT ${m.key}=${JSON.stringify(m.input)}` : `GET ${m.key}${stretch(m)}${tag}`
      return { ...base, label, purpose: 'request', bytes: m.bytes }
    }
    case 'reply': {
      const size = m.status === 200 || m.status === 226 ? ` ${shortBytes(m.bytes)}` : ''
      return { ...base, label: `${statusWords[m.status]}${size}`, purpose: 'reply', bytes: m.bytes }
    }
    case 'chunk':
      return { ...base, label: `part ${shortBytes(m.bytes)}`, purpose: 'reply', bytes: m.bytes }
    case 'more':
      return { ...base, label: 'ack', purpose: 'acknowledge', bytes: frameBytes }
    default:
      return assertNever(m)
  }
}
