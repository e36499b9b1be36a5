import { describe, expect, test } from 'vitest'
import { disagreements, failingSeeds, type PbftRun, playPbft, troubles } from './pbft-runs.ts'

// No two correct replicas execute different requests with one number, clients see a single copy, and every request is answered in the
// end, whatever f replicas do by whichever generic strategy, on a network that loses, copies, delays and cuts (pbft-runs.ts).

const failing = (from: number, count: number, run: Omit<PbftRun, 'seed'> = {}): string[] =>
  failingSeeds(from, count, seed => troubles(playPbft({ ...run, seed })))

describe('with f liars among 3f + 1, of any generic strategy', () => {
  test('four replicas', () => {
    expect(failing(0, 40)).toEqual([])
  })

  test('seven replicas, two liars', () => {
    expect(failing(1000, 4, { replicas: 7, operations: 6 })).toEqual([])
  })

  test.each(['n1', 'n2', 'n3', 'n4'])('two lives in %s, the first primary among them', liar => {
    expect(failing(2000, 6, { liars: { [liar]: 'twins' } })).toEqual([])
  })
})

describe('with a rule broken on purpose, the tests find it', () => {
  const found = (run: Omit<PbftRun, 'seed'>, seeds: number): boolean =>
    Array.from({ length: seeds }, (_, seed) => seed).some(seed => disagreements(playPbft({ ...run, seed })).length > 0)

  test('2f votes in place of 2f + 1', () => {
    expect(found({ config: { breakRule: 'quorum-2f' }, liars: { n1: 'twins' } }, 10)).toBe(true)
  })

  test('no commit phase', () => {
    expect(found({ config: { breakRule: 'no-commit', timeoutMs: 60 }, liars: {} }, 150)).toBe(true)
  })

  test('view changes that forget what was prepared', () => {
    expect(found({ config: { breakRule: 'forget-prepared', timeoutMs: 60 }, liars: {} }, 150)).toBe(true)
  })

  test('three replicas that decide by majority, though everything is signed', () => {
    expect(found({ replicas: 3, liars: { n1: 'twins' } }, 10)).toBe(true)
  })
})
