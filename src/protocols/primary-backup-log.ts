import type { Json } from '../kernel/json.ts'
import { type Application, applyCommand, copyJson, type StoredValue } from './kv-machine.ts'
import { compareEpochs, type Epoch, type EpochStart, type LogEntry } from './primary-backup-messages.ts'
import type { PrimaryBackupDisk, PrimaryBackupOutbox, PrimaryBackupState } from './primary-backup-state.ts'

// Every node carries a change out when it appends it. Each entry keeps what its keys held before, so that the time before the changes that
// are not committed can still be read. An entry is known by its index and its epoch: only the primary of an epoch makes entries of it, and
// logs grow only where the entry before is the same, so two logs that share an entry share all before it (as in Raft, section 5.3).

/** Committed entries that stay in the log, so that a backup slightly behind needs no snapshot. */
const logKept = 128
/** The most that stay because some backup lacks them. */
const logMost = 1024

/** The epoch of the entry at `index`; null for the time before the first. */
export const epochAt = (epochs: readonly EpochStart[], index: number): Epoch | null =>
  index < 1 ? null : (epochs.findLast(({ from }) => from <= index)?.epoch ?? null)

export const lastEpoch = ({ epochs, index }: PrimaryBackupDisk): Epoch | null => epochAt(epochs, index)

/** The entries after `index` up to `through`, at most `most`; undefined where some have left the log. */
export const entriesAfter = (
  { log, index: last }: PrimaryBackupDisk,
  index: number,
  through: number,
  most: number,
): LogEntry[] | undefined => {
  const first = log[0]?.index ?? last + 1
  return index + 1 < first ? undefined : log.slice(index + 1 - first, Math.min(through + 1, index + 1 + most) - first)
}

const keysOf = ({ kind, key, input }: Application): readonly string[] =>
  kind === 'txn' ? (input as { f: string; key: string }[]).flatMap(step => (step.f === 'w' ? [step.key] : [])) : [key]

const stored = (disk: PrimaryBackupDisk, key: string): StoredValue | null =>
  Object.hasOwn(disk.machine.values, key) ? (disk.machine.values[key] ?? null) : null

/** Appends a command as the next entry and carries it out. Gives its answer. */
export const append = (
  { disk, memory }: PrimaryBackupState,
  epoch: Epoch,
  command: Application,
  out: PrimaryBackupOutbox,
): Json => {
  disk.index += 1
  const { index } = disk
  if (compareEpochs(disk.epochs.at(-1)?.epoch ?? null, epoch) !== 0)
    disk.epochs.push({ epoch: { ...epoch }, from: index })
  const before: { [key: string]: StoredValue | null } = {}
  for (const key of keysOf(command)) before[key] = copyJson(stored(disk, key))
  disk.log.push({ index, epoch: { ...epoch }, command: copyJson(command), before })
  const result = applyCommand(disk.machine, command, { term: epoch.n, index }, (key, op, over) =>
    out.note('applied', { key, op, over, index }),
  )
  memory.queue.dirty = true
  return result.is === 'expired' ? null : copyJson(result.output)
}

/** Raises the commit index, and lets committed entries go: those that all backups have, `needed` being the first that one lacks. */
export const commitThrough = (
  { disk, memory }: PrimaryBackupState,
  index: number,
  needed = Number.MAX_SAFE_INTEGER,
): void => {
  const committed = Math.min(index, disk.index)
  if (committed <= disk.committed) return
  disk.committed = committed
  memory.queue.dirty = true
  const first = disk.log[0]?.index ?? 0
  const wanted = Math.max(Math.min(disk.index - logKept, needed - 1), disk.index - logMost)
  const surplus = Math.min(disk.committed, wanted) - first + 1
  // In one go now and then, not one by one.
  if (surplus >= logKept) disk.log = disk.log.slice(surplus)
}

/**
 * The value of `key` with all changes, or with the committed ones only. What a primary found in its log when it began counts as
 * committed: for all it knows, somebody has had the ok.
 */
export const readCopy = ({ disk, memory }: PrimaryBackupState, key: string, sees: 'committed' | 'applied'): Json => {
  if (sees === 'committed') {
    const visible = Math.max(disk.committed, memory.inherited)
    for (const { index, before } of disk.log)
      if (index > visible && Object.hasOwn(before, key)) return before[key]?.value ?? null
  }
  return stored(disk, key)?.value ?? null
}
