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
    expect(run.notes('rolled back')).toEqual([{ node: 'n1', data: { key: 'x', op: lost } }])
    expect(run.notes('steps down')).toEqual([{ node: 'n1', data: { term: 1 } }])
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

  test('automatic: the next in order takes over, though another may be fresher: an acknowledged write is lost', () => {
    const run = lab({ mode: 'semi-synchronous', failover: 'automatic' })
    run.run(100).cut(['n1'], ['n2'])
    const lost = run.ask('alice', 'write', 'x', 1)
    run.run(50).crash('n1').heal()
    expect(run.result(lost)).toBe('ok')
    expect(run.value('n3', 'x')).toBe(1)
    run.run(2000)
    expect(run.view('n2').role).toBe('primary')
    expect(run.value('n3', 'x')).toBeUndefined()
    expect(run.notes('rolled back')).toEqual([{ node: 'n3', data: { key: 'x', op: lost } }])
  })

  test('automatic: the freshest takes over, where that is asked for: the write is kept', () => {
    const run = lab({ mode: 'semi-synchronous', failover: 'automatic', successor: 'freshest' })
    run.run(100).cut(['n1'], ['n2'])
    run.ask('alice', 'write', 'x', 1)
    run.run(50).crash('n1').heal().run(2000)
    expect(run.view('n2').role).toBe('backup')
    expect(run.view('n3').role).toBe('primary')
    expect(run.value('n2', 'x')).toBe(1)
  })

  test('the next in order waits electMs, the one after it twice as long', () => {
    const takesOver = (down: readonly string[]) => {
      const run = lab({ failover: 'automatic', electMs: 400, heartbeatMs: 100 })
      run.run(1000)
      for (const node of down) run.crash(node)
      run.until(() => run.notes('becomes primary').length === 2)
      return [run.notes('becomes primary')[1]?.node, run.nowMs]
    }
    // The last heartbeat, of 900 ms or of 1000 ms, came 5 ms later.
    expect(takesOver(['n1'])).toEqual(['n2', 1405])
    expect(takesOver(['n1', 'n2'])).toEqual(['n3', 1805])
  })

  test.each(['next', 'freshest'])('the order of succession is what the config says (%s)', successor => {
    const run = lab({ failover: 'automatic', successor, order: ['n3', 'n2', 'n1'], primary: 'n1' })
    run.run(100).crash('n1').run(2000)
    expect(run.view('n3').role).toBe('primary')
    expect(run.view('n2').role).toBe('backup')
  })

  test('a slow primary is taken for dead, replaced, and trusted again when it speaks', () => {
    const run = lab({ failover: 'automatic', electMs: 150, heartbeatMs: 400 })
    run.run(300)
    expect(run.notes('suspect')).toEqual([{ node: 'n2', data: { node: 'n1' } }])
    expect(run.view('n2').role).toBe('primary')
    run.run(500)
    expect(run.notes('trust')).toContainEqual({ node: 'n2', data: { node: 'n1' } })
  })

  test('freshest: a primary that is merely slow is not replaced while it answers the question who is there', () => {
    const run = lab({ failover: 'automatic', successor: 'freshest', electMs: 150, heartbeatMs: 400 })
    run.run(3000)
    expect(roles(run)).toEqual(['primary', 'backup', 'backup'])
    expect(run.notes('suspect').length).toBeGreaterThan(0)
  })

  test('freshest: a backup that hears the primary well does not take over because another does not', () => {
    const run = lab({ failover: 'automatic', successor: 'freshest' })
    run.cut(['n1'], ['n3'])
    run.run(5000)
    expect(roles(run)).toEqual(['primary', 'backup', 'backup'])
  })

  test('next: one cut link is enough to replace a healthy primary, for nobody is asked', () => {
    const run = lab({ failover: 'automatic' })
    run.run(100).cut(['n1'], ['n2']).run(3000)
    expect(roles(run)).toEqual(['backup', 'primary', 'backup'])
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
    expect(roles(run)).toEqual(['backup', 'backup', 'backup'])
    expect(run.view('n1').authority).toBeUndefined()
    expect(run.notes('steps down')).toEqual([{ node: 'n1', data: { term: 1, why: 'hears no backup' } }])
    const write = run.ask('alice', 'write', 'x', 1)
    expect(run.run(100).operation(write).returnedUs).toBeNull()
    expect(roles(run.heal().run(300))).toEqual(['primary', 'backup', 'backup'])
  })

  test('with selfDemoteMs below electMs an isolated primary has stopped before another begins', () => {
    const primaries = (selfDemoteMs: number) => {
      const run = lab({ failover: 'automatic', electMs: 500, selfDemoteMs })
      run.run(100).cut(['n1'], ['n2', 'n3'])
      run.until(() => run.view('n2').role === 'primary')
      return roles(run).filter(role => role === 'primary').length
    }
    expect(primaries(300)).toBe(1)
    expect(primaries(0)).toBe(2)
  })

  test('a primary that was paused notices by its clock that it has been alone too long, before it answers', () => {
    const run = lab({ selfDemoteMs: 300 })
    run.run(100).cut(['n1'], ['n2', 'n3'])
    run.act({ act: 'pause', node: 'n1' as never }).run(1000)
    const write = run.ask('alice', 'write', 'x', 1)
    run
      .run(50)
      .act({ act: 'resume', node: 'n1' as never })
      .run(5)
    expect(run.operation(write).returnedUs).toBeNull()
    expect(run.value('n1', 'x')).toBeUndefined()
  })

  test('a primary that restarts goes on with what its disk has', () => {
    const run = lab({})
    run.ask('alice', 'write', 'x', 1)
    run.run(100).crash('n1').restart('n1').run(300)
    expect(roles(run)).toEqual(['primary', 'backup', 'backup'])
    expect(values(run)).toEqual([1, 1, 1])
  })

  test('an old primary that comes back takes itself for the primary until it meets the later epoch', () => {
    const run = lab({ failover: 'automatic' })
    run.run(100).crash('n1').run(2000).restart('n1').run(1)
    expect(run.view('n1').authority).toEqual({ over: '*', term: 1 })
    expect(roles(run.run(300))).toEqual(['backup', 'primary', 'backup'])
    expect(run.view('n1').term).toBe(2)
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

describe('the operator', () => {
  test('names a primary and its epoch; who is cut off learns of it later', () => {
    const run = lab({})
    run.run(100).cut(['n1'], ['n2', 'n3'])
    for (const node of ['n2', 'n3']) run.configure(node, { primary: 'n2', epoch: 7 })
    run.run(50)
    expect(['n1', 'n2', 'n3'].map(node => run.view(node).term)).toEqual([1, 7, 7])
    expect(roles(run.heal().run(300))).toEqual(['backup', 'primary', 'backup'])
    expect(run.view('n1').term).toBe(7)
  })

  test('cannot go back to an earlier epoch', () => {
    const run = lab({})
    run.configure('n2', { primary: 'n2', epoch: 7 })
    run.run(100).configure('n3', { primary: 'n3', epoch: 3 })
    expect(run.notes('knows a later epoch')).toEqual([{ node: 'n3', data: { term: 7 } }])
    expect(roles(run.run(300))).toEqual(['backup', 'primary', 'backup'])
  })

  test('declares a backup dead: synchronous writes go on without it, and it catches up when it is back', () => {
    const run = lab({ mode: 'synchronous' })
    run.crash('n3')
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(500)
    expect(run.operation(write).returnedUs).toBeNull()
    run.configure('n1', { declaredDead: ['n3'] })
    expect(run.run(50).result(write)).toBe('ok')
    expect(values(run.restart('n3').run(500))).toEqual([1, 1, 1])
  })

  test('a backup that is declared dead does not take over', () => {
    const run = lab({ failover: 'automatic', declaredDead: ['n2'] })
    run.run(100).crash('n1').run(2000)
    expect(run.view('n2').role).toBe('backup')
    expect(run.view('n3').role).toBe('primary')
  })
})

describe('fencing', () => {
  const twoPrimaries = (fencing: boolean) => {
    const run = lab({ fencing })
    run.run(100).cut(['n1'], ['n2', 'n3']).configure('n2', { primary: 'n2' })
    run.run(100).heal()
    const [old, latest] = [run.ask('alice', 'write', 'x', 1), run.ask('bob', 'write', 'x', 2)]
    run.run(2000)
    return { run, old, latest }
  }

  test('a backup refuses a primary of an earlier epoch, which steps down', () => {
    const { run, old } = twoPrimaries(true)
    expect(run.sent('n3', 'n1').map(({ info }) => info.label)).toContain('fenced by e2@n2')
    expect(roles(run)).toEqual(['backup', 'primary', 'backup'])
    expect(values(run)).toEqual([2, 2, 2])
    // Acknowledged before the old primary learned of it.
    expect(run.result(old)).toBe('ok')
  })

  test('without it both go on, and backups follow whoever spoke last, throwing away what the other wrote', () => {
    const { run, old, latest } = twoPrimaries(false)
    expect(roles(run)).toEqual(['primary', 'primary', 'backup'])
    expect([run.value('n1', 'x'), run.value('n2', 'x')]).toEqual([1, 2])
    const thrownAway = run.notes('rolled back').map(({ data }) => (data as { op: string }).op)
    expect(new Set(thrownAway)).toEqual(new Set([old, latest]))
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

describe('after a failover', () => {
  test('reads at the new primary see all that it took over: somebody may have had the ok', () => {
    const run = lab({ mode: 'synchronous', heartbeatMs: 1000 })
    run.run(100)
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(30).crash('n1')
    expect(run.result(write)).toBe('ok')
    expect(run.view('n2').values.x?.tentative).toBe(true)
    run.configure('n2', { primary: 'n2' })
    const read = run.ask('bob', 'read', 'x')
    expect(run.run(30).result(read)).toBe('ok 1')
  })

  test('the write that waits at an isolated synchronous primary stays unanswered, and is rolled back', () => {
    const run = lab({ mode: 'synchronous', failover: 'automatic' }, { deadlineMs: 5000 })
    run.run(100).cut(['n1', 'alice'], ['n2', 'n3', 'bob'])
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(3000).heal().run(3000)
    expect(run.result(write)).toBe('unknown')
    expect(run.notes('rolled back')).toEqual([{ node: 'n1', data: { key: 'x', op: write } }])
    expect(values(run)).toEqual([undefined, undefined, undefined])
  })

  test('every copy says what it took on top of what', () => {
    const run = lab({})
    run.ask('alice', 'write', 'x', 1)
    run.ask('alice', 'write', 'x', 2)
    run.run(100)
    for (const copy of ['n1', 'n2', 'n3'])
      expect(run.notes('applied').filter(({ node }) => node === copy)).toEqual([
        { node: copy, data: { key: 'x', op: 'alice#1', over: null, index: 1 } },
        { node: copy, data: { key: 'x', op: 'alice#2', over: 'alice#1', index: 2 } },
      ])
  })
})
