import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import type { PbftDisk } from '../../src/protocols/pbft-state.ts'
import { genericStrategies } from '../../src/sim/strategies.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { disagreements, lossy, setupOf } from './pbft-runs.ts'

// The rules of "Practical Byzantine Fault Tolerance" (1999), by section.

const start = (config: object = {}, more: Partial<Setup> = {}): Laboratory =>
  new Laboratory(setupOf({ statusMs: 60, ...config }, more))

const lie = (run: Laboratory, node: string, strategy: string): Laboratory =>
  run.act({ act: 'byzantine', node: nodeId(node), strategy })

const disk = (run: Laboratory, node: string): PbftDisk => run.world.nodes[node]?.state?.disk as unknown as PbftDisk

/** A write and its result after so many milliseconds. */
const write = (run: Laboratory, value: number, ms = 100): string => {
  const op = run.ask('alice', 'write', 'x', value)
  run.run(ms)
  return run.result(op)
}

const labels = (run: Laboratory, starts: string): string[] =>
  run.trace.flatMap(({ cause }) =>
    cause.type === 'deliver' && cause.message.info.label.startsWith(starts)
      ? [`${cause.message.from}>${cause.message.to}`]
      : [],
  )

describe('the normal case (section 4.2)', () => {
  test('pre-prepare, prepare, commit, reply: five message delays', () => {
    const run = start()
    const op = run.ask('alice', 'write', 'x', 1)
    run.run(60)
    const { invokedUs, returnedUs } = run.operation(op)
    expect((returnedUs ?? 0) - invokedUs).toBe(5 * 5000)
    expect(labels(run, 'pre-prepare')).toEqual(['n1>n2', 'n1>n3', 'n1>n4'])
    expect(labels(run, 'prepare')).toHaveLength(3 * 3)
    expect(labels(run, 'commit')).toHaveLength(4 * 3)
    expect(labels(run, 'ok')).toHaveLength(4)
    for (const node of ['n1', 'n2', 'n3', 'n4']) expect(run.value(node, 'x')).toBe(1)
  })

  test('goes on without one replica, and without two it waits and promises nothing', () => {
    const run = start()
    run.crash('n4')
    expect(write(run, 1)).toBe('ok')
    run.crash('n3')
    expect(write(run, 2, 2000)).toBe('unknown')
    expect(run.value('n2', 'x')).toBe(1)
  })

  test('a client takes a result for true when f + 1 replicas gave it: one that lies is outvoted', () => {
    const run = lie(start(), 'n2', 'corrupt-values')
    write(run, 7)
    const op = run.ask('bob', 'read', 'x')
    expect(run.run(100).result(op)).toBe('ok 7')
    const wrong = labels(run, 'ok 8')
    expect(wrong).toEqual(['n2>bob'])
  })

  test('a client that believes a single reply can be lied to (the test of the test)', () => {
    const believed = [1, 2, 3, 4, 5, 6].map(seed => {
      const run = start(
        {},
        { seed, clientConfig: { replies: 1 }, network: { latencyMs: { uniform: { min: 1, max: 9 } } } },
      )
      write(lie(run, 'n2', 'corrupt-values'), 7)
      const op = run.ask('bob', 'read', 'x')
      return run.run(100).result(op)
    })
    expect(new Set(believed)).toEqual(new Set(['ok 7', 'ok 8']))
  })

  test('a request that comes again is executed once and answered again', () => {
    const run = start({}, { clientConfig: { timeoutMs: 3, retries: 100 } })
    const op = run.ask('alice', 'append', 'log', 'a')
    expect(run.run(200).result(op)).toBe('ok')
    expect(run.value('n3', 'log')).toBe('a')
    expect(run.applied('n3')).toEqual([op])
    expect(labels(run, 'ok').length).toBeGreaterThan(4)
  })

  test('nobody accepts a request that its client did not sign', () => {
    const run = start()
    const signed = { signer: 'alice', payload: { op: 'alice#1', seq: 1, client: 'alice' }, tag: 'forged' }
    lie(run, 'n1', 'silent')
    run.act({ act: 'corrupt', node: nodeId('n1'), path: ['disk', 'pending'], value: [signed as never] })
    run.act({ act: 'byzantine', node: nodeId('n1'), strategy: null })
    expect(write(run, 1, 1000)).toBe('ok')
    expect(run.value('n2', 'x')).toBe(1)
    expect(disk(run, 'n2').executed).toBe(1)
  })
})

describe('view changes (section 4.4)', () => {
  test.each(genericStrategies.map(({ name }) => name))(
    'a primary that lies by %s does not stop the others',
    strategy => {
      const run = lie(start(), 'n1', strategy)
      const a = run.ask('alice', 'write', 'x', 1)
      const b = run.ask('bob', 'write', 'x', 2)
      run.run(3000)
      expect([run.result(a), run.result(b)]).toEqual(['ok', 'ok'])
      expect(disagreements({ run, liars: ['n1'] })).toEqual([])
    },
  )

  test('a silent primary is replaced by the next replica, and by the one after where that is silent too', () => {
    const run = lie(start({}, { servers: 7 }), 'n1', 'silent')
    lie(run, 'n2', 'silent')
    expect(write(run, 1, 2000)).toBe('ok')
    expect(run.view('n3')).toMatchObject({ role: 'primary', term: 2 })
    expect(run.view('n4')).toMatchObject({ role: 'replica', term: 2 })
  })

  test('what one replica executed before its primary died is executed with the same number in the new view', () => {
    const run = start()
    const op = run.ask('alice', 'write', 'x', 1)
    run.until(() => run.notes('decided').length > 0)
    const [first] = run.notes('decided')
    run.crash('n1').run(2000)
    expect(run.result(op)).toBe('ok')
    expect(new Set(run.notes('decided').map(({ data }) => JSON.stringify(data)))).toEqual(
      new Set([JSON.stringify(first?.data)]),
    )
  })

  test('a timer that ran for nothing runs twice as long the next time', () => {
    const run = start({ timeoutMs: 100 })
    run.ask('alice', 'write', 'x', 1)
    run.run(1)
    for (const node of ['n1', 'n4']) run.crash(node)
    run.run(4000)
    const leaves = run.trace.filter(({ effects }) =>
      effects.some(effect => effect.type === 'note' && effect.text === 'leaves the view' && effect.node === 'n2'),
    )
    expect(leaves).toHaveLength(1)
    run.restart('n4').run(4000)
    expect(run.history[0]?.outcome).toBe('ok')
  })

  test('f + 1 replicas that leave a view take the others along (section 4.5.2)', () => {
    const run = start({ timeoutMs: 200 })
    run.cut(['n1'], ['n2', 'n3', 'n4', 'alice', 'bob'])
    run.cut(['n4'], ['alice', 'bob'])
    expect(write(run, 1, 3000)).toBe('ok')
    expect(run.view('n4').term).toBe(1)
  })
})

describe('checkpoints (section 4.3)', () => {
  test('keep the log within its water marks, whatever comes', () => {
    const run = start({ checkpointEvery: 3 })
    for (let i = 1; i <= 20; i += 1) {
      expect(write(run, i, 60)).toBe('ok')
      for (const node of ['n1', 'n2', 'n3', 'n4']) {
        expect(Object.keys(disk(run, node).slots).length).toBeLessThanOrEqual(6)
        expect(Object.keys(disk(run, node).prepared).length).toBeLessThanOrEqual(6)
      }
    }
    expect(disk(run, 'n3').stable.n).toBe(18)
    const size = JSON.stringify(disk(run, 'n3')).length
    for (let i = 1; i <= 21; i += 1) write(run, i, 60)
    expect(JSON.stringify(disk(run, 'n3')).length).toBeLessThan(1.3 * size)
  })

  test('a primary that runs ahead of them has to wait', () => {
    const run = start(
      { checkpointEvery: 2, timeoutMs: 100_000, statusMs: 0 },
      { clients: ['a', 'b', 'c', 'd', 'e', 'f'] },
    )
    run.cut(['n1'], ['n2', 'n3', 'n4'])
    for (const client of ['a', 'b', 'c', 'd', 'e', 'f']) run.ask(client, 'write', 'x', client)
    run.run(50)
    expect(Object.keys(disk(run, 'n1').slots)).toEqual(['1', '2', '3', '4'])
  })

  test('bring up a replica that was away for longer than the log lasts', () => {
    const run = start({ checkpointEvery: 3 })
    run.crash('n4')
    for (let i = 1; i <= 13; i += 1) write(run, i, 60)
    run.restart('n4').run(1000)
    expect(run.notes('state transfer').map(({ node }) => node)).toEqual(['n4'])
    expect(disk(run, 'n4').executed).toBe(13)
    expect(run.value('n4', 'x')).toBe(13)
  })

  test('a state that no quorum vouches for is not taken', () => {
    const run = start({ checkpointEvery: 3 })
    run.crash('n4')
    for (let i = 1; i <= 7; i += 1) write(run, i, 60)
    for (const node of ['n1', 'n2', 'n3'])
      run.act({
        act: 'corrupt',
        node: nodeId(node),
        path: ['disk', 'stable', 'machine', 'values', 'x', 'value'],
        value: 99,
      })
    run.restart('n4').run(600)
    expect(disk(run, 'n4').executed).toBe(0)
  })
})

test('a flipped bit in one memory is outvoted in every answer', () => {
  const run = start()
  write(run, 7)
  run.act({ act: 'corrupt', node: nodeId('n2'), path: ['disk', 'machine', 'values', 'x', 'value'], value: 71 })
  const op = run.ask('bob', 'read', 'x')
  expect(run.run(100).result(op)).toBe('ok 7')
  expect(run.value('n2', 'x')).toBe(71)
})

test.each([
  [1, 'twins'],
  [2, 'delay-replay'],
  [3, 'equivocate'],
] as const)('seed %i: the same world in place and on drafts while n1 lies by %s', (seed, strategy) => {
  const run = lie(
    start({ checkpointEvery: 2, statusMs: 90 }, { network: lossy, seed, bothModes: true }),
    'n1',
    strategy,
  )
  for (let i = 1; i <= 5; i += 1) {
    run.ask(i % 2 === 0 ? 'alice' : 'bob', 'write', 'x', { i })
    run.run(35)
    if (i === 2) run.crash('n3')
    if (i === 4) run.restart('n3')
  }
  expect(run.run(120).differing).toEqual([])
  expect(run.world.nextIndex).toBeGreaterThan(200)
})

describe('transcripts', () => {
  const quiet = { statusMs: 0 }

  test('a write', async () => {
    const run = start(quiet)
    write(run, 1)
    await expect(run.transcript).toMatchFileSnapshot('golden/pbft-write.txt')
  })

  test('a silent primary', async () => {
    const run = lie(start(quiet), 'n1', 'silent')
    expect(write(run, 1, 400)).toBe('ok')
    await expect(run.transcript).toMatchFileSnapshot('golden/pbft-silent-primary.txt')
  })

  test('a primary of two lives, and its two votes in three', async () => {
    const run = lie(start({ ...quiet, breakRule: 'quorum-2f' }), 'n1', 'twins')
    run.ask('alice', 'write', 'x', 1)
    run.ask('bob', 'write', 'x', 2)
    await expect(run.run(60).transcript).toMatchFileSnapshot('golden/pbft-two-lives.txt')
  })
})
