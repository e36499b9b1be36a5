import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

export type Order = 'attack' | 'retreat'

/** What a general does who hears nothing in time, or has two orders and no reason to prefer one: the paper's RETREAT. */
export const retreat: Order = 'retreat'

/** The knobs of the Byzantine generals. */
export type GeneralsConfig = {
  /** OM(m), by word of mouth, or SM(m), with signatures. */
  readonly algorithm: 'oral' | 'signed'
  /** The m of OM(m) and SM(m): so many rounds of relaying follow the order. */
  readonly m: number
  /** Who gives the order; empty for the first by name. */
  readonly commander: NodeId | ''
  readonly order: Order
  /** OM: what a general does whose reports are half and half: RETREAT, as in the paper, or what the commander told him. */
  readonly tie: 'retreat' | 'commander'
  /** When, on everybody's clock, the first order goes out. */
  readonly atMs: number
  /** Another battle so long after the last; 0 for one battle only. */
  readonly everyMs: number
  /** How long a round lasts: longer than any message is under way, or the algorithm is not what it claims to be. */
  readonly roundMs: number
}

export const generalsDefaults: GeneralsConfig = {
  algorithm: 'oral',
  m: 1,
  commander: '',
  order: 'attack',
  tie: 'retreat',
  atMs: 100,
  everyMs: 0,
  roundMs: 100,
}

const d = generalsDefaults

export const generalsDocs: readonly ConfigDoc[] = [
  {
    key: 'algorithm',
    kind: 'choice',
    choices: ['oral', 'signed'],
    default: d.algorithm,
    doc: 'Oral messages, OM(m), or signed ones, SM(m).',
  },
  { key: 'm', kind: 'number', integer: true, min: 0, max: 4, default: d.m, doc: 'Rounds of relaying after the order.' },
  { key: 'commander', kind: 'text', default: d.commander, doc: 'Who gives the order; empty for the first by name.' },
  { key: 'order', kind: 'choice', choices: ['attack', 'retreat'], default: d.order, doc: 'The order that is given.' },
  {
    key: 'tie',
    kind: 'choice',
    choices: ['retreat', 'commander'],
    default: d.tie,
    doc: 'By word of mouth, half and half: it retreats, or believes the commander.',
  },
  { key: 'atMs', kind: 'number', min: 0, default: d.atMs, doc: 'When, on its clock, the first order goes out.' },
  { key: 'everyMs', kind: 'number', min: 0, default: d.everyMs, doc: 'A further battle so often; 0: one battle only.' },
  { key: 'roundMs', kind: 'number', min: 0.001, default: d.roundMs, doc: 'How long it waits for messages in a round.' },
]

/** The config with every default filled in. */
export const generalsConfig = (config: Partial<GeneralsConfig> | null | undefined): GeneralsConfig => ({
  ...generalsDefaults,
  ...config,
})
