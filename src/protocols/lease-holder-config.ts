import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

/** The knobs of someone who works under a lease. */
export type LeaseHolderConfig = {
  /** The lock service. */
  readonly locks: NodeId
  /** The store that the lock protects. */
  readonly store: NodeId
  /** How long it works between reading and writing. */
  readonly workMs: number
  /** When it looks at its clock: when the lease comes, or once more before it writes. */
  readonly check: 'at-start' | 'before-write'
  /** How it reckons the end: so long from when it asked, on its own clock, or the point in time that the lock service names. */
  readonly expiry: 'duration' | 'deadline'
  /** So long before the end it takes the lease for over. */
  readonly guardMs: number
  /** How often it has its lease prolonged while it works; 0 for never. */
  readonly renewMs: number
  /** When it asks the lock service or the store again. */
  readonly retryMs: number
  /** Turned away or too late, it begins again under a new lease; otherwise it tells its client no. */
  readonly repeat: boolean
}

const defaults: LeaseHolderConfig = {
  locks: 'locks' as NodeId,
  store: 'store' as NodeId,
  workMs: 200,
  check: 'at-start',
  expiry: 'duration',
  guardMs: 0,
  renewMs: 0,
  retryMs: 500,
  repeat: false,
}

export const leaseHolderDocs: readonly ConfigDoc[] = [
  { key: 'locks', kind: 'text', default: 'locks', doc: 'The lock service.' },
  { key: 'store', kind: 'text', default: 'store', doc: 'The store that the lock protects.' },
  { key: 'workMs', kind: 'number', min: 0, default: 200, doc: 'How long it works between reading and writing.' },
  {
    key: 'check',
    kind: 'choice',
    choices: ['at-start', 'before-write'],
    default: 'at-start',
    doc: 'When it looks at its clock: when the lease comes, or once more before it writes.',
  },
  {
    key: 'expiry',
    kind: 'choice',
    choices: ['duration', 'deadline'],
    default: 'duration',
    doc: 'It counts the term from when it asked, or goes by the point in time that the lock service names.',
  },
  { key: 'guardMs', kind: 'number', min: 0, default: 0, doc: 'So long before the end it takes the lease for over.' },
  { key: 'renewMs', kind: 'number', min: 0, default: 0, doc: 'How often it has its lease prolonged; 0: never.' },
  { key: 'retryMs', kind: 'number', min: 0.001, default: 500, doc: 'When it asks locks or store again.' },
  {
    key: 'repeat',
    kind: 'boolean',
    default: false,
    doc: 'Turned away or too late, it begins again under a new lease.',
  },
]

/** The config with every default filled in. */
export const leaseHolderConfig = (config: Partial<LeaseHolderConfig> | null | undefined): LeaseHolderConfig => ({
  ...defaults,
  ...config,
})
