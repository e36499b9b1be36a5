import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Outbox, State } from '../kernel/protocol.ts'
import type { Answer, Call } from './client-wire.ts'
import type { MachineState } from './kv-machine.ts'
import { type PrimaryBackupConfig, primaryBackupConfig } from './primary-backup-config.ts'
import type { Epoch, EpochStart, LogEntry, PrimaryBackupMessage } from './primary-backup-messages.ts'

export type PrimaryBackupDisk = {
  /** False until the node has started with this disk. */
  used: boolean
  /** The latest epoch that it knows of. It obeys no earlier one. */
  epoch: Epoch
  /** It is the primary of that epoch. */
  acting: boolean
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
export type Waiting = {
  readonly index: number
  readonly from: NodeId
  readonly op: RequestId
  readonly attempt: number
  readonly output: Json
}

export type SurveyAnswer = {
  readonly node: NodeId
  readonly epoch: Epoch
  readonly lastEpoch: Epoch | null
  readonly index: number
  readonly acting: boolean
}

export type PrimaryBackupMemory = {
  readonly self: NodeId
  readonly peers: readonly NodeId[]
  config: PrimaryBackupConfig
  /** A primary that has stopped acting because it hears nobody. */
  suspended: boolean
  /** Semi-synchronous, but going on without acknowledgements. */
  degraded: boolean
  waiting: Waiting[]
  /** What each backup is known to have. */
  acked: { [node: string]: number }
  /** What each backup was sent last. */
  sent: { [node: string]: number }
  /** When it last heard: a primary from any backup, a backup from the primary. */
  heardUs: number
  /** A backup that has looked for a new primary and heard of none since. */
  suspects: boolean
  /** Whom it would name to a client. */
  primary: NodeId | null
  round: number
  survey: SurveyAnswer[]
}

export type PrimaryBackupTimer = 'beat' | 'ship' | 'fallback' | 'elect' | 'count'
export type PrimaryBackupState = State<PrimaryBackupDisk, PrimaryBackupMemory>
export type PrimaryBackupOutbox = Outbox<PrimaryBackupMessage, PrimaryBackupTimer>

export const orderOf = ({ self, peers, config }: PrimaryBackupMemory): readonly NodeId[] => {
  const all = [self, ...peers].sort()
  return [...config.order.filter(node => all.includes(node)), ...all.filter(node => !config.order.includes(node))]
}

export const bootPrimaryBackup = (
  self: NodeId,
  peers: readonly NodeId[],
  disk: PrimaryBackupDisk | undefined,
  config: Partial<PrimaryBackupConfig>,
): PrimaryBackupState => {
  const memory: PrimaryBackupMemory = {
    self,
    peers: [...peers],
    config: primaryBackupConfig(config),
    suspended: false,
    degraded: false,
    waiting: [],
    acked: {},
    sent: {},
    heardUs: 0,
    suspects: false,
    primary: null,
    round: 0,
    survey: [],
  }
  const first = memory.config.primary === '' ? orderOf(memory)[0] : memory.config.primary
  const epoch: Epoch = { n: 1, of: first ?? self }
  memory.primary = disk === undefined ? epoch.of : disk.epoch.of
  const empty: PrimaryBackupDisk = {
    used: false,
    epoch,
    acting: epoch.of === self,
    index: 0,
    epochs: [{ epoch, from: 1 }],
    committed: 0,
    machine: { values: {}, sessions: {} },
    log: [],
  }
  return { disk: disk ?? empty, memory }
}

/** True while the node acts on its authority. */
export const isActing = ({ disk, memory }: PrimaryBackupState): boolean => disk.acting && !memory.suspended

export const answer = (
  memory: PrimaryBackupMemory,
  from: NodeId,
  { op, attempt }: Pick<Call, 'op' | 'attempt'>,
  result: Answer['result'],
  out: PrimaryBackupOutbox,
): void => {
  if (from !== memory.self) out.send(from, { t: 'answer', op, attempt, result })
  else if (result.outcome !== 'redirect') out.complete(op, { ...result, servedBy: memory.self })
  else out.complete(op, { outcome: 'fail', reason: 'not the primary', servedBy: memory.self })
}

export const exactly = (ms: number) => ({ minUs: Math.round(ms * 1000), maxUs: Math.round(ms * 1000) })
