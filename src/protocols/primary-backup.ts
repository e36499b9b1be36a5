/**
 * One primary orders all changes and sends them to its backups. Alsberg and Day, "A Principle for Resilient Sharing of Distributed Resources",
 * ICSE 1976; Budhiraja, Marzullo, Schneider and Toueg, "The Primary-Backup Approach", in Mullender (ed.), "Distributed Systems", 2nd edition,
 * 1993.
 *
 * The mode says when a client hears "done". Asynchronous: when the primary has the change; what no backup has when the primary is replaced
 * is lost, though acknowledged. Semi-synchronous: when one backup has it too; after `fallbackMs` without an acknowledgement the primary
 * goes on as if asynchronous until a backup has caught up (MySQL Reference Manual, "Semisynchronous Replication",
 * rpl_semi_sync_source_timeout). Which backup has it is another question: if a different one takes over, the change is lost as well.
 * Synchronous: when every backup has it. Budhiraja et al. let the primary stop waiting for a backup that has crashed, for they assume that
 * a crash can be told for certain. Here nothing can be told from silence, so it waits for all that nobody has declared dead
 * (`declaredDead`), and a single one that is away stops all writes. Their clients get no answer, which says nothing: the change is in the
 * log and will take effect when the backup is back, unless the primary is replaced before.
 *
 * Reads at the primary see committed changes only, as in MySQL's AFTER_SYNC; `readSees: applied` lets them see what may yet be lost
 * (AFTER_COMMIT). Reads are not confirmed with anyone, so a primary that has been replaced without knowing answers with old values.
 *
 * Failover is manual (an operator names a `primary`) or automatic: a backup that hears nothing of the primary for `electMs` takes over, the
 * next in order first; or it asks who is there and lets the freshest take over. Nobody counts a majority. A silent primary is not a dead
 * one, so a cut gives two primaries that both accept changes: split brain. `selfDemoteMs` below `electMs` makes a primary that is cut off
 * from all backups stop in time, as long as clocks run alike; one that still reaches some backup does not stop.
 *
 * Every reign has an epoch, a number and a name. With `fencing` nodes obey the latest epoch that they know and tell a primary of an earlier
 * one that it is over. When a cut heals, the deposed primary's log is compared with the new one's; what only it had is discarded, and said
 * so (`rolled back`), and it takes the new primary's state whole. Without fencing two primaries go on for ever, and each backup follows
 * whoever spoke last, throwing away the other's changes.
 *
 * A node that restarts has its log on disk, and gets from the primary what came since; a primary goes on as one until it hears that it is
 * not. A node whose disk was lost follows, and never leads before it has followed: it would wipe out what the others have.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Protocol } from '../kernel/protocol.ts'
import { receiveFenced, receiveReplicate, receiveSnapshot } from './primary-backup-backup.ts'
import {
  answerCommitted,
  receiveAnswer,
  receiveCall,
  receiveRequest,
  takeForwardedCalls,
  takeQueuedCalls,
} from './primary-backup-clients.ts'
import { type PrimaryBackupConfig, primaryBackupConfig } from './primary-backup-config.ts'
import { flush, isDurable, synced } from './primary-backup-disk.ts'
import { describePrimaryBackup, type PrimaryBackupMessage } from './primary-backup-messages.ts'
import {
  beat,
  fallBack,
  lead,
  receiveBehind,
  receiveReplicated,
  sendOwed,
  ship,
  standing,
  stopFallback,
} from './primary-backup-primary.ts'
import { armElection, obeyOperator } from './primary-backup-role.ts'
import {
  bootPrimaryBackup,
  isActing,
  type PrimaryBackupDisk,
  type PrimaryBackupEvent,
  type PrimaryBackupMemory,
  type PrimaryBackupOutbox,
  type PrimaryBackupState,
  type PrimaryBackupTimer,
} from './primary-backup-state.ts'
import { count, receivePromote, receiveSurveyReply, silence } from './primary-backup-survey.ts'
import { viewPrimaryBackup } from './primary-backup-view.ts'

type Out = PrimaryBackupOutbox

const receive = (state: PrimaryBackupState, from: NodeId, m: PrimaryBackupMessage, now: number, out: Out): void => {
  switch (m.t) {
    case 'call':
      receiveCall(state, from, m, now, out)
      break
    case 'answer':
      receiveAnswer(state, from, m, out)
      break
    case 'replicate':
      receiveReplicate(state, from, m, now, out)
      break
    case 'snapshot':
      receiveSnapshot(state, from, m, now, out)
      break
    case 'replicated':
      receiveReplicated(state, from, m, now, out)
      answerCommitted(state, out)
      break
    case 'behind':
      receiveBehind(state, from, m, now, out)
      break
    case 'fenced':
      receiveFenced(state, m.epoch, out)
      break
    case 'survey':
      out.send(from, { t: 'survey-reply', round: m.round, ...standing(state) })
      break
    case 'survey-reply':
      receiveSurveyReply(state, from, m)
      break
    case 'promote':
      receivePromote(state, m.n, now, out)
      break
    default:
      assertNever(m)
  }
}

/** A node that was taken for dead speaks. */
const heardOf = ({ memory }: PrimaryBackupState, from: NodeId, out: Out): void => {
  if (memory.suspected !== from) return
  memory.suspected = null
  out.note('trust', { node: from })
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
      answerCommitted(state, out)
      break
    case 'elect':
      silence(state, now, out)
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
    // The disk was lost: whatever it would be at the very beginning, it is a node that knows nothing now.
    disk.epoch = { n: 0, of: memory.self }
    disk.acting = false
    disk.seen = 0
    disk.epochs = []
    memory.primary = null
  }
  disk.used = true
  memory.queue.dirty = true
  // Nor does it obey an old order to lead.
  if (disk.epoch.n > 0) obeyOperator(state, false, now, out)
  if (disk.acting && isDurableEpoch(state)) lead(state, now, out)
  armElection(state, out)
}

/** Where the disk takes time: is the epoch on it? */
const isDurableEpoch = ({ disk, memory }: PrimaryBackupState): boolean => {
  const { epoch } = memory.queue.durable
  return !memory.config.awaitSync || (epoch.n === disk.epoch.n && epoch.of === disk.epoch.of)
}

const configured = (state: PrimaryBackupState, config: Partial<PrimaryBackupConfig>, now: number, out: Out): void => {
  const { memory } = state
  const before = memory.config
  memory.config = primaryBackupConfig(config)
  memory.queue.dirty = true
  obeyOperator(state, memory.config.primary !== before.primary, now, out)
  if (memory.config.mode !== 'semi-synchronous') memory.degraded = false
  stopFallback(state, out)
  armElection(state, out)
  answerCommitted(state, out)
}

const diskDone = (state: PrimaryBackupState, now: number, out: Out): void => {
  synced(state, out)
  if (state.disk.acting && !state.memory.leading && isDurableEpoch(state)) lead(state, now, out)
  if (isDurable(state)) sendOwed(state, out)
  ship(state, out)
  answerCommitted(state, out)
  takeQueuedCalls(state, now, out)
}

const handle = (state: PrimaryBackupState, event: PrimaryBackupEvent, out: Out): void => {
  switch (event.type) {
    case 'started':
      started(state, event.restarted, event.now, out)
      break
    case 'message':
      heardOf(state, event.from, out)
      receive(state, event.from, event.message, event.now, out)
      break
    case 'request':
      receiveRequest(state, event.request, event.now, out)
      break
    case 'timer':
      fired(state, event.timer, event.now, out)
      break
    case 'configured':
      configured(state, event.config, event.now, out)
      break
    case 'synced':
      diskDone(state, event.now, out)
      break
    default:
      assertNever(event)
  }
  if (isActing(state) && state.memory.forwarded.length > 0) takeForwardedCalls(state, event.now, out)
}

/** A primary/backup server. `Config` may leave out any member; `primary-backup-config.ts` has the defaults. */
export const primaryBackup: Protocol<
  PrimaryBackupDisk,
  PrimaryBackupMemory,
  PrimaryBackupMessage,
  PrimaryBackupTimer,
  Partial<PrimaryBackupConfig>
> = {
  name: 'primary-backup',
  revision: 2,
  boot: bootPrimaryBackup,
  on: (state, event, out) => {
    handle(state, event, out)
    flush(state, out)
  },
  view: viewPrimaryBackup,
  describe: describePrimaryBackup,
}
