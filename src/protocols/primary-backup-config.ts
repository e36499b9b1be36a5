import type { NodeId } from '../kernel/ids.ts'

/** The knobs of a primary/backup store. Times are milliseconds of the node's own clock. */
export type PrimaryBackupConfig = {
  /** Whose copy a write waits for before it is answered: the primary's own, one backup's, every backup's. */
  readonly mode: 'asynchronous' | 'semi-synchronous' | 'synchronous'
  /** Semi-synchronous: after so long without an acknowledgement it goes on asynchronously; 0 for never. */
  readonly fallbackMs: number
  /** Synchronous: backups that somebody who can know has declared dead. Nobody waits for them and they never take over. */
  readonly declaredDead: readonly NodeId[]
  /** Who is primary: at first, and again whenever this changes (manual failover). Empty for the first of `order`. */
  readonly primary: NodeId | ''
  /** The epoch in which `primary` is; 0 for the one after those that it knows of. */
  readonly epoch: number
  /** The order of succession. Empty, or where a node is not in it: by name, `n2` before `n10`. */
  readonly order: readonly NodeId[]
  readonly failover: 'manual' | 'automatic'
  /** Automatic: the next in order takes over, or the freshest of those that answer a survey. */
  readonly successor: 'next' | 'freshest'
  /** The primary speaks at least so often. */
  readonly heartbeatMs: number
  /** Automatic: silence of the primary after which the next in order takes over; the one after it waits twice as long, and so on. */
  readonly electMs: number
  /** How long a survey waits for the others' answers. */
  readonly surveyMs: number
  /** A primary that no backup has acknowledged anything to for so long stops acting; 0 for never. */
  readonly selfDemoteMs: number
  /** Nodes refuse a primary of an earlier epoch than the latest they know, and tell it. Without it they obey whoever spoke last. */
  readonly fencing: boolean
  /** Who answers reads: the primary, or any node from its own copy. */
  readonly reads: 'primary' | 'local'
  /** What reads at the primary see: what the mode has secured, or all that it has written down. */
  readonly readSees: 'committed' | 'applied'
  /** Pass a client's call on to the primary and its answer back, instead of naming the primary to the client. */
  readonly forward: boolean
  /** Changes are sent on after so long, together; 0 for at once. */
  readonly shipMs: number
  /** Hold back what promises durability until `synced`. Needed, and only needed, where the lab's disk takes time (`syncMs`). */
  readonly awaitSync: boolean
}

export const primaryBackupDefaults: PrimaryBackupConfig = {
  mode: 'asynchronous',
  fallbackMs: 0,
  declaredDead: [],
  primary: '',
  epoch: 0,
  order: [],
  failover: 'manual',
  successor: 'next',
  heartbeatMs: 100,
  electMs: 500,
  surveyMs: 100,
  selfDemoteMs: 0,
  fencing: true,
  reads: 'primary',
  readSees: 'committed',
  forward: false,
  shipMs: 0,
  awaitSync: false,
}

/** The config with every default filled in, as a fresh value that aliases nothing. */
export const primaryBackupConfig = (config: Partial<PrimaryBackupConfig> | null | undefined): PrimaryBackupConfig => {
  const full = { ...primaryBackupDefaults, ...config }
  return { ...full, declaredDead: [...full.declaredDead], order: [...full.order] }
}
