import type { Copy, Fact, NodeView } from '../kernel/view.ts'
import { epochText } from './primary-backup-messages.ts'
import { isActing, type PrimaryBackupState } from './primary-backup-state.ts'

/** What panes and phenomena may know of a node. `log 12/14`: 14 entries, of which 12 are committed. */
export const viewPrimaryBackup = (state: PrimaryBackupState): NodeView => {
  const { disk, memory } = state
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, term, index }] of Object.entries(disk.machine.values)) {
    const copy = { value, op, version: `e${term} i${index}` }
    values[key] = index > disk.committed ? { ...copy, tentative: true } : copy
  }
  const acts = isActing(state)
  const facts: Fact[] = [
    { label: 'epoch', value: disk.epoch.n === 0 ? 'none: the disk was lost' : epochText(disk.epoch) },
    { label: 'log', value: `${disk.committed}/${disk.index}` },
    { label: 'mode', value: memory.degraded ? `${memory.config.mode}, fallen back` : memory.config.mode },
  ]
  if (memory.suspended) facts.push({ label: 'stopped', value: 'hears no backup' })
  if (memory.leading) {
    for (const peer of memory.peers)
      facts.push({ label: `${peer} behind`, value: String(disk.index - (memory.progress[peer]?.acked ?? 0)) })
  } else {
    facts.push({ label: 'primary', value: memory.primary ?? 'unknown' })
    facts.push({ label: 'behind', value: String(Math.max(0, memory.primaryIndex - disk.index)) })
  }
  if (memory.waiting.length > 0) facts.push({ label: 'waiting clients', value: String(memory.waiting.length) })
  if (memory.forwarded.length > 0) facts.push({ label: 'waiting calls', value: String(memory.forwarded.length) })
  const view = { role: acts ? 'primary' : 'backup', term: disk.epoch.n, values, facts }
  return acts ? { ...view, authority: { over: '*', term: disk.epoch.n } } : view
}
