import { describe, expect, test } from 'vitest'
import { lab, roles, values } from './primary-backup-lab.ts'

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

  test('names the first again by naming nobody', () => {
    const run = lab({})
    const name = (primary: string) => {
      for (const node of ['n1', 'n2', 'n3']) run.configure(node, { primary })
      return roles(run.run(300))
    }
    expect(name('n2')).toEqual(['backup', 'primary', 'backup'])
    expect(name('')).toEqual(['primary', 'backup', 'backup'])
  })

  test('cannot go back to an earlier epoch', () => {
    const run = lab({})
    run.configure('n2', { primary: 'n2', epoch: 7 })
    run.run(100).configure('n3', { primary: 'n3', epoch: 3 })
    expect(run.notes('knows a later epoch')).toEqual([{ node: 'n3', data: { epoch: 7 } }])
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
