import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { MessageInfo, Purpose } from '../kernel/protocol.ts'
import type { Encoding } from './text-encoding.ts'

/** What a web client asks. The body is bytes; only `charset` says what letters they are, and it may be left out. */
export type WebRequest = {
  readonly is: 'request'
  readonly op: RequestId
  readonly method: 'GET' | 'PUT'
  readonly key: string
  readonly body: readonly number[] | null
  /** `Content-Type: text/plain; charset=...`, where it is said. */
  readonly charset: Encoding | null
  /** `Accept-Charset`, where it is said (RFC 9110, section 12.5.2; deprecated there, and short enough for a lab). */
  readonly accepts: readonly Encoding[] | null
  /** It carries the field that version 2 has added. */
  readonly newField: boolean
}

/** What a web server answers (RFC 9110, section 15). 415 names the encodings that the server reads (section 12.5.1). */
export type WebResponse = {
  readonly is: 'response'
  readonly op: RequestId
  readonly status: 200 | 400 | 406 | 415
  readonly reason: string
  readonly body: readonly number[] | null
  readonly charset: Encoding | null
  readonly reads: readonly Encoding[] | null
  /** How many bytes of body come with it. */
  readonly size: number
}

export type WebMessage = WebRequest | WebResponse

/**
 * A packet's inside, after TCP (RFC 9293) and ICMP (RFC 792, 1191). A data segment carries bytes `from` to `from + length` of the `m`-th
 * message of its side, and the whole message along, for the simulator's convenience: only its bytes count.
 */
export type Segment =
  | { readonly k: 'syn'; readonly mss: number }
  /** `version` stands for what a handshake above TCP agrees on (ALPN, RFC 7301). */
  | { readonly k: 'syn-ack'; readonly mss: number; readonly version: number }
  | {
      readonly k: 'data'
      readonly m: number
      readonly from: number
      readonly length: number
      readonly total: number
      readonly message: WebMessage
    }
  | { readonly k: 'ack'; readonly m: number; readonly next: number }
  | { readonly k: 'keep-alive' | 'keep-alive-ack' | 'rst' | 'fin' }
  | { readonly k: 'echo' | 'echo-reply'; readonly op: RequestId }
  /** ICMP: a packet of this flow did not fit; the next link takes so many bytes. */
  | { readonly k: 'too-big'; readonly mtu: number }

/** A packet knows its way: from the client over `via` to the server that the last of them chose. It may not be fragmented. */
export type Packet = {
  readonly t: 'packet'
  readonly flow: string
  readonly client: NodeId
  readonly via: readonly NodeId[]
  readonly server: NodeId | null
  /** Towards the server. */
  readonly up: boolean
  readonly segment: Segment
}

/** IP and TCP headers without options, bytes. */
export const packetHeader = 40

export const sizeOf = (segment: Segment): number => {
  switch (segment.k) {
    case 'data':
      return packetHeader + segment.length
    case 'syn':
    case 'syn-ack':
      return packetHeader + 4
    case 'echo':
    case 'echo-reply':
      // What ping sends on most systems: 56 bytes with ICMP and IP headers.
      return 84
    case 'too-big':
      return 56
    case 'ack':
    case 'keep-alive':
    case 'keep-alive-ack':
    case 'rst':
    case 'fin':
      return packetHeader
    default:
      return assertNever(segment)
  }
}

const messageLabel = (message: WebMessage): string =>
  message.is === 'request'
    ? `${message.method} ${message.key}${message.newField ? ' +gift' : ''}`
    : `${message.status}${message.status === 200 ? '' : ` ${message.reason}`}`

const about = (segment: Segment): { readonly label: string; readonly purpose: Purpose; readonly op?: RequestId } => {
  switch (segment.k) {
    case 'data': {
      const { message, from, length, total } = segment
      const part = length === total ? '' : ` ${from}-${from + length} of ${total}`
      const purpose = message.is === 'request' ? 'request' : 'reply'
      return { label: `${messageLabel(message)}${part}`, purpose, op: message.op }
    }
    case 'syn':
      return { label: `SYN mss ${segment.mss}`, purpose: 'control' }
    case 'syn-ack':
      return { label: `SYN-ACK mss ${segment.mss}`, purpose: 'control' }
    case 'ack':
      return { label: `ack ${segment.next}`, purpose: 'acknowledge' }
    case 'echo':
      return { label: 'ping', purpose: 'request', op: segment.op }
    case 'echo-reply':
      return { label: 'pong', purpose: 'reply', op: segment.op }
    case 'too-big':
      return { label: `too big, mtu ${segment.mtu}`, purpose: 'control' }
    case 'keep-alive':
    case 'keep-alive-ack':
      return { label: segment.k, purpose: 'heartbeat' }
    case 'rst':
    case 'fin':
      return { label: segment.k.toUpperCase(), purpose: 'control' }
    default:
      return assertNever(segment)
  }
}

export const describePacket = ({ segment }: Packet): MessageInfo => ({
  ...about(segment),
  bytes: sizeOf(segment),
  costUs: 0,
})
