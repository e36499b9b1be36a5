import { describe, expect, test } from 'vitest'
import { ackedWriteLost } from '../../../src/check/phenomena/acked-write-lost.ts'
import { duplicateApplied } from '../../../src/check/phenomena/duplicate-applied.ts'
import { lostUpdate } from '../../../src/check/phenomena/lost-update.ts'
import { outOfOrder } from '../../../src/check/phenomena/out-of-order.ts'
import { unackedButKept } from '../../../src/check/phenomena/unacked-but-kept.ts'
import { Play } from './play.ts'

/** A cut: n1 takes Alice's write, n2 and n3 take Bob's without knowing of it; then Bob's wins everywhere. */
const splitThenLastWriteWins = () => {
  const play = new Play(ackedWriteLost)
  play.faulty(0, true)
  const a = play.invoke(10, 'alice', 'write', 'A')
  play.applied(11, 'n1', a, null, 'A').complete(12, a, 'ok')
  const b = play.invoke(20, 'bob', 'write', 'B')
  play.applied(21, 'n2', b, null, 'B').complete(22, b, 'ok', null, 'n2').applied(23, 'n3', b, null, 'B')
  return { play, a, b }
}

describe('acked-write-lost', () => {
  test('a write that the other side of a cut overwrote in ignorance', () => {
    const { play, a, b } = splitThenLastWriteWins()
    play.faulty(100, false).applied(110, 'n1', b, a, 'B').tick(1099)
    expect(play.found).toEqual([])
    play.tick(1100)
    expect(play.found).toMatchObject([{ by: 'alice', key: 'x', ops: [a], final: true, atUs: 1_100_000 }])
    expect(play.found[0]?.evidence).toBe(
      'Alice wrote A (x) and had the ok at 0.012 s. At 1.10 s no live copy holds it or was built on it.',
    )
  })

  test('not one that was overwritten by a write accepted on top of it', () => {
    const play = new Play(ackedWriteLost)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.applied(11, 'n1', a, null, 1).complete(12, a, 'ok')
    const b = play.invoke(20, 'bob', 'write', 2)
    play.applied(21, 'n1', b, a, 2).complete(22, b, 'ok').applied(23, 'n2', b, null, 2).holds('n1', {})
    play.tick(5000)
    expect(play.found).toEqual([])
  })

  test('a link made only after the later write was answered does not save the earlier one', () => {
    const { play, a, b } = splitThenLastWriteWins()
    play.applied(90, 'n1', b, a, 'B').faulty(100, false).tick(2000)
    expect(play.found.map(one => one.ops)).toEqual([[a]])
  })

  test('what was only added to what the copy keeps saves the earlier ones, however late', () => {
    const lost = (keeps: boolean) => {
      const play = new Play(ackedWriteLost)
      const [a, b] = [play.invoke(10, 'alice', 'add', 1), play.invoke(11, 'alice', 'add', 1)]
      play.complete(12, a, 'ok').complete(12, b, 'ok')
      play.note(20, 'n1', 'applied', { key: 'x', op: a, over: null, keeps })
      play.note(21, 'n1', 'applied', { key: 'x', op: b, over: a, keeps })
      play.holds('n1', { x: { value: 2, version: '', op: b } }).tick(5000)
      return play.found.map(one => one.ops)
    }
    expect(lost(true)).toEqual([])
    expect(lost(false)).toHaveLength(1)
  })

  test('a retry carried out as a new request stands on everything before it', () => {
    const play = new Play(ackedWriteLost)
    const a = play.invoke(10, 'alice', 'add', 1)
    const b = play.invoke(10, 'bob', 'add', 1)
    play
      .applied(11, 'n1', a, null, 1, { index: 1 })
      .applied(12, 'n1', b, a, 2, { index: 2 })
      .complete(13, a, 'ok')
      .complete(13, b, 'ok')
    const c = play.invoke(20, 'carol', 'add', 1)
    play.applied(21, 'n1', c, b, 3, { index: 3 }).complete(22, c, 'ok')
    // Both retries arrive late, in the order of the first attempts.
    play
      .applied(30, 'n1', a, c, 4, { index: 4 })
      .applied(31, 'n1', b, a, 5, { index: 5 })
      .holds('n2', {})
      .holds('n3', {})
      .tick(5000)
    expect(play.found).toEqual([])
  })

  test('siblings count as held', () => {
    const { play, a, b } = splitThenLastWriteWins()
    const both = {
      value: 'B',
      version: '',
      op: b,
      siblings: [
        { value: 'A', op: a },
        { value: 'B', op: b },
      ],
    }
    for (const node of ['n1', 'n2', 'n3']) play.holds(node, { x: both })
    play.faulty(100, false).tick(2000)
    expect(play.found).toEqual([])
  })

  test('not while a fault is in force, even at the end of the run', () => {
    const { play, a, b } = splitThenLastWriteWins()
    play.applied(30, 'n1', b, a, 'B').tick(9000).end(9001)
    expect(play.found).toEqual([])
  })

  test('at the end of a run without faults there is no need to wait', () => {
    const { play, a, b } = splitThenLastWriteWins()
    play.faulty(100, false).applied(110, 'n1', b, a, 'B').end(120)
    expect(play.found.map(one => one.ops)).toEqual([[a]])
  })

  test('taken back when the write turns up again after all', () => {
    const { play, a, b } = splitThenLastWriteWins()
    play.inFlight(1).faulty(100, false).applied(110, 'n1', b, a, 'B').tick(1200)
    expect(play.found).toMatchObject([{ final: false }])
    play.inFlight(0).applied(1300, 'n1', a, b, 'A')
    expect(play.found).toEqual([])
  })

  test('a log that replays its writes loses none of them', () => {
    const play = new Play(ackedWriteLost)
    let over: string | null = null
    for (let i = 1; i <= 300; i += 1) {
      const id = play.invoke(i * 10, 'alice', 'write', i)
      for (const node of ['n1', 'n2']) play.applied(i * 10 + 1, node, id, over, i, { index: i })
      play.complete(i * 10 + 2, id, 'ok')
      over = id
    }
    play.status(4000, 'n1', 'down').status(4100, 'n1', 'up').tick(9000).end(9001)
    expect(play.found).toEqual([])
    expect(play.size).toBeLessThan(60_000)
  })
})

describe('unacked-but-kept', () => {
  test('a write that was never answered and is there in the end', () => {
    const play = new Play(unackedButKept)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.applied(11, 'n1', a, null, 1).complete(500, a, 'unknown').tick(1499)
    expect(play.found).toEqual([])
    play.tick(1500).end(2000)
    expect(play.found).toMatchObject([{ by: 'alice', ops: [a], final: true }])
    expect(play.found[0]?.evidence).toBe(
      'Alice asked to write 1 (x) and never heard how that ended. The live copies hold it all the same.',
    )
  })

  test('a write that was told no and is there all the same', () => {
    const play = new Play(unackedButKept)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.applied(11, 'n1', a, null, 1).complete(20, a, 'fail').end(30)
    expect(play.found[0]?.evidence).toContain('was told no at 0.02 s')
  })

  test('one still open at the end of the run counts', () => {
    const play = new Play(unackedButKept)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.applied(11, 'n1', a, null, 1).end(30)
    expect(play.found).toHaveLength(1)
  })

  test('not one that no copy holds, nor one that was answered', () => {
    const play = new Play(unackedButKept)
    const a = play.invoke(10, 'alice', 'write', 1)
    const b = play.invoke(11, 'bob', 'write', 2)
    play.applied(12, 'n1', b, null, 2).complete(13, b, 'ok').complete(20, a, 'unknown').end(3000)
    expect(play.found).toEqual([])
  })
})

describe('duplicate-applied', () => {
  test('a retry that was carried out again', () => {
    const play = new Play(duplicateApplied)
    const a = play.invoke(0, 'alice', 'add', 1)
    play.applied(1, 'n1', a, null, 1).applied(2, 'n1', a, a, 2)
    expect(play.found).toMatchObject([{ by: 'alice', nodes: ['n1'], ops: [a] }])
    expect(play.found[0]?.evidence).toBe('n1 carried out alice#1 on x a second time at 0.002 s.')
  })

  test('not on another copy, nor when a log is replayed after a restart', () => {
    const play = new Play(duplicateApplied)
    const a = play.invoke(0, 'alice', 'add', 1)
    play.applied(1, 'n1', a, null, 1, { index: 1 }).applied(2, 'n2', a, null, 1, { index: 1 })
    play.event(3, { type: 'start', node: 'n1' as never, restarted: true, diskKept: true })
    play.applied(4, 'n1', a, null, 1, { index: 1 })
    expect(play.found).toEqual([])
  })

  test('not where the first time was rolled back', () => {
    const play = new Play(duplicateApplied)
    const a = play.invoke(0, 'alice', 'add', 1)
    play.applied(1, 'n1', a, null, 1, { index: 1 })
    const note = (node: string, key: string) =>
      ({ type: 'note', node: node as never, text: 'rolled back', data: { key, op: a } }) as const
    play.event(2, { type: 'timer', node: 'n1' as never, timer: 'any' }, [note('n2', 'x'), note('n1', 'y')])
    play.event(3, { type: 'timer', node: 'n1' as never, timer: 'any' }, [note('n1', 'x')])
    play.applied(4, 'n1', a, null, 1, { index: 3 })
    expect(play.found).toEqual([])
    play.applied(5, 'n1', a, a, 2, { index: 4 })
    expect(play.found).toHaveLength(1)
  })

  test('a second place in the log is a second time, restart or not', () => {
    const play = new Play(duplicateApplied)
    const a = play.invoke(0, 'alice', 'add', 1)
    play.applied(1, 'n1', a, null, 1, { index: 1 })
    play.event(3, { type: 'start', node: 'n1' as never, restarted: true, diskKept: true })
    play.applied(4, 'n1', a, null, 1, { index: 1 }).applied(5, 'n1', a, a, 2, { index: 2 })
    expect(play.found).toHaveLength(1)
  })
})

describe('out-of-order', () => {
  test('a request that overtook an earlier one of the same client', () => {
    const play = new Play(outOfOrder)
    const [one, two] = [play.invoke(0, 'alice', 'write', 1), play.invoke(1, 'alice', 'write', 2)]
    play.applied(5, 'n1', two, null, 2).applied(6, 'n1', one, two, 1)
    expect(play.found).toMatchObject([{ by: 'alice', nodes: ['n1'], ops: [two, one] }])
  })

  test('not a repeated one, not one of another client, not on another server', () => {
    const play = new Play(outOfOrder)
    const [one, two] = [play.invoke(0, 'alice', 'write', 1), play.invoke(1, 'alice', 'write', 2)]
    const other = play.invoke(2, 'bob', 'write', 3)
    play.applied(4, 'n1', one, null, 1).applied(5, 'n1', two, one, 2).applied(6, 'n1', one, two, 1)
    play.applied(7, 'n1', other, one, 3).applied(8, 'n2', one, null, 1)
    expect(play.found).toEqual([])
  })
})

describe('lost-update', () => {
  test('two clients read the same value and both write it back changed', () => {
    const play = new Play(lostUpdate)
    play.done(0, 1, 'alice', 'write', 100)
    play.done(2, 3, 'alice', 'read', 100)
    play.done(4, 5, 'bob', 'read', 100)
    const a = play.done(6, 7, 'alice', 'write', 70)
    const b = play.done(8, 9, 'bob', 'write', 50)
    expect(play.found).toMatchObject([{ by: 'alice', key: 'x', ops: [a, b] }])
    expect(play.found[0]?.evidence).toContain('both built on x=100')
  })

  test('two swaps of one value that was there once', () => {
    const play = new Play(lostUpdate)
    play.done(0, 1, 'alice', 'write', 1)
    play.done(2, 3, 'alice', 'cas', { from: 1, to: 2 })
    play.done(4, 5, 'bob', 'cas', { from: 1, to: 3 })
    expect(play.found).toHaveLength(1)
  })

  test('not when the second client read again, wrote blindly, or the value was written twice', () => {
    const play = new Play(lostUpdate)
    play.done(0, 1, 'alice', 'write', 100)
    play.done(2, 3, 'alice', 'read', 100)
    play.done(4, 5, 'bob', 'read', 100)
    play.done(6, 7, 'alice', 'write', 70)
    play.done(8, 9, 'bob', 'read', 70)
    play.done(10, 11, 'bob', 'write', 50)
    play.done(12, 13, 'carol', 'write', 1)
    play.done(14, 15, 'alice', 'cas', { from: 1, to: 2 })
    play.done(16, 17, 'carol', 'write', 1)
    play.done(18, 19, 'bob', 'cas', { from: 1, to: 3 })
    expect(play.found).toEqual([])
  })
})
