import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { generals } from '../../src/protocols/generals.ts'
import type { GeneralsConfig } from '../../src/protocols/generals-config.ts'
import { genericStrategies } from '../../src/sim/strategies.ts'
import { Laboratory, type Setup } from './laboratory.ts'

// The rules of "The Byzantine Generals Problem" (1982), each by name, and its theorems under every generic strategy.

const strategies = genericStrategies.map(({ name }) => name)

interface Battle {
  readonly n: number
  readonly config: Partial<GeneralsConfig>
  readonly traitors?: { readonly [general: string]: string }
  readonly network?: Setup['network']
  readonly seed?: number
}

/** One battle to its end: rounds of 100 ms, messages of 1 to 60 ms. */
const fight = ({ n, config, traitors = {}, network, seed = 1 }: Battle): Laboratory => {
  const run = new Laboratory({
    protocol: generals,
    servers: n,
    clients: [],
    config: { atMs: 100, roundMs: 100, ...config },
    network: network ?? { latencyMs: { uniform: { min: 1, max: 60 } } },
    seed,
  })
  for (const [general, strategy] of Object.entries(traitors))
    run.act({ act: 'byzantine', node: nodeId(general), strategy })
  return run.run(100 + 100 * ((config.m ?? 1) + 1) + 50)
}

const ordersOf = (run: Laboratory, n: number): string[] =>
  Array.from({ length: n }, (_, i) => String(run.value(`n${i + 1}`, 'order') ?? 'nothing'))

/** What a lieutenant was told by whom: `n1 attack, n3 retreat`. */
const hears = (run: Laboratory, one: string): string =>
  run
    .view(one)
    .facts.filter(({ label }) => /^n\d$/.test(label))
    .map(({ label, value }) => `${label} ${value}`)
    .join(', ')

/** What is wrong with the outcome: IC1, IC2, or that somebody did not decide. */
const wrong = (battle: Battle): string | null => {
  const { n, traitors = {}, config } = battle
  const orders = ordersOf(fight(battle), n)
  const loyal = orders.flatMap((order, i) => (i > 0 && !Object.hasOwn(traitors, `n${i + 1}`) ? [order] : []))
  if (loyal.includes('nothing')) return 'somebody did not decide'
  if (new Set(loyal).size > 1) return `IC1: ${orders}`
  const commander = config.order ?? 'attack'
  if (!Object.hasOwn(traitors, 'n1') && loyal.some(order => order !== commander)) return `IC2: ${orders}`
  return null
}

const order = fc.constantFrom('attack' as const, 'retreat' as const)

/** m traitors anywhere among n generals, each with a strategy of its own. */
const traitorsAmong = (n: number, m: number) =>
  fc
    .tuple(
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => `n${i + 1}`),
        { minLength: m, maxLength: m },
      ),
      fc.array(fc.constantFrom(...strategies), { minLength: m, maxLength: m }),
    )
    .map(([who, how]) => Object.fromEntries(who.map((general, i) => [general, how[i] as string])))

const theorem = (algorithm: 'oral' | 'signed', n: number, m: number, numRuns: number): void =>
  fc.assert(
    fc.property(fc.nat(), order, traitorsAmong(n, m), (seed, given, traitors) => {
      // Replays and delays reach over the end of a round, which the paper's A2 and A3 allow a traitor.
      expect(wrong({ n, config: { algorithm, m, order: given }, traitors, seed })).toBeNull()
    }),
    { seed: 7, numRuns },
  )

describe('OM(m), by word of mouth', () => {
  test('among loyal generals everybody does what the commander ordered', () => {
    for (const given of ['attack', 'retreat'] as const)
      expect(ordersOf(fight({ n: 4, config: { order: given } }), 4)).toEqual([given, given, given, given])
  })

  test('OM(0) takes the commander at his word', () => {
    const run = fight({ n: 3, config: { m: 0 }, traitors: { n1: 'equivocate' } })
    expect(ordersOf(run, 3)).toEqual(['attack', 'attack', 'retreat'])
    expect(run.sent('n2', 'n3')).toEqual([])
  })

  test('a silent commander is taken to have said retreat', () => {
    const run = fight({ n: 4, config: {}, traitors: { n1: 'silent' } })
    expect(ordersOf(run, 4).slice(1)).toEqual(['retreat', 'retreat', 'retreat'])
  })

  test('who says nothing is taken to have said retreat', () => {
    const run = fight({ n: 4, config: {}, traitors: { n4: 'silent' } })
    expect(ordersOf(run, 4).slice(0, 3)).toEqual(['attack', 'attack', 'attack'])
    expect(hears(run, 'n2')).toBe('n1 attack, n3 attack')
  })

  test.each([
    [4, 1, 150],
    [5, 1, 60],
    [7, 2, 60],
    [10, 3, 3],
  ])('%i generals withstand %i traitors anywhere, whatever they do', (n, m, runs) => {
    theorem('oral', n, m, runs)
  })

  test('three generals do not withstand one: two of three can be lied to (section 2)', () => {
    expect(wrong({ n: 3, config: {}, traitors: { n3: 'corrupt-values' } })).toBe('IC2: attack,retreat,attack')
    const run = fight({ n: 3, config: {}, traitors: { n1: 'equivocate' } })
    expect(['n2', 'n3'].map(one => hears(run, one))).toEqual(['n1 attack, n3 retreat', 'n1 retreat, n2 attack'])
    // A rule that obeys a loyal commander at half and half is fooled by the other traitor.
    expect(wrong({ n: 3, config: { tie: 'commander' }, traitors: { n3: 'corrupt-values' } })).toBeNull()
    expect(wrong({ n: 3, config: { tie: 'commander' }, traitors: { n1: 'equivocate' } })).toBe(
      'IC1: attack,attack,retreat',
    )
  })

  test('the bound is 3m: OM(1) among four does not withstand two, nor OM(2) among six', () => {
    const liars = { n2: 'corrupt-values', n3: 'corrupt-values' }
    expect(wrong({ n: 4, config: {}, traitors: liars })).toMatch('IC2')
    expect(wrong({ n: 6, config: { m: 2 }, traitors: liars })).toMatch('IC2')
    expect(wrong({ n: 7, config: { m: 2 }, traitors: liars })).toBeNull()
  })

  test('a message that takes longer than a round breaks it: A3 is needed', () => {
    const network = { latencyMs: { uniform: { min: 90, max: 400 } } }
    const broken = Array.from({ length: 20 }, (_, seed) => wrong({ n: 4, config: {}, network, seed }))
    expect(broken.filter(text => text !== null).length).toBeGreaterThan(5)
  })

  test('sends n-1 orders and then each of n-1 reports to n-2 others', () => {
    const sent = (n: number, m: number) =>
      fight({ n, config: { m } }).trace.flatMap(({ effects }) => effects.filter(({ type }) => type === 'sent')).length
    expect(sent(4, 1)).toBe(3 + 3 * 2)
    expect(sent(7, 2)).toBe(6 + 6 * 5 + 6 * 5)
  })
})

describe('SM(m), with signatures', () => {
  test('a commander who signs two orders is found out, and all do the same', () => {
    const run = fight({ n: 3, config: { algorithm: 'signed' }, traitors: { n1: 'equivocate' } })
    expect(ordersOf(run, 3).slice(1)).toEqual(['retreat', 'retreat'])
    for (const one of ['n2', 'n3'])
      expect(run.view(one).facts).toContainEqual({ label: 'proof', value: 'n1 signed two orders' })
  })

  test('a lieutenant cannot change what the commander signed', () => {
    for (const strategy of strategies)
      expect(wrong({ n: 3, config: { algorithm: 'signed' }, traitors: { n3: strategy } })).toBeNull()
  })

  test.each([
    [3, 1, 80],
    [4, 1, 60],
    [4, 2, 60],
    [5, 3, 40],
    [7, 5, 10],
  ])('%i generals withstand %i traitors anywhere, whatever they do', (n, m, runs) => {
    theorem('signed', n, m, runs)
  })

  test('without relaying, SM(0), a two-faced commander divides them', () => {
    expect(wrong({ n: 3, config: { algorithm: 'signed', m: 0 }, traitors: { n1: 'equivocate' } })).toMatch('IC1')
  })

  test('an order with k signatures counts in the rounds up to the k-th only', () => {
    const run = new Laboratory({ protocol: generals, servers: 3, clients: [], config: { algorithm: 'signed' } })
    run.act({ act: 'byzantine', node: nodeId('n1'), strategy: 'equivocate' })
    run.act({ act: 'link', links: [[nodeId('n3'), nodeId('n2')]], set: { latencyMs: 300 } }).run(1000)
    expect(ordersOf(run, 3).slice(1)).toEqual(['attack', 'retreat'])
    expect(run.notes('too late')).toHaveLength(1)
  })
})

describe('battles', () => {
  test('follow one another, each decided anew', () => {
    const run = new Laboratory({ protocol: generals, servers: 4, clients: [], config: { everyMs: 1000 } }).run(400)
    expect(run.view('n2').values.order?.version).toBe('battle 1')
    run.act({ act: 'byzantine', node: nodeId('n1'), strategy: 'corrupt-values' }).run(1000)
    expect(run.view('n2').values.order).toMatchObject({ version: 'battle 2', value: 'retreat' })
    run.act({ act: 'byzantine', node: nodeId('n1'), strategy: null })
    for (let i = 1; i <= 4; i += 1) run.configure(`n${i}`, { order: 'retreat' })
    expect(run.run(1000).view('n4').values.order).toMatchObject({ version: 'battle 3', value: 'retreat' })
  })

  test('a general who was away takes part in the next', () => {
    const run = new Laboratory({ protocol: generals, servers: 4, clients: [], config: { everyMs: 1000 } })
    run.crash('n3').run(700).restart('n3').run(700)
    expect(run.view('n3').values.order).toMatchObject({ version: 'battle 2', value: 'attack' })
  })

  test('a clock that is behind by less than a round misses nothing', () => {
    const run = new Laboratory({
      protocol: generals,
      servers: 4,
      clients: [],
      clocks: { n2: { offsetUs: -30_000 } },
    }).run(600)
    expect(ordersOf(run, 4)).toEqual(['attack', 'attack', 'attack', 'attack'])
  })
})

test.each([
  ['oral', 'n1', 'equivocate'],
  ['oral', 'n3', 'delay-replay'],
  ['signed', 'n1', 'twins'],
  ['signed', 'n2', 'corrupt-values'],
] as const)('%s, %s lies by %s: the same world in place and on drafts', (algorithm, traitor, strategy) => {
  const run = new Laboratory({
    protocol: generals,
    servers: 5,
    clients: [],
    config: { algorithm, m: 2, everyMs: 400 },
    network: { latencyMs: { uniform: { min: 1, max: 120 } }, loss: 0.1, duplicate: 0.1 },
    bothModes: true,
  })
  run
    .act({ act: 'byzantine', node: nodeId(traitor), strategy })
    .run(900)
    .crash('n5')
    .restart('n5')
    .run(900)
  expect(run.differing).toEqual([])
  expect(run.world.nextIndex).toBeGreaterThan(120)
})

describe('transcripts', () => {
  test.each([
    ['three-oral', 'oral', 3],
    ['four-oral', 'oral', 4],
    ['three-signed', 'signed', 3],
  ] as const)('a two-faced commander: %s', async (name, algorithm, n) => {
    const run = fight({ n, config: { algorithm }, traitors: { n1: 'equivocate' }, network: { latencyMs: 20 } })
    await expect(run.transcript).toMatchFileSnapshot(`golden/generals-${name}.txt`)
  })
})
