/**
 * Who is on call for a service, with a probe: an artificial customer that makes a small call every hour and looks at what comes back (black-box
 * monitoring: Beyer et al., "Site Reliability Engineering", 2016, chapter 6). What the probe can notice depends on where it stands. One
 * inside asks the service itself; one outside goes the way that customers go, through whatever other owners put in between.
 *
 * After `failures` bad answers in a row there is an alarm. Whoever is on call then finds out whose part of the path it is (`findH`, less
 * where it is written down) and sends that owner a ticket. The rest is the owner's time, not ours. A contract with a penalty counts the
 * hours of the outage and turns them into money; it takes nothing off them.
 */
import { assertNever } from '../kernel/assert-never.ts'
import { type NodeId, requestId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import type { Call } from './client-wire.ts'
import type { ConfigDoc } from './config-doc.ts'
import { type DomainMessage, describeDomainMessage } from './domain-messages.ts'

export type OnCallConfig = {
  /** The node that the probe asks; empty for no probe. */
  readonly probes: NodeId | ''
  readonly key: string
  readonly hourMs: number
  readonly timeoutMs: number
  /** Bad answers in a row that make an alarm. */
  readonly failures: number
  /** Whose part of the path it turns out to be. */
  readonly owner: NodeId | ''
  /** How long it takes to find that out, hours. */
  readonly findH: number
  /** What the contract pays for an hour of outage, USD. */
  readonly penaltyUsd: number
}

export const onCallDefaults: OnCallConfig = {
  probes: '',
  key: 'probe',
  hourMs: 1000,
  timeoutMs: 500,
  failures: 2,
  owner: '',
  findH: 0,
  penaltyUsd: 0,
}

export const onCallDocs: readonly ConfigDoc[] = [
  { key: 'probes', kind: 'text', default: '', doc: 'The node that the probe asks; empty for no probe.' },
  { key: 'key', kind: 'text', default: 'probe', doc: 'The key that the probe adds to.' },
  { key: 'hourMs', kind: 'number', min: 1, default: 1000, doc: 'How long an hour takes in the run.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 500, doc: 'How long the probe waits for an answer.' },
  { key: 'failures', kind: 'number', integer: true, min: 1, default: 2, doc: 'Bad answers in a row make an alarm.' },
  { key: 'owner', kind: 'text', default: '', doc: 'Whose part of the path it turns out to be.' },
  { key: 'findH', kind: 'number', min: 0, default: 0, doc: 'How many hours it takes to find that out.' },
  { key: 'penaltyUsd', kind: 'number', min: 0, default: 0, doc: 'What the contract pays for an hour of outage.' },
]

const configOf = (config: Partial<OnCallConfig> | null | undefined): OnCallConfig => ({ ...onCallDefaults, ...config })

export type OnCallDisk = Record<string, never>
export type OnCallMemory = {
  readonly self: NodeId
  config: OnCallConfig
  probes: number
  /** The probe that has no answer yet. */
  open: number | null
  badInARow: number
  /** When the first bad answer of this outage came, and when the alarm rang; its own clock, microseconds. */
  badSinceUs: number | null
  alarmUs: number | null
  ticket: 'none' | 'sent' | 'resolved'
  /** Hours of outage that the probe has seen, all told, the last one as far as it has come. */
  outageH: number
}
export type OnCallTimer = 'probe' | 'timeout' | 'found'
type OnCallState = State<OnCallDisk, OnCallMemory>
type Out = Outbox<DomainMessage, OnCallTimer>

const hours = ({ config }: OnCallMemory, us: number): number => us / (config.hourMs * 1000)

const probe = ({ memory }: OnCallState, out: Out): void => {
  const { self, config } = memory
  const hourUs = Math.round(config.hourMs * 1000)
  out.setTimer('probe', { minUs: hourUs, maxUs: hourUs })
  if (config.probes === '') return
  memory.probes += 1
  memory.open = memory.probes
  const op = requestId(`${self}-probe` as NodeId, memory.probes)
  const call: Call = { t: 'call', op, attempt: 1, kind: 'add', key: config.key, input: 1, session: null }
  out.send(config.probes, call)
  const us = Math.round(config.timeoutMs * 1000)
  out.setTimer('timeout', { minUs: us, maxUs: us })
}

const bad = ({ memory }: OnCallState, now: number, out: Out): void => {
  const { config } = memory
  memory.open = null
  memory.badInARow += 1
  memory.badSinceUs ??= now
  if (memory.badInARow < config.failures || memory.alarmUs !== null) return
  memory.alarmUs = now
  out.note('alarm', { probe: config.probes })
  if (config.owner === '') return
  const us = Math.round(config.findH * config.hourMs * 1000)
  out.setTimer('found', { minUs: us, maxUs: us })
}

const good = ({ memory }: OnCallState, now: number, out: Out): void => {
  memory.open = null
  memory.badInARow = 0
  if (memory.badSinceUs !== null) memory.outageH += Math.round(hours(memory, now - memory.badSinceUs))
  if (memory.alarmUs !== null) out.note('alarm over', { outageH: memory.outageH })
  memory.badSinceUs = null
  memory.alarmUs = null
  out.cancelTimer('found')
}

/** Only the answer to the probe that is open counts. */
const answered = (state: OnCallState, message: DomainMessage, now: number, out: Out): void => {
  const { memory } = state
  if (message.t === 'resolved') {
    memory.ticket = 'resolved'
    return
  }
  if (message.t !== 'answer' || memory.open === null || !message.op.endsWith(`#${memory.open}`)) return
  out.cancelTimer('timeout')
  if (message.result.outcome === 'ok') good(state, now, out)
  else bad(state, now, out)
}

const fired = (state: OnCallState, timer: OnCallTimer, now: number, out: Out): void => {
  const { self, config } = state.memory
  if (timer === 'probe') probe(state, out)
  else if (timer === 'timeout') bad(state, now, out)
  else if (config.owner !== '') {
    state.memory.ticket = 'sent'
    out.send(config.owner, { t: 'ticket', from: self })
  }
}

const on = (
  state: OnCallState,
  event: NodeEvent<DomainMessage, OnCallTimer, Partial<OnCallConfig>>,
  out: Out,
): void => {
  const { memory } = state
  switch (event.type) {
    case 'started': {
      const us = Math.round(memory.config.hourMs * 600)
      out.setTimer('probe', { minUs: us, maxUs: us })
      break
    }
    case 'message':
      answered(state, event.message, event.now, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'the desk takes no orders' })
      break
    case 'configured':
      memory.config = configOf(event.config)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ memory }: OnCallState): NodeView => {
  const { config, badInARow, alarmUs, ticket, outageH } = memory
  const where = config.probes === '' ? 'none' : `${config.probes} ${badInARow === 0 ? 'ok' : 'fails'}`
  return {
    role: alarmUs === null ? 'quiet' : ticket === 'sent' ? 'waiting' : 'ringing',
    values: {},
    facts: [
      { label: 'probe', value: where },
      { label: 'alarm', value: alarmUs === null ? 'quiet' : 'ringing' },
      { label: 'ticket', value: ticket },
      { label: 'outage h', value: String(outageH) },
      ...(config.penaltyUsd === 0 ? [] : [{ label: 'credit usd', value: String(outageH * config.penaltyUsd) }]),
    ],
  }
}

export const onCall: Protocol<OnCallDisk, OnCallMemory, DomainMessage, OnCallTimer, Partial<OnCallConfig>> = {
  name: 'on-call',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? {},
    memory: {
      self,
      config: configOf(config),
      probes: 0,
      open: null,
      badInARow: 0,
      badSinceUs: null,
      alarmUs: null,
      ticket: 'none',
      outageH: 0,
    },
  }),
  on,
  view,
  describe: describeDomainMessage,
}
