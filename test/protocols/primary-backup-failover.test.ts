import { describe, expect, test } from 'vitest'
import { lab, roles, values } from './primary-backup-lab.ts'

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
    expect(run.notes('steps down')).toEqual([{ node: 'n1', data: { epoch: 1 } }])
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
    expect(run.notes('steps down')).toEqual([{ node: 'n1', data: { epoch: 1, why: 'hears no backup' } }])
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
