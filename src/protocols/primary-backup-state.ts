import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent, Outbox, State, TimerRange } from '../kernel/protocol.ts'
import type { Call } from './client-wire.ts'
import type { MachineState } from './kv-machine.ts'
import { type PrimaryBackupConfig, primaryBackupConfig } from './primary-backup-config.ts'
import type { Epoch, EpochStart, LogEntry, PrimaryBackupMessage } from './primary-backup-messages.ts'

export type PrimaryBackupDisk = {
  /** False until the node has started with this disk. */
  used: boolean
  /** The epoch that it obeys: with fencing the latest that it knows of. Number 0: it has lost its disk and joined nobody since. */
  epoch: Epoch
  /** It is the primary of that epoch. */
  acting: boolean
  /** The largest number of an epoch that it has heard of, so that none of its own comes twice. */
  seen: number
  /** Entries applied, those that have left `log` included. */
  index: number
  epochs: EpochStart[]
  /** Entries up to this one are secured as the mode demands. */
  committed: number
  machine: MachineState
  /** The latest entries; all those that are not committed among them. */
  log: LogEntry[]
}

/** A client that waits for an entry to be committed. */
type Waiting = {
  readonly index: number
  readonly from: NodeId
  readonly op: RequestId
  readonly attempt: number
  readonly output: Json
}

/** A call at a backup that passes calls on: it waits for a primary to be known, then for the primary's answer. */
type ForwardedCall = { readonly call: Call; readonly from: NodeId; sentTo: NodeId | null }

export type SurveyAnswer = {
  readonly node: NodeId
  readonly epoch: Epoch
  readonly lastEpoch: Epoch | null
  readonly index: number
  readonly acting: boolean
}

type Held = { readonly to: NodeId; readonly message: PrimaryBackupMessage }
type Durable = { readonly index: number; readonly epoch: Epoch }

/** What waits for the disk, where it takes time; see `primary-backup-disk.ts`. */
type DiskQueue = {
  /** True when `disk` changed since the last sync was asked for. */
  dirty: boolean
  syncing: boolean
  durable: Durable
  /** What the sync under way makes durable, and the messages that wait for it. */
  covers: Durable
  covered: Held[]
  /** Messages that wait for the sync after it. */
  waiting: Held[]
  /** Calls that came to the primary during a sync: they are taken when it is done. */
  calls: { readonly call: Call; readonly from: NodeId }[]
  /** Backups that get a snapshot when it is done. */
  owed: NodeId[]
}

/** What the primary knows of a backup. */
type Progress = {
  /** The backup's log is the primary's up to here. */
  acked: number
  /** Entries up to here were sent. */
  sent: number
  /** The last repair: which end of the backup's log it answered, and when (the primary's clock). */
  repair: { readonly index: number; readonly atUs: number } | null
}

export type PrimaryBackupMemory = {
  readonly self: NodeId
  readonly peers: readonly NodeId[]
  config: PrimaryBackupConfig
  /** It has begun to act: its epoch is on its disk. */
  leading: boolean
  /** A primary that has stopped acting because it hears nobody. */
  suspended: boolean
  /** Semi-synchronous, but going on without acknowledgements. */
  degraded: boolean
  /** The timer runs after which it will go on without. */
  fallsBack: boolean
  waiting: Waiting[]
  /** The last of its log when it began to act. */
  inherited: number
  progress: { [node: string]: Progress }
  /** When it last heard: a primary from any backup, a backup from the primary. */
  heardUs: number
  /** Whom it would name to a client. */
  primary: NodeId | null
  /** The last of the primary's log, as it said. */
  primaryIndex: number
  /** A primary whose silence it took for death. */
  suspected: NodeId | null
  forwarded: ForwardedCall[]
  round: number
  survey: SurveyAnswer[]
  queue: DiskQueue
}

export type PrimaryBackupTimer = 'beat' | 'ship' | 'fallback' | 'elect' | 'count'
export type PrimaryBackupState = State<PrimaryBackupDisk, PrimaryBackupMemory>
export type PrimaryBackupOutbox = Outbox<PrimaryBackupMessage, PrimaryBackupTimer>
export type PrimaryBackupEvent = NodeEvent<PrimaryBackupMessage, PrimaryBackupTimer, Partial<PrimaryBackupConfig>>

const byName = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)

/** All nodes of the store in the order of succession. */
export const orderOf = ({ self, peers, config }: PrimaryBackupMemory): readonly NodeId[] => {
  const all = [self, ...peers].sort(byName)
  return [...config.order.filter(node => all.includes(node)), ...all.filter(node => !config.order.includes(node))]
}

const emptyDisk = (self: NodeId, epoch: Epoch): PrimaryBackupDisk => ({
  used: false,
  epoch,
  acting: epoch.of === self,
  seen: epoch.n,
  index: 0,
  epochs: [{ epoch, from: 1 }],
  committed: 0,
  machine: { values: {}, sessions: {} },
  log: [],
})

export const bootPrimaryBackup = (
  self: NodeId,
  peers: readonly NodeId[],
  survived: PrimaryBackupDisk | undefined,
  given: Partial<PrimaryBackupConfig>,
): PrimaryBackupState => {
  const config = primaryBackupConfig(given)
  const none: Epoch = { n: 0, of: self }
  const memory: PrimaryBackupMemory = {
    self,
    peers: [...peers],
    config,
    leading: false,
    suspended: false,
    degraded: false,
    fallsBack: false,
    waiting: [],
    inherited: 0,
    progress: {},
    heardUs: 0,
    primary: null,
    primaryIndex: 0,
    suspected: null,
    forwarded: [],
    round: 0,
    survey: [],
    queue: {
      dirty: false,
      syncing: false,
      durable: { index: 0, epoch: none },
      covers: { index: 0, epoch: none },
      covered: [],
      waiting: [],
      calls: [],
      owed: [],
    },
  }
  const first = config.primary === '' ? (orderOf(memory)[0] ?? self) : config.primary
  const disk = survived ?? emptyDisk(self, { n: Math.max(1, config.epoch), of: first })
  memory.primary = disk.epoch.of
  memory.queue.durable = { index: disk.index, epoch: { ...disk.epoch } }
  return { disk, memory }
}

/** True while the node acts on its authority. */
export const isActing = ({ disk, memory }: PrimaryBackupState): boolean =>
  disk.acting && memory.leading && !memory.suspended

export const microseconds = (ms: number): number => Math.round(ms * 1000)

export const exactly = (ms: number): TimerRange => ({ minUs: microseconds(ms), maxUs: microseconds(ms) })
