import { describe, expect, test } from 'vitest'
import { type FaultRun, play } from './primary-backup-faults.ts'

// Hundreds of random runs under cuts, crashes, pauses, loss, duplication and reordering (primary-backup-faults.ts).

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)
type Setting = Omit<FaultRun, 'seed'>

/** The first seed in which something shows; undefined when in none of so many. */
const firstWith = (
  shows: (found: ReturnType<typeof play>) => boolean,
  most: number,
  run: Setting,
): number | undefined => seeds(0, most).find(seed => shows(play({ ...run, seed })))

describe('synchronous, with failover by hand only', () => {
  const synchronous: Setting = { config: { mode: 'synchronous', failover: 'manual' } }

  test.each<{ name: string; from: number; count: number; run: Setting }>([
    { name: 'an instantaneous disk', from: 0, count: 200, run: synchronous },
    { name: 'backups that lose their disks', from: 1000, count: 60, run: { ...synchronous, loseDisks: true } },
    { name: 'a disk that takes time', from: 2000, count: 100, run: { ...synchronous, syncMs: 6 } },
  ])('no acknowledged write is lost and nobody reads out of order: $name', ({ from, count, run }) => {
    const broken = seeds(from, count).filter(seed => play({ ...run, seed }).linearizable !== 'holds')
    expect(broken).toEqual([])
  })

  test('the detectors agree: no acknowledged write is lost, no split brain', () => {
    expect(seeds(3000, 30).flatMap(seed => play({ ...synchronous, seed, watch: true }).phenomena)).toEqual([])
  })

  test('the runs do answer writes', () => {
    const answered = seeds(0, 20).map(
      seed =>
        play({ ...synchronous, seed }).history.filter(({ kind, outcome }) => kind === 'write' && outcome === 'ok')
          .length,
    )
    expect(Math.min(...answered)).toBeGreaterThan(0)
    expect(answered.reduce((a, b) => a + b, 0) / answered.length).toBeGreaterThan(10)
  })
})

test('without failover one node decides alone, so even asynchronous copies lose nothing as long as its disk survives', () => {
  const broken = seeds(4000, 80).filter(seed => play({ config: {}, seed }).linearizable !== 'holds')
  expect(broken).toEqual([])
})

describe('fencing', () => {
  const automatic = (fencing: boolean): Setting => ({ config: { failover: 'automatic', fencing } })

  test('nobody goes back to an earlier epoch, and primaries that were replaced step down', () => {
    const runs = seeds(6000, 80).map(seed => play({ ...automatic(true), seed }))
    expect(runs.filter(({ backwards }) => backwards > 0)).toEqual([])
    expect(runs.some(({ notes }) => (notes.get('steps down') ?? 0) > 0)).toBe(true)
  })

  test('without it they do', () => {
    expect(firstWith(({ backwards }) => backwards > 0, 20, automatic(false))).toBeDefined()
  })
})

describe('what is not promised does not hold', () => {
  const automatic = { failover: 'automatic' } as const

  test('asynchronous with automatic failover loses acknowledged writes', () => {
    const run: Setting = { config: { ...automatic, mode: 'asynchronous' }, watch: true }
    expect(firstWith(({ phenomena }) => phenomena.includes('acked-write-lost'), 20, run)).toBeDefined()
  })

  test('two primaries act at once', () => {
    const run: Setting = { config: { ...automatic, mode: 'asynchronous' }, watch: true }
    expect(firstWith(({ phenomena }) => phenomena.includes('split-brain'), 20, run)).toBeDefined()
  })

  test('semi-synchronous loses them as well where another backup than the one that acknowledged takes over', () => {
    const run: Setting = { config: { ...automatic, mode: 'semi-synchronous' }, watch: true }
    expect(firstWith(({ phenomena }) => phenomena.includes('acked-write-lost'), 100, run)).toBeDefined()
  })

  test('without fencing copies stay apart after everything has healed', () => {
    const run: Setting = { config: { ...automatic, fencing: false } }
    expect(firstWith(({ copies }) => new Set(copies).size > 1, 20, run)).toBeDefined()
  })

  test('synchronous reads at a primary that was replaced are stale', () => {
    const run: Setting = { config: { ...automatic, mode: 'synchronous' } }
    expect(firstWith(({ linearizable }) => linearizable === 'violated', 60, run)).toBeDefined()
  })
})

describe('when all has healed, all copies are equal', () => {
  test.each<{ name: string; run: Setting }>([
    { name: 'asynchronous', run: { config: { failover: 'automatic' } } },
    { name: 'asynchronous, the freshest', run: { config: { failover: 'automatic', successor: 'freshest' } } },
    { name: 'semi-synchronous', run: { config: { failover: 'automatic', mode: 'semi-synchronous', fallbackMs: 30 } } },
    { name: 'synchronous', run: { config: { failover: 'automatic', mode: 'synchronous', selfDemoteMs: 35 } } },
    { name: 'synchronous by hand, disks lost', run: { config: { mode: 'synchronous' }, loseDisks: true } },
    { name: 'asynchronous, disks lost', run: { config: { failover: 'automatic' }, loseDisks: true } },
    { name: 'a slow disk', run: { config: { failover: 'automatic', mode: 'semi-synchronous' }, syncMs: 6 } },
    { name: 'shipped now and then', run: { config: { failover: 'automatic', shipMs: 25 } } },
  ])('$name', ({ run }) => {
    const apart = seeds(5000, 60).filter(seed => new Set(play({ ...run, seed }).copies).size > 1)
    expect(apart).toEqual([])
  })
})
