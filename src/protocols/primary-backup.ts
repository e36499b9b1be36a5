/**
 * One primary orders all changes and sends them to its backups. Alsberg and Day, "A Principle for Resilient Sharing of Distributed Resources",
 * ICSE 1976; Budhiraja, Marzullo, Schneider and Toueg, "The Primary-Backup Approach", in Mullender (ed.), "Distributed Systems", 1993.
 *
 * The mode says when a client hears "done". Asynchronous: at once; what has not reached a backup when the primary is replaced is lost,
 * though acknowledged. Semi-synchronous: when one backup has it; after `fallbackMs` without an acknowledgement the primary goes on as if
 * asynchronous until a backup has caught up (MySQL Reference Manual, "Semisynchronous Replication", rpl_semi_sync_source_timeout).
 * Synchronous: when every backup has it; one that is away stops all writes. Reads see committed changes only, unless `readSees: applied`
 * lets them see what may yet be lost.
 *
 * Failover is manual (an operator changes `primary`) or automatic: a backup that hears nothing of the primary asks who is there and lets
 * the freshest take over. Nobody counts a majority. A silent primary is not a dead one (Budhiraja et al. assume that crashes can be told
 * for certain), so a cut gives two primaries that both accept changes: split brain.
 *
 * Every reign has an epoch, a number and a name; nodes obey the latest that they know, and tell a primary of an earlier one that it is
 * over (fencing). When a cut heals, the deposed primary's log is compared with the new one's; what only it had is discarded, and said so,
 * and it takes the new primary's state whole. A primary that restarts begins a new epoch too, for what it acknowledged before its disk
 * had it may be gone. Acknowledgements do not wait for the disk.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Protocol } from '../kernel/protocol.ts'
import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import {
  armElection,
  count,
  demote,
  learnEpoch,
  promote,
  receivePromote,
  receiveReplicate,
  receiveSnapshot,
  survey,
} from './primary-backup-backup.ts'
import { type PrimaryBackupConfig, primaryBackupConfig } from './primary-backup-config.ts'
import { epochAt } from './primary-backup-log.ts'
import { describePrimaryBackup, epochText, type PrimaryBackupMessage } from './primary-backup-messages.ts'
import {
  advanceCommit,
  beat,
  fallBack,
  receiveBehind,
  receiveCall,
  receiveReplicated,
  ship,
} from './primary-backup-primary.ts'
import {
  bootPrimaryBackup,
  isActing,
  type PrimaryBackupDisk,
  type PrimaryBackupMemory,
  type PrimaryBackupOutbox,
  type PrimaryBackupState,
  type PrimaryBackupTimer,
} from './primary-backup-state.ts'

type Out = PrimaryBackupOutbox

const receive = (state: PrimaryBackupState, from: NodeId, m: PrimaryBackupMessage, now: number, out: Out): void => {
  const { disk, memory } = state
  switch (m.t) {
    case 'call':
      receiveCall(state, from, m, out)
      break
    case 'replicate':
      receiveReplicate(state, from, m, now, out)
      break
    case 'replicated':
      receiveReplicated(state, from, m, now, out)
      break
    case 'behind':
      receiveBehind(state, from, m, now, out)
      break
    case 'fenced':
      learnEpoch(state, m.epoch, out)
      break
    case 'snapshot':
      receiveSnapshot(state, from, m, now, out)
      break
    case 'survey': {
      const { epoch, index, acting } = disk
      const lastEpoch = epochAt(disk.epochs, index)
      out.send(from, { t: 'survey-reply', round: m.round, epoch, lastEpoch, index, acting })
      break
    }
    case 'survey-reply':
      if (m.round !== memory.round) break
      memory.survey = memory.survey.filter(({ node }) => node !== from)
      memory.survey.push({ node: from, epoch: m.epoch, lastEpoch: m.lastEpoch, index: m.index, acting: m.acting })
      break
    case 'promote':
      receivePromote(state, m.after, now, out)
      break
    case 'answer':
      break
    default:
      assertNever(m)
  }
}

const fired = (state: PrimaryBackupState, timer: PrimaryBackupTimer, now: number, out: Out): void => {
  switch (timer) {
    case 'beat':
      beat(state, now, out)
      break
    case 'ship':
      ship(state, out)
      break
    case 'fallback':
      fallBack(state, out)
      break
    case 'elect':
      survey(state, out)
      break
    case 'count':
      count(state, now, out)
      break
    default:
      assertNever(timer)
  }
}

const started = (state: PrimaryBackupState, restarted: boolean, now: number, out: Out): void => {
  const { disk, memory } = state
  memory.heardUs = now
  if (restarted && !disk.used) {
    // The disk was lost: it knows nothing, so it must not act on what it would be at the very beginning.
    disk.epoch = { n: 0, of: memory.self }
    disk.acting = false
    disk.epochs = []
    memory.primary = null
  }
  disk.used = true
  out.sync()
  if (disk.acting && restarted) promote(state, 0, now, out)
  else if (disk.acting) {
    for (const peer of memory.peers) memory.sent[peer] = disk.index
    beat(state, now, out)
  } else armElection(state, out)
}

const configured = (state: PrimaryBackupState, config: Partial<PrimaryBackupConfig>, now: number, out: Out): void => {
  const { disk, memory } = state
  const before = memory.config
  memory.config = primaryBackupConfig(config)
  const { primary } = memory.config
  if (primary !== '' && primary !== before.primary) {
    if (primary !== memory.self) {
      demote(state, out)
      memory.primary = primary
    } else if (!disk.acting) promote(state, 0, now, out)
  }
  if (memory.config.mode !== 'semi-synchronous') memory.degraded = false
  armElection(state, out)
  advanceCommit(state, out)
}

const on = (
  state: PrimaryBackupState,
  event: NodeEvent<PrimaryBackupMessage, PrimaryBackupTimer, Partial<PrimaryBackupConfig>>,
  out: Out,
): void => {
  switch (event.type) {
    case 'started':
      started(state, event.restarted, event.now, out)
      break
    case 'message':
      receive(state, event.from, event.message, event.now, out)
      break
    case 'request': {
      // An operation asked of this very node is a call from itself.
      const { id: op, kind, key, input } = event.request
      receiveCall(state, state.memory.self, { t: 'call', op, attempt: 1, kind, key, input, session: null }, out)
      break
    }
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured':
      configured(state, event.config, event.now, out)
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = (state: PrimaryBackupState): NodeView => {
  const { disk, memory } = state
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, term, index }] of Object.entries(disk.machine.values)) {
    const copy = { value, op, version: `e${term} i${index}` }
    values[key] = index > disk.committed ? { ...copy, tentative: true } : copy
  }
  const { mode } = memory.config
  const facts: Fact[] = [
    { label: 'epoch', value: epochText(disk.epoch) },
    { label: 'log', value: `${disk.committed}/${disk.index}` },
    { label: 'mode', value: memory.degraded ? `${mode}, fallen back` : mode },
  ]
  if (disk.acting)
    for (const peer of memory.peers) facts.push({ label: peer, value: `has i${memory.acked[peer] ?? 0}` })
  else facts.push({ label: 'primary', value: memory.primary ?? 'unknown' })
  const role = isActing(state) ? 'primary' : disk.acting ? 'suspended' : 'backup'
  const common = { role, term: disk.epoch.n, values, facts }
  return role === 'primary' ? { ...common, authority: { over: '*', term: disk.epoch.n } } : common
}

export const primaryBackup: Protocol<
  PrimaryBackupDisk,
  PrimaryBackupMemory,
  PrimaryBackupMessage,
  PrimaryBackupTimer,
  Partial<PrimaryBackupConfig>
> = {
  name: 'primary-backup',
  revision: 1,
  boot: bootPrimaryBackup,
  on,
  view,
  describe: describePrimaryBackup,
}
