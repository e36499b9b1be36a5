import type { ConfigDoc } from './config-doc.ts'

/** What a system is made of, for the arithmetic of availability. */
export type AvailabilityConfig = {
  readonly parts: number
  /** Share of the time that each part is up, percent. */
  readonly partPercent: number
  /** How many parts must be up for the system to be: every one (a chain), more than half, or one (spares). */
  readonly needs: 'all' | 'majority' | 'one'
  /** Share of the time that what all parts hang on is up (power, a balancer, a deploy), percent; 100 for nothing in common. */
  readonly sharedPercent: number
}

/** One part of 99.9 %, "three nines". */
export const availabilityDefaults: AvailabilityConfig = {
  parts: 1,
  partPercent: 99.9,
  needs: 'all',
  sharedPercent: 100,
}

const d = availabilityDefaults

export const availabilityDocs: readonly ConfigDoc[] = [
  { key: 'parts', kind: 'number', integer: true, min: 1, max: 100, default: d.parts, doc: 'Parts of the system.' },
  {
    key: 'partPercent',
    kind: 'number',
    min: 0,
    max: 100,
    default: d.partPercent,
    doc: 'Share of the time that a part is up, percent.',
  },
  {
    key: 'needs',
    kind: 'choice',
    choices: ['all', 'majority', 'one'],
    default: d.needs,
    doc: 'Every part must be up for the system to be, or more than half of them, or one.',
  },
  {
    key: 'sharedPercent',
    kind: 'number',
    min: 0,
    max: 100,
    default: d.sharedPercent,
    doc: 'Share of the time that what all parts hang on is up, percent; 100: nothing in common.',
  },
]

/** The config with every default filled in. */
export const availabilityConfig = (config: Partial<AvailabilityConfig> | null | undefined): AvailabilityConfig => ({
  ...availabilityDefaults,
  ...config,
})
