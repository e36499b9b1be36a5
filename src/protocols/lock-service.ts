/**
 * A lock service that grants leases: a lock for a time, after which it may be granted to somebody else whether or not its holder is heard of
 * (Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency", SOSP 1989). Every grant carries
 * a token that is higher than all before, for the service that the lock protects to check (Burrows, "The Chubby Lock Service for Loosely-Coupled
 * Distributed Systems", OSDI 2006, section 2.4: a sequencer; Kleppmann, "How to do distributed locking", 2016: a fencing token).
 *
 * Without an end (`termMs` 0) a lock is held until it is given back. Nothing then rests on time, and a holder that is slow makes others wait;
 * one that is dead makes them wait for ever, which is what leases are for.
 *
 * Locks and tokens are on disk. After a crash a lease counts as granted in full once more, since it may have been (section 2). It stands
 * for a service that is replicated; its disk must be instantaneous, for a grant leaves at once. Whoever waits is told when the lock is free
 * and asks anew, so that a lease never begins before it was asked for.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Fact, NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import { describeLeaseMessage, type LeaseMessage } from './lease-messages.ts'

export type LockServiceConfig = {
  /** How long a lease lasts; 0 until it is given back. */
  readonly termMs: number
}

export const lockServiceDocs: readonly ConfigDoc[] = [
  { key: 'termMs', kind: 'number', min: 0, default: 1000, doc: 'How long a lease lasts; 0: until it is given back.' },
]

const configOf = (config: Partial<LockServiceConfig> | null | undefined): LockServiceConfig => ({
  termMs: 1000,
  ...config,
})

type Lock = { token: number; holder: NodeId | null }

export type LockServiceDisk = {
  locks: { [key: string]: Lock }
  /** The latest request of each holder: a copy of an older one is not taken up. */
  seen: { [holder: string]: number }
}
export type LockServiceMemory = {
  readonly self: NodeId
  config: LockServiceConfig
  waiting: { [key: string]: NodeId[] }
}
export type LockServiceTimer = `term:${string}`
type LockServiceState = State<LockServiceDisk, LockServiceMemory>
type Out = Outbox<LeaseMessage, LockServiceTimer>
type Acquire = Extract<LeaseMessage, { t: 'acquire' }>

const lockOf = ({ locks }: LockServiceDisk, key: string): Lock => {
  locks[key] ??= { token: 0, holder: null }
  return locks[key]
}

const armTerm = ({ config }: LockServiceMemory, key: string, out: Out): void => {
  const us = Math.round(config.termMs * 1000)
  if (us === 0) out.cancelTimer(`term:${key}`)
  else out.setTimer(`term:${key}`, { minUs: us, maxUs: us })
}

const grant = (state: LockServiceState, to: NodeId, { key, n }: Acquire, now: number, out: Out): void => {
  const { token } = lockOf(state.disk, key)
  const us = Math.round(state.memory.config.termMs * 1000)
  const [termUs, untilUs] = us === 0 ? [null, null] : [us, now + us]
  out.send(to, { t: 'grant', key, n, token, termUs, untilUs })
  armTerm(state.memory, key, out)
}

const acquire = (state: LockServiceState, from: NodeId, m: Acquire, now: number, out: Out): void => {
  const { disk, memory } = state
  const { key, n, token } = m
  if (n <= (disk.seen[from] ?? 0)) return
  disk.seen[from] = n
  out.sync()
  const lock = lockOf(disk, key)
  const mine = lock.holder === from
  if (token !== null) {
    if (mine && lock.token === token) grant(state, from, m, now, out)
    else out.send(from, { t: 'lost', key, n, token })
  } else if (mine || lock.holder === null) {
    // A holder that asks afresh has forgotten its lease: what it did under the old token must not be taken for the new.
    lock.token += 1
    lock.holder = from
    memory.waiting[key] = (memory.waiting[key] ?? []).filter(one => one !== from)
    grant(state, from, m, now, out)
  } else {
    if (!(memory.waiting[key] ?? []).includes(from)) memory.waiting[key] = [...(memory.waiting[key] ?? []), from]
    out.send(from, { t: 'held', key, n, by: lock.holder })
  }
}

const free = ({ disk, memory }: LockServiceState, key: string, out: Out): void => {
  lockOf(disk, key).holder = null
  out.sync()
  out.cancelTimer(`term:${key}`)
  for (const node of memory.waiting[key] ?? []) out.send(node, { t: 'free', key })
  delete memory.waiting[key]
}

const release = (state: LockServiceState, from: NodeId, key: string, token: number, out: Out): void => {
  const lock = lockOf(state.disk, key)
  if (lock.holder === from && lock.token === token) free(state, key, out)
  out.send(from, { t: 'released', key, token })
}

/** The term is over. Whether the holder is dead, slow or cut off is not known. */
const runOut = (state: LockServiceState, key: string, out: Out): void => {
  const { holder, token } = lockOf(state.disk, key)
  if (holder === null) return
  out.note('lease ran out', { key, node: holder, token })
  out.note('suspect', { node: holder })
  free(state, key, out)
}

/** Held locks are held for a full term from now on: after a crash, or where the term is another one. */
const begin = ({ disk, memory }: LockServiceState, out: Out): void => {
  for (const [key, { holder }] of Object.entries(disk.locks)) if (holder !== null) armTerm(memory, key, out)
}

const on = (
  state: LockServiceState,
  event: NodeEvent<LeaseMessage, LockServiceTimer, Partial<LockServiceConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      begin(state, out)
      break
    case 'configured':
      state.memory.config = configOf(event.config)
      begin(state, out)
      break
    case 'message': {
      const { from, message } = event
      if (message.t === 'acquire') acquire(state, from, message, event.now, out)
      else if (message.t === 'release') release(state, from, message.key, message.token, out)
      break
    }
    case 'timer':
      runOut(state, event.timer.slice('term:'.length), out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'a lock service holds no data' })
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: LockServiceState): NodeView => ({
  role: 'lock service',
  values: {},
  facts: Object.entries(disk.locks).flatMap(([key, { token, holder }]): Fact[] => {
    const waiting = memory.waiting[key] ?? []
    return [
      { label: 'holder', value: holder ?? 'nobody' },
      { label: 'token', value: String(token) },
      ...(waiting.length === 0 ? [] : [{ label: 'waiting', value: waiting.join(' ') }]),
    ]
  }),
})

export const lockService: Protocol<
  LockServiceDisk,
  LockServiceMemory,
  LeaseMessage,
  LockServiceTimer,
  Partial<LockServiceConfig>
> = {
  name: 'lock-service',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { locks: {}, seen: {} },
    memory: { self, config: configOf(config), waiting: {} },
  }),
  on,
  view,
  describe: describeLeaseMessage,
}
