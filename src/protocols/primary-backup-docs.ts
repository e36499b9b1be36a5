import type { ConfigDoc } from './config-doc.ts'
import { primaryBackupDefaults as d } from './primary-backup-config.ts'

const duration = (key: 'fallbackMs' | 'selfDemoteMs' | 'shipMs', doc: string): ConfigDoc => ({
  key,
  kind: 'number',
  min: 0,
  default: d[key],
  doc,
})

const period = (key: 'heartbeatMs' | 'electMs' | 'surveyMs', doc: string): ConfigDoc => ({
  key,
  kind: 'number',
  min: 0.001,
  default: d[key],
  doc,
})

const onOff = (key: 'fencing' | 'forward' | 'awaitSync', doc: string): ConfigDoc => ({
  key,
  kind: 'boolean',
  default: d[key],
  doc,
})

/** The options of a primary/backup server, for lab files and the sandbox. */
export const primaryBackupDocs: readonly ConfigDoc[] = [
  {
    key: 'mode',
    kind: 'choice',
    choices: ['asynchronous', 'semi-synchronous', 'synchronous'],
    default: d.mode,
    doc: 'A write is answered when the primary has it, when one backup has it too, or when all have it.',
  },
  duration(
    'fallbackMs',
    'Semi-synchronous: without an acknowledgement for so long it goes on asynchronously; 0: never.',
  ),
  {
    key: 'declaredDead',
    kind: 'list',
    of: 'text',
    default: [],
    doc: 'Backups that no write waits for and that never take over.',
  },
  {
    key: 'primary',
    kind: 'text',
    default: d.primary,
    doc: 'Who is primary, at first and whenever this changes; empty: the first in order.',
  },
  {
    key: 'epoch',
    kind: 'number',
    min: 0,
    integer: true,
    default: d.epoch,
    doc: 'The epoch of that primary; 0: the next one.',
  },
  { key: 'order', kind: 'list', of: 'text', default: [], doc: 'The order of succession; empty: by name.' },
  {
    key: 'failover',
    kind: 'choice',
    choices: ['manual', 'automatic'],
    default: d.failover,
    doc: 'Who replaces a silent primary: you, or the backups, without asking for a majority.',
  },
  {
    key: 'successor',
    kind: 'choice',
    choices: ['next', 'freshest'],
    default: d.successor,
    doc: 'Automatic: the next in order takes over, or the freshest of those that answer.',
  },
  period('heartbeatMs', 'The primary speaks at least so often.'),
  period('electMs', 'Automatic: silence of the primary after which the next in order takes over.'),
  period('surveyMs', 'How long a backup that looks for the freshest waits for answers.'),
  duration('selfDemoteMs', 'A primary without any acknowledgement for so long stops acting; 0: never.'),
  onOff(
    'fencing',
    'Nodes refuse a primary of an earlier epoch and tell it so; without it they obey whoever spoke last.',
  ),
  {
    key: 'reads',
    kind: 'choice',
    choices: ['primary', 'local'],
    default: d.reads,
    doc: 'Reads are answered by the primary, or by any node from its copy (may be stale).',
  },
  {
    key: 'readSees',
    kind: 'choice',
    choices: ['committed', 'applied'],
    default: d.readSees,
    doc: 'At the primary reads see what the mode has secured, or also what may yet be lost.',
  },
  onOff('forward', 'Pass calls on to the primary instead of naming it.'),
  duration('shipMs', 'Changes go to the backups after so long, together; 0: at once.'),
  onOff('awaitSync', 'Answer only when the disk is done; needed where it takes time.'),
]
