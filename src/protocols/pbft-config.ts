import type { ConfigDoc } from './config-doc.ts'

/** Rules of the paper that can be broken on purpose, one at a time, to see what each is for. */
export const pbftBreakRules = ['none', 'quorum-2f', 'no-commit', 'forget-prepared'] as const
export type PbftBreakRule = (typeof pbftBreakRules)[number]

/** The knobs of a PBFT replica. */
export type PbftConfig = {
  /** How many replicas may lie; null for as many as the number of replicas allows, a third of them less one. */
  readonly f: number | null
  /** A backup that waits for so long for a request to be executed asks for a new view; twice as long each further time. */
  readonly timeoutMs: number
  /** Tells the others so often how far it is, and gets what it missed; 0 for never. */
  readonly statusMs: number
  /** A checkpoint after so many requests (the paper's K); the log holds twice as many (L). */
  readonly checkpointEvery: number
  /**
   * `quorum-2f`: one vote less than the rule says. `no-commit`: executes what is prepared, without the commit phase.
   * `forget-prepared`: view changes carry no prepared requests.
   */
  readonly breakRule: PbftBreakRule
}

export const pbftDefaults: PbftConfig = {
  f: null,
  timeoutMs: 300,
  statusMs: 150,
  checkpointEvery: 8,
  breakRule: 'none',
}

const d = pbftDefaults

export const pbftDocs: readonly ConfigDoc[] = [
  {
    key: 'f',
    kind: 'number',
    integer: true,
    nullable: true,
    min: 0,
    default: d.f,
    doc: 'How many replicas may lie; null for as many as their number allows.',
  },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: d.timeoutMs, doc: 'How long until it asks for a new view.' },
  { key: 'statusMs', kind: 'number', min: 0, default: d.statusMs, doc: 'Tells so often how far it is; 0: never.' },
  {
    key: 'checkpointEvery',
    kind: 'number',
    integer: true,
    min: 1,
    default: d.checkpointEvery,
    doc: 'A checkpoint after so many requests.',
  },
  {
    key: 'breakRule',
    kind: 'choice',
    choices: pbftBreakRules,
    default: d.breakRule,
    doc: 'A rule to break: a vote less, no commit phase, or view changes that forget what was prepared.',
  },
]

/** The config with every default filled in. */
export const pbftConfig = (config: Partial<PbftConfig> | null | undefined): PbftConfig => ({
  ...pbftDefaults,
  ...config,
})
