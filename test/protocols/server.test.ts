import { describe, expect, test } from 'vitest'
import type { MessageRecord } from '../../src/kernel/trace.ts'
import { server } from '../../src/protocols/server.ts'
import { service } from '../../src/protocols/service.ts'
import { Laboratory } from './laboratory.ts'

const lab = (config: object, clientConfig: object = {}, more: object = {}) =>
  new Laboratory({
    protocol: server,
    servers: 1,
    config: { ...config },
    clientConfig: { timeoutMs: 50, failover: false, idempotencyKeys: true, ...clientConfig },
    ...more,
  })

const isAnswer = ({ info }: MessageRecord) => info.purpose === 'reply'

describe('deduplication', () => {
  test('a retry gets the first answer again and is not carried out', () => {
    const run = lab({ deduplicate: true }, { retries: 1 })
    const cas = run.ask('alice', 'cas', 'x', { from: null, to: 1 })
    run.dropNext(isAnswer).run(200)
    // Carried out again, it would find 1 and not swap.
    expect(run.result(cas)).toBe('ok true')
    expect(run.applied('n1')).toEqual([cas])
    expect(run.notes('duplicate recognised')).toHaveLength(1)
  })

  test('needs an idempotency key: without one nothing tells a retry from a new request', () => {
    const run = lab({ deduplicate: true }, { retries: 1, idempotencyKeys: false })
    run.ask('alice', 'add', 'x', 1)
    run.dropNext(isAnswer).run(200)
    expect(run.value('n1', 'x')).toBe(2)
  })

  test('survives a crash of the server, for the table is on disk with the data', () => {
    const run = lab({ deduplicate: true }, { retries: 2 })
    run.ask('alice', 'add', 'x', 1)
    run.dropNext(isAnswer).crash('n1').restart('n1').run(200)
    expect(run.value('n1', 'x')).toBe(1)
  })

  test('each note of a second execution has an index of its own', () => {
    const run = lab({}, { retries: 1 })
    const add = run.ask('alice', 'add', 'x', 1)
    run.dropNext(isAnswer).run(200)
    expect(run.notes('applied').map(({ data }) => data)).toEqual([
      { key: 'x', op: add, over: null, index: 1 },
      { key: 'x', op: add, over: add, index: 2 },
    ])
  })
})

describe('order', () => {
  /** Alice's second operation overtakes her first. */
  const overtaken = (config: object, clientConfig: object = {}) => {
    const run = lab(config, clientConfig)
    const first = run.ask('alice', 'append', 'log', 'a')
    const message = run.sent('alice', 'n1').at(-1)?.id
    run.act({ act: 'message', message: message as never, do: 'hold' })
    const second = run.ask('alice', 'append', 'log', 'b')
    run.run(20)
    return { run, first, second, message }
  }

  test('calls that overtake one another are carried out as they come', () => {
    const { run, message } = overtaken({})
    run.act({ act: 'message', message: message as never, do: 'release' }).run(20)
    expect(run.value('n1', 'log')).toBe('ba')
  })

  test('kept by number: what comes early waits', () => {
    const { run, first, second, message } = overtaken({ inOrder: true })
    expect(run.value('n1', 'log')).toBeUndefined()
    expect(run.notes('held back')).toHaveLength(1)
    run.act({ act: 'message', message: message as never, do: 'release' }).run(20)
    expect(run.applied('n1')).toEqual([first, second])
    expect(run.value('n1', 'log')).toBe('ab')
  })

  test('a number that never comes stops what follows', () => {
    const { run, second } = overtaken({ inOrder: true })
    run.run(5000)
    expect(run.applied('n1')).toEqual([])
    expect(run.result(second)).toBe('unknown')
  })

  test('until the server passes over it; the missing call is then dropped when it comes', () => {
    const { run, second, message } = overtaken({ inOrder: true, gapMs: 100 })
    run.run(200)
    expect(run.applied('n1')).toEqual([second])
    run.act({ act: 'message', message: message as never, do: 'release' }).run(20)
    expect(run.value('n1', 'log')).toBe('b')
    expect(run.notes('duplicate dropped')).toHaveLength(1)
  })

  test('drops a duplicate, and without deduplication has no answer for it', () => {
    const run = lab({ inOrder: true }, { retries: 3 })
    const add = run.ask('alice', 'add', 'x', 1)
    run.dropNext(isAnswer).run(500)
    expect(run.value('n1', 'x')).toBe(1)
    expect(run.result(add)).toBe('unknown')
  })
})

test('a server that sends no acknowledgements leaves its clients in doubt', () => {
  const run = lab({ acknowledge: false })
  const add = run.ask('alice', 'add', 'x', 1)
  run.run(100)
  expect(run.result(add)).toBe('unknown')
  expect(run.value('n1', 'x')).toBe(1)
})

describe('workers and a queue', () => {
  const busy = { workers: 1, processingMs: 20 }

  test('work takes its time, one request after the other', () => {
    const run = lab(busy, { timeoutMs: 1000 })
    for (const value of [1, 2, 3]) run.ask('alice', 'write', 'x', value)
    run.run(500)
    expect(run.history.map(({ returnedUs }) => (returnedUs ?? 0) / 1000)).toEqual([30, 50, 70])
  })

  test('what finds the queue full is lost without a word, or refused where load is shed', () => {
    const lost = lab({ ...busy, queueLimit: 1 }, { timeoutMs: 200 })
    const shed = lab({ ...busy, queueLimit: 1, loadShedding: true }, { timeoutMs: 200 })
    for (const run of [lost, shed]) {
      for (const value of [1, 2, 3]) run.ask('alice', 'write', 'x', value)
      run.run(500)
    }
    expect(lost.history.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'unknown'])
    expect(shed.history.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'fail'])
    expect(shed.history[2]?.returnedUs).toBe(10_000)
  })

  test('a refused call is refused for good: a copy that the network made finds room and is refused too', () => {
    const run = lab({ ...busy, queueLimit: 1, loadShedding: true }, { timeoutMs: 1000 })
    run.ask('alice', 'write', 'x', 1)
    run.ask('alice', 'write', 'x', 2)
    const refused = run.ask('alice', 'write', 'x', 3)
    const message = run.sent('alice', 'n1').at(-1)?.id as MessageRecord['id']
    run.act({ act: 'message', message, do: 'duplicate' })
    run.act({ act: 'message', message: `${message}+1` as never, do: 'hold' }).run(200)
    run.act({ act: 'message', message: `${message}+1` as never, do: 'release' }).run(200)
    expect(run.result(refused)).toBe('fail')
    expect(run.applied('n1')).not.toContain(refused)
  })

  test('work goes on for callers that have given up', () => {
    const run = lab({ workers: 1, processingMs: 100 }, { timeoutMs: 50, retries: 2 })
    run.ask('alice', 'add', 'x', 1)
    run.run(1000)
    expect(run.value('n1', 'x')).toBe(3)
  })

  test('what has waited too long is not begun', () => {
    const run = lab({ workers: 1, processingMs: 100, expireMs: 60 }, { timeoutMs: 50, retries: 2 })
    run.ask('alice', 'add', 'x', 1)
    run.run(1000)
    // The second attempt came at 55 ms and was 50 ms old at 105; the third was 100 ms old when the second was done.
    expect(run.value('n1', 'x')).toBe(2)
  })
})

describe('an overload that stays', () => {
  /** A hundred calls a second for a service that can do 125, slow for a second; how many of the last second's calls are answered. */
  const answeredAtTheEnd = (policy: object) => {
    const run = new Laboratory({
      protocol: service,
      servers: ['gateway', 'backend'],
      config: { timeoutMs: 100, downstream: ['backend'], retries: 2, ...policy },
      special: { backend: { protocol: server, config: { workers: 1, processingMs: 8 } } },
      clients: ['alice'],
      clientConfig: { servers: ['gateway'], timeoutMs: 400, failover: false },
      deadlineMs: 1000,
    })
    for (let call = 0; call < 1000; call += 1) {
      if (call === 200) run.configure('backend', { workers: 1, processingMs: 40 })
      if (call === 300) run.configure('backend', { workers: 1, processingMs: 8 })
      run.ask('alice', 'add', 'x', 1)
      run.run(10)
    }
    return run
      .run(2000)
      .history.slice(900)
      .filter(({ outcome }) => outcome === 'ok').length
  }

  test('retries keep the backend busy with work that nobody waits for, long after it is fast again', () => {
    expect(answeredAtTheEnd({})).toBeLessThan(5)
  })

  test('a retry budget lets it drain', () => {
    expect(answeredAtTheEnd({ retryBudget: 0.1 })).toBeGreaterThan(90)
  })

  test('so does a circuit breaker', () => {
    expect(answeredAtTheEnd({ breakerFailures: 10, breakerOpenMs: 500 })).toBeGreaterThan(90)
  })

  test('without retries it never comes to that', () => {
    expect(answeredAtTheEnd({ retries: 0 })).toBeGreaterThan(90)
  })
})

test('a call that was lost was not carried out, and its client is in doubt all the same', () => {
  const run = lab({})
  const lost = run.ask('alice', 'add', 'x', 1)
  run.act({ act: 'message', message: run.sent('alice', 'n1').at(-1)?.id as MessageRecord['id'], do: 'drop' })
  run.run(100)
  expect(run.result(lost)).toBe('unknown')
  expect(run.value('n1', 'x')).toBeUndefined()
})
