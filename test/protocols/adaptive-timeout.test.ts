import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { backOff, freshRoundTrip, recordRoundTrip } from '../../src/protocols/round-trip.ts'
import { server } from '../../src/protocols/server.ts'
import { service } from '../../src/protocols/service.ts'
import { Laboratory } from './laboratory.ts'

const bounds = { minTimeoutMs: 10, maxTimeoutMs: 4000 }

describe('RFC 6298', () => {
  test('section 2.2: the first measurement R gives R + 4 (R/2)', () => {
    const trip = freshRoundTrip(1000)
    recordRoundTrip(bounds, trip, 40_000)
    expect(trip).toEqual({ measured: { srttUs: 40_000, rttvarUs: 20_000 }, rtoUs: 120_000 })
  })

  test('section 2.3: the deviation is updated before the mean, by a quarter and an eighth', () => {
    const trip = freshRoundTrip(1000)
    recordRoundTrip(bounds, trip, 40_000)
    recordRoundTrip(bounds, trip, 80_000)
    expect(trip.measured).toEqual({ srttUs: 45_000, rttvarUs: 25_000 })
    expect(trip.rtoUs).toBe(145_000)
  })

  test('section 5.5: a timeout that fired doubles, and the next measurement undoes it', () => {
    const trip = freshRoundTrip(100)
    backOff(bounds, trip, 100_000)
    backOff(bounds, trip, 200_000)
    expect(trip.rtoUs).toBe(400_000)
    recordRoundTrip(bounds, trip, 40_000)
    expect(trip.rtoUs).toBe(120_000)
  })

  test('calls that were sent under one timeout double it once together', () => {
    const trip = freshRoundTrip(100)
    for (let call = 0; call < 5; call += 1) backOff(bounds, trip, 100_000)
    expect(trip.rtoUs).toBe(200_000)
  })

  test('it stays within its bounds, and above what answers take once they are steady', () => {
    const took = fc.integer({ min: 0, max: 3_000_000 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), took)), took, (before, steady) => {
        const trip = freshRoundTrip(200)
        for (const [answered, us] of before) {
          if (answered) recordRoundTrip(bounds, trip, us)
          else backOff(bounds, trip, trip.rtoUs)
          expect(trip.rtoUs).toBeGreaterThanOrEqual(10_000)
          expect(trip.rtoUs).toBeLessThanOrEqual(4_000_000)
        }
        for (let k = 0; k < 100; k += 1) recordRoundTrip(bounds, trip, steady)
        expect(trip.rtoUs).toBeGreaterThanOrEqual(steady - 8)
        expect(trip.rtoUs).toBeLessThanOrEqual(Math.max(10_000, steady + 200))
      }),
      { numRuns: 200 },
    )
  })
})

const slowed = (timeout: 'fixed' | 'adaptive') => {
  const run = new Laboratory({
    protocol: server,
    servers: 1,
    clients: ['alice'],
    clientConfig: { timeoutMs: 100, timeout, failover: false },
    bothModes: true,
  })
  const ask = () => {
    const id = run.ask('alice', 'add', 'x', 1)
    run.run(500)
    return run.operation(id).outcome
  }
  for (let k = 0; k < 20; k += 1) ask()
  const fast = run.view('alice').facts.find(({ label }) => label === 'timeout')?.value
  run.act({ act: 'slow', node: nodeId('n1'), costUs: 200_000 })
  const outcomes = Array.from({ length: 8 }, ask)
  expect(run.differing).toEqual([])
  return { fast, outcomes }
}

describe('a client', () => {
  test('with a fixed timeout gives up for ever on a server that has become slower than that', () => {
    expect(slowed('fixed').outcomes).toEqual(new Array(8).fill('unknown'))
  })

  test('with an adaptive one gives up a few times and then waits long enough', () => {
    const { fast, outcomes } = slowed('adaptive')
    expect(Number.parseInt(fast ?? '', 10)).toBeLessThan(20)
    expect(outcomes.slice(-3)).toEqual(['ok', 'ok', 'ok'])
    expect(outcomes[0]).toBe('unknown')
  })
})

test('a service follows the layer behind it alike', () => {
  const oks = (timeout: string) => {
    const run = new Laboratory({
      protocol: service,
      servers: ['gate', 'shop'],
      config: { downstream: ['shop'], timeoutMs: 50, timeout },
      special: { shop: { protocol: server, config: { processingMs: 150 } } },
      clients: ['alice'],
      clientConfig: { servers: ['gate'], timeoutMs: 1000 },
      bothModes: true,
    })
    for (let k = 0; k < 8; k += 1) {
      run.ask('alice', 'add', 'x', 1)
      run.run(1200)
    }
    expect(run.differing).toEqual([])
    return run.history.filter(({ outcome }) => outcome === 'ok').length
  }
  expect(oks('fixed')).toBe(0)
  expect(oks('adaptive')).toBeGreaterThanOrEqual(5)
})
