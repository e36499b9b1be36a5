import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { type ChainDisk, chain } from '../../src/protocols/chain.ts'
import { depthOf, isGenuine, makeBlock, moveTip } from '../../src/protocols/chain-blocks.ts'
import type { ChainConfig } from '../../src/protocols/chain-config.ts'
import { Laboratory, type Setup } from './laboratory.ts'

// Three honest miners, a fourth that may mine in secret, and a merchant. Times are scaled down: a block every 100 ms.

interface Mining {
  readonly seed?: number
  readonly attacker?: number
  readonly mining?: ChainConfig['mining']
  readonly confirmations?: number
  readonly giveUp?: number
  readonly network?: Setup['network']
  readonly bothModes?: boolean
}

const mine = (m: Mining = {}): Laboratory => {
  const { attacker = 30, mining = 'honest', confirmations = 2, giveUp = 0 } = m
  const honest = { power: (100 - attacker) / 3 }
  return new Laboratory({
    protocol: chain,
    servers: ['m1', 'm2', 'm3', 'm4', 'shop'],
    config: { blockMs: 100, confirmations },
    special: {
      m1: { config: honest },
      m2: { config: honest },
      m3: { config: honest },
      m4: { config: { power: attacker, mining, giveUp } },
      shop: { config: { power: 0 } },
    },
    clients: ['alice', 'mallory'],
    at: { alice: 'm1', mallory: 'm4' },
    clientConfig: { timeoutMs: 1_000_000, stick: true },
    deadlineMs: 1_000_000,
    network: m.network ?? { latencyMs: 0.05 },
    seed: m.seed ?? 1,
    ...(m.bothModes === undefined ? {} : { bothModes: m.bothModes }),
  })
}

const fact = (run: Laboratory, node: string, label: string): string | undefined =>
  run.view(node).facts.find(one => one.label === label)?.value

const diskOf = (run: Laboratory, node: string): ChainDisk => run.world.nodes[node]?.state?.disk as unknown as ChainDisk

/** Mallory pays the shop and then takes it back, or does not. */
const attack = (m: Mining, ms = 12_000): { readonly delivered: boolean; readonly stolen: boolean } => {
  const run = mine({ mining: 'private', ...m })
  const op = run.ask('mallory', 'write', 'coin', 'shop')
  for (let i = 0; i < ms / 500 && run.value('shop', 'coin') !== 'm4'; i += 1) {
    run.run(500)
    if (fact(run, 'm4', 'secret') === 'lost') break
  }
  return { delivered: run.operation(op).outcome === 'ok', stolen: run.value('shop', 'coin') === 'm4' }
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

const power = (x: number, n: number): number => (n === 0 ? 1 : x * power(x, n - 1))

/** Rosenfeld 2014, section 4: the chance that an attacker with a share q undoes a payment with n confirmations. */
const rosenfeld = (q: number, n: number): number => {
  let kept = 0
  for (let m = 0; m <= n; m += 1)
    kept += choose(m + n - 1, m) * (power(1 - q, n) * power(q, m) - power(1 - q, m) * power(q, n))
  return 1 - kept
}

describe('miners', () => {
  test('find blocks at the rate of their power', () => {
    const run = mine({ attacker: 10 }).run(40_000)
    const height = Number(fact(run, 'm1', 'height'))
    expect(height).toBeGreaterThan(340)
    expect(height).toBeLessThan(460)
    const mined = (node: string) => diskOf(run, node).mined
    expect(mined('m4') / height).toBeGreaterThan(0.05)
    expect(mined('m4') / height).toBeLessThan(0.15)
    expect(mined('shop')).toBe(0)
  })

  test('take exponential times: as often longer than the mean as e says', () => {
    const run = mine({ attacker: 10 }).run(40_000)
    const times = run.trace.flatMap(({ atUs, cause }) =>
      cause.type === 'timer' && cause.timer === 'mine' ? [atUs / 1000] : [],
    )
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    const longer = (ms: number) => gaps.filter(gap => gap > ms).length / gaps.length
    expect(longer(100)).toBeCloseTo(Math.exp(-1), 1)
    expect(longer(300)).toBeCloseTo(Math.exp(-3), 1)
  })

  test('build on the longest chain, and end up on one, though blocks cross on the way', () => {
    const run = mine({ network: { latencyMs: { uniform: { min: 5, max: 60 } } } }).run(20_000)
    expect(run.notes('re-org').length).toBeGreaterThan(10)
    run.act({ act: 'configure', node: nodeId('m1'), config: { power: 70, blockMs: 1000 } })
    for (const idle of ['m2', 'm3', 'm4']) run.act({ act: 'configure', node: nodeId(idle), config: { power: 0 } })
    run.run(8000)
    const tips = ['m1', 'm2', 'm3', 'm4', 'shop'].map(node => diskOf(run, node).chain.tip)
    expect(new Set(tips).size).toBe(1)
  })

  test('learn of blocks that they missed', () => {
    const run = mine().run(1000)
    run.cut(['shop'], ['m1', 'm2', 'm3', 'm4']).run(2000).heal().run(1500)
    expect(Number(fact(run, 'shop', 'height'))).toBeGreaterThan(15)
    expect(
      ['m1', 'm2', 'm3', 'm4'].some(to => run.sent('shop', to).some(({ info }) => info.purpose === 'repair')),
    ).toBe(true)
  })

  test('forget old blocks: the state does not grow for ever', () => {
    const run = mine().run(25_000)
    const size = () => JSON.stringify(run.world.nodes.m1?.state).length
    const before = size()
    expect(run.run(25_000) && size()).toBeLessThan(1.1 * before)
  })
})

describe('a payment', () => {
  test('counts when it lies deep enough, and the merchant says so', () => {
    const run = mine({ confirmations: 3 })
    const op = run.ask('alice', 'write', 'coin', 'shop')
    run.until(() => run.operation(op).outcome === 'ok')
    expect(run.operation(op).servedBy).toBe('shop')
    expect(fact(run, 'shop', 'confirmations')).toBe('3 of 3')
    expect(run.view('shop').values.coin).toMatchObject({ value: 'shop', op })
  })

  test('with a coin that is spent is refused', () => {
    const run = mine()
    run.ask('alice', 'write', 'coin', 'shop')
    run.run(1000)
    const again = run.ask('alice', 'write', 'coin', 'bob')
    expect(run.run(10).operation(again)).toMatchObject({ outcome: 'fail', reason: 'that coin is spent' })
  })

  test('stands in a chain once, though two chains hold it', () => {
    const network = { latencyMs: { uniform: { min: 5, max: 60 } } }
    for (let seed = 1; seed <= 10; seed += 1) {
      const run = mine({ network, seed })
      const op = run.ask('alice', 'write', 'coin', 'shop')
      run.run(6000)
      const undone = run.notes('rolled back').filter(({ node }) => node === 'm2').length
      expect(run.applied('m2').filter(one => one === op).length).toBe(undone + 1)
    }
  })
})

describe('a chain in secret (section 11)', () => {
  test.each([
    [0.1, 1, 12],
    [0.3, 2, 12],
    [0.3, 4, 12],
    [0.45, 6, 25],
  ])('with a share of %d undoes %i confirmations as often as the formula says', (q, z, giveUp) => {
    const seeds = 120
    let stolen = 0
    for (let seed = 1; seed <= seeds; seed += 1)
      if (attack({ seed, attacker: q * 100, confirmations: z, giveUp }, 20_000).stolen) stolen += 1
    const expected = rosenfeld(q, z)
    // Three standard deviations.
    expect(Math.abs(stolen / seeds - expected)).toBeLessThan(3 * Math.sqrt((expected * (1 - expected)) / seeds) + 0.01)
  })

  test('comes to light only after the merchant has delivered', () => {
    const wins = Array.from({ length: 40 }, (_, seed) => attack({ seed, attacker: 45, confirmations: 3 }))
    expect(wins.filter(({ stolen }) => stolen).length).toBeGreaterThan(20)
    expect(wins.filter(({ stolen, delivered }) => stolen && !delivered)).toEqual([])
  })

  test('is longer sooner or later with more than half of the power', () => {
    const wins = Array.from({ length: 15 }, (_, seed) => attack({ seed, attacker: 60, confirmations: 6 }, 40_000))
    expect(wins.every(({ stolen }) => stolen)).toBe(true)
  })

  test('does nothing where the payer is honest', () => {
    const run = mine({ attacker: 45, mining: 'private' })
    const op = run.ask('alice', 'write', 'coin', 'shop')
    run.run(5000)
    expect(run.result(op)).toBe('ok')
    expect(run.value('shop', 'coin')).toBe('shop')
  })
})

describe('blocks', () => {
  const payment = (value: string) => ({ op: `alice#${value}` as never, key: 'coin', value, payer: null })
  const block = (parent: string, height: number, payments: readonly ReturnType<typeof payment>[] = []) =>
    makeBlock({ parent, height, miner: nodeId('m1'), nonce: height, payments })

  test('are named after what is in them: a changed block is no block', () => {
    const real = block('genesis', 1, [payment('shop')])
    expect(isGenuine(real)).toBe(true)
    expect(isGenuine({ ...real, payments: [payment('mallory')] })).toBe(false)
    const run = mine()
    for (const node of ['m1', 'm2']) run.act({ act: 'byzantine', node: nodeId(node), strategy: 'corrupt-values' })
    run.ask('alice', 'write', 'coin', 'shop')
    run.run(5000)
    expect(Number(fact(run, 'm3', 'height'))).toBeGreaterThan(10)
    expect(["shop'", 'shop']).toContain(run.value('m3', 'coin'))
  })

  test('of a longer chain take the place of others, and what was paid there is undone', () => {
    const a = block('genesis', 1, [payment('shop')])
    const b1 = makeBlock({ ...block('genesis', 1), miner: nodeId('m4'), payments: [payment('mallory')] })
    const b2 = block(b1.id, 2)
    const ledger = { blocks: { [a.id]: a, [b1.id]: b1, [b2.id]: b2 }, tip: 'genesis', height: 0, spent: {} }
    moveTip(ledger, a.id)
    expect(depthOf(ledger, 'coin')).toBe(1)
    expect(moveTip(ledger, b2.id)).toMatchObject({ undone: [a], done: [b1, b2] })
    expect(ledger).toMatchObject({ height: 2, spent: { coin: { payment: { value: 'mallory' }, height: 1 } } })
    expect(depthOf(ledger, 'coin')).toBe(2)
  })
})

test('the same world in place and on drafts', () => {
  const network = { latencyMs: { uniform: { min: 2, max: 50 } }, loss: 0.1, duplicate: 0.1 }
  const run = mine({ attacker: 45, mining: 'private', network, bothModes: true })
  run.ask('mallory', 'write', 'coin', 'shop')
  run.run(1500).crash('m2').run(300).restart('m2').run(1000)
  expect(run.differing).toEqual([])
  expect(run.world.nextIndex).toBeGreaterThan(150)
})

test('a transcript: a payment that is taken back', async () => {
  const run = mine({ seed: 2, attacker: 45, mining: 'private', confirmations: 2 })
  run.ask('mallory', 'write', 'coin', 'shop')
  for (let i = 0; i < 40 && run.value('shop', 'coin') !== 'm4'; i += 1) run.run(100)
  await expect(run.transcript).toMatchFileSnapshot('golden/chain-taken-back.txt')
})
