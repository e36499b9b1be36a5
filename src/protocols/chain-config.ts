import type { ConfigDoc } from './config-doc.ts'

/** The knobs of a node of the chain. */
export type ChainConfig = {
  /** Its share of the hash power of all, percent; 0 for one that only watches: a merchant. */
  readonly power: number
  /** The mean time between blocks when all the power together mines on one chain. */
  readonly blockMs: number
  /** A payment counts as made when it is in so many blocks' depth, its own block included. A merchant then answers the payer. */
  readonly confirmations: number
  /** `private`: pays, and mines a chain in secret on which the coin is still its own. */
  readonly mining: 'honest' | 'private'
  /** A private chain so many blocks behind is given up; 0 for never. */
  readonly giveUp: number
}

export const chainDefaults: ChainConfig = {
  power: 25,
  blockMs: 1000,
  confirmations: 6,
  mining: 'honest',
  giveUp: 0,
}

const d = chainDefaults

export const chainDocs: readonly ConfigDoc[] = [
  { key: 'power', kind: 'number', min: 0, max: 100, default: d.power, doc: 'Its share of all hash power, percent.' },
  { key: 'blockMs', kind: 'number', min: 1, default: d.blockMs, doc: 'The mean time between blocks.' },
  {
    key: 'confirmations',
    kind: 'number',
    integer: true,
    min: 1,
    default: d.confirmations,
    doc: 'So many blocks, its own included, make a payment count.',
  },
  {
    key: 'mining',
    kind: 'choice',
    choices: ['honest', 'private'],
    default: d.mining,
    doc: 'In the open, or in secret to take back what it pays.',
  },
  {
    key: 'giveUp',
    kind: 'number',
    integer: true,
    min: 0,
    default: d.giveUp,
    doc: 'A secret chain so far behind is given up; 0: never.',
  },
]

/** The config with every default filled in. */
export const chainConfig = (config: Partial<ChainConfig> | null | undefined): ChainConfig => ({
  ...chainDefaults,
  ...config,
})
