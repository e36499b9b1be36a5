import type { MessageId } from '../kernel/ids.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { Purpose } from '../kernel/protocol.ts'
import type { MessageRecord } from '../kernel/trace.ts'
import { type NodeScene, type NodeSet, printNodeSet, resolveNodeSet, scanNodeSet } from './node-set.ts'
import { type OperationPick, picksOperation, printOperationPick, scanOperationPick } from './operation-pick.ts'
import { printValue, type Scanner } from './scanner.ts'

/** Which message is meant: by its stable id, or by what it is for and where it goes. */
export type MessagePick =
  | { readonly id: MessageId }
  | {
      readonly which: 'oldest' | 'newest' | 'all'
      readonly purpose?: Purpose
      /** The operation that it serves. */
      readonly op?: OperationPick
      /** Its label starts with this text. */
      readonly like?: string
      readonly from?: NodeSet
      readonly to?: NodeSet
    }

const PURPOSES: readonly Purpose[] = [
  'request',
  'reply',
  'replicate',
  'acknowledge',
  'heartbeat',
  'election',
  'repair',
  'control',
]

const scanId = (scanner: Scanner): MessageId | null => {
  const found = /^[A-Za-z0-9-]+>[A-Za-z0-9-]+#[0-9]+(?:\+[0-9]+)?/.exec(scanner.text.slice(scanner.at))?.[0]
  if (found === undefined) return null
  scanner.at += found.length
  return found as MessageId
}

const KEYWORDS = ['from', 'to', 'like', 'and', 'or']

/** Reads `n1>n2#5`, `oldest to n3`, `reply alice#1`, `all heartbeat from leader`. */
export const scanMessagePick = (scanner: Scanner): MessagePick => {
  scanner.skipSpace()
  const id = scanId(scanner)
  if (id !== null) return { id }
  const start = scanner.at
  const named = (['oldest', 'newest', 'all'] as const).find(word => scanner.eatWord(word))
  const purpose = PURPOSES.find(word => scanner.eatWord(word))
  const next = scanner.peekWord()
  const op =
    next !== undefined && /^[A-Za-z]/.test(next) && !KEYWORDS.includes(next) ? scanOperationPick(scanner) : null
  const like = scanner.eatWord('like') ? String(scanner.value('the start of the label')) : null
  const from = scanner.eatWord('from') ? scanNodeSet(scanner, 'the sender') : null
  const to = scanner.eatWord('to') ? scanNodeSet(scanner, 'the receiver') : null
  if (named === undefined && purpose === undefined && op === null && like === null && from === null && to === null) {
    scanner.fail('a message is missing; write it like "reply alice#1", "oldest to n3" or "n1>n2#5".', start)
  }
  return {
    which: named ?? 'oldest',
    ...(purpose === undefined ? {} : { purpose }),
    ...(op === null ? {} : { op }),
    ...(like === null ? {} : { like }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  }
}

export const printMessagePick = (pick: MessagePick): string => {
  if ('id' in pick) return pick.id
  const parts = [
    ...(pick.purpose === undefined ? [] : [pick.purpose]),
    ...(pick.op === undefined ? [] : [printOperationPick(pick.op)]),
    ...(pick.like === undefined ? [] : [`like ${printValue(pick.like)}`]),
    ...(pick.from === undefined ? [] : [`from ${printNodeSet(pick.from)}`]),
    ...(pick.to === undefined ? [] : [`to ${printNodeSet(pick.to)}`]),
  ]
  return (pick.which === 'oldest' && parts.length > 0 ? parts : [pick.which, ...parts]).join(' ')
}

/** How `alice.write#1` is looked up: which of her operations, and which of her writes, a request is. */
export type OperationKinds = (id: string) => { readonly kind: OperationKind; readonly nthOfKind: number } | undefined

/** Whether the message is one of those meant (`which` apart). */
export const picksMessage = (
  pick: MessagePick,
  message: MessageRecord,
  scene: NodeScene,
  kinds: OperationKinds,
): boolean => {
  if ('id' in pick) return message.id === pick.id
  const among = (set: NodeSet, node: string): boolean => {
    const found = resolveNodeSet(set, scene)
    return 'nodes' in found && found.nodes.some(one => one === node)
  }
  return (
    (pick.purpose === undefined || message.info.purpose === pick.purpose) &&
    (pick.like === undefined || message.info.label.startsWith(pick.like)) &&
    (pick.from === undefined || among(pick.from, message.from)) &&
    (pick.to === undefined || among(pick.to, message.to)) &&
    (pick.op === undefined || (message.info.op !== undefined && picksOperation(pick.op, message.info.op, kinds)))
  )
}
