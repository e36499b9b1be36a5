/**
 * Somebody on the wire: all that a caller and a service say to each other passes through here, because an address leads here. It is the
 * attacker of Dolev and Yao ("On the Security of Public Key Protocols", IEEE Transactions on Information Theory, 1983): it reads, keeps,
 * changes, makes up and sends again whatever it likes, and it can neither sign as another nor open what is not for it. What it can do is
 * therefore what the protocols in front of it and behind it let it do.
 *
 * Left alone it passes on and keeps the newest request (the tape). With `impersonates` it answers a hello in the service's name, with its
 * own key, and opens a connection of its own behind: the man in the middle. A caller that does not look at the certificate then encrypts
 * for it. Its own commands are requests to this node: `add change N` changes the amount of the next request to N, or garbles what it
 * cannot read; `add replay N` sends the request on the tape N times again; `add forge N` makes up a request for N in the name of `victim`.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { ClientRequest } from '../kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import type { NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import {
  type Ask,
  type Certificate,
  describeSecureMessage,
  type Encryption,
  encryptions,
  type Hello,
  type Inner,
  isSealed,
  isSigned,
  keyFor,
  type Reply,
  type Request,
  requestOf,
  type SecureMessage,
} from './secure-wire.ts'

export type InterceptorConfig = {
  /** The service behind: where it passes on to. */
  readonly passTo: string
  /** It answers hellos in the service's name. */
  readonly impersonates: boolean
  /** How the service wants to be spoken to; what it makes up goes that way. */
  readonly encryption: Encryption
  /** What it makes up is signed, with its own key. */
  readonly signs: boolean
  /** In whose name it makes up requests, and for which key. */
  readonly victim: string
  readonly account: string
}

const defaults: InterceptorConfig = {
  passTo: '',
  impersonates: false,
  encryption: 'none',
  signs: false,
  victim: '',
  account: 'x',
}

export const interceptorDocs: readonly ConfigDoc[] = [
  { key: 'passTo', kind: 'text', default: '', doc: 'The service behind it, to which it passes on.' },
  { key: 'impersonates', kind: 'boolean', default: false, doc: "It answers hellos in the service's name." },
  {
    key: 'encryption',
    kind: 'choice',
    choices: encryptions,
    default: 'none',
    doc: 'How the service wants to be spoken to: openly, in a box, over a connection.',
  },
  { key: 'signs', kind: 'boolean', default: false, doc: 'What it makes up is signed, with its own key.' },
  { key: 'victim', kind: 'text', default: '', doc: 'In whose name it makes up requests.' },
  { key: 'account', kind: 'text', default: 'x', doc: 'The key for which it makes up requests.' },
]

const configOf = (config: Partial<InterceptorConfig> | null | undefined): InterceptorConfig => ({
  ...defaults,
  ...config,
})

/** A request on its way to the service over a connection of the attacker's own. */
type Errand = { readonly conn: RequestId; readonly request: Request | Signed<Request>; readonly nonce: number }
/** Who opened an exchange that passes through, and whether the attacker stands in the middle of it. */
type Exchange = { readonly caller: NodeId; middle: boolean; answerFor: NodeId }
type Tape = { readonly ask: Ask; readonly inner: Inner | null }

export type InterceptorMemory = {
  readonly self: NodeId
  config: InterceptorConfig
  exchanges: { [conn: string]: Exchange }
  errands: Errand[]
  tape: Tape | null
  /** The amount for the next request that passes; null: it passes as it is. */
  change: number | null
  nonces: number
  read: string
  changed: number
  garbled: number
  sentAgain: number
  madeUp: number
}
type InterceptorState = State<null, InterceptorMemory>
type Out = Outbox<SecureMessage, never>

/** Exchanges remembered at once. */
const exchangeLimit = 64

const exchange = (memory: InterceptorMemory, conn: RequestId, caller: NodeId): Exchange => {
  const known = memory.exchanges[conn]
  if (known !== undefined) return known
  const oldest = Object.keys(memory.exchanges)[0]
  if (oldest !== undefined && Object.keys(memory.exchanges).length >= exchangeLimit) delete memory.exchanges[oldest]
  memory.exchanges[conn] = { caller, middle: false, answerFor: caller }
  return memory.exchanges[conn]
}

const toService = ({ config }: InterceptorMemory, message: SecureMessage, out: Out): void => {
  if (config.passTo !== '') out.send(config.passTo as NodeId, message)
}

/** Sends a request in the way that the service wants it, as its own. */
const submit = (memory: InterceptorMemory, conn: RequestId, request: Request | Signed<Request>, out: Out): void => {
  const { config, self } = memory
  if (config.encryption === 'connection') {
    memory.nonces += 1
    memory.errands.push({ conn, request, nonce: memory.nonces })
    toService(memory, { t: 'hello', conn, name: config.passTo, nonce: memory.nonces }, out)
    return
  }
  const inner: Inner = { request, replyTo: self, session: null, record: 1 }
  const body = config.encryption === 'box' ? out.seal([keyFor([], config.passTo)], inner) : inner
  toService(memory, { t: 'ask', conn, body }, out)
}

const hello = (memory: InterceptorMemory, caller: NodeId, m: Hello, out: Out): void => {
  const { config, self } = memory
  exchange(memory, m.conn, caller)
  if (!config.impersonates) {
    toService(memory, m, out)
    return
  }
  const proof = out.sign({ name: m.name, nonce: m.nonce, session: `${self}/${m.conn}` })
  out.send(caller, { t: 'certificate', conn: m.conn, proof })
}

/** The request with another amount. A signature that goes with it stays as it was, for nobody else can make one. */
const altered = (term: Request | Signed<Request>, amount: number): Request | Signed<Request> =>
  isSigned(term) ? { ...term, payload: { ...term.payload, input: amount } } : { ...term, input: amount }

/** What it says, as short as a card needs it: `kiosk=100 signed`. */
const contentOf = (term: Request | Signed<Request>): string => {
  const { kind, key, input } = requestOf(term)
  const object = input === null ? `${kind} ${key}` : `${key}=${JSON.stringify(input)}`
  return `${object}${isSigned(term) ? ' signed' : ''}`
}

/** A request passes: look at it, keep it, change it if told to, send it on. */
const ask = (memory: InterceptorMemory, caller: NodeId, m: Ask, out: Out): void => {
  const passing = exchange(memory, m.conn, caller)
  const { body, conn } = m
  const inner = isSealed(body) ? (out.open(body) ?? null) : body
  memory.tape = { ask: m, inner }
  memory.read = inner === null ? 'a box' : contentOf(inner.request)
  const { change } = memory
  memory.change = null
  if (inner === null && isSealed(body)) {
    if (change !== null) memory.garbled += 1
    toService(memory, change === null ? m : { ...m, body: { ...body, box: `${body.box}00` } }, out)
    return
  }
  if (inner === null) return
  if (change !== null) memory.changed += 1
  const request = change === null ? inner.request : altered(inner.request, change)
  if (isSealed(body)) {
    passing.middle = true
    passing.answerFor = inner.replyTo
    submit(memory, conn, request, out)
  } else toService(memory, { t: 'ask', conn, body: { ...inner, request } }, out)
}

/** The service shows its certificate: to the attacker, for an errand of its own, or to the caller. */
const certificate = (memory: InterceptorMemory, m: Certificate, out: Out): void => {
  const { signer, payload } = m.proof
  const at = memory.errands.findIndex(({ conn, nonce }) => conn === m.conn && nonce === payload.nonce)
  const errand = memory.errands[at]
  if (errand === undefined) {
    const passing = memory.exchanges[m.conn]
    if (passing !== undefined) out.send(passing.caller, m)
    return
  }
  const inner: Inner = { request: errand.request, replyTo: memory.self, session: payload.session, record: 1 }
  memory.errands.splice(at, 1)
  toService(memory, { t: 'ask', conn: m.conn, body: out.seal([signer], inner) }, out)
}

const reply = (memory: InterceptorMemory, m: Reply, out: Out): void => {
  const passing = memory.exchanges[m.conn]
  if (passing === undefined) return
  const { body } = m
  const opened = passing.middle && isSealed(body) ? out.open(body) : undefined
  if (opened === undefined) out.send(passing.caller, m)
  else out.send(passing.caller, { ...m, body: out.seal([passing.answerFor], out.sign(opened.payload)) })
}

const replay = (memory: InterceptorMemory, op: RequestId, times: number, out: Out): boolean => {
  const { tape, config } = memory
  if (tape === null) return false
  for (let k = 0; k < times; k++) {
    memory.sentAgain += 1
    if (tape.inner !== null && config.encryption === 'connection') submit(memory, op, tape.inner.request, out)
    else toService(memory, { ...tape.ask, conn: op }, out)
  }
  return true
}

const forge = (memory: InterceptorMemory, op: RequestId, amount: number, now: number, out: Out): void => {
  const { config, self } = memory
  memory.madeUp += 1
  memory.nonces += 1
  const request: Request = {
    op,
    kind: 'add',
    key: config.account,
    input: amount,
    as: config.victim as NodeId,
    to: config.passTo,
    stampUs: now,
    nonce: `${self}:${memory.nonces}`,
  }
  submit(memory, op, config.signs ? out.sign(request) : request, out)
}

const command = (memory: InterceptorMemory, { id, key, input }: ClientRequest, now: number, out: Out): void => {
  const amount = typeof input === 'number' ? input : 1
  if (key === 'change') memory.change = amount
  else if (key === 'forge') forge(memory, id, amount, now, out)
  else if (key !== 'replay') {
    out.complete(id, { outcome: 'fail', reason: 'it knows add change, add replay and add forge' })
    return
  } else if (!replay(memory, id, amount, out)) {
    out.complete(id, { outcome: 'fail', reason: 'nothing has passed yet' })
    return
  }
  out.complete(id, { outcome: 'ok', output: null })
}

const passed = (memory: InterceptorMemory, from: NodeId, message: SecureMessage, out: Out): void => {
  switch (message.t) {
    case 'hello':
      hello(memory, from, message, out)
      break
    case 'ask':
      ask(memory, from, message, out)
      break
    case 'certificate':
      certificate(memory, message, out)
      break
    case 'reply':
      reply(memory, message, out)
      break
    default:
      assertNever(message)
  }
}

const on = (
  { memory }: InterceptorState,
  event: NodeEvent<SecureMessage, never, Partial<InterceptorConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message':
      passed(memory, event.from, event.message, out)
      break
    case 'request':
      command(memory, event.request, event.now, out)
      break
    case 'configured':
      memory.config = configOf(event.config)
      break
    case 'timer':
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: InterceptorState): NodeView => {
  const counts = [
    { label: 'changed', value: memory.changed },
    { label: 'garbled', value: memory.garbled },
    { label: 'sent again', value: memory.sentAgain },
    { label: 'made up', value: memory.madeUp },
  ]
  return {
    role: 'attacker',
    values: {},
    facts: [
      ...(memory.change === null ? [] : [{ label: 'next', value: `becomes ${memory.change}` }]),
      { label: 'reads', value: memory.read === '' ? 'nothing yet' : memory.read },
      ...counts.filter(({ value }) => value > 0).map(({ label, value }) => ({ label, value: String(value) })),
    ],
  }
}

export const interceptor: Protocol<null, InterceptorMemory, SecureMessage, never, Partial<InterceptorConfig>> = {
  name: 'interceptor',
  revision: 1,
  boot: (self, _peers, _disk, config) => ({
    disk: null,
    memory: {
      self,
      config: configOf(config),
      exchanges: {},
      errands: [],
      tape: null,
      change: null,
      nonces: 0,
      read: '',
      changed: 0,
      garbled: 0,
      sentAgain: 0,
      madeUp: 0,
    },
  }),
  on,
  view,
  describe: describeSecureMessage,
}
