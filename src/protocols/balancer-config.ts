import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

/** The knobs of a load balancer. */
export type BalancerConfig = {
  /** The servers behind it. */
  readonly backends: readonly NodeId[]
  /** How it picks one: each in turn, or the one with the fewest unanswered requests. */
  readonly policy: 'round-robin' | 'least-outstanding'
  /** Whose answers one request needs: of one server, of whichever answers first, of more than half, or of every one. */
  readonly fanOut: 'one' | 'any' | 'majority' | 'all'
  /** An attempt without an answer for so long has failed. */
  readonly timeoutMs: number
  /** `one`: so many other servers are asked after a failed attempt. */
  readonly retries: number
  /** Asks every server so often whether it is there; 0 for never. */
  readonly checkMs: number
  /** Checks missed in a row after which a server gets no more requests. */
  readonly fall: number
  /** Checks answered in a row after which it gets some again. */
  readonly rise: number
  /** Failed attempts in a row after which a server is left out for `ejectMs`; 0 for never. */
  readonly ejectAfter: number
  readonly ejectMs: number
}

/** `fall` and `rise` are HAProxy's defaults, `ejectAfter` is off and its five of Envoy is for labs to set. */
export const balancerDefaults: BalancerConfig = {
  backends: [],
  policy: 'round-robin',
  fanOut: 'one',
  timeoutMs: 500,
  retries: 0,
  checkMs: 0,
  fall: 3,
  rise: 2,
  ejectAfter: 0,
  ejectMs: 3000,
}

const d = balancerDefaults

const count = (key: 'retries' | 'fall' | 'rise' | 'ejectAfter', min: number, doc: string): ConfigDoc => ({
  key,
  kind: 'number',
  integer: true,
  min,
  default: d[key],
  doc,
})

export const balancerDocs: readonly ConfigDoc[] = [
  { key: 'backends', kind: 'list', of: 'text', default: [], doc: 'The servers behind it.' },
  {
    key: 'policy',
    kind: 'choice',
    choices: ['round-robin', 'least-outstanding'],
    default: d.policy,
    doc: 'It picks each server in turn, or the one with the fewest unanswered requests.',
  },
  {
    key: 'fanOut',
    kind: 'choice',
    choices: ['one', 'any', 'majority', 'all'],
    default: d.fanOut,
    doc: 'One request needs one server, whichever answers first, more than half of them, or every one.',
  },
  {
    key: 'timeoutMs',
    kind: 'number',
    min: 0.001,
    default: d.timeoutMs,
    doc: 'An attempt without an answer for so long has failed.',
  },
  count('retries', 0, 'So many other servers are asked after a failed attempt, where one answer is enough.'),
  {
    key: 'checkMs',
    kind: 'number',
    min: 0,
    default: d.checkMs,
    doc: 'Asks every server so often whether it is there; 0: never.',
  },
  count('fall', 1, 'Checks missed in a row after which a server gets no more requests.'),
  count('rise', 1, 'Checks answered in a row after which it gets some again.'),
  count('ejectAfter', 0, 'Failed attempts in a row after which a server is left out for ejectMs; 0: never.'),
  { key: 'ejectMs', kind: 'number', min: 0.001, default: d.ejectMs, doc: 'How long it is left out then.' },
]

/** The config with every default filled in. */
export const balancerConfig = (config: Partial<BalancerConfig> | null | undefined): BalancerConfig => ({
  ...balancerDefaults,
  ...config,
})
