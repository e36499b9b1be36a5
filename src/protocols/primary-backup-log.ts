import type { Json } from '../kernel/json.ts'
import { type Application, applyCommand, type StoredValue } from './kv-machine.ts'
import { type Epoch, type EpochStart, epochText, type LogEntry } from './primary-backup-messages.ts'
import type { PrimaryBackupDisk, PrimaryBackupOutbox, PrimaryBackupState } from './primary-backup-state.ts'

/** Committed entries that stay in the log, so that a backup slightly behind needs no snapshot. */
const logKept = 128

/** The epoch of the entry at `index`; null for the time before the first. */
export const epochAt = (epochs: readonly EpochStart[], index: number): Epoch | null =>
  index < 1 ? null : (epochs.findLast(({ from }) => from <= index)?.epoch ?? null)

/** The entries after `index`, or undefined where some have left the log. */
export const entriesAfter = ({ log, index: last }: PrimaryBackupDisk, index: number): LogEntry[] | undefined => {
  const first = log[0]?.index ?? last + 1
  return index + 1 < first ? undefined : log.slice(index + 1 - first)
}

const keysOf = ({ kind, key, input }: Application): readonly string[] =>
  kind === 'txn' ? (input as { key: string }[]).map(step => step.key) : [key]

const stored = (disk: PrimaryBackupDisk, key: string): StoredValue | null =>
  Object.hasOwn(disk.machine.values, key) ? (disk.machine.values[key] ?? null) : null

/** Appends a command as the next entry and applies it. Gives its answer. */
export const append = (
  { disk }: PrimaryBackupState,
  epoch: Epoch,
  command: Application,
  out: PrimaryBackupOutbox,
): Json => {
  disk.index += 1
  const { index } = disk
  if (disk.epochs.at(-1)?.epoch.n !== epoch.n || disk.epochs.at(-1)?.epoch.of !== epoch.of)
    disk.epochs.push({ epoch, from: index })
  const before: { [key: string]: StoredValue | null } = {}
  for (const key of keysOf(command)) before[key] = stored(disk, key)
  disk.log.push({ index, epoch, command, before })
  const result = applyCommand(disk.machine, command, { term: epoch.n, index }, (key, op, over) => {
    out.note('applied', { key, op, over, index: `${epochText(epoch)} i${index}` })
  })
  out.sync()
  return result.is === 'expired' ? null : result.output
}

/** Raises the commit index, and lets entries go that nobody is likely to need. */
export const commitThrough = (disk: PrimaryBackupDisk, index: number): void => {
  disk.committed = Math.max(disk.committed, Math.min(index, disk.index))
  const first = disk.log[0]?.index ?? 0
  const surplus = Math.min(disk.committed, disk.index - logKept) - first + 1
  // In one go now and then, not one by one.
  if (surplus >= logKept) disk.log = disk.log.slice(surplus)
}

/** What a read of `key` sees. */
export const visible = ({ disk, memory }: PrimaryBackupState, key: string): Json => {
  if (memory.config.readSees === 'committed') {
    for (const { index, before } of disk.log) {
      if (index > disk.committed && Object.hasOwn(before, key)) return before[key]?.value ?? null
    }
  }
  return stored(disk, key)?.value ?? null
}
