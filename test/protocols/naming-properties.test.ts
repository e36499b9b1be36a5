import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Laboratory } from './laboratory.ts'
import { lead, served, type Town, town } from './naming-lab.ts'

// Nodes die and come back, addresses change hands, links are cut, messages are lost and doubled.

type Step =
  | { readonly do: 'crash' | 'restart'; readonly node: string }
  | { readonly do: 'lead'; readonly address: string; readonly node: string }
  | { readonly do: 'cut'; readonly node: string }
  | { readonly do: 'heal' }

const pods = ['n1', 'n2', 'n3'] as const
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('crash' as const, 'restart' as const),
    node: fc.constantFrom(...pods, 'names', 'dns'),
  }),
  fc.record({
    do: fc.constant('lead' as const),
    address: fc.constantFrom('a1', 'a2', 'a3'),
    node: fc.constantFrom(...pods, 'mail'),
  }),
  fc.record({ do: fc.constant('cut' as const), node: fc.constantFrom(...pods, 'names', 'dns') }),
  fc.record({ do: fc.constant('heal' as const) }),
)

/** What can be done at that moment; the rest is passed over. */
const perform = (run: Laboratory, one: Step): void => {
  if (one.do === 'lead') lead(run, one.address, one.node)
  else if (one.do === 'heal') run.attempt({ act: 'heal' })
  else if (one.do === 'cut')
    run.attempt({ act: 'cut', from: [one.node as never], to: ['app' as never, 'job' as never], oneWay: false })
  else if (one.do === 'crash') run.attempt({ act: 'crash', node: one.node as never })
  else run.attempt({ act: 'restart', node: one.node as never, disk: 'kept' })
}

const play = (setup: Town, steps: readonly Step[], seed: number): Laboratory => {
  const network = { latencyMs: { uniform: { min: 1, max: 20 } }, loss: 0.03, duplicate: 0.05 }
  const run = town({ network, seed, registry: { ttlMs: 300, tickMs: 200, expireMs: 700 }, ...setup })
  for (const one of steps) {
    for (const who of ['app', 'job']) run.ask(who, 'add', 'orders', 1)
    run.run(90)
    perform(run, one)
  }
  return run.run(1500)
}

const ways: { readonly [name: string]: Town } = {
  'fixed addresses': { app: { retries: 1 } },
  'DNS and kept connections': { app: { finds: 'asks', pool: 'kept', maxAgeMs: 250, retries: 2, avoidMs: 300 } },
  'a registry with checks': {
    app: { finds: 'watches', directory: 'names', retries: 1 },
    registry: { list: 'checks', tickMs: 100, expireMs: 500 },
    pods: { registers: 'names', beatMs: 100 },
  },
  'a balancer': { app: { addresses: ['lb'] }, balancer: { retries: 1 } },
}

const steps = fc.array(step, { minLength: 1, maxLength: 10 })
const seeds = fc.integer({ min: 1, max: 1e6 })

test.each(Object.keys(ways))('by %s: done is done, and a no is never carried out', name => {
  fc.assert(
    fc.property(steps, seeds, (faults, seed) => {
      const run = play(ways[name] as Town, faults, seed)
      const applied = new Set([...pods, 'mail'].flatMap(node => run.applied(node)))
      for (const { id, client, outcome } of run.history) {
        if (client !== 'app' && client !== 'job') continue
        if (outcome === 'ok') expect(applied).toContain(id)
        if (outcome === 'fail') expect(applied).not.toContain(id)
      }
    }),
    { numRuns: 25 },
  )
})

test.each(Object.keys(ways))(
  'by %s: who looks at the name gives no stranger an order, whoever has the address',
  name => {
    const way = ways[name] as Town
    const looks = { checks: true, trust: ['cart=n1', 'cart=n2', 'cart=n3', 'cart=lb'] }
    const setup = { ...way, app: { ...way.app, ...looks }, balancer: { ...way.balancer, ...looks } }
    fc.assert(
      fc.property(steps, seeds, (faults, seed) => {
        expect(served(play(setup, faults, seed), 'mail')).toBe(0)
      }),
      { numRuns: 25 },
    )
  },
)

test('and who does not look does, in some of these runs', () => {
  const faults: readonly Step[] = [
    { do: 'lead', address: 'a1', node: 'mail' },
    { do: 'lead', address: 'a2', node: 'mail' },
    ...Array.from({ length: 6 }, (): Step => ({ do: 'heal' })),
  ]
  for (const name of ['fixed addresses', 'DNS and kept connections'])
    expect(served(play(ways[name] as Town, faults, 1), 'mail')).toBeGreaterThan(0)
})
