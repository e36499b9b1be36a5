import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

/** The knobs of a sender, an archive or a monitor of shipped logs; each takes those that concern it. */
export type LogShippingConfig = {
  /** Makes it a sender: the archive that its records go to. */
  readonly to: NodeId | ''
  /** Makes it one that reports: where heartbeats and counts go. */
  readonly reportTo: NodeId | ''
  /** The archive recomputes each record's checksum and drops what does not fit. */
  readonly checksums: boolean
  /** What the archive does with the records' numbers: nothing, watch for gaps, or ask the sender for what is missing. */
  readonly sequence: 'ignore' | 'watch' | 'ask'
  /** How long a gap may be open before the archive asks, and how often it asks again. */
  readonly askMs: number
  /** The archive confirms each record that it kept. */
  readonly acknowledge: boolean
  /** When the sender calls a record done: as soon as it is sent, or when it is confirmed. */
  readonly confirm: 'sent' | 'acknowledged'
  /** A record that is not confirmed by then is sent again; 0 for never. */
  readonly retransmitMs: number
  /** The archive keeps each number once. */
  readonly deduplicate: boolean
  /** How often an archive says that it is alive; 0 for never. */
  readonly heartbeatMs: number
  /** A monitor takes an archive for dead that it has not heard for so long; 0 for never. */
  readonly suspectMs: number
  /** How often a sender says how many records it has sent; 0 for never. */
  readonly countMs: number
}

export const logShippingDefaults: LogShippingConfig = {
  to: '',
  reportTo: '',
  checksums: false,
  sequence: 'ignore',
  askMs: 100,
  acknowledge: false,
  confirm: 'sent',
  retransmitMs: 0,
  deduplicate: false,
  heartbeatMs: 0,
  suspectMs: 0,
  countMs: 0,
}

export const logShippingDocs: readonly ConfigDoc[] = [
  { key: 'to', kind: 'text', default: '', doc: 'The archive that its records go to; empty in all but senders.' },
  { key: 'reportTo', kind: 'text', default: '', doc: 'Where its heartbeats and counts go; empty for nowhere.' },
  { key: 'checksums', kind: 'boolean', default: false, doc: 'The archive drops records whose checksum does not fit.' },
  {
    key: 'sequence',
    kind: 'choice',
    choices: ['ignore', 'watch', 'ask'],
    default: 'ignore',
    doc: 'The archive ignores numbers, shows gaps in them, or asks the sender for what is missing.',
  },
  { key: 'askMs', kind: 'number', min: 0.001, default: 100, doc: 'How long a gap may be open before it asks.' },
  { key: 'acknowledge', kind: 'boolean', default: false, doc: 'The archive confirms each record that it kept.' },
  {
    key: 'confirm',
    kind: 'choice',
    choices: ['sent', 'acknowledged'],
    default: 'sent',
    doc: 'When the sender calls a record done: when it is sent, or when it is confirmed.',
  },
  { key: 'retransmitMs', kind: 'number', min: 0, default: 0, doc: 'An unconfirmed record is sent again; 0: never.' },
  { key: 'deduplicate', kind: 'boolean', default: false, doc: 'The archive keeps each number once.' },
  { key: 'heartbeatMs', kind: 'number', min: 0, default: 0, doc: 'How often it says that it is alive; 0: never.' },
  { key: 'suspectMs', kind: 'number', min: 0, default: 0, doc: 'Silence after which it takes others for dead.' },
  { key: 'countMs', kind: 'number', min: 0, default: 0, doc: 'How often it says how many it sent; 0: never.' },
]

/** The config with every default filled in. */
export const logShippingConfig = (config: Partial<LogShippingConfig> | null | undefined): LogShippingConfig => ({
  ...logShippingDefaults,
  ...config,
})
