import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import { describeClientMessage, headerBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import type { Alert, Certificate, Root } from './domain-certificate.ts'

/** What domains say to each other: a TLS 1.3 handshake with client authentication (RFC 8446, section 2) for each call, and support's letters. */
export type DomainMessage =
  | Call
  | Answer
  | { readonly t: 'client-hello'; readonly n: number; readonly op: RequestId; readonly accepts: readonly Root[] }
  | {
      readonly t: 'server-hello'
      readonly n: number
      readonly op: RequestId
      readonly accepts: readonly Root[]
      readonly certificate: Signed<Certificate>
    }
  | { readonly t: 'request'; readonly n: number; readonly certificate: Signed<Certificate>; readonly call: Call }
  | { readonly t: 'alert'; readonly n: number; readonly op: RequestId; readonly alert: Alert }
  | { readonly t: 'response'; readonly n: number; readonly answer: Answer }
  | { readonly t: 'ticket'; readonly from: NodeId }
  | { readonly t: 'resolved' }

/** Bytes of a certificate chain with its signature. */
const certificateBytes = 1500

export const describeDomainMessage = (message: DomainMessage): MessageInfo => {
  const control = { purpose: 'control' as const, bytes: headerBytes, costUs: 0 }
  switch (message.t) {
    case 'call':
    case 'answer':
      return describeClientMessage(message)
    case 'client-hello':
      return { ...control, label: 'ClientHello', op: message.op }
    case 'server-hello': {
      const { root } = message.certificate.payload
      return { ...control, label: `certificate (${root})`, bytes: headerBytes + certificateBytes, op: message.op }
    }
    case 'request': {
      const call = describeClientMessage(message.call)
      const { root } = message.certificate.payload
      return { ...call, label: `${call.label} (${root})`, bytes: call.bytes + certificateBytes }
    }
    case 'alert':
      return { ...control, label: `alert ${message.alert}`, op: message.op }
    case 'response':
      return describeClientMessage(message.answer)
    case 'ticket':
      return { ...control, label: 'ticket' }
    case 'resolved':
      return { ...control, label: 'ticket resolved' }
    default:
      return assertNever(message)
  }
}
