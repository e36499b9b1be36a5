import { describe, expect, test } from 'vitest'
import { primaryBackup } from '../../src/protocols/primary-backup.ts'
import { Laboratory, type Setup } from './laboratory.ts'

const lab = (config: object, more: Partial<Setup> = {}) =>
  new Laboratory({
    protocol: primaryBackup,
    config,
    at: { alice: 'n1', bob: 'n2' },
    clientConfig: { timeoutMs: 20_000, failover: false },
    ...more,
  })

const values = (run: Laboratory) => ['n1', 'n2', 'n3'].map(node => run.value(node, 'x'))
const roles = (run: Laboratory) => ['n1', 'n2', 'n3'].map(node => run.view(node).role)
const whenDone = (run: Laboratory, id: string) => (run.operation(id).returnedUs ?? Number.NaN) / 1000

describe('when a client hears that its write is done', () => {
  const slowLinks = (run: Laboratory) =>
    run.act({ act: 'link', links: [['n1', 'n3'] as never], set: { latencyMs: 95 } })

  test.each([
    { mode: 'asynchronous', ms: 10 },
    { mode: 'semi-synchronous', ms: 20 },
    { mode: 'synchronous', ms: 110 },
  ])('$mode: $ms ms', ({ mode, ms }) => {
    const run = slowLinks(lab({ mode }))
    const write = run.ask('alice', 'write', 'x', 1)
    expect(whenDone(run.run(300), write)).toBe(ms)
    expect(values(run)).toEqual([1, 1, 1])
  })

  test('synchronous: a backup that is away stops writes, and they go on when it is back', () => {
    const run = lab({ mode: 'synchronous' })
    run.crash('n3')
    const write = run.ask('alice', 'write', 'x', 1)
    expect(run.run(3000).operation(write).returnedUs).toBeNull()
    expect(run.restart('n3').run(300).result(write)).toBe('ok')
  })

  test('semi-synchronous falls back after a while, and comes back when a backup has caught up', () => {
    const run = lab({ mode: 'semi-synchronous', fallbackMs: 1000 })
    run.cut(['n1'], ['n2', 'n3'])
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(2000)
    expect(whenDone(run, write)).toBe(1010)
    const next = run.ask('alice', 'write', 'x', 2)
    expect(whenDone(run.run(100), next)).toBe(2010)
    run.heal().run(300)
    expect(run.notes('back to semi-synchronous')).toHaveLength(1)
    expect(values(run)).toEqual([2, 2, 2])
  })
})

describe('reads', () => {
  test('see what is secured, or all that is applied', () => {
    const seen = (readSees: string) => {
      const run = lab({ mode: 'synchronous', readSees })
      run.ask('alice', 'write', 'x', 1)
      run.run(100).crash('n3')
      run.ask('alice', 'write', 'x', 2)
      run.run(50)
      const read = run.ask('bob', 'read', 'x')
      expect(run.view('n1').values.x?.tentative).toBe(true)
      return run.run(50).result(read)
    }
    expect(seen('committed')).toBe('ok 1')
    expect(seen('applied')).toBe('ok 2')
  })

  test('at a backup go on to the primary, or are answered there from its copy, stale', () => {
    const read = (reads: string) => {
      const run = lab({ reads })
      run.cut(['n1'], ['n2', 'n3'])
      run.ask('alice', 'write', 'x', 1)
      run.run(50)
      const asked = run.ask('bob', 'read', 'x')
      return run.run(100).result(asked)
    }
    expect(read('primary')).toBe('ok 1')
    expect(read('local')).toBe('ok')
  })

  test('a transaction reads and writes several keys at once', () => {
    const run = lab({})
    run.ask('alice', 'write', 'a', 1)
    const txn = run.ask('alice', 'txn', '', [
      { f: 'r', key: 'a' },
      { f: 'w', key: 'b', value: 2 },
    ])
    expect(run.run(50).operation(txn).output).toEqual([
      { f: 'r', key: 'a', value: 1 },
      { f: 'w', key: 'b', value: 2 },
    ])
    expect(run.value('n3', 'b')).toBe(2)
  })
})

describe('a backup that is behind', () => {
  test('gets what it missed', () => {
    const run = lab({})
    run.crash('n3')
    for (let i = 1; i <= 100; i += 1) run.ask('alice', 'write', 'x', i)
    run.run(100).restart('n3').run(500)
    expect(values(run)).toEqual([100, 100, 100])
    expect(run.applied('n3')).toHaveLength(100)
  })

  test('gets a snapshot where the log no longer goes back so far', () => {
    const run = lab({})
    run.crash('n3')
    for (let i = 1; i <= 600; i += 1) run.ask('alice', 'write', `k${i % 7}`, i)
    run.run(100).restart('n3').run(500)
    expect(run.view('n3').values).toEqual(run.view('n1').values)
    expect(run.sent('n1', 'n3').filter(({ info }) => info.label.startsWith('snapshot')).length).toBeGreaterThan(0)
    expect(run.applied('n3').length).toBeLessThan(600)
  })

  test('changes shipped together', () => {
    const run = lab({ shipMs: 30 })
    for (let i = 1; i <= 3; i += 1) run.ask('alice', 'write', 'x', i)
    run.run(60)
    const labels = run.sent('n1', 'n2').map(({ info }) => info.label)
    expect(labels).toContain('replicate e1@n1 i1-3')
  })
})

describe('failover', () => {
  test('by hand: the new primary fences the old one; what only that one had is discarded, and said so', () => {
    const run = lab({})
    run.ask('alice', 'write', 'x', 0)
    run.run(100).cut(['n1'], ['n2', 'n3'])
    const lost = run.ask('alice', 'write', 'x', 1)
    run.run(50)
    expect(run.result(lost)).toBe('ok')
    run.configure('n2', { primary: 'n2' })
    const kept = run.ask('bob', 'write', 'x', 2)
    run.run(50)
    expect(roles(run)).toEqual(['primary', 'primary', 'backup'])
    expect(run.view('n1').authority).toEqual({ over: '*', term: 1 })
    expect(run.view('n2').authority).toEqual({ over: '*', term: 2 })
    run.heal().run(500)
    expect(roles(run)).toEqual(['backup', 'primary', 'backup'])
    expect(run.notes('discarded')).toEqual([{ node: 'n1', data: { ops: [lost] } }])
    expect(run.result(kept)).toBe('ok')
    expect(values(run)).toEqual([2, 2, 2])
  })

  test('a planned switch of all nodes at once', () => {
    const run = lab({})
    run.ask('alice', 'write', 'x', 1)
    run.run(100)
    for (const node of ['n1', 'n2', 'n3']) run.configure(node, { primary: 'n2' })
    const write = run.ask('alice', 'write', 'x', 2)
    run.run(300)
    expect(run.result(write)).toBe('ok')
    expect(run.operation(write).servedBy).toBe('n2')
    expect(roles(run)).toEqual(['backup', 'primary', 'backup'])
    expect(values(run)).toEqual([2, 2, 2])
  })

  test('another knob turned later does not switch back', () => {
    const run = lab({})
    for (const node of ['n1', 'n2', 'n3']) run.configure(node, { primary: 'n2' })
    run.run(200)
    for (const node of ['n1', 'n2', 'n3']) run.configure(node, { primary: 'n2', reads: 'local' })
    expect(roles(run.run(200))).toEqual(['backup', 'primary', 'backup'])
    expect(run.view('n2').term).toBe(2)
  })

  test('automatic: a crashed primary is replaced by the freshest backup', () => {
    const run = lab({ failover: 'automatic' })
    run.run(100).cut(['n1'], ['n2'])
    run.ask('alice', 'write', 'x', 1)
    run.run(50).crash('n1').heal().run(2000)
    expect(run.view('n2').role).toBe('backup')
    expect(run.view('n3').role).toBe('primary')
    expect(run.value('n2', 'x')).toBe(1)
  })

  test('of equally fresh backups the first in order', () => {
    const run = lab({ failover: 'automatic', order: ['n3', 'n2', 'n1'], primary: 'n1' })
    run.run(100).crash('n1').run(2000)
    expect(run.view('n3').role).toBe('primary')
    expect(run.view('n2').role).toBe('backup')
  })

  test('a primary that is merely slow is not replaced while it answers the question who is there', () => {
    const run = lab({ failover: 'automatic', electMs: 150, heartbeatMs: 400 })
    run.run(3000)
    expect(roles(run)).toEqual(['primary', 'backup', 'backup'])
    expect(run.notes('suspect').length).toBeGreaterThan(0)
  })

  test('a backup that hears the primary well does not take over because another does not', () => {
    const run = lab({ failover: 'automatic' })
    run.cut(['n1'], ['n3'])
    run.run(5000)
    expect(roles(run)).toEqual(['primary', 'backup', 'backup'])
  })

  test('asynchronous and automatic: a cut gives two primaries, and an acknowledged write is lost when it heals', () => {
    const run = lab({ failover: 'automatic' })
    run.run(100).cut(['n1', 'alice'], ['n2', 'n3', 'bob'])
    run.run(2000)
    const lost = run.ask('alice', 'write', 'x', 1)
    const kept = run.ask('bob', 'write', 'x', 2)
    run.run(100)
    expect([lost, kept].map(id => run.result(id))).toEqual(['ok', 'ok'])
    expect(roles(run).filter(role => role === 'primary')).toHaveLength(2)
    expect(values(run.heal().run(1000))).toEqual([2, 2, 2])
  })

  test('with selfDemoteMs the isolated primary stops, and acts again when it hears a backup', () => {
    const run = lab({ selfDemoteMs: 500 })
    run.run(100).cut(['n1'], ['n2', 'n3']).run(1000)
    expect(roles(run)).toEqual(['suspended', 'backup', 'backup'])
    expect(run.view('n1').authority).toBeUndefined()
    expect(roles(run.heal().run(300))).toEqual(['primary', 'backup', 'backup'])
  })

  test('a primary that restarts begins a new epoch with what its disk has', () => {
    const run = lab({})
    run.ask('alice', 'write', 'x', 1)
    run.run(100).crash('n1').restart('n1').run(300)
    expect(roles(run)).toEqual(['primary', 'backup', 'backup'])
    expect(run.view('n3').term).toBe(2)
    expect(values(run)).toEqual([1, 1, 1])
  })

  test('a primary that lost its disk does not go on as if nothing had been', () => {
    const run = lab({ failover: 'automatic' })
    run.ask('alice', 'write', 'x', 1)
    run.run(100).crash('n1').restart('n1', 'lost').run(3000)
    expect(run.view('n1').role).toBe('backup')
    expect(values(run)).toEqual([1, 1, 1])
  })
})

describe('idempotency keys', () => {
  test('a repeated command is carried out once, also by the next primary', () => {
    const run = lab(
      { mode: 'semi-synchronous' },
      { clientConfig: { timeoutMs: 400, retries: 5, idempotencyKeys: true } },
    )
    run.run(100)
    const add = run.ask('alice', 'add', 'x', 1)
    run
      .until(() => run.value('n2', 'x') === 1)
      .crash('n1')
      .configure('n2', { primary: 'n2' })
    run.run(3000)
    expect(run.result(add)).toBe('ok')
    expect(run.value('n2', 'x')).toBe(1)
  })

  test('a repeated command waits like the first: nobody hears of what is not secured', () => {
    const run = lab(
      { mode: 'synchronous' },
      { clientConfig: { timeoutMs: 200, retries: 5, idempotencyKeys: true, failover: false } },
    )
    run.crash('n3')
    const add = run.ask('alice', 'add', 'x', 1)
    run.run(900)
    expect(run.operation(add).returnedUs).toBeNull()
    run.restart('n3').run(300)
    expect(run.result(add)).toBe('ok')
    expect(values(run)).toEqual([1, 1, 1])
  })
})
