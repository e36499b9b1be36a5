import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { availability, downShare, duration, percent } from '../../src/protocols/availability.ts'
import { type AvailabilityConfig, availabilityConfig } from '../../src/protocols/availability-config.ts'

const up = (config: Partial<AvailabilityConfig>): number => 1 - downShare(availabilityConfig(config))

const facts = (config: Partial<AvailabilityConfig>): { [label: string]: string } => {
  const state = availability.boot(nodeId('desk'), [], undefined, config)
  return Object.fromEntries(availability.view(state).facts.map(({ label, value }) => [label, value]))
}

describe('the share that is up', () => {
  test('in a chain: a to the power of n. Ten parts of 99.9 % make 99.0 %', () => {
    expect(up({ parts: 10, partPercent: 99.9, needs: 'all' })).toBeCloseTo(0.99004488, 8)
  })

  test('with spares: all have to be down at once', () => {
    expect(up({ parts: 2, partPercent: 99, needs: 'one' })).toBeCloseTo(0.9999, 12)
    expect(downShare(availabilityConfig({ parts: 3, partPercent: 99.9, needs: 'one' }))).toBeCloseTo(1e-9, 15)
  })

  test('with a majority: three of 99 % make 3 a^2 (1-a) + a^3', () => {
    expect(up({ parts: 3, partPercent: 99, needs: 'majority' })).toBeCloseTo(0.999702, 12)
  })

  test('what all have in common caps it', () => {
    expect(up({ parts: 5, partPercent: 99, needs: 'one', sharedPercent: 99.9 })).toBeCloseTo(0.999, 8)
  })

  test('is between 0 and 1, falls with every link of a chain and grows with every spare', () => {
    const share = fc.double({ min: 1, max: 99.999, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), share, (parts, partPercent) => {
        const chain = (n: number) => up({ parts: n, partPercent, needs: 'all' })
        const spare = (n: number) => up({ parts: n, partPercent, needs: 'one' })
        expect(chain(parts + 1)).toBeLessThanOrEqual(chain(parts) + 1e-12)
        expect(spare(parts + 1)).toBeGreaterThanOrEqual(spare(parts) - 1e-12)
        const majority = up({ parts, partPercent, needs: 'majority' })
        expect(majority).toBeGreaterThanOrEqual(chain(parts) - 1e-12)
        expect(majority).toBeLessThanOrEqual(spare(parts) + 1e-12)
        expect(chain(parts)).toBeGreaterThanOrEqual(-1e-12)
      }),
    )
  })
})

describe('what it shows', () => {
  test('nines, with the downtime of a year and of a month', () => {
    const shown = (partPercent: number) => {
      const { up: share, 'a year': year, 'a month': month } = facts({ partPercent })
      return [share, year, month]
    }
    expect(shown(99)).toEqual(['99 %', '3.65 days', '7.30 h'])
    expect(shown(99.9)).toEqual(['99.9 %', '8.77 h', '43.8 min'])
    expect(shown(99.99)).toEqual(['99.99 %', '52.6 min', '4.38 min'])
    expect(shown(99.999)).toEqual(['99.999 %', '5.26 min', '26.3 s'])
  })

  test('two digits of what is missing', () => {
    expect(percent(0.00995512)).toBe('99 %')
    expect(percent(0.002997)).toBe('99.7 %')
    expect(percent(0.000298)).toBe('99.97 %')
    expect(percent(1e-9)).toBe('99.9999999 %')
    expect(percent(0)).toBe('nearly 100 %')
    expect(percent(0.271)).toBe('72.9 %')
  })

  test('times in the unit that fits', () => {
    expect([3, 60, 3600 * 30, 0.001, 86400 * 150].map(duration)).toEqual([
      '3.00 s',
      '1.00 min',
      '1.25 days',
      'under 0.01 s',
      '150 days',
    ])
  })

  test('other parts as soon as they are set', () => {
    const state = availability.boot(nodeId('desk'), [], undefined, { parts: 2 })
    availability.on(state, { type: 'configured', now: 0, config: { parts: 3, needs: 'one' } }, {} as never)
    expect(availability.view(state).facts).toContainEqual({ label: 'needs', value: '1 of 3' })
  })
})
