import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { MessageInfo, Outbox } from '../kernel/protocol.ts'
import type { Sealed, Signed } from '../kernel/signature.ts'
import { headerBytes, jsonBytes } from './client-message.ts'

/**
 * What `secure-client`, `secure-server` and whoever sits between them say to each other.
 *
 * A node's key is its name in the kernel's signed and sealed terms: nobody signs as another, nobody opens another's box. A connection
 * begins as in TLS 1.3 (RFC 8446, section 2): hello, then a certificate with a proof over the hello's nonce (CertificateVerify), then
 * records, encrypted and numbered (section 5.3). A box outside a connection is a message encrypted on its own (JWE, RFC 7516); early data
 * of TLS (section 8) is of that kind. What stands for the issuer's signature is a list that clients carry: which key speaks for a name.
 */
export interface Hello {
  readonly t: 'hello'
  readonly conn: RequestId
  /** The service that is wanted. */
  readonly name: string
  readonly nonce: number
}

/** Says: this key answers for this name, and has seen this nonce. `session` names the connection. */
export type Proof = { readonly name: string; readonly nonce: number; readonly session: string }

export interface Certificate {
  readonly t: 'certificate'
  readonly conn: RequestId
  readonly proof: Signed<Proof>
}

/** What is asked for, in whose name, and what makes it fresh. */
export type Request = {
  readonly op: RequestId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
  /** Who it claims to come from. */
  readonly as: NodeId
  /** The service that it is meant for, so that no other takes it. */
  readonly to: string
  /** The caller's clock, microseconds. */
  readonly stampUs: number
  /** A number used once. */
  readonly nonce: string
}

export type Inner = {
  readonly request: Request | Signed<Request>
  /** Whose key the answer is for. */
  readonly replyTo: NodeId
  /** The connection and the number of the record in it; null outside a connection. */
  readonly session: string | null
  readonly record: number
}

export interface Ask {
  readonly t: 'ask'
  /** The operation of whoever opened this exchange: visible to all, like a port number. */
  readonly conn: RequestId
  readonly body: Inner | Sealed<Inner>
}

export type Result =
  | { readonly outcome: 'ok'; readonly output: Json }
  | { readonly outcome: 'fail'; readonly reason: string }
export type ReplyBody = { readonly op: RequestId; readonly result: Result }

export interface Reply {
  readonly t: 'reply'
  readonly conn: RequestId
  readonly body: ReplyBody | Sealed<Signed<ReplyBody>>
}

export type SecureMessage = Hello | Certificate | Ask | Reply

/** How a request travels: in the open, each in a box of its own, or as a numbered record of a connection. */
export type Encryption = 'none' | 'box' | 'connection'
export const encryptions: readonly Encryption[] = ['none', 'box', 'connection']

export const isSealed = <B extends object>(body: B): body is Extract<B, { readonly box: string }> => 'box' in body

export const isSigned = <P extends Json>(term: P | Signed<P>): term is Signed<P> =>
  typeof term === 'object' && term !== null && 'tag' in term

/** The request itself, whether or not a signature goes with it. Nothing is checked. */
export const requestOf = (term: Request | Signed<Request>): Request => (isSigned(term) ? term.payload : term)

/** Which node's key speaks for a service, by a list of `name=node`; the node of that name where the list is silent. */
export const keyFor = (trust: readonly string[], name: string): NodeId =>
  (trust.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? name) as NodeId

/** Whether a key speaks for a service, where several instances serve one name and each has a key of its own. */
export const speaksFor = (trust: readonly string[], name: string, key: NodeId): boolean =>
  trust.includes(`${name}=${key}`) || (key === name && !trust.some(entry => entry.startsWith(`${name}=`)))

/** Why a certificate is not taken for that of `name`, or null; with no `trust` any is. The proof of possession is checked in any case. */
export const certificateTrouble = (
  proof: Signed<Proof>,
  wanted: { readonly name: string; readonly nonce: number; readonly trust: readonly string[] | null },
  out: Pick<Outbox<never, never>, 'verify'>,
): string | null => {
  if (!out.verify(proof) || proof.payload.nonce !== wanted.nonce) return 'the proof of the key does not fit'
  if (wanted.trust === null) return null
  if (proof.payload.name !== wanted.name) return `the certificate is for ${proof.payload.name}`
  return speaksFor(wanted.trust, wanted.name, proof.signer) ? null : `${proof.signer} is not ${wanted.name}`
}

/** `alice: add kiosk=100`, signed where it is. */
export const requestText = (term: Request | Signed<Request>): string => {
  const { as, kind, key, input } = requestOf(term)
  const object = input === null ? key : `${key}=${JSON.stringify(input)}`
  return `${as}: ${kind} ${object}${isSigned(term) ? ', signed' : ''}`
}

const askInfo = ({ body }: Ask): Pick<MessageInfo, 'label' | 'bytes'> => {
  if (isSealed(body)) return { label: `box for ${body.readers.join(', ')}`, bytes: headerBytes + body.box.length / 2 }
  const request = requestOf(body.request)
  const signature = isSigned(body.request) ? 64 : 0
  return { label: requestText(body.request), bytes: headerBytes + 40 + signature + jsonBytes(request.input) }
}

const resultText = (result: Result): string => {
  if (result.outcome === 'fail') return `no: ${result.reason}`
  return result.output === null ? 'ok' : `ok ${JSON.stringify(result.output)}`
}

const replyInfo = ({ body }: Reply): Pick<MessageInfo, 'label' | 'bytes'> =>
  isSealed(body)
    ? { label: `answer in a box for ${body.readers.join(', ')}`, bytes: headerBytes + body.box.length / 2 }
    : { label: resultText(body.result), bytes: headerBytes + 16 }

/** A message as the network and the pictures know it: of a box they see for whom it is, and its size. */
export const describeSecureMessage = (message: SecureMessage): MessageInfo => {
  const common = { costUs: 0, op: message.conn }
  switch (message.t) {
    case 'hello':
      return { ...common, label: `hello, ${message.name}?`, purpose: 'control', bytes: headerBytes + 200 }
    case 'certificate': {
      const { proof } = message
      const label = `certificate ${proof.payload.name}, key of ${proof.signer}`
      return { ...common, label, purpose: 'control', bytes: headerBytes + 2000 }
    }
    case 'ask':
      return { ...common, ...askInfo(message), purpose: 'request' }
    case 'reply':
      return { ...common, ...replyInfo(message), purpose: 'reply' }
  }
}
