import { describe, expect, test } from 'vitest'
import type { Laboratory } from './laboratory.ts'
import { lab, values } from './primary-backup-lab.ts'

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
    for (let i = 1; i <= 1300; i += 1) run.ask('alice', 'write', `k${i % 7}`, i)
    run.run(100).restart('n3').run(500)
    expect(run.view('n3').values).toEqual(run.view('n1').values)
    expect(run.sent('n1', 'n3').filter(({ info }) => info.label.startsWith('snapshot')).length).toBeGreaterThan(0)
    expect(run.applied('n3').length).toBeLessThan(100)
  })

  test('changes shipped together', () => {
    const run = lab({ shipMs: 30 })
    for (let i = 1; i <= 3; i += 1) run.ask('alice', 'write', 'x', i)
    run.run(60)
    const labels = run.sent('n1', 'n2').map(({ info }) => info.label)
    expect(labels).toContain('replicate e1@n1 i1-3')
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

describe('a backup that is asked', () => {
  const asked = (config: object) => {
    const run = lab(config)
    run.run(100)
    const write = run.ask('bob', 'write', 'x', 1)
    run.run(100)
    return { servedBy: run.operation(write).servedBy, sent: run.sent('n2', 'bob').map(({ info }) => info.label) }
  }

  test('names the primary', () => {
    expect(asked({})).toEqual({ servedBy: 'n1', sent: ['ask n1'] })
  })

  test('passes the call on, where it should', () => {
    expect(asked({ forward: true })).toEqual({ servedBy: 'n2', sent: ['ok'] })
  })

  test('keeps calls while no primary is known, and carries them out when it takes over', () => {
    const run = lab({ forward: true })
    run.run(100).crash('n1').restart('n1', 'lost').run(50)
    for (const node of ['n2', 'n3']) run.configure(node, { primary: 'n3' })
    run.run(300).crash('n3')
    run.configure('n2', { primary: 'n2' })
    const write = run.ask('bob', 'write', 'x', 1)
    expect(run.run(100).result(write)).toBe('ok')
    expect(run.value('n1', 'x')).toBe(1)
  })
})
