import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

/** How the owners of a path mean to get from the old root to the new one. */
export type ChangePlan = 'none' | 'moment' | 'dates' | 'evidence'

/** The knobs of one owner's domain. Hours count from the start of the run; `hourMs` says how long one takes in it. */
export type DomainConfig = {
  /** The domain behind this one, or empty for the last of the path. */
  readonly next: NodeId | ''
  readonly hourMs: number
  /** How long it waits for the domain behind. */
  readonly timeoutMs: number
  /** Its office clock runs so many hours before (or behind) universal time. */
  readonly zoneH: number
  /** Its maintenance window, in hours of its office clock. */
  readonly windowFromH: number
  readonly windowToH: number
  readonly plan: ChangePlan
  /** The hour of an agreed moment, ... */
  readonly momentH: number
  /** ... which it reads off its office clock. */
  readonly localTime: boolean
  /** It changes nothing outside its window, whatever was agreed. */
  readonly onlyInWindow: boolean
  /** It changes nothing before this hour (a change freeze). */
  readonly frozenUntilH: number
  /** From when on it may accept both roots; with `dates`, when it shows the new certificate, and when it drops the old root. */
  readonly expandH: number
  readonly presentH: number
  readonly retireH: number
  /** With `evidence`: the old root is dropped when no neighbour has shown it for so long. */
  readonly quietH: number
  /** It has gone back one step, and stays there. */
  readonly rolledBack: boolean
  /** Certificates under the old root end at this hour. */
  readonly oldEndsH: number
  /** From this hour on a default of this owner refuses calls with a body; null for never. */
  readonly ruleFromH: number | null
  /** The customer has written its own setting down, so that the default does not touch it. */
  readonly pinned: boolean
  /** Who gets a new default first, ... */
  readonly firstFor: readonly NodeId[]
  /** ... and for how long it stays with them. */
  readonly firstH: number
  /** Working hours of its support, on its office clock, and how many of them an answer takes. */
  readonly supportFromH: number
  readonly supportToH: number
  readonly replyH: number
  /** How far back its dashboard looks. */
  readonly dashboardH: number
}

export const domainDefaults: DomainConfig = {
  next: '',
  hourMs: 1000,
  timeoutMs: 500,
  zoneH: 0,
  windowFromH: 0,
  windowToH: 24,
  plan: 'none',
  momentH: 24,
  localTime: false,
  onlyInWindow: false,
  frozenUntilH: 0,
  expandH: 0,
  presentH: 24,
  retireH: 48,
  quietH: 24,
  rolledBack: false,
  oldEndsH: 1000,
  ruleFromH: null,
  pinned: false,
  firstFor: [],
  firstH: 0,
  supportFromH: 9,
  supportToH: 17,
  replyH: 3,
  dashboardH: 6,
}

const hours = (key: keyof DomainConfig, doc: string, more: { readonly min?: number; readonly max?: number } = {}) =>
  ({ key, kind: 'number', min: 0, ...more, default: domainDefaults[key] as number, doc }) as const
const flag = (key: keyof DomainConfig, doc: string) => ({ key, kind: 'boolean', default: false, doc }) as const

export const domainDocs: readonly ConfigDoc[] = [
  { key: 'next', kind: 'text', default: '', doc: 'The domain behind this one; empty for the last of the path.' },
  { key: 'hourMs', kind: 'number', min: 1, default: 1000, doc: 'How long an hour takes in the run.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 500, doc: 'How long it waits for the domain behind.' },
  hours('zoneH', 'Its office clock runs so many hours before universal time.', { min: -12, max: 14 }),
  hours('windowFromH', 'Its maintenance window opens at this hour of its office clock.', { max: 24 }),
  hours('windowToH', 'Its maintenance window closes at this hour of its office clock.', { max: 24 }),
  {
    key: 'plan',
    kind: 'choice',
    choices: ['none', 'moment', 'dates', 'evidence'],
    default: 'none',
    doc: 'From the old root to the new: never, at an agreed moment, by overlapping dates, or as traffic shows it safe.',
  },
  hours('momentH', 'The hour of an agreed moment.'),
  flag('localTime', 'It reads the agreed moment off its office clock.'),
  flag('onlyInWindow', 'It changes nothing outside its window, whatever was agreed.'),
  hours('frozenUntilH', 'It changes nothing before this hour.'),
  hours('expandH', 'With dates or evidence: from this hour on it may accept both roots.'),
  hours('presentH', 'With dates: from this hour on it shows the new certificate.'),
  hours('retireH', 'With dates: from this hour on it drops the old root.'),
  hours('quietH', 'With evidence: it drops the old root when no neighbour has shown it for so long.'),
  flag('rolledBack', 'It has gone back one step, and stays there.'),
  hours('oldEndsH', 'Certificates under the old root end at this hour.'),
  {
    key: 'ruleFromH',
    kind: 'number',
    min: 0,
    nullable: true,
    default: null,
    doc: 'From this hour on a default of this owner refuses calls with a body; null: never.',
  },
  flag('pinned', 'The customer has written its own setting down; the default does not touch it.'),
  { key: 'firstFor', kind: 'list', of: 'text', default: [], doc: 'Who gets a new default first.' },
  hours('firstH', 'So long a new default stays with those who get it first.'),
  hours('supportFromH', 'Its support begins at this hour of its office clock.', { max: 24 }),
  hours('supportToH', 'Its support ends at this hour of its office clock.', { max: 24 }),
  hours('replyH', 'So many working hours of its support an answer takes.'),
  hours('dashboardH', 'So far back its dashboard looks.'),
]

/** The config with every default filled in. */
export const domainConfig = (config: Partial<DomainConfig> | null | undefined): DomainConfig => ({
  ...domainDefaults,
  ...config,
})
