import { describe, expect, test } from 'vitest'
import { server } from '../../src/protocols/server.ts'
import { service } from '../../src/protocols/service.ts'
import { Laboratory } from './laboratory.ts'

const lab = (clientConfig: object, more: object = {}) =>
  new Laboratory({ protocol: server, servers: 2, clientConfig: { timeoutMs: 100, ...clientConfig }, ...more })

const isAnswer = (message: { info: { purpose: string } }) => message.info.purpose === 'reply'

describe('what a client concludes', () => {
  test('an answer closes the operation with its output', () => {
    const run = lab({})
    run.ask('alice', 'write', 'x', 1)
    run.run(20)
    const read = run.ask('alice', 'read', 'x')
    expect(run.run(20).result(read)).toBe('ok 1')
    expect(run.operation(read).servedBy).toBe('n1')
  })

  test('no answer is unknown, not a failure', () => {
    const run = lab({})
    const add = run.ask('alice', 'add', 'x', 1)
    run.dropNext(isAnswer).run(200)
    expect(run.result(add)).toBe('unknown')
    expect(run.value('n1', 'x')).toBe(1)
  })

  test('a retry after a lost answer carries the operation out twice', () => {
    const run = lab({ retries: 1, failover: false })
    const add = run.ask('alice', 'add', 'x', 1)
    run.dropNext(isAnswer).run(300)
    expect(run.result(add)).toBe('ok')
    expect(run.value('n1', 'x')).toBe(2)
  })

  test('the answer to an earlier attempt will do, and the later answer is only noted', () => {
    const run = lab({ retries: 1, failover: false }, { network: { latencyMs: 60 } })
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(400)
    expect(run.result(write)).toBe('ok')
    expect(run.operation(write).returnedUs).toBe(120_000)
    expect(run.notes('late answer')).toHaveLength(1)
  })

  test('a refusal is a failure only if no earlier attempt may have taken effect', () => {
    const full = { workers: 1, processingMs: 50, queueLimit: 1, loadShedding: true }
    const run = lab({ retries: 1, failover: false, timeoutMs: 30 }, { config: full, servers: 1 })
    run.ask('bob', 'add', 'x', 1)
    run.run(1)
    const waits = run.ask('alice', 'add', 'x', 1)
    run.run(1)
    const refused = run.ask('bob', 'add', 'x', 1)
    run.run(30)
    expect(run.result(refused)).toBe('fail')
    // Alice's first attempt waits in the queue; her second finds it full. Whether the first counts she cannot know.
    run.run(20)
    expect(run.result(waits)).toBe('unknown')
    expect(run.run(200).applied('n1')).toContain(waits)
  })

  test('the number of an operation survives a crash of the client', () => {
    const run = lab({ idempotencyKeys: true }, { config: { deduplicate: true } })
    run.ask('alice', 'add', 'x', 1)
    run.run(50).crash('alice').restart('alice').run(10)
    run.ask('alice', 'add', 'x', 1)
    expect(run.run(50).value('n1', 'x')).toBe(2)
  })
})

describe('whom a client asks', () => {
  test('the node beside it, and the next one after a time-out', () => {
    const run = lab({ retries: 1 }, { at: { alice: 'n2' } })
    expect(run.view('alice').facts[0]).toEqual({ label: 'asks', value: 'n2' })
    run.crash('n2')
    const write = run.ask('alice', 'write', 'x', 1)
    run.run(300)
    expect(run.result(write)).toBe('ok')
    expect(run.view('alice').facts[0]).toEqual({ label: 'asks', value: 'n1' })
  })

  test('only the node beside it where it sticks to that', () => {
    const run = lab({ retries: 3, stick: true }, { at: { alice: 'n2' } })
    run.crash('n2')
    const write = run.ask('alice', 'write', 'x', 1)
    expect(run.run(1000).result(write)).toBe('unknown')
    expect(run.sent('alice', 'n1')).toEqual([])
    expect(run.sent('alice', 'n2')).toHaveLength(4)
  })

  test('operations go one at a time where they are not pipelined', () => {
    const run = lab({ pipeline: false })
    for (const value of [1, 2, 3]) run.ask('alice', 'write', 'x', value)
    run.run(100)
    const times = run.history.map(({ returnedUs }) => returnedUs)
    expect(times).toEqual([10_000, 20_000, 30_000])
  })
})

describe('when a client asks again', () => {
  const attempts = (run: Laboratory) =>
    run.trace.flatMap(({ atUs, effects }) =>
      effects.some(one => one.type === 'sent' && one.message.info.purpose === 'request') ? [atUs / 1000] : [],
    )

  test('after a pause that doubles up to a cap', () => {
    const run = lab({ retries: 4, backoff: 'exponential', baseMs: 50, capMs: 300 })
    run.crash('n1').crash('n2')
    run.ask('alice', 'read', 'x')
    run.run(3000)
    expect(attempts(run)).toEqual([0, 150, 350, 650, 1050])
  })

  test('with full jitter the pause lies between nothing and that', () => {
    const gaps = Array.from({ length: 40 }, (_, seed) => {
      const run = lab({ retries: 1, backoff: 'fixed', baseMs: 200, jitter: 'full' }, { seed })
      run.crash('n1').crash('n2')
      run.ask('alice', 'read', 'x')
      const [first = 0, second = 0] = attempts(run.run(1000))
      return second - first - 100
    })
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(200)
    expect(Math.min(...gaps)).toBeLessThan(40)
    expect(Math.max(...gaps)).toBeGreaterThan(160)
  })

  test('a retry budget of one in ten lets few retries through', () => {
    const run = lab({ retries: 3, retryBudget: 0.1, budgetBurst: 2 })
    run.crash('n1').crash('n2')
    for (let i = 0; i < 40; i += 1) {
      run.ask('alice', 'read', 'x')
      run.run(50)
    }
    // Two saved up at first, and one more for every ten requests.
    expect(attempts(run.run(2000)).length - 40).toBe(5)
  })

  test('an open circuit sends nothing, and lets one call through when its time is over', () => {
    const run = lab({ breakerFailures: 3, breakerOpenMs: 1000 })
    run.crash('n1').crash('n2')
    for (let i = 0; i < 3; i += 1) {
      run.ask('alice', 'read', 'x')
      run.run(150)
    }
    const refused = run.ask('alice', 'read', 'x')
    expect(run.result(refused)).toBe('fail')
    expect(run.operation(refused).reason).toBe('circuit open')
    run.restart('n1').restart('n2').run(1000)
    const probe = run.ask('alice', 'read', 'x')
    const meanwhile = run.ask('alice', 'read', 'x')
    run.run(50)
    expect(run.result(probe)).toBe('ok')
    expect(run.result(meanwhile)).toBe('fail')
    const after = run.ask('alice', 'read', 'x')
    expect(run.run(50).result(after)).toBe('ok')
  })
})

describe('layers', () => {
  const layers = (retries: number, more: object = {}) => ({
    protocol: service,
    servers: ['gateway', 'service', 'backend'],
    config: { retries, timeoutMs: 100, ...more },
    special: {
      gateway: { config: { downstream: ['service'] } },
      service: { config: { downstream: ['backend'] } },
      backend: { protocol: server, config: {} },
    },
    clients: ['alice'],
    clientConfig: { servers: ['gateway'], retries, timeoutMs: 100, failover: false },
  })

  test('pass a call and its answer through', () => {
    const run = new Laboratory(layers(0))
    const write = run.ask('alice', 'write', 'x', 1)
    expect(run.run(100).result(write)).toBe('ok')
    expect(run.sent('service', 'backend')).toHaveLength(1)
  })

  test('three layers with up to three attempts each make 27 calls of the backend', () => {
    const run = new Laboratory(layers(2))
    run.act({ act: 'omit', node: 'backend' as never, direction: 'send', probability: 1 })
    const add = run.ask('alice', 'add', 'x', 1)
    run.run(5000)
    expect(run.sent('alice', 'gateway')).toHaveLength(3)
    expect(run.sent('gateway', 'service')).toHaveLength(9)
    expect(run.sent('service', 'backend')).toHaveLength(27)
    expect(run.value('backend', 'x')).toBe(27)
    expect(run.result(add)).toBe('unknown')
  })

  test('an idempotency key goes with all 27, so the backend does it once', () => {
    const setup = layers(2)
    const run = new Laboratory({
      ...setup,
      special: { ...setup.special, backend: { protocol: server, config: { deduplicate: true } } },
      clientConfig: { ...setup.clientConfig, idempotencyKeys: true },
    })
    run.act({ act: 'omit', node: 'backend' as never, direction: 'send', probability: 1 })
    run.ask('alice', 'add', 'x', 1)
    run.run(5000)
    expect(run.sent('service', 'backend')).toHaveLength(27)
    expect(run.value('backend', 'x')).toBe(1)
  })

  test('retry budgets keep the 27 down', () => {
    const run = new Laboratory(layers(2, { retryBudget: 0.1, budgetBurst: 1 }))
    run.crash('backend')
    run.ask('alice', 'add', 'x', 1)
    run.run(5000)
    // Alice still asks three times; each layer below has saved up one retry and earns a tenth of one for each request.
    expect(run.sent('gateway', 'service')).toHaveLength(4)
    expect(run.sent('service', 'backend')).toHaveLength(5)
  })
})
