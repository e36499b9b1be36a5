import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { lastLogIndex } from './raft-log.ts'
import type { RaftState } from './raft-state.ts'

/** What panes and phenomena may know of a Raft server. `log 12/14`: 14 entries, of which 12 are committed. */
export const viewRaft = ({ disk, memory }: RaftState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, term, index }] of Object.entries(memory.machine.values))
    values[key] = { value, op, version: `t${term} i${index}` }
  const { currentTerm, votedFor } = disk
  const facts: Fact[] = [
    { label: 'log', value: `${memory.commitIndex}/${lastLogIndex(disk)}` },
    { label: 'votedFor', value: votedFor ?? '-' },
    { label: 'commitIndex', value: String(memory.commitIndex) },
    { label: 'lastApplied', value: String(memory.lastApplied) },
  ]
  if (memory.role === 'candidate' || memory.role === 'pre-candidate')
    facts.push({ label: 'votes', value: memory.votes.join(' ') })
  if (disk.snapshot.lastIncludedIndex > 0)
    facts.push({ label: 'snapshot', value: `i${disk.snapshot.lastIncludedIndex}` })
  if (memory.forwarded.length > 0) facts.push({ label: 'waiting calls', value: String(memory.forwarded.length) })
  for (const [peer, { nextIndex, matchIndex }] of Object.entries(memory.progress))
    facts.push({ label: peer, value: `match ${matchIndex} next ${nextIndex}` })
  const view = { role: memory.role, term: currentTerm, values, facts }
  return memory.role === 'leader' ? { ...view, authority: { over: '*', term: currentTerm } } : view
}
