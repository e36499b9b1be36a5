import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import { describeClientMessage, headerBytes, jsonBytes } from './client-message.ts'
import type { Answer, Call } from './client-wire.ts'
import type { Application, MachineState, StoredValue } from './kv-machine.ts'

/** The reign of one primary. Of two, the later is the one with the larger number; of equal numbers, that of the larger name. */
export type Epoch = { readonly n: number; readonly of: NodeId }

/** Where in the log an epoch began: the index of its first entry. */
export type EpochStart = { readonly epoch: Epoch; readonly from: number }

/** One change. `before` is what its keys held until then, so that a reader can be shown the time before it. */
export type LogEntry = {
  readonly index: number
  readonly epoch: Epoch
  readonly command: Application
  readonly before: { readonly [key: string]: StoredValue | null }
}

/**
 * The entries after `prevIndex`, none in a heartbeat. `from` is the first index of the sender's epoch, `last` the last of its log.
 */
export type Replicate = {
  readonly t: 'replicate'
  readonly epoch: Epoch
  readonly from: number
  readonly prevIndex: number
  readonly prevEpoch: Epoch | null
  readonly entries: readonly LogEntry[]
  readonly committed: number
  readonly last: number
}
/** I have all up to `index`. */
export type Replicated = { readonly t: 'replicated'; readonly epoch: Epoch; readonly index: number }
/** I cannot append that: my log ends at `index`, with an entry of `lastEpoch`, or is not a beginning of yours. */
export type Behind = {
  readonly t: 'behind'
  readonly epoch: Epoch
  readonly index: number
  readonly lastEpoch: Epoch | null
}
/** Your epoch is over. */
type Fenced = { readonly t: 'fenced'; readonly epoch: Epoch }
/** Everything: take it in place of what you have. `tail` are the entries that are not committed; the machine has them applied. */
export type Snapshot = {
  readonly t: 'snapshot'
  readonly epoch: Epoch
  readonly index: number
  readonly epochs: readonly EpochStart[]
  readonly committed: number
  readonly machine: MachineState
  readonly tail: readonly LogEntry[]
}
type Survey = { readonly t: 'survey'; readonly round: number }
export type SurveyReply = {
  readonly t: 'survey-reply'
  readonly round: number
  readonly epoch: Epoch
  readonly lastEpoch: Epoch | null
  readonly index: number
  readonly acting: boolean
}
/** You are the freshest of those that I can reach: take over, with epoch number `n` or a higher one. */
type Promote = { readonly t: 'promote'; readonly n: number }

export type PrimaryBackupMessage =
  | Call
  | Answer
  | Replicate
  | Replicated
  | Behind
  | Fenced
  | Snapshot
  | Survey
  | SurveyReply
  | Promote

export const epochText = ({ n, of }: Epoch): string => `e${n}@${of}`

/** Negative when `a` is the earlier; null, before the first entry, is earlier than all. */
export const compareEpochs = (a: Epoch | null, b: Epoch | null): number => {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1)
  if (a.n !== b.n) return a.n - b.n
  return a.of === b.of ? 0 : a.of < b.of ? -1 : 1
}

const entryBytes = 24

const bytesOf = (entries: readonly LogEntry[]): number =>
  entries.reduce((sum, { command }) => sum + entryBytes + command.key.length + jsonBytes(command.input), 0)

const describeReplicate = ({ epoch, entries, prevIndex }: Replicate): MessageInfo => {
  if (entries.length === 0)
    return { label: `heartbeat ${epochText(epoch)}`, purpose: 'heartbeat', bytes: headerBytes, costUs: 0 }
  const bytes = headerBytes + bytesOf(entries)
  const label = `replicate ${epochText(epoch)} i${prevIndex + 1}${entries.length > 1 ? `-${prevIndex + entries.length}` : ''}`
  const op: RequestId | undefined = entries.length === 1 ? entries[0]?.command.op : undefined
  return { label, purpose: 'replicate', bytes, costUs: 0, ...(op === undefined ? {} : { op }) }
}

/** A message as the network and the pictures know it. */
export const describePrimaryBackup = (m: PrimaryBackupMessage): MessageInfo => {
  const short = (label: string, purpose: MessageInfo['purpose']): MessageInfo => ({
    label,
    purpose,
    bytes: headerBytes,
    costUs: 0,
  })
  switch (m.t) {
    case 'call':
    case 'answer':
      return describeClientMessage(m)
    case 'replicate':
      return describeReplicate(m)
    case 'replicated':
      return short(`have i${m.index}`, 'acknowledge')
    case 'behind':
      return short(`behind, at i${m.index}`, 'repair')
    case 'fenced':
      return short(`fenced by ${epochText(m.epoch)}`, 'control')
    case 'snapshot':
      return {
        ...short(`snapshot ${epochText(m.epoch)} i${m.index}`, 'repair'),
        bytes: headerBytes + jsonBytes(m.machine) + bytesOf(m.tail),
      }
    case 'survey':
      return short('who is there?', 'election')
    case 'survey-reply':
      return short(`${m.acting ? 'primary' : 'backup'} ${epochText(m.epoch)} i${m.index}`, 'election')
    case 'promote':
      return short('take over', 'election')
    default:
      return assertNever(m)
  }
}
