import { describe, expect, test } from 'vitest'
import { calls, lead, served, town } from './naming-lab.ts'

const labels = (run: ReturnType<typeof town>, from: string, to: string, like: string): number =>
  run.sent(from, to).filter(({ info }) => info.label.startsWith(like)).length

const dns = { finds: 'asks' }
const watching = { finds: 'watches', directory: 'names' }

describe('fixed addresses', () => {
  test('half of the calls fail for ever when one of two is gone', () => {
    const run = town()
    run.crash('n2')
    const outcomes = calls(run, 20)
    expect(outcomes.filter(outcome => outcome === 'fail')).toHaveLength(10)
    expect(served(run, 'n1')).toBe(10)
  })

  test('another try at the other address saves them, at the price of a time-out each', () => {
    const run = town({ app: { retries: 1 } })
    run.crash('n2')
    expect(calls(run, 10)).toEqual(Array(10).fill('ok'))
  })

  test('an address that failed is left alone for a while', () => {
    const run = town({ app: { retries: 1, avoidMs: 10_000 } })
    run.crash('n2')
    calls(run, 10)
    expect(labels(run, 'app', 'n2', 'open')).toBe(1)
  })
})

describe('a name server with time to live (RFC 1034)', () => {
  test('an answer is kept for its time to live and asked for again after it', () => {
    const run = town({ app: dns })
    calls(run, 20, 200)
    expect(labels(run, 'dns', 'names', 'where')).toBe(1)
    calls(run, 10, 200)
    expect(labels(run, 'dns', 'names', 'where')).toBe(2)
  })

  test('what a cache passes on has only the rest of its time to live (RFC 2181, section 8)', () => {
    const run = town({ app: dns })
    calls(run, 1)
    run.run(2800)
    calls(run, 1, 200, 'job')
    const [passed] = run.sent('dns', 'job')
    expect(passed?.info.label).toBe('cart: a1 a2, 2 s')
    expect(labels(run, 'dns', 'names', 'where')).toBe(1)
  })

  test('a change reaches nobody who has an answer, and everybody when it has run out', () => {
    const run = town({ app: dns })
    calls(run, 1)
    run.configure('names', { records: ['cart=a3'] })
    calls(run, 20, 200)
    expect(served(run, 'n3')).toBe(0)
    run.run(1500)
    calls(run, 10, 200)
    expect(served(run, 'n3')).toBe(10)
  })

  test('a client that resolved once never hears of it', () => {
    const run = town({ app: { ...dns, cache: 'forever' } })
    calls(run, 1)
    run.configure('names', { records: ['cart=a3'] }).run(60_000)
    calls(run, 10)
    expect(served(run, 'n3')).toBe(0)
  })

  test('that there is no address is kept as well, beyond the repair (RFC 2308)', () => {
    const run = town({ app: dns, registry: { records: ['other=a9'] } })
    const first = run.ask('app', 'add', 'orders', 1)
    run.run(50)
    expect(run.operation(first)).toMatchObject({ outcome: 'fail', reason: 'cart has no address' })
    run.configure('names', { records: ['cart=a1'] })
    expect(calls(run, 5, 200)).toEqual(Array(5).fill('fail'))
    run.run(1500)
    expect(calls(run, 5, 200)).toEqual(Array(5).fill('ok'))
  })

  test('without the server nobody learns anything, unless stale answers are served (RFC 8767)', () => {
    const outcomes = (resolver: object, app: object) => {
      const run = town({ app: { ...dns, ...app }, resolver })
      calls(run, 1)
      run.crash('names').run(6000)
      return [...new Set(calls(run, 4, 300))]
    }
    expect(outcomes({}, {})).toEqual(['fail'])
    expect(outcomes({ serveStale: true }, {})).toEqual(['ok'])
    expect(outcomes({}, { keepStale: true })).toEqual(['ok'])
  })

  test('one question upstream serves all who wait for it', () => {
    const run = town({ app: dns })
    run.ask('app', 'add', 'orders', 1)
    run.ask('job', 'add', 'orders', 1)
    run.run(200)
    expect(labels(run, 'dns', 'names', 'where')).toBe(1)
    expect(served(run, 'n1') + served(run, 'n2')).toBe(2)
  })
})

describe('kept connections', () => {
  test('lead where they were opened, whatever the records say', () => {
    const run = town({ app: { ...dns, pool: 'kept' } })
    calls(run, 1)
    run.configure('names', { records: ['cart=a3'] }).run(60_000)
    calls(run, 10)
    expect(served(run, 'n3')).toBe(0)
  })

  test('that are closed at a certain age follow the records', () => {
    const run = town({ app: { ...dns, pool: 'kept', maxAgeMs: 3000 } })
    calls(run, 1)
    run.configure('names', { records: ['cart=a3'] }).run(60_000)
    calls(run, 10)
    expect(served(run, 'n3')).toBe(10)
  })

  test('to one who went silent cost one call, with an unknown outcome', () => {
    const run = town({ app: { pool: 'kept' } })
    calls(run, 1)
    const held = run.view('app').facts.find(({ label }) => label === 'connected')?.value
    run.crash(held === 'a1' ? 'n1' : 'n2')
    expect(calls(run, 1)).toEqual(['unknown'])
  })

  test('to one who restarted are reset, and the call is made again at once', () => {
    const run = town({ app: { pool: 'kept' } })
    calls(run, 1)
    for (const pod of ['n1', 'n2']) run.crash(pod).restart(pod)
    run.run(10)
    expect(calls(run, 5)).toEqual(Array(5).fill('ok'))
    expect(served(run, 'n1') + served(run, 'n2')).toBe(6)
  })
})

describe('a registry with heartbeats and health checks', () => {
  const registry = { tickMs: 200, expireMs: 700, misses: 2 }
  const pods = { registers: 'names', beatMs: 200 }

  test('who registers is found, and who stops is gone when the lease has run out', () => {
    const run = town({ app: watching, registry: { ...registry, list: 'heartbeats' }, pods })
    run.run(500)
    calls(run, 6)
    expect([served(run, 'n1'), served(run, 'n2'), served(run, 'n3')]).toEqual([2, 2, 2])
    run.crash('n2').run(1000)
    expect(calls(run, 6)).toEqual(Array(6).fill('ok'))
  })

  test('between the crash and the news calls fail: it tells of the past', () => {
    const run = town({ app: watching, registry: { ...registry, list: 'heartbeats' }, pods })
    run.run(500).crash('n2')
    const outcomes = calls(run, 20, 100)
    expect(outcomes.filter(outcome => outcome === 'fail').length).toBeGreaterThan(0)
    expect(outcomes.slice(-6)).toEqual(Array(6).fill('ok'))
  })

  test('health checks leave an address out, and take it back when somebody answers there, whoever he is', () => {
    const run = town({ app: watching, registry: { ...registry, list: 'checks', expireMs: 60_000 }, pods })
    run.run(500).crash('n2').run(1000)
    expect(run.view('names').facts[0]?.value).toBe('a1 a3')
    lead(run, 'a2', 'mail').run(1000)
    expect(run.view('names').facts[0]?.value).toBe('a1 a2 a3')
    calls(run, 6)
    expect(served(run, 'mail')).toBe(2)
  })

  test('a lost update is made good when the subscription is renewed', () => {
    const run = town({ app: { ...watching, renewMs: 500 }, registry: { ...registry, list: 'hand' } })
    run
      .run(100)
      .cut(['names'], ['app'], true)
      .configure('names', { records: ['cart=a3'] })
      .run(50)
      .heal()
    calls(run, 1, 100)
    expect(served(run, 'n3')).toBe(0)
    run.run(600)
    calls(run, 3, 100)
    expect(served(run, 'n3')).toBe(3)
  })

  test('an older list does not replace a newer one', () => {
    const run = town({ app: watching, registry: { list: 'hand' }, network: { latencyMs: 5 } })
    run.run(100)
    run.configure('names', { records: ['cart=a3'] })
    const old = run.sent('names', 'app').at(-1)
    run.act({ act: 'message', message: old?.id as never, do: 'hold' })
    run.configure('names', { records: ['cart=a1'] }).run(20)
    run.act({ act: 'message', message: old?.id as never, do: 'release' }).run(20)
    calls(run, 2, 100)
    expect(served(run, 'n1')).toBe(2)
  })
})

describe('an address is a place (RFC 9525)', () => {
  test('who inherits it gets the calls of its last owner', () => {
    const run = town()
    run.crash('n2')
    lead(run, 'a2', 'mail')
    expect(calls(run, 6)).toEqual(Array(6).fill('ok'))
    expect(served(run, 'mail')).toBe(3)
  })

  test('a caller that looks at the name calls nobody else, and tries the next', () => {
    const run = town({ app: { checks: true, retries: 1 } })
    run.crash('n2')
    lead(run, 'a2', 'mail')
    expect(calls(run, 6)).toEqual(Array(6).fill('ok'))
    expect([served(run, 'mail'), served(run, 'n1')]).toEqual([0, 6])
    expect(run.notes('turned away from')[0]?.data).toEqual({ address: 'a2', reason: 'the certificate is for mail' })
  })

  test('one with no other address refuses for certain', () => {
    const run = town({ app: { checks: true, addresses: ['a2'] } })
    lead(run, 'a2', 'mail')
    const op = run.ask('app', 'add', 'orders', 1)
    run.run(200)
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'the certificate is for mail' })
  })
})

test('a balancer finds the instances, and its callers need one address', () => {
  const run = town({ app: { addresses: ['lb'], checks: true, retries: 1 }, balancer: { retries: 1 } })
  run.run(100).crash('n2')
  expect(calls(run, 10)).toEqual(Array(10).fill('ok'))
  expect(served(run, 'n1')).toBe(10)
})

test.each([1, 2, 3])('worlds are equal in place and on drafts, seed %d', seed => {
  const run = town({
    app: [watching, dns, { pool: 'kept', maxAgeMs: 400 }][seed - 1] as object,
    registry: { list: 'checks', tickMs: 150, ttlMs: 400 },
    pods: { registers: 'names', beatMs: 150 },
    network: { latencyMs: { uniform: { min: 1, max: 30 } }, loss: 0.05, duplicate: 0.1 },
    seed,
    bothModes: true,
  })
  for (const step of ['n1', 'n2', 'names', 'dns', 'app']) {
    calls(run, 3, 90)
    calls(run, 3, 40, 'job')
    run.crash(step).run(150).restart(step)
    lead(run, 'a2', step === 'n2' ? 'mail' : 'n2')
  }
  for (const { id, config } of run.spec.nodes) run.configure(id, config as object)
  run.run(500)
  expect(run.differing).toEqual([])
  expect(run.world.nextIndex).toBeGreaterThan(200)
})

test.each([
  ['dns', { app: dns }],
  ['kept', { app: { ...dns, pool: 'kept' } }],
])('a move of the service, by %s', async (name, setup) => {
  const run = town(setup)
  calls(run, 2, 100)
  run.configure('names', { records: ['cart=a3'] })
  calls(run, 1, 100)
  run.run(6000)
  calls(run, 2, 100)
  await expect(run.transcript).toMatchFileSnapshot(`golden/naming-move-${name}.txt`)
})
