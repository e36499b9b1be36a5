import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import { headerBytes, jsonBytes } from './client-message.ts'
import { digestOf } from './digest.ts'
import type { MachineState } from './kv-machine.ts'

// The messages of Castro and Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999, by the paper's names. All are signed (section 4; the
// authenticators of section 5 are faster and prove less). What the paper writes as i, the sender, is the signer. `value` is a digest.

export type Request = {
  readonly op: RequestId
  /** The paper's time stamp t: grows with each request of the client. */
  readonly seq: number
  readonly client: NodeId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
}
export type PrePrepare = {
  readonly is: 'pre-prepare'
  readonly view: number
  readonly n: number
  readonly value: string
}
export type Prepare = { readonly is: 'prepare'; readonly view: number; readonly n: number; readonly value: string }
export type Commit = { readonly is: 'commit'; readonly view: number; readonly n: number; readonly value: string }
export type Reply = {
  readonly is: 'reply'
  readonly view: number
  readonly op: RequestId
  readonly seq: number
  readonly output: Json
}
export type Checkpoint = { readonly is: 'checkpoint'; readonly n: number; readonly value: string }

/** An element of the paper's set P: a request that prepared, with the pre-prepare and the prepares that prove it. */
export type Prepared = {
  readonly prePrepare: Signed<PrePrepare>
  readonly prepares: readonly Signed<Prepare>[]
  readonly request: Signed<Request> | null
}
export type ViewChange = {
  readonly is: 'view-change'
  readonly view: number
  /** The last stable checkpoint, and the proof of it (C). */
  readonly stable: number
  readonly proof: readonly Signed<Checkpoint>[]
  readonly prepared: readonly Prepared[]
}
export type NewView = {
  readonly is: 'new-view'
  readonly view: number
  /** The paper's V. */
  readonly changes: readonly Signed<ViewChange>[]
  /** The paper's O. */
  readonly proposals: readonly Signed<PrePrepare>[]
}

export type PbftMessage =
  | { readonly t: 'request'; readonly signed: Signed<Request> }
  | {
      readonly t: 'pre-prepare'
      readonly signed: Signed<PrePrepare>
      /** The client's request goes along; null for the null request that fills a gap. */
      readonly request: Signed<Request> | null
    }
  | { readonly t: 'prepare'; readonly signed: Signed<Prepare> }
  | { readonly t: 'commit'; readonly signed: Signed<Commit> }
  | { readonly t: 'reply'; readonly signed: Signed<Reply> }
  | { readonly t: 'checkpoint'; readonly signed: Signed<Checkpoint> }
  | { readonly t: 'view-change'; readonly signed: Signed<ViewChange> }
  | { readonly t: 'new-view'; readonly signed: Signed<NewView> }
  /** How far a replica is. Whoever is ahead answers with what it misses (Castro's thesis, 2001, section 2.4). */
  | {
      readonly t: 'status'
      readonly view: number
      readonly changing: boolean
      readonly executed: number
      readonly stable: number
    }
  /** The state at a stable checkpoint, for who cannot catch up otherwise. Its digest and the proof show that it is the right one. */
  | {
      readonly t: 'state'
      readonly n: number
      readonly machine: MachineState
      readonly proof: readonly Signed<Checkpoint>[]
    }

/** The digest of a request, signature included; the null request has a name of its own. */
export const requestDigest = (request: Signed<Request> | null): string =>
  request === null ? 'null' : digestOf(request as Json)

/** Bytes of a signature with its signer. */
const signatureBytes = 64

const short = (digest: string): string => digest.slice(0, 3)

const asked = ({ kind, key, input }: Request): string =>
  `${kind} ${key}${input === null ? '' : `=${JSON.stringify(input)}`}`

/** A request in words, with the name that no other has: `alice#1: write x=2`. */
export const nameOf = (request: Request): string => `${request.op}: ${asked(request)}`

/** A message as the network and the pictures know it. */
export const describePbft = (m: PbftMessage): MessageInfo => {
  const base = { costUs: 0, bytes: headerBytes + signatureBytes }
  switch (m.t) {
    case 'request': {
      const { payload } = m.signed
      const bytes = base.bytes + jsonBytes(payload.input)
      return { ...base, bytes, label: asked(payload), purpose: 'request', op: payload.op }
    }
    case 'pre-prepare': {
      const { view, n } = m.signed.payload
      const label = `pre-prepare v${view} #${n}: ${m.request === null ? 'null' : asked(m.request.payload)}`
      const op = m.request === null ? {} : { op: m.request.payload.op }
      const bytes = base.bytes + signatureBytes + jsonBytes(m.request?.payload.input ?? null)
      return { ...base, ...op, bytes, label, purpose: 'replicate' }
    }
    case 'prepare':
    case 'commit': {
      const { view, n, value } = m.signed.payload
      return { ...base, label: `${m.t} v${view} #${n} ${short(value)}`, purpose: 'acknowledge' }
    }
    case 'reply': {
      const { op, output } = m.signed.payload
      const label = output === null ? 'ok' : `ok ${JSON.stringify(output)}`
      return { ...base, bytes: base.bytes + jsonBytes(output), label, purpose: 'reply', op }
    }
    case 'checkpoint':
      return {
        ...base,
        label: `checkpoint #${m.signed.payload.n} ${short(m.signed.payload.value)}`,
        purpose: 'control',
      }
    case 'view-change': {
      const { view, prepared, proof } = m.signed.payload
      const signatures = proof.length + prepared.reduce((sum, one) => sum + 2 + one.prepares.length, 0)
      const bytes = base.bytes + signatures * signatureBytes
      return { ...base, bytes, label: `view-change v${view}`, purpose: 'election' }
    }
    case 'new-view': {
      const { view, changes, proposals } = m.signed.payload
      const bytes = base.bytes + (changes.length * 4 + proposals.length) * signatureBytes
      return { ...base, bytes, label: `new-view v${view}`, purpose: 'election' }
    }
    case 'status':
      return { ...base, bytes: headerBytes, label: `status v${m.view} #${m.executed}`, purpose: 'heartbeat' }
    case 'state':
      return { ...base, bytes: base.bytes + jsonBytes(m.machine as Json), label: `state #${m.n}`, purpose: 'repair' }
    default:
      return assertNever(m)
  }
}
