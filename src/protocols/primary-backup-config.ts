import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

/** The knobs of a primary/backup store. */
export type PrimaryBackupConfig = {
  /** Whose acknowledgements a write waits for: nobody's, one backup's, every backup's. */
  readonly mode: 'asynchronous' | 'semi-synchronous' | 'synchronous'
  /** Semi-synchronous: after so long without an acknowledgement it goes on asynchronously; 0 for never. */
  readonly fallbackMs: number
  /** Who is primary: at first, and again whenever this changes (manual failover). Empty for the first of `order`. */
  readonly primary: NodeId | ''
  /** Decides between equally fresh backups. Empty for the order of names. */
  readonly order: readonly NodeId[]
  readonly failover: 'manual' | 'automatic'
  readonly heartbeatMs: number
  /** Automatic: after so long without a sign of the primary a backup looks for a new one. */
  readonly electMs: number
  /** How long it waits for the others' answers before it chooses. */
  readonly surveyMs: number
  /** A primary that hears no backup for so long stops acting; 0 for never. */
  readonly selfDemoteMs: number
  /** Who answers reads: the primary, or any node from its own copy. */
  readonly reads: 'primary' | 'local'
  /** What reads see: what has been acknowledged as the mode demands, or all that the node has applied. */
  readonly readSees: 'committed' | 'applied'
  /** Changes are sent on after so long, together; 0 for at once. */
  readonly shipMs: number
}

export const primaryBackupDefaults: PrimaryBackupConfig = {
  mode: 'asynchronous',
  fallbackMs: 0,
  primary: '',
  order: [],
  failover: 'manual',
  heartbeatMs: 100,
  electMs: 1000,
  surveyMs: 100,
  selfDemoteMs: 0,
  reads: 'primary',
  readSees: 'committed',
  shipMs: 0,
}

const d = primaryBackupDefaults

export const primaryBackupDocs: readonly ConfigDoc[] = [
  {
    key: 'mode',
    kind: 'choice',
    choices: ['asynchronous', 'semi-synchronous', 'synchronous'],
    default: d.mode,
    doc: 'A write waits for no backup, for one, or for all.',
  },
  {
    key: 'fallbackMs',
    kind: 'number',
    min: 0,
    default: d.fallbackMs,
    doc: 'Semi-synchronous: goes on asynchronously after so long; 0: never.',
  },
  {
    key: 'primary',
    kind: 'text',
    default: d.primary,
    doc: 'Who is primary, at first and whenever this changes; empty: the first node.',
  },
  {
    key: 'order',
    kind: 'list',
    of: 'text',
    default: [],
    doc: 'Decides between equally fresh backups; empty: by name.',
  },
  {
    key: 'failover',
    kind: 'choice',
    choices: ['manual', 'automatic'],
    default: d.failover,
    doc: 'Who replaces a silent primary: you, or the backups, without asking for a majority.',
  },
  {
    key: 'heartbeatMs',
    kind: 'number',
    min: 0.001,
    default: d.heartbeatMs,
    doc: 'The primary speaks at least so often.',
  },
  {
    key: 'electMs',
    kind: 'number',
    min: 0.001,
    default: d.electMs,
    doc: 'Automatic: after so long without a sign of the primary a backup looks for a new one.',
  },
  {
    key: 'surveyMs',
    kind: 'number',
    min: 0.001,
    default: d.surveyMs,
    doc: 'How long it waits for the others to answer.',
  },
  {
    key: 'selfDemoteMs',
    kind: 'number',
    min: 0,
    default: d.selfDemoteMs,
    doc: 'A primary that hears no backup for so long stops acting; 0: never.',
  },
  {
    key: 'reads',
    kind: 'choice',
    choices: ['primary', 'local'],
    default: d.reads,
    doc: 'Reads are answered by the primary, or by any node from its copy.',
  },
  {
    key: 'readSees',
    kind: 'choice',
    choices: ['committed', 'applied'],
    default: d.readSees,
    doc: 'Reads see what the mode has secured, or all that the node has applied.',
  },
  {
    key: 'shipMs',
    kind: 'number',
    min: 0,
    default: d.shipMs,
    doc: 'Changes go to the backups after so long; 0: at once.',
  },
]

/** The config with every default filled in. */
export const primaryBackupConfig = (config: Partial<PrimaryBackupConfig> | null | undefined): PrimaryBackupConfig => ({
  ...primaryBackupDefaults,
  ...config,
})
