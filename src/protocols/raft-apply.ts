import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Answer } from './client-wire.ts'
import { type ApplyResult, applyCommand, copyMachine } from './kv-machine.ts'
import { discardThrough, entryAt, termAt } from './raft-log.ts'
import type { Entry } from './raft-messages.ts'
import type { RaftOutbox, RaftState } from './raft-state.ts'

/** Answers a call, or closes the operation where it was asked of this very node. */
export const answer = (
  { memory }: RaftState,
  out: RaftOutbox,
  to: NodeId,
  call: { readonly op: RequestId; readonly attempt: number },
  result: Exclude<Answer['result'], { outcome: 'redirect' }>,
): void => {
  if (to === memory.self) out.complete(call.op, { ...result, servedBy: memory.self })
  else out.send(to, { t: 'answer', op: call.op, attempt: call.attempt, result })
}

const applyEntry = (state: RaftState, out: RaftOutbox, index: number, entry: Entry): void => {
  const { memory } = state
  const { command } = entry
  let result: ApplyResult | undefined
  if (command !== null)
    result = applyCommand(memory.machine, command, { term: entry.term, index }, (key, op, over) =>
      out.note('applied', { key, op, over, index }),
    )
  // Same index and same term: the same entry (log matching), so the client hears of its own write even from a deposed leader.
  while ((memory.pendingWrites[0]?.index ?? index) < index) memory.pendingWrites.shift()
  const pending = memory.pendingWrites[0]
  if (pending === undefined || pending.index !== index) return
  memory.pendingWrites.shift()
  if (pending.term !== entry.term || result === undefined || result.is === 'expired') return
  answer(state, out, pending.to, pending, { outcome: 'ok', output: result.output })
}

/** Figure 2, all servers: "if commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine (section 5.3)". */
export const applyCommitted = (state: RaftState, out: RaftOutbox): void => {
  const { disk, memory } = state
  while (memory.lastApplied < memory.commitIndex) {
    const entry = entryAt(disk, memory.lastApplied + 1)
    if (entry === undefined) return
    memory.lastApplied += 1
    applyEntry(state, out, memory.lastApplied, entry)
  }
  compact(state, out)
}

/** Section 7: each server takes snapshots on its own, of what it has applied, and discards the log up to there. */
const compact = ({ disk, memory }: RaftState, out: RaftOutbox): void => {
  const { compactAfter, compactKeep, breakRule } = memory.config
  const { lastApplied } = memory
  if (compactAfter === null || lastApplied - disk.snapshot.lastIncludedIndex < compactAfter) return
  const data = copyMachine(memory.machine)
  if (breakRule === 'forget-sessions') data.sessions = {}
  disk.snapshot = { lastIncludedIndex: lastApplied, lastIncludedTerm: termAt(disk, lastApplied) as number, data }
  discardThrough(disk, lastApplied - compactKeep)
  memory.queue.dirty = true
  out.note('takes a snapshot', { index: lastApplied })
}
