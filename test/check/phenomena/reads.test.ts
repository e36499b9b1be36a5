import { describe, expect, test } from 'vitest'
import { dirtyRead } from '../../../src/check/phenomena/dirty-read.ts'
import { newThenOld } from '../../../src/check/phenomena/new-then-old.ts'
import { staleRead } from '../../../src/check/phenomena/stale-read.ts'
import { Play } from './play.ts'

describe('stale-read', () => {
  test('a value whose overwriting write was over before the read began', () => {
    const play = new Play(staleRead)
    play.done(0, 900, 'alice', 'write', 1)
    play.done(1000, 1100, 'alice', 'write', 2)
    play.done(1200, 1420, 'bob', 'read', 1)
    expect(play.found).toMatchObject([
      { by: 'bob', atUs: 1_420_000, key: 'x', ops: ['bob#1', 'alice#2', 'alice#1'], final: true },
    ])
    expect(play.found[0]?.evidence).toBe(
      "Bob read x=1 at 1.42 s, asked at 1.20 s. Alice's write of 2 had finished at 1.10 s, and that write began after the write of 1 was over.",
    )
  })

  test('the start value, long after a write', () => {
    const play = new Play(staleRead)
    play.done(0, 10, 'alice', 'write', 1)
    play.done(20, 30, 'bob', 'read', null)
    expect(play.found).toHaveLength(1)
  })

  test('not while the overwriting write is still open, or ends with the call of the read', () => {
    const play = new Play(staleRead)
    play.done(0, 10, 'alice', 'write', 1)
    const open = play.invoke(20, 'alice', 'write', 2)
    play.done(30, 40, 'bob', 'read', 1)
    const read = play.invoke(50, 'bob', 'read', null)
    play.complete(50, open, 'ok')
    play.complete(60, read, 'ok', 1)
    expect(play.found).toEqual([])
  })

  test('not when the two writes were concurrent: either may have come first', () => {
    const play = new Play(staleRead)
    const one = play.invoke(0, 'alice', 'write', 1)
    play.done(5, 10, 'carol', 'write', 2)
    play.complete(20, one, 'ok')
    play.done(30, 40, 'bob', 'read', 1)
    expect(play.found).toEqual([])
  })

  test('not when the value may come from a write that was never answered', () => {
    const play = new Play(staleRead)
    play.complete(100, play.invoke(0, 'alice', 'write', 1), 'unknown')
    play.done(200, 300, 'carol', 'write', 2)
    play.done(400, 500, 'bob', 'read', 1)
    expect(play.found).toEqual([])
  })

  test('not when the value was written once more', () => {
    const play = new Play(staleRead)
    play.done(0, 10, 'alice', 'write', 1)
    play.done(20, 30, 'alice', 'write', 2)
    const again = play.invoke(35, 'carol', 'write', 1)
    play.done(40, 50, 'bob', 'read', 1)
    play.complete(60, again, 'ok')
    expect(play.found).toEqual([])
  })

  test('a thousand reads later the state is no larger', () => {
    const play = new Play(staleRead)
    for (let i = 0; i < 100; i += 1) play.done(i * 10, i * 10 + 5, 'alice', 'write', i)
    const before = play.size
    for (let i = 100; i < 400; i += 1) {
      play.done(i * 10, i * 10 + 5, 'alice', 'write', i)
      play.done(i * 10 + 6, i * 10 + 8, 'bob', 'read', i)
    }
    expect(play.found).toEqual([])
    expect(play.size).toBeLessThan(before + 20)
  })
})

describe('new-then-old', () => {
  const upToNew = () => {
    const play = new Play(newThenOld)
    play.done(0, 10, 'alice', 'write', 1)
    const open = play.invoke(20, 'alice', 'write', 2)
    play.done(30, 40, 'bob', 'read', 2, { servedBy: 'n1' })
    return { play, open }
  }

  test('a read after one that saw the new value sees the old one', () => {
    const { play } = upToNew()
    play.done(50, 60, 'carol', 'read', 1, { servedBy: 'n3' })
    expect(play.found).toMatchObject([{ by: 'carol', nodes: ['n1', 'n3'], ops: ['bob#1', 'carol#1'], final: true }])
    expect(play.found[0]?.evidence).toBe(
      'Bob read x=2 at 0.04 s. Carol asked after that, at 0.05 s, and read the older 1 at 0.06 s.',
    )
  })

  test('not when the two reads overlap', () => {
    const play = new Play(newThenOld)
    play.done(0, 10, 'alice', 'write', 1)
    play.invoke(20, 'alice', 'write', 2)
    const early = play.invoke(25, 'carol', 'read', null)
    play.done(30, 40, 'bob', 'read', 2)
    play.complete(60, early, 'ok', 1)
    expect(play.found).toEqual([])
  })

  test("not when the order of the two writes is anybody's guess", () => {
    const play = new Play(newThenOld)
    const one = play.invoke(0, 'alice', 'write', 1)
    const two = play.invoke(1, 'carol', 'write', 2)
    play.complete(10, one, 'ok')
    play.complete(11, two, 'ok')
    play.done(20, 30, 'bob', 'read', 2)
    play.done(40, 50, 'bob', 'read', 1)
    expect(play.found).toEqual([])
  })

  test('a copy that put one write on top of the other settles their order', () => {
    const play = new Play(newThenOld)
    const one = play.invoke(0, 'alice', 'write', 1)
    const two = play.invoke(1, 'carol', 'write', 2)
    play.applied(5, 'n1', one, null, 1).applied(6, 'n1', two, one, 2)
    play.complete(10, one, 'ok').complete(11, two, 'ok')
    play.done(20, 30, 'bob', 'read', 2)
    play.done(40, 50, 'bob', 'read', 1)
    expect(play.found).toHaveLength(1)
  })

  test('old, new, old again needs no other witness', () => {
    const play = new Play(newThenOld)
    const one = play.invoke(0, 'alice', 'write', 1)
    const two = play.invoke(1, 'carol', 'write', 2)
    play.complete(10, one, 'ok').complete(11, two, 'ok')
    for (const [at, value] of [1, 2, 1].entries()) play.done(20 + at * 10, 25 + at * 10, 'bob', 'read', value)
    expect(play.found).toHaveLength(1)
  })

  test('the start value after a written one', () => {
    const { play } = upToNew()
    play.done(50, 60, 'carol', 'read', null)
    expect(play.found).toHaveLength(1)
  })

  test('not the newer value after the older', () => {
    const play = new Play(newThenOld)
    play.done(0, 10, 'alice', 'write', 1)
    play.done(11, 12, 'bob', 'read', 1)
    play.done(20, 30, 'alice', 'write', 2)
    play.done(40, 50, 'bob', 'read', 2)
    expect(play.found).toEqual([])
  })
})

describe('dirty-read', () => {
  const readThenCrash = () => {
    const play = new Play(dirtyRead)
    const one = play.done(0, 1, 'alice', 'write', 1)
    play.applied(2, 'n1', one, null, 1).applied(3, 'n2', one, null, 1)
    const two = play.invoke(10, 'alice', 'write', 2)
    play.applied(11, 'n1', two, one, 2)
    play.done(12, 13, 'bob', 'read', 2)
    play.status(20, 'n1', 'down')
    return { play, one, two }
  }

  test('the value is gone when its only copy comes back empty', () => {
    const { play } = readThenCrash()
    play.status(30, 'n1', 'up').tick(900)
    expect(play.found).toEqual([])
    play.tick(1031)
    expect(play.found).toMatchObject([{ by: 'bob', key: 'x', ops: ['bob#1', 'alice#2'], final: true }])
    expect(play.found[0]?.evidence).toContain('Bob read x=2 at 0.013 s.')
  })

  test('not when the copy comes back with it', () => {
    const { play, two } = readThenCrash()
    play.holds('n1', { x: { value: 2, version: '', op: two } })
    play.status(30, 'n1', 'up').tick(2000)
    expect(play.found).toEqual([])
  })

  test('not while the node that holds it is down', () => {
    const { play } = readThenCrash()
    play.tick(5000).end(6000)
    expect(play.found).toEqual([])
  })
})
