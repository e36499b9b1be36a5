import { describe, expect, test } from 'vitest'
import { type FaultRun, play } from './raft-faults.ts'

// Thousands of random runs under random faults (raft-faults.ts), each watched for the properties of the paper's Figure 3
// (raft-watch.ts) and checked for linearizability. A seed decides everything: `play({ seed: 123 })` is that run again.

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

const violationsOf = (from: number, count: number, run: Omit<FaultRun, 'seed'> = {}): string[] =>
  seeds(from, count).flatMap(seed => play({ ...run, seed }).violations.map(text => `seed ${seed}: ${text}`))

describe('no two leaders in a term, no committed entry lost or changed, no violation of linearizability', () => {
  test.each([0, 1, 2, 3, 4])('with reads by ReadIndex, faults of every kind (part %i)', part => {
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

  test('the runs do elect, commit and answer', () => {
    const runs = seeds(0, 50).map(seed => play({ seed }))
    const mean = (count: (run: (typeof runs)[number]) => number) =>
      runs.reduce((sum, run) => sum + count(run), 0) / runs.length
    expect(mean(run => run.leaders)).toBeGreaterThan(3)
    expect(mean(run => run.commits)).toBeGreaterThan(30)
    expect(mean(run => run.history.filter(({ outcome }) => outcome === 'ok').length)).toBeGreaterThan(50)
  })
})

// The tests of the tests: each rule broken on purpose is found out. The rare ones begin at a seed near one that finds them.
describe('a broken rule is found', () => {
  test.each([
    { breakRule: 'vote-twice', from: 0, count: 20, finds: 'Election Safety' },
    { breakRule: 'forget-vote', from: 1262, count: 10, finds: 'Election Safety' },
    { breakRule: 'skip-log-check', from: 0, count: 40, finds: 'Leader Completeness' },
    { breakRule: 'skip-prev-check', from: 0, count: 60, finds: 'Log Matching' },
    { breakRule: 'keep-conflicts', from: 0, count: 60, finds: 'State Machine Safety' },
    { breakRule: 'commit-minority', from: 0, count: 20, finds: 'Leader Completeness' },
    { breakRule: 'skip-read-round', from: 0, count: 200, finds: 'not linearizable' },
    { breakRule: 'skip-no-op', from: 0, count: 40, finds: 'not linearizable' },
    { breakRule: 'forget-sessions', from: 0, count: 20, finds: 'State Machine Safety' },
  ] as const)('$breakRule: $finds', ({ breakRule, from, count, finds }) => {
    expect(violationsOf(from, count, { config: { breakRule } }).join('\n')).toContain(finds)
  })

  test('commit-old-term: Leader Completeness, with five servers and a fault every 8 ms', () => {
    const run = {
      size: 5,
      faultEveryMs: 8,
      config: { breakRule: 'commit-old-term', maxBatch: 1, compactAfter: null },
    } as const
    expect(violationsOf(604, 8, run).join('\n')).toContain('Leader Completeness')
  })

  test('ack-before-sync, with a slow disk', () => {
    expect(violationsOf(0, 60, { syncMs: 8, config: { breakRule: 'ack-before-sync' } }).join('\n')).toContain(
      'Leader Completeness',
    )
  })
})

describe('what is promised only under a condition breaks without it', () => {
  test('local reads are stale', () => {
    expect(violationsOf(0, 10, { config: { reads: 'local' } }).join('\n')).toContain('not linearizable')
  })

  test('lease reads are stale where clocks drift far beyond the bound', () => {
    expect(violationsOf(283, 8, { driftPpm: 900_000, config: { reads: 'lease' } }).join('\n')).toContain(
      'not linearizable',
    )
  })
})
