import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { add, fact, leases, sent } from './lease-lab.ts'

const [n1, n2] = [nodeId('n1'), nodeId('n2')]

describe('a lease', () => {
  test('is granted to one at a time; who waits is told when it is free', () => {
    const run = leases()
    const [first, second] = [add(run, 'alice'), add(run, 'bob')]
    run.run(100)
    expect(fact(run, 'locks', 'holder')).toBe('n1')
    expect(fact(run, 'locks', 'waiting')).toBe('n2')
    run.run(400)
    expect([run.result(first), run.result(second)]).toEqual(['ok', 'ok'])
    expect(run.value('store', 'x')).toBe(2)
    expect(fact(run, 'locks', 'holder')).toBe('nobody')
  })

  test('carries a higher token with every grant', () => {
    const run = leases()
    for (let k = 1; k <= 3; k += 1) {
      add(run, k % 2 === 0 ? 'alice' : 'bob')
      run.run(300)
      expect(fact(run, 'locks', 'token')).toBe(String(k))
    }
  })

  test('runs out when its holder is not heard of, and goes to whoever waits', () => {
    const run = leases()
    add(run, 'alice')
    run.run(50).crash('n1')
    const bobs = add(run, 'bob')
    run.run(900)
    expect(run.operation(bobs).outcome).toBe('unknown')
    run.run(400)
    expect(run.result(bobs)).toBe('ok')
    expect(run.notes('lease ran out')).toHaveLength(1)
  })

  test('ends at its holder before it ends at the lock service, where clocks run alike (Gray and Cheriton, section 3.1)', () => {
    const run = leases({ holder: { workMs: 982, check: 'before-write' } })
    const slow = add(run, 'alice')
    run.run(1009)
    expect(run.notes('lease over')).toHaveLength(1)
    expect(run.notes('lease ran out')).toEqual([])
    expect(run.run(20).operation(slow)).toMatchObject({ outcome: 'fail', reason: 'its lease was over' })
  })

  test('counts in full once more after a crash of the lock service (section 2)', () => {
    const run = leases()
    add(run, 'alice')
    run.run(50).crash('n1').run(700).crash('locks').restart('locks')
    const bobs = add(run, 'bob')
    run.run(900)
    expect(run.operation(bobs).outcome).toBe('unknown')
    run.run(300)
    expect(run.result(bobs)).toBe('ok')
    expect(Number(fact(run, 'locks', 'token'))).toBeGreaterThan(1)
  })

  test('is prolonged while its holder works, if it asks for that', () => {
    const long = (renewMs: number) => {
      const run = leases({ own: { n1: { workMs: 2500, renewMs, check: 'before-write' } } })
      const slow = add(run, 'alice')
      run.run(100)
      add(run, 'bob')
      run.run(4000)
      return [run.operation(slow).outcome, fact(run, 'locks', 'token'), run.value('store', 'x')]
    }
    expect(long(300)).toEqual(['ok', '2', 2])
    expect(long(0)).toEqual(['fail', '2', 1])
  })

  test('that its holder has forgotten is replaced by one with a higher token', () => {
    const run = leases()
    add(run, 'alice')
    run.run(50).crash('n1').restart('n1')
    add(run, 'alice')
    run.run(300)
    expect(fact(run, 'locks', 'token')).toBe('2')
    expect(run.value('store', 'x')).toBe(1)
  })

  test('is not granted on a late copy of an old request', () => {
    const run = leases()
    const asked = (() => {
      add(run, 'alice')
      return sent(run, 'n1', 'locks', 'acquire')
    })()
    run.act({ act: 'message', message: asked, do: 'duplicate' })
    run.act({ act: 'message', message: `${asked}+1` as never, do: 'hold' }).run(400)
    run.act({ act: 'message', message: `${asked}+1` as never, do: 'release' }).run(50)
    expect(fact(run, 'locks', 'holder')).toBe('nobody')
    expect(fact(run, 'locks', 'token')).toBe('1')
  })

  test('given back without a receipt is given back again', () => {
    const run = leases({ termMs: 0 })
    add(run, 'alice')
    run.dropNext(({ info }) => info.label.startsWith('release'))
    const bobs = add(run, 'bob')
    run.run(2000)
    expect(run.result(bobs)).toBe('ok')
  })
})

/** Alice's holder stops for two seconds in the middle of its work; Bob works meanwhile. */
const paused = (setup: Parameters<typeof leases>[0]) => {
  const run = leases(setup)
  const alices = add(run, 'alice')
  run.until(() => fact(run, 'n1', 'at')?.startsWith('working') === true)
  run.run(10).act({ act: 'pause', node: n1, forUs: 2_000_000 })
  const bobs = add(run, 'bob')
  run.run(4000)
  return { alices: run.operation(alices).outcome, bobs: run.operation(bobs).outcome, x: run.value('store', 'x') }
}

describe('a holder that stops for longer than its lease', () => {
  test('overwrites what the next holder wrote, though both are told ok', () => {
    expect(paused({})).toEqual({ alices: 'ok', bobs: 'ok', x: 1 })
  })

  test('is stopped by its own clock if it looks once more before it writes', () => {
    expect(paused({ holder: { check: 'before-write' } })).toEqual({ alices: 'fail', bobs: 'ok', x: 1 })
  })

  test('is stopped by the store, which has seen a higher token', () => {
    expect(paused({ fence: 'writes' })).toEqual({ alices: 'fail', bobs: 'ok', x: 1 })
    expect(paused({ fence: 'all', holder: { repeat: true } })).toEqual({ alices: 'ok', bobs: 'ok', x: 2 })
  })

  test('makes the other wait, and nothing worse, where a lock has no end', () => {
    expect(paused({ termMs: 0 })).toEqual({ alices: 'ok', bobs: 'ok', x: 2 })
  })
})

test('a look at the clock does not help when the write itself is late; a fence does', () => {
  const late = (fence: 'off' | 'all') => {
    const run = leases({ fence, holder: { check: 'before-write', retryMs: 10_000 } })
    add(run, 'alice')
    const put = sent(run, 'n1', 'store', 'put')
    run.act({ act: 'message', message: put, do: 'hold' }).run(1000)
    const bobs = add(run, 'bob')
    run.run(500)
    expect(run.result(bobs)).toBe('ok')
    run.act({ act: 'message', message: put, do: 'release' }).run(100)
    return [run.value('store', 'x'), run.history[0]?.outcome]
  }
  expect(late('off')).toEqual([1, 'ok'])
  expect(late('all')).toEqual([1, 'fail'])
})

test('a fence on writes alone lets a late write slip in between the read of the next holder and its write', () => {
  const between = (fence: 'writes' | 'all') => {
    const run = leases({ fence, holder: { retryMs: 10_000 } })
    add(run, 'alice')
    const put = sent(run, 'n1', 'store', 'put')
    run.act({ act: 'message', message: put, do: 'hold' }).run(1000)
    add(run, 'bob')
    run.until(() => fact(run, 'n2', 'at')?.startsWith('working') === true)
    run.act({ act: 'message', message: put, do: 'deliver' }).run(500)
    return { oks: run.history.filter(({ outcome }) => outcome === 'ok').length, x: run.value('store', 'x') }
  }
  // Two were told ok, and one of the two is gone.
  expect(between('writes')).toEqual({ oks: 2, x: 1 })
  expect(between('all')).toEqual({ oks: 1, x: 1 })
})

describe('clocks (Gray and Cheriton, section 5)', () => {
  const skewed = (stepUs: number, expiry: 'duration' | 'deadline') => {
    const run = leases({ holder: { expiry, check: 'before-write', workMs: 800 } })
    run.act({ act: 'clock', node: n1, stepUs })
    const alices = add(run, 'alice')
    run.run(500).act({ act: 'pause', node: n1, forUs: 2_000_000 })
    const bobs = add(run, 'bob')
    run.run(4000)
    return { alices: run.operation(alices).outcome, bobs: run.operation(bobs).outcome, x: run.value('store', 'x') }
  }

  test('a slow clock at the holder makes two owners where the end is a point in time', () => {
    expect(skewed(-1_500_000, 'deadline')).toEqual({ alices: 'ok', bobs: 'ok', x: 1 })
  })

  test('an offset does no harm where the lease is a duration on one clock', () => {
    expect(skewed(-1_500_000, 'duration')).toEqual({ alices: 'fail', bobs: 'ok', x: 1 })
  })

  test('a fast clock makes a time without an owner: slow, and never wrong', () => {
    const run = leases({ holder: { expiry: 'deadline' } })
    run.act({ act: 'clock', node: n1, stepUs: 1_500_000 })
    const alices = add(run, 'alice')
    run.run(20)
    const bobs = add(run, 'bob')
    run.run(900)
    expect([run.operation(alices).outcome, run.operation(bobs).outcome]).toEqual(['unknown', 'unknown'])
    expect(run.notes('lease over on arrival').length).toBeGreaterThan(0)
    expect(fact(run, 'locks', 'holder')).toBe('n1')
    expect(run.value('store', 'x')).toBeUndefined()
  })

  test('a guard pays for clocks that drift apart by less', () => {
    const drifting = (guardMs: number) => {
      const run = leases({ own: { n1: { workMs: 880, check: 'before-write', guardMs } } })
      run.act({ act: 'clock', node: n1, ratePpm: -200_000 })
      add(run, 'alice')
      run.run(50).cut(['n1'], ['locks'])
      add(run, 'bob')
      run.run(3000)
      return [run.history.filter(({ outcome }) => outcome === 'ok').length, run.value('store', 'x')]
    }
    expect(drifting(0)).toEqual([2, 1])
    expect(drifting(250)).toEqual([1, 1])
  })
})

test('n2 waits in vain for a holder that is dead, where a lock has no end', () => {
  const run = leases({ termMs: 0 })
  add(run, 'alice')
  run.run(50).crash('n1')
  const bobs = add(run, 'bob')
  run.run(20_000)
  expect(run.operation(bobs).outcome).toBe('unknown')
  expect(run.world.nodes[n2]?.status).toBe('up')
})

test('a transcript: the pause, the old token, the refusal, the second try', async () => {
  const run = leases({ fence: 'all', holder: { repeat: true } })
  add(run, 'alice')
  run.run(60).act({ act: 'pause', node: n1, forUs: 1_500_000 })
  add(run, 'bob')
  await expect(run.run(2000).transcript).toMatchFileSnapshot('golden/lease-fenced.txt')
})
