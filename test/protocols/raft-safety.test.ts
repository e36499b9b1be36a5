import { describe, expect, test } from 'vitest'
import type { BreakRule } from '../../src/protocols/raft-config.ts'
import { type FaultRun, play } from './raft-faults.ts'

// Thousands of random runs under random faults (raft-faults.ts), each watched for the properties of the paper's Figure 3
// (raft-watch.ts) and checked for linearizability. A seed decides everything: `play({ seed: 123 })` is that run again.

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

const violationsOf = (from: number, count: number, run: Omit<FaultRun, 'seed'> = {}): string[] =>
  seeds(from, count).flatMap(seed => play({ ...run, seed }).violations.map(text => `seed ${seed}: ${text}`))

/** Leaders crash over and over, and entries go out one by one: what Figure 8 needs. */
const figure8: Omit<FaultRun, 'seed'> = {
  size: 5,
  strikeLeaders: true,
  faultEveryMs: 10,
  config: { maxBatch: 1, compactAfter: null, electionTimeoutMs: [12, 40], preVote: false, checkQuorum: false },
}

describe('no two leaders in a term, no committed entry lost or changed, no violation of linearizability', () => {
  test.each([0, 1, 2, 3])('with reads by ReadIndex, faults of every kind (part %i)', part => {
    expect(violationsOf(part * 300, 300)).toEqual([])
  })

  test('with PreVote and CheckQuorum', () => {
    expect(violationsOf(2000, 200, { config: { preVote: true, checkQuorum: true } })).toEqual([])
  })

  test('with lease reads, while clocks drift within the bound', () => {
    expect(violationsOf(3000, 300, { config: { reads: 'lease' } })).toEqual([])
  })

  test('with a slow disk', () => {
    expect(violationsOf(4000, 200, { syncMs: 8 })).toEqual([])
  })

  test('with five servers and a fault every 8 ms', () => {
    expect(violationsOf(5000, 60, { size: 5, faultEveryMs: 8, config: { maxBatch: 1 } })).toEqual([])
  })

  test('with leaders that crash before their entries are everywhere (Figure 8)', () => {
    expect(violationsOf(6000, 100, figure8)).toEqual([])
  })

  test('the runs do elect, commit and answer', () => {
    const runs = seeds(0, 50).map(seed => play({ seed }))
    const mean = (count: (run: (typeof runs)[number]) => number) =>
      runs.reduce((sum, run) => sum + count(run), 0) / runs.length
    expect(mean(run => run.leaders)).toBeGreaterThan(3)
    expect(mean(run => run.commits)).toBeGreaterThan(30)
    expect(mean(run => run.history.filter(({ outcome }) => outcome === 'ok').length)).toBeGreaterThan(50)
  })
})

/** The first violation of this kind in up to `most` seeds from `from` on; undefined when there is none. */
const searchFor = (finds: string, from: number, most: number, run: Omit<FaultRun, 'seed'>): string | undefined => {
  for (const seed of seeds(from, most)) {
    const found = play({ ...run, seed }).violations.find(text => text.startsWith(finds))
    if (found !== undefined) return `seed ${seed}: ${found}`
  }
  return undefined
}

// The tests of the tests: each rule broken on purpose is found out. Where it takes many seeds the search begins near one that finds it.
describe('a broken rule is found', () => {
  test.each<{ breakRule: BreakRule; finds: string; from?: number; run?: Omit<FaultRun, 'seed'> }>([
    { breakRule: 'vote-twice', finds: 'Election Safety' },
    { breakRule: 'forget-vote', finds: 'Election Safety', from: 1262 },
    { breakRule: 'skip-log-check', finds: 'Leader Completeness' },
    { breakRule: 'skip-prev-check', finds: 'Log Matching' },
    { breakRule: 'keep-conflicts', finds: 'State Machine Safety' },
    { breakRule: 'commit-old-term', finds: 'Leader Completeness', run: figure8 },
    { breakRule: 'commit-minority', finds: 'Leader Completeness' },
    { breakRule: 'ack-before-sync', finds: 'Leader Completeness', run: { syncMs: 8 } },
    { breakRule: 'skip-read-round', finds: 'not linearizable' },
    { breakRule: 'skip-no-op', finds: 'not linearizable' },
    { breakRule: 'forget-sessions', finds: 'State Machine Safety' },
  ])('$breakRule: $finds', ({ breakRule, finds, from = 0, run = {} }) => {
    expect(searchFor(finds, from, 600, { ...run, config: { ...run.config, breakRule } })).toBeDefined()
  })
})

describe('what is promised only under a condition breaks without it', () => {
  test('local reads are stale', () => {
    expect(searchFor('not linearizable', 0, 20, { config: { reads: 'local' } })).toBeDefined()
  })

  test('lease reads are stale where clocks drift far beyond the bound', () => {
    const run = { driftPpm: 900_000, config: { reads: 'lease' } } as const
    expect(searchFor('not linearizable', 280, 600, run)).toBeDefined()
  })
})
