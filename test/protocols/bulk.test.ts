import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bulk } from '../../src/protocols/bulk.ts'
import { Laboratory, type Setup } from './laboratory.ts'

// A transfer of a megabyte over a line of a megabyte a second.

const transfer = (config: object, setup: Partial<Setup> = {}): Laboratory =>
  new Laboratory({
    protocol: bulk,
    servers: ['disk', 'vault'],
    clients: [],
    config: {},
    special: {
      disk: { config: { to: 'vault', totalBytes: 1_000_000, pieceBytes: 50_000, windowBytes: 200_000, ...config } },
    },
    network: { latencyMs: 5, fifo: true, bandwidth: 1_000_000 },
    ...setup,
  })

const timeOf = (lab: Laboratory): number => {
  const op = lab.ask('disk', 'write', 'archive')
  lab.until(() => lab.operation(op).outcome === 'ok')
  const { invokedUs, returnedUs } = lab.operation(op)
  return ((returnedUs ?? 0) - invokedUs) / 1000
}

/** The longest that a message waited for the wire and travelled, ms. */
const longestWay = (lab: Laboratory): number =>
  Math.max(...lab.trace.map(({ cause, atUs }) => (cause.type === 'deliver' ? (atUs - cause.message.sentUs) / 1000 : 0)))

describe('a transfer', () => {
  test('takes what the line takes, and fills the queue up to its window', () => {
    const lab = transfer({})
    expect(timeOf(lab)).toBeCloseTo(1010, -1)
    expect(longestWay(lab)).toBeGreaterThan(180)
    expect(longestWay(lab)).toBeLessThan(210)
  })

  test('whose bucket fills at half the speed of the line takes twice as long, and leaves the queue empty', () => {
    const lab = transfer({ rateBytesPerS: 500_000, burstBytes: 50_000 })
    expect(timeOf(lab)).toBeGreaterThan(1850)
    expect(longestWay(lab)).toBeLessThan(60)
  })

  test('that is compressed is shorter, and fills the queue as before', () => {
    const lab = transfer({ ratio: 4 })
    expect(timeOf(lab)).toBeCloseTo(260, -1)
    expect(longestWay(lab)).toBeGreaterThan(180)
  })

  test('never has more on the way than its window, whatever is lost', () => {
    const most = fc.integer({ min: 50_000, max: 400_000 })
    fc.assert(
      fc.property(most, fc.integer({ min: 1, max: 999 }), (windowBytes, seed) => {
        const lab = transfer(
          { windowBytes, totalBytes: 600_000, resendMs: 900 },
          { seed, network: { latencyMs: 5, bandwidth: 1_000_000, loss: 0.1 } },
        )
        const op = lab.ask('disk', 'write', 'archive')
        let highest = 0
        lab.until(() => {
          const said = lab.view('disk').facts.find(({ label }) => label === 'on the way')?.value ?? '0 B'
          const bytes = Number.parseFloat(said) * (said.endsWith('kB') ? 1000 : 1)
          highest = Math.max(highest, bytes)
          return lab.operation(op).outcome === 'ok'
        })
        expect(highest).toBeLessThanOrEqual(windowBytes + 500)
      }),
      { numRuns: 40 },
    )
  })
})

test.each([1, 2])('the world is the same in place and on drafts, seed %i', seed => {
  const lab = transfer(
    { rateBytesPerS: 900_000, resendMs: 100 },
    {
      seed,
      bothModes: true,
      network: { latencyMs: { uniform: { min: 1, max: 20 } }, bandwidth: 1_000_000, loss: 0.1, duplicate: 0.1 },
    },
  )
  lab.ask('disk', 'write', 'archive')
  lab.run(600)
  lab.configure('disk', { rateBytesPerS: 0 })
  lab.run(3000)
  expect(lab.differing).toEqual([])
  expect(lab.world.nextIndex).toBeGreaterThan(50)
})
