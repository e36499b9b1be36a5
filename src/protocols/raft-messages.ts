import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { Answer, Call } from './client-wire.ts'
import type { MachineState } from './kv-machine.ts'

/** What a client asked for, as the log carries it. `session` is null where the client uses no idempotency keys. */
export type Command = {
  readonly op: RequestId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
  readonly session: { readonly client: NodeId; readonly seq: number } | null
}

/** A log entry; its index is its place in the log. The command is null in the no-op that opens a term. */
export type Entry = { readonly term: number; readonly command: Command | null }

/**
 * Identifies the leader's message that a reply answers: its round of confirmation (from 1) and its clock at sending. Followers echo both
 * untouched; the answer to a leader of an earlier term confirms nothing and has round 0.
 */
type Beat = { readonly round: number; readonly sentUs: number }

export type RequestVote = {
  readonly t: 'request-vote'
  readonly term: number
  readonly candidateId: NodeId
  readonly lastLogIndex: number
  readonly lastLogTerm: number
  /** A PreVote: `term` is the term that the candidate would enter, and nobody's state changes. */
  readonly pre: boolean
}

export type RequestVoteReply = {
  readonly t: 'request-vote-reply'
  readonly term: number
  readonly voteGranted: boolean
  readonly pre: boolean
  /** The term that the vote was asked for. */
  readonly forTerm: number
}

export type AppendEntries = Beat & {
  readonly t: 'append-entries'
  readonly term: number
  readonly leaderId: NodeId
  readonly prevLogIndex: number
  readonly prevLogTerm: number
  readonly entries: readonly Entry[]
  readonly leaderCommit: number
}

export type AppendEntriesReply = Beat & {
  readonly t: 'append-entries-reply'
  readonly term: number
  readonly success: boolean
  /** On success the last index known to equal the leader's log; on refusal the `prevLogIndex` that did not match. */
  readonly index: number
  /** On refusal: the term of the conflicting entry (null: there is none) and the first index that stores it (end of section 5.3). */
  readonly conflictTerm: number | null
  readonly conflictIndex: number
}

/** The whole snapshot in one chunk: `offset` is always 0 and `done` always true (Figure 13). */
export type InstallSnapshot = Beat & {
  readonly t: 'install-snapshot'
  readonly term: number
  readonly leaderId: NodeId
  readonly lastIncludedIndex: number
  readonly lastIncludedTerm: number
  readonly data: MachineState
}

export type InstallSnapshotReply = Beat & {
  readonly t: 'install-snapshot-reply'
  readonly term: number
  readonly lastIncludedIndex: number
}

/** What a follower answers to a leader. */
export type LeaderReply = AppendEntriesReply | InstallSnapshotReply

export type RaftMessage =
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | InstallSnapshot
  | InstallSnapshotReply
  | Call
  | Answer

/** IP, TCP and framing headers with the fixed members of a message, bytes. */
const headerBytes = 60
const entryBytes = 24

const jsonText = (value: Json): string =>
  value === null || typeof value === 'number' ? `${value}` : JSON.stringify(value)

const jsonBytes = (value: Json): number =>
  value === null || typeof value === 'number' ? 8 : JSON.stringify(value).length

const bytesOfEntries = (entries: readonly Entry[]): number => {
  let bytes = 0
  for (const { command } of entries)
    bytes += command === null ? entryBytes : entryBytes + command.key.length + jsonBytes(command.input)
  return bytes
}

const describeAppend = (message: AppendEntries): MessageInfo => {
  const { entries } = message
  const label = `AppendEntries t${message.term}`
  if (entries.length === 0) return { label, purpose: 'heartbeat', bytes: headerBytes, costUs: 0 }
  const full = `${label} +${entries.length}`
  const bytes = headerBytes + bytesOfEntries(entries)
  const op = entries.length === 1 ? entries[0]?.command?.op : undefined
  if (op === undefined) return { label: full, purpose: 'replicate', bytes, costUs: 0 }
  return { label: full, purpose: 'replicate', bytes, costUs: 0, op }
}

const describeAnswer = ({ op, result }: Answer): MessageInfo => {
  const reply = (label: string, bytes: number): MessageInfo => ({ label, purpose: 'reply', bytes, costUs: 0, op })
  switch (result.outcome) {
    case 'ok': {
      const text = jsonText(result.output)
      return reply(`ok ${text}`, headerBytes + text.length)
    }
    case 'fail':
      return reply(`fail: ${result.reason}`, headerBytes + result.reason.length)
    case 'redirect':
      return reply(`ask ${result.to ?? 'another'}`, headerBytes)
    default:
      return assertNever(result)
  }
}

const describeCall = ({ op, kind, key, input, attempt }: Call): MessageInfo => ({
  label: `${kind} ${key}${input === null ? '' : `=${jsonText(input)}`}${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
  purpose: 'request',
  bytes: headerBytes + key.length + jsonBytes(input),
  costUs: 0,
  op,
})

/** A message as the network and the pictures know it. */
export const describeRaft = (message: RaftMessage): MessageInfo => {
  const short = (label: string, purpose: MessageInfo['purpose']): MessageInfo => ({
    label,
    purpose,
    bytes: headerBytes,
    costUs: 0,
  })
  switch (message.t) {
    case 'append-entries':
      return describeAppend(message)
    case 'append-entries-reply':
      return short(`${message.success ? 'ok' : 'no'} t${message.term} i${message.index}`, 'acknowledge')
    case 'request-vote':
      return short(`${message.pre ? 'PreVote' : 'RequestVote'} t${message.term}`, 'election')
    case 'request-vote-reply':
      return short(
        `${message.voteGranted ? '' : 'no '}${message.pre ? 'pre-vote' : 'vote'} t${message.forTerm}`,
        'election',
      )
    case 'install-snapshot':
      return {
        ...short(`InstallSnapshot t${message.term} i${message.lastIncludedIndex}`, 'repair'),
        bytes: headerBytes + jsonBytes(message.data),
      }
    case 'install-snapshot-reply':
      return short(`installed i${message.lastIncludedIndex}`, 'acknowledge')
    case 'call':
      return describeCall(message)
    case 'answer':
      return describeAnswer(message)
    default:
      return assertNever(message)
  }
}
