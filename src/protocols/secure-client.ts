/**
 * A caller on a network that it need not trust. What it can do for itself are three things. It can hide what it asks (`encryption`: a box
 * for each request, or a connection as in TLS). It can look at who is there before it says anything (`verify`): the certificate must be
 * for the name it wants, by the key that speaks for it (RFC 9525, service identity; RFC 8446, section 4.4). A client that skips the check
 * still encrypts, for whoever answered. And it can sign what it asks, so that the other side knows who is asking (`signs`).
 *
 * Every request carries a number used once and the time on the caller's clock. Whether anybody looks at them is the server's business.
 *
 * In a box or a connection an answer counts only with the signature of the key that the request was encrypted for. One without leaves the
 * outcome open: whoever is on the wire could have written it.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { ClientRequest, Completion } from '../kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import {
  type Certificate,
  certificateTrouble,
  describeSecureMessage,
  type Encryption,
  encryptions,
  type Inner,
  isSealed,
  keyFor,
  type Reply,
  type Request,
  type SecureMessage,
} from './secure-wire.ts'

export type SecureClientConfig = {
  /** The address that it asks. */
  readonly server: string
  /** The name of the service that it wants there; empty: that of the address. */
  readonly name: string
  /** Single keys that are asked for elsewhere, as `key=address`; the address is the service's name, too. */
  readonly routes: readonly string[]
  readonly encryption: Encryption
  /** Checks whose certificate it is shown. */
  readonly verify: boolean
  /** Which node's key speaks for a name, as `name=node`; where it is silent, the node of that name. */
  readonly trust: readonly string[]
  readonly signs: boolean
  readonly timeoutMs: number
}

const defaults: SecureClientConfig = {
  server: '',
  name: '',
  routes: [],
  encryption: 'none',
  verify: true,
  trust: [],
  signs: false,
  timeoutMs: 1000,
}

export const secureClientDocs: readonly ConfigDoc[] = [
  { key: 'server', kind: 'text', default: '', doc: 'The address that it asks.' },
  { key: 'name', kind: 'text', default: '', doc: 'The name of the service it wants there; empty: the address.' },
  { key: 'routes', kind: 'list', of: 'text', default: [], doc: 'Keys that are asked for elsewhere, as key=address.' },
  {
    key: 'encryption',
    kind: 'choice',
    choices: encryptions,
    default: 'none',
    doc: 'Around its requests: nothing, a box for each, a connection with numbered records.',
  },
  { key: 'verify', kind: 'boolean', default: true, doc: 'It checks whose certificate it is shown.' },
  {
    key: 'trust',
    kind: 'list',
    of: 'text',
    default: [],
    doc: 'Which key speaks for a name, as name=node; otherwise that of the node of the name.',
  },
  { key: 'signs', kind: 'boolean', default: false, doc: 'It signs its requests.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 1000, doc: 'How long it waits for an answer.' },
]

const configOf = (config: Partial<SecureClientConfig> | null | undefined): SecureClientConfig => ({
  ...defaults,
  ...config,
})

/** An operation that is not closed. `key` is the key that its request was encrypted for. */
type Open = {
  readonly asked: ClientRequest
  readonly address: NodeId
  readonly name: string
  readonly nonce: number
  readonly stampUs: number
  sent: boolean
  key: NodeId | null
}

/** A number used once must not come back after a crash. */
export type SecureClientDisk = { nonces: number }
export type SecureClientMemory = {
  readonly self: NodeId
  config: SecureClientConfig
  open: { [op: string]: Open }
  /** Whose key the last certificate showed. */
  met: string
}
export type SecureClientTimer = `timeout:${string}`
type ClientState = State<SecureClientDisk, SecureClientMemory>
type Out = Outbox<SecureMessage, SecureClientTimer>

const close = (memory: SecureClientMemory, op: RequestId, result: Completion, out: Out): void => {
  delete memory.open[op]
  out.cancelTimer(`timeout:${op}`)
  out.complete(op, result)
}

const requestFor = ({ self }: SecureClientMemory, { asked, name, nonce, stampUs }: Open): Request => ({
  op: asked.id,
  kind: asked.kind,
  key: asked.key,
  input: asked.input,
  as: self,
  to: name,
  stampUs,
  nonce: `${self}:${nonce}`,
})

/** Sends the request: in the open, or in a box for `key`. */
const send = (memory: SecureClientMemory, open: Open, key: NodeId | null, session: string | null, out: Out): void => {
  const plain = requestFor(memory, open)
  const request = memory.config.signs ? out.sign(plain) : plain
  const inner: Inner = { request, replyTo: memory.self, session, record: 1 }
  open.sent = true
  open.key = key
  out.send(open.address, { t: 'ask', conn: open.asked.id, body: key === null ? inner : out.seal([key], inner) })
}

const request = ({ disk, memory }: ClientState, asked: ClientRequest, now: number, out: Out): void => {
  const { config } = memory
  const routed = config.routes.find(route => route.startsWith(`${asked.key}=`))?.slice(asked.key.length + 1)
  const address = routed ?? config.server
  const op = asked.id
  if (address === '') {
    out.complete(op, { outcome: 'fail', reason: 'the client knows no server' })
    return
  }
  disk.nonces += 1
  out.sync()
  const name = routed ?? (config.name === '' ? address : config.name)
  const { id, kind, key, input } = asked
  const open: Open = {
    asked: { id, kind, key, input },
    address: address as NodeId,
    name,
    nonce: disk.nonces,
    stampUs: now,
    sent: false,
    key: null,
  }
  memory.open[op] = open
  const us = Math.round(config.timeoutMs * 1000)
  out.setTimer(`timeout:${op}`, { minUs: us, maxUs: us })
  if (config.encryption === 'connection') {
    out.send(open.address, { t: 'hello', conn: op, name, nonce: disk.nonces })
  } else send(memory, open, config.encryption === 'box' ? keyFor(config.trust, name) : null, null, out)
}

/** Somebody is there. Nothing was sent yet, so to turn away now is a definite no. */
const meet = (memory: SecureClientMemory, { conn, proof }: Certificate, out: Out): void => {
  const open = memory.open[conn]
  if (open === undefined || open.sent) return
  const { config } = memory
  memory.met = proof.signer
  const trust = config.verify ? config.trust : null
  const trouble = certificateTrouble(proof, { name: open.name, nonce: open.nonce, trust }, out)
  if (trouble === null) send(memory, open, proof.signer, proof.payload.session, out)
  else close(memory, conn, { outcome: 'fail', reason: trouble }, out)
}

const answered = (memory: SecureClientMemory, from: NodeId, { conn, body }: Reply, out: Out): void => {
  const open = memory.open[conn]
  if (open === undefined || !open.sent) return
  const signed = isSealed(body) ? out.open(body) : undefined
  const sealed = signed !== undefined && out.verify(signed) && signed.signer === open.key ? signed.payload : undefined
  const reply = open.key === null && !isSealed(body) ? body : sealed
  if (reply?.op === conn) close(memory, conn, { ...reply.result, servedBy: open.key ?? from }, out)
  else close(memory, conn, { outcome: 'unknown', reason: 'an answer without proof' }, out)
}

const on = (
  state: ClientState,
  event: NodeEvent<SecureMessage, SecureClientTimer, Partial<SecureClientConfig>>,
  out: Out,
): void => {
  const { memory } = state
  switch (event.type) {
    case 'request':
      request(state, event.request, event.now, out)
      break
    case 'message':
      if (event.message.t === 'certificate') meet(memory, event.message, out)
      else if (event.message.t === 'reply') answered(memory, event.from, event.message, out)
      break
    case 'timer': {
      const op = event.timer.slice('timeout:'.length) as RequestId
      const open = memory.open[op]
      if (open?.sent) close(memory, op, { outcome: 'unknown', reason: 'no answer' }, out)
      else if (open !== undefined) close(memory, op, { outcome: 'fail', reason: 'nobody was there' }, out)
      break
    }
    case 'configured':
      memory.config = configOf(event.config)
      break
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: ClientState): NodeView => ({
  role: 'client',
  values: {},
  facts: memory.met === '' ? [] : [{ label: 'met', value: memory.met }],
})

export const secureClient: Protocol<
  SecureClientDisk,
  SecureClientMemory,
  SecureMessage,
  SecureClientTimer,
  Partial<SecureClientConfig>
> = {
  name: 'secure-client',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { nonces: 0 },
    memory: { self, config: configOf(config), open: {}, met: '' },
  }),
  on,
  view,
  describe: describeSecureMessage,
}
