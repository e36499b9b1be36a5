/**
 * A service whose door has a bolt for each thing that can go wrong on a hostile network, and each bolt is a switch.
 *
 * Encryption (`encryption`) keeps readers out. A signature on the request (`signatures`) says who asks: the caller's half of mutual TLS,
 * or a signed request as in RFC 9421. Neither says that it is asked now. A recorded request is as well signed as the first time, so
 * freshness needs a check of its own (Denning and Sacco, CACM 1981): a time stamp within a window, and a memory of the nonces seen, which
 * need not reach back further than the window (Kerberos V5, RFC 4120, section 3.2.3, with five minutes). Either alone leaves a gap: the
 * window lets a quick copy through, the memory a copy that is older than it reaches back. What was seen is on disk, for a crash must not
 * open the door to what was answered before it.
 *
 * A caller who is known may still ask for what is none of his business: `policy` says who may do what, and denies the rest (Saltzer and
 * Schroeder, "The Protection of Information in Computer Systems", 1975: fail-safe defaults, least privilege). And one who may ask can ask
 * for nonsense: `validate` checks the input. What is refused is counted, and after `alarmAfter` refusals an alarm goes off.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Signed } from '../kernel/signature.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { execute, isRead, type MachineState } from './kv-machine.ts'
import { type SecureServerConfig, secureServerConfig } from './secure-server-config.ts'
import {
  type Ask,
  describeSecureMessage,
  type Hello,
  type Inner,
  isSealed,
  isSigned,
  type Request,
  type Result,
  requestOf,
  type SecureMessage,
} from './secure-wire.ts'

export type SecureServerDisk = {
  applied: number
  values: MachineState['values']
  /** Nonces seen, with the time on the server's clock, microseconds. */
  seen: { [nonce: string]: number }
  /** Connections opened so far; a name must not come back after a crash. */
  opened: number
}
export type SecureServerMemory = {
  readonly self: NodeId
  config: SecureServerConfig
  /** The number of the next record, by connection. The keys of connections are lost in a crash. */
  next: { [session: string]: number }
  /** Refusals so far, by kind. */
  refusals: { [kind in RefusalKind]?: number }
}
/** Why a request is turned away: in one word for the counters, and in words for the caller. */
type RefusalKind = 'unreadable' | 'out of place' | 'forged' | 'old' | 'repeated' | 'not allowed' | 'absurd'
type Refusal = { readonly kind: RefusalKind; readonly reason: string }
type ServerState = State<SecureServerDisk, SecureServerMemory>
type Out = Outbox<SecureMessage, never>

/** Connections kept open at once; the oldest goes first. */
const connectionLimit = 64

const nameOf = ({ self, config }: SecureServerMemory): string => (config.name === '' ? self : config.name)

const present = (state: ServerState, from: NodeId, { conn, nonce }: Hello, out: Out): void => {
  const { disk, memory } = state
  disk.opened += 1
  out.sync()
  const session = `${memory.self}/${disk.opened}`
  const open = Object.keys(memory.next)
  const oldest = open[0]
  if (open.length >= connectionLimit && oldest !== undefined) delete memory.next[oldest]
  memory.next[session] = 1
  out.send(from, { t: 'certificate', conn, proof: out.sign({ name: nameOf(memory), nonce, session }) })
}

/** Whether the record is the next one of its connection; a record of another connection, or one that was read before, is not. */
const isNextRecord = ({ next }: SecureServerMemory, { session, record }: Inner): boolean => {
  if (session === null || !Object.hasOwn(next, session) || next[session] !== record) return false
  next[session] = record + 1
  return true
}

const signatureTrouble = (memory: SecureServerMemory, term: Request | Signed<Request>, out: Out): string | null => {
  if (!isSigned(term)) return 'not signed'
  if (!out.verify(term)) return 'the signature does not fit'
  if (term.signer !== term.payload.as) return `signed by ${term.signer}, not by ${term.payload.as}`
  if (term.payload.to !== nameOf(memory)) return `meant for ${term.payload.to}`
  const { members } = memory.config
  return members.length === 0 || members.includes(term.signer) ? null : `${term.signer} is not known here`
}

const freshnessTrouble = ({ disk, memory }: ServerState, request: Request, now: number): Refusal | null => {
  const { freshness, windowMs } = memory.config
  const checksTime = freshness === 'window' || freshness === 'both'
  if (checksTime && Math.abs(now - request.stampUs) > windowMs * 1000)
    return { kind: 'old', reason: 'not of this time' }
  const checksNonce = freshness === 'nonce' || freshness === 'both'
  return checksNonce && Object.hasOwn(disk.seen, request.nonce) ? { kind: 'repeated', reason: 'seen before' } : null
}

/** Whether a rule `who:what` of the policy covers the request; `*` is anybody or anything. */
const covers = (rule: string, { as, kind }: Request): boolean => {
  const [who, what] = rule.split(':')
  return (who === '*' || who === as) && (what === '*' || what === kind)
}

const inputTrouble = ({ validate, most }: SecureServerConfig, { kind, input }: Request): Refusal | null => {
  if (!validate || kind !== 'add') return null
  const sound = typeof input === 'number' && Number.isInteger(input) && input > 0 && input <= most
  return sound ? null : { kind: 'absurd', reason: `the amount must lie between 1 and ${most}` }
}

/** Why the request is turned away, or null. The signature comes first: an impostor must not use up a number of somebody else's. */
const troubleWith = (state: ServerState, inner: Inner, now: number, out: Out): Refusal | null => {
  const { memory } = state
  const { config } = memory
  const request = requestOf(inner.request)
  const signature = config.signatures ? signatureTrouble(memory, inner.request, out) : null
  if (signature !== null) return { kind: 'forged', reason: signature }
  const age = freshnessTrouble(state, request, now)
  if (age !== null) return age
  if (!config.policy.some(rule => covers(rule, request)))
    return { kind: 'not allowed', reason: `${request.as} may not ${request.kind} here` }
  return inputTrouble(config, request)
}

/** The request in the message, or why nothing can be made of it. */
const unwrap = (memory: SecureServerMemory, { body }: Ask, out: Out): Inner | Refusal => {
  const { encryption } = memory.config
  const inner = isSealed(body) ? out.open(body) : body
  if (inner === undefined) return { kind: 'unreadable', reason: 'cannot be opened' }
  if (encryption !== 'none' && !isSealed(body)) return { kind: 'unreadable', reason: 'not encrypted' }
  if (encryption === 'connection' && !isNextRecord(memory, inner))
    return { kind: 'out of place', reason: 'no record of this connection' }
  return inner
}

const perform = (disk: SecureServerDisk, { op, kind, key, input }: Request, out: Out): Result => {
  if (!isRead(kind)) disk.applied += 1
  const machine: MachineState = { values: disk.values, sessions: {} }
  const place = { term: 0, index: disk.applied }
  const output = execute(machine, { op, kind, key, input, session: null }, place, (changed, by, over) => {
    out.note('applied', { key: changed, op: by, over, index: disk.applied })
  })
  return { outcome: 'ok', output }
}

const remember = ({ disk, memory }: ServerState, { nonce }: Request, now: number): void => {
  const { freshness } = memory.config
  if (freshness === 'nonce' || freshness === 'both') disk.seen[nonce] = now
}

/** Lets go of the nonces that are older than the memory reaches back; it would grow for ever otherwise. */
const forget = ({ disk, memory }: ServerState, now: number): void => {
  const sinceUs = now - memory.config.rememberMs * 1000
  for (const [nonce, at] of Object.entries(disk.seen)) if (at < sinceUs) delete disk.seen[nonce]
}

const refusedSoFar = ({ refusals }: SecureServerMemory): number =>
  Object.values(refusals).reduce((sum, count) => sum + count, 0)

const refuse = (memory: SecureServerMemory, from: NodeId, { kind, reason }: Refusal, out: Out): Result => {
  memory.refusals[kind] = (memory.refusals[kind] ?? 0) + 1
  out.note('refused', { from, reason })
  const refused = refusedSoFar(memory)
  if (refused === memory.config.alarmAfter) out.note('alarm', { refused })
  return { outcome: 'fail', reason }
}

const receive = (state: ServerState, from: NodeId, ask: Ask, now: number, out: Out): void => {
  const { disk, memory } = state
  const { conn } = ask
  const inner = unwrap(memory, ask, out)
  if ('kind' in inner) {
    out.send(from, { t: 'reply', conn, body: { op: conn, result: refuse(memory, from, inner, out) } })
    return
  }
  const request = requestOf(inner.request)
  forget(state, now)
  const trouble = troubleWith(state, inner, now, out)
  if (trouble === null) remember(state, request, now)
  const result = trouble === null ? perform(disk, request, out) : refuse(memory, from, trouble, out)
  out.sync()
  const reply = { op: request.op, result }
  const body = isSealed(ask.body) ? out.seal([inner.replyTo], out.sign(reply)) : reply
  out.send(from, { t: 'reply', conn, body })
}

const on = (
  state: ServerState,
  event: NodeEvent<SecureMessage, never, Partial<SecureServerConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'message': {
      const { message, from } = event
      if (message.t === 'hello') present(state, from, message, out)
      else if (message.t === 'ask') receive(state, from, message, event.now, out)
      break
    }
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'it asks nobody' })
      break
    case 'configured':
      state.memory.config = secureServerConfig(event.config)
      break
    case 'timer':
    case 'started':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: ServerState): NodeView => {
  const { config, refusals } = memory
  const refused = refusedSoFar(memory)
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, index }] of Object.entries(disk.values))
    values[key] = { value, op, version: `v${index}` }
  const facts: Fact[] = []
  if (config.alarmAfter > 0) facts.push({ label: 'alarm', value: refused >= config.alarmAfter ? 'on' : 'off' })
  facts.push({ label: 'refused', value: String(refused) })
  for (const [kind, count] of Object.entries(refusals)) facts.push({ label: kind, value: String(count) })
  return { role: 'server', values, facts }
}

/** What the service holds from the start: `key=text`. */
const holdings = (holds: readonly string[]): MachineState['values'] => {
  const values: MachineState['values'] = {}
  for (const entry of holds) {
    const at = entry.indexOf('=')
    values[entry.slice(0, at)] = { value: entry.slice(at + 1), op: 'initial#1' as never, term: 0, index: 0 }
  }
  return values
}

export const secureServer: Protocol<
  SecureServerDisk,
  SecureServerMemory,
  SecureMessage,
  never,
  Partial<SecureServerConfig>
> = {
  name: 'secure-server',
  revision: 1,
  boot: (self, _peers, disk, config) => {
    const full = secureServerConfig(config)
    return {
      disk: disk ?? { applied: 0, values: holdings(full.holds), seen: {}, opened: 0 },
      memory: { self, config: full, next: {}, refusals: {} },
    }
  },
  on,
  view,
  describe: describeSecureMessage,
}
