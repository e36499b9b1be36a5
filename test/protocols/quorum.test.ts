import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { quorum } from '../../src/protocols/quorum.ts'
import { Laboratory, type Setup } from './laboratory.ts'

const lab = (config: object, more: Partial<Setup> = {}) =>
  new Laboratory({
    protocol: quorum,
    config: { antiEntropyMs: 0, readRepair: 'off', ...config },
    at: { alice: 'n1', bob: 'n2', carol: 'n3' },
    clients: ['alice', 'bob', 'carol'],
    clientConfig: { timeoutMs: 2000, stick: true },
    ...more,
  })

const values = (run: Laboratory, key = 'x') => ['n1', 'n2', 'n3'].map(node => run.value(node, key))

describe('quorums (section 4.5)', () => {
  test('a write waits for W replicas, a read for R replies', () => {
    const run = lab({ r: 2, w: 3 }, { network: { latencyMs: 5 } })
    run.act({ act: 'link', links: [[nodeId('n1'), nodeId('n3')]], set: { latencyMs: 50 } })
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(200)
    expect(run.operation(write).returnedUs).toBe(5000 + 50_000 + 5000 + 5000)
    const before = run.nowMs
    const read = run.ask('alice', 'read', 'x')
    run.run(200)
    expect(run.result(read)).toBe('ok 1')
    expect((run.operation(read).returnedUs ?? 0) / 1000 - before).toBe(20)
  })

  test('with R + W > N a read that begins after a write has finished meets it', () => {
    const run = lab({ r: 2, w: 2 })
    run.cut(['n1'], ['n3'])
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(50)
    expect(run.result(write)).toBe('ok')
    const read = run.ask('carol', 'read', 'x')
    run.run(50)
    expect(run.result(read)).toBe('ok 1')
  })

  test('with R = W = 1 a node answers alone, so a cut stops nobody and copies part', () => {
    const run = lab({ r: 1, w: 1 })
    run.cut(['n1'], ['n2', 'n3'])
    const asked = [run.ask('alice', 'write', 'x', 1), run.ask('bob', 'write', 'x', 2)]
    run.run(100)
    expect(asked.map(id => run.result(id))).toEqual(['ok', 'ok'])
    expect(values(run)).toEqual([1, 2, 2])
  })

  test('a node that answers a read alone asks nobody, and so suspects nobody', () => {
    const run = lab({ r: 1, w: 1, replicaTimeoutMs: 50 })
    run.ask('alice', 'read', 'x')
    run.run(200)
    expect(run.view('n1').facts).toEqual([{ label: 'quorum', value: 'N=3 R=1 W=1' }])
  })

  test('a read of a key that nobody has written is null', () => {
    const run = lab({})
    const read = run.ask('alice', 'read', 'nothing')
    expect(run.run(50).operation(read)).toMatchObject({ outcome: 'ok', output: null })
  })

  test('a write that too few acknowledged is unknown, stays where it is, and may win later', () => {
    const run = lab({ r: 2, w: 2, readRepair: 'async' })
    run.cut(['n1'], ['n2', 'n3'])
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(3000)
    expect(run.result(write)).toBe('unknown')
    expect(values(run)).toEqual([1, undefined, undefined])
    run.heal().run(1000)
    const read = run.ask('bob', 'read', 'x')
    run.run(200)
    expect(run.result(read)).toBe('ok 1')
  })

  test('a key lies on N nodes of the ring, and any node coordinates', () => {
    const run = lab({ n: 2, w: 2 }, { servers: 5, at: { alice: 'n1', bob: 'n2' }, clients: ['alice', 'bob'] })
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) run.ask('alice', 'write', key, key)
    run.run(100)
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(nodes.filter(node => run.value(node, key) === key)).toHaveLength(2)
    const held = nodes.map(node => Object.keys(run.view(node).values).length)
    expect(Math.max(...held)).toBeLessThan(6)
  })

  test('it reads and writes, and refuses what it cannot do', () => {
    const run = lab({})
    const cas = run.ask('alice', 'cas', 'x', { from: 1, to: 2 })
    expect(run.run(50).operation(cas)).toMatchObject({ outcome: 'fail', reason: 'a quorum store knows no cas' })
  })
})

describe('new, then old (a quorum alone is not linearizable)', () => {
  const newThenOld = (config: object): readonly string[] => {
    const run = lab({ n: 3, ...config })
    const write = run.ask('alice', 'write', 'x', 'new')
    // The copy for n1 is its own; those for n2 and n3 are held.
    run.until(() => run.value('n1', 'x') === 'new')
    for (const to of ['n2', 'n3']) {
      const message = run.sent('n1', to).find(({ info }) => info.purpose === 'replicate')
      run.act({ act: 'message', message: message?.id as never, do: 'hold' })
    }
    const first = run.ask('alice', 'read', 'x')
    run.until(() => run.operation(first).returnedUs !== null)
    run.cut(['n1'], ['n3'])
    const second = run.ask('carol', 'read', 'x')
    run.run(80)
    expect(run.operation(write).returnedUs).toBeNull()
    return [run.result(first), run.result(second)]
  }

  test('N=3 W=3 R=1', () => {
    expect(newThenOld({ w: 3, r: 1 })).toEqual(['ok "new"', 'ok'])
  })

  test('N=3 W=2 R=2 too', () => {
    expect(newThenOld({ w: 2, r: 2 })).toEqual(['ok "new"', 'ok'])
  })

  test('not where a read writes back before it returns (Attiya, Bar-Noy and Dolev)', () => {
    expect(newThenOld({ w: 2, r: 2, readRepair: 'before-return' })).toEqual(['ok "new"', 'ok "new"'])
  })
})

describe('last write wins', () => {
  test('the larger time stamp, not the later write: a slow clock loses an acknowledged write', () => {
    const run = lab({ r: 2, w: 2 }, { clocks: { n2: { offsetUs: -2_000_000 } } })
    run.run(5000)
    run.ask('alice', 'write', 'x', 'old')
    run.run(1000)
    const late = run.ask('bob', 'write', 'x', 'new')
    run.run(200)
    expect(run.result(late)).toBe('ok')
    expect(values(run)).toEqual(['old', 'old', 'old'])
  })

  test('equal time stamps: the larger node name', () => {
    const run = lab({ r: 1, w: 1 })
    run.ask('alice', 'write', 'x', 'of n1')
    run.ask('carol', 'write', 'x', 'of n3')
    expect(values(run.run(200))).toEqual(['of n3', 'of n3', 'of n3'])
  })

  test("a client's own stamp makes a repeated write change nothing", () => {
    const twice = (stampWrites: boolean) => {
      const run = lab(
        { r: 2, w: 2 },
        { clientConfig: { timeoutMs: 100, retries: 1, stick: true, stampWrites }, clients: ['alice', 'bob'] },
      )
      const write = run.ask('alice', 'write', 'x', 'once')
      run.dropNext(({ info }) => info.purpose === 'reply' && info.label === 'ok')
      run.ask('bob', 'write', 'x', 'later')
      run.run(500)
      return { value: run.value('n1', 'x'), times: run.applied('n1').filter(op => op === write).length }
    }
    expect(twice(false)).toEqual({ value: 'once', times: 2 })
    expect(twice(true)).toEqual({ value: 'later', times: 1 })
  })
})

describe('replicas that are away (section 4.6)', () => {
  const keyOfN1 = 'a'

  test('strict: the coordinator keeps a hint, which does not count, and hands it over', () => {
    const run = lab({ r: 2, w: 2 })
    run.crash('n3')
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(300)
    expect(run.result(write)).toBe('ok')
    expect(run.view('n1').facts).toContainEqual({ label: 'hint for n3', value: 'x=1' })
    run.restart('n3').run(1000)
    expect(run.value('n3', 'x')).toBe(1)
    expect(run.view('n1').facts).not.toContainEqual({ label: 'hint for n3', value: 'x=1' })
  })

  test('two of three replicas away: a strict quorum does not come about, a sloppy one does with other nodes', () => {
    const outcome = (sloppy: boolean) => {
      const run = lab({ n: 3, r: 2, w: 2, sloppy }, { servers: 5 })
      // The replicas of this key are n1, n2 and n3.
      run.crash('n2').crash('n3')
      const write = run.ask('alice', 'write', keyOfN1, 1)
      return run.run(1500).result(write)
    }
    expect(outcome(false)).toBe('unknown')
    expect(outcome(true)).toBe('ok')
  })

  test('sloppy on three nodes: the coordinator stands in for the others, as Riak does, and gives back what it kept', () => {
    const run = lab({ r: 2, w: 2, sloppy: true })
    run.cut(['n1'], ['n2', 'n3'])
    const [a, b] = [run.ask('alice', 'write', 'x', 1), run.ask('bob', 'write', 'x', 2)]
    run.run(500)
    expect([a, b].map(id => run.result(id))).toEqual(['ok', 'ok'])
    run.heal().run(1500)
    const [one, ...others] = values(run)
    expect(others).toEqual([one, one])
  })

  test('suspicion is noted, and taken back when the node is heard', () => {
    const run = lab({})
    run.crash('n3')
    run.ask('alice', 'write', 'x', 1)
    run.run(300)
    expect(run.notes('suspect')).toEqual([{ node: 'n1', data: { node: 'n3' } }])
    run.restart('n3').run(500)
    expect(run.notes('trust')).toEqual([{ node: 'n1', data: { node: 'n3' } }])
  })

  test('minorityAnswer error: an isolated node refuses at once what it knows it cannot do, and stores nothing', () => {
    const run = lab({ minorityAnswer: 'error', heartbeatMs: 50, suspectMs: 150 })
    run.run(200).cut(['n1'], ['n2', 'n3']).run(500)
    const asked = [run.ask('alice', 'write', 'x', 1), run.ask('alice', 'read', 'x')]
    run.run(20)
    expect(asked.map(id => run.result(id))).toEqual(['fail', 'fail'])
    expect(values(run)).toEqual([undefined, undefined, undefined])
  })
})

describe('repair', () => {
  const stale = (config: object) => {
    const run = lab({ r: 3, w: 1, hintedHandoff: false, ...config })
    run.cut(['n1', 'n2'], ['n3'])
    run.ask('alice', 'write', 'x', 1)
    run.run(1500).heal().run(500)
    return run
  }

  test('a read repairs the stale replicas that it meets, after its answer', () => {
    const run = stale({ readRepair: 'async' })
    expect(run.value('n3', 'x')).toBeUndefined()
    run.ask('bob', 'read', 'x')
    expect(run.run(100).value('n3', 'x')).toBe(1)
  })

  test('or not at all', () => {
    const run = stale({ readRepair: 'off' })
    run.ask('bob', 'read', 'x')
    expect(run.run(3000).value('n3', 'x')).toBeUndefined()
  })

  test('anti-entropy spreads what no read meets (section 4.7)', () => {
    const run = stale({ antiEntropyMs: 200 })
    expect(values(run.run(1000))).toEqual([1, 1, 1])
  })
})
