import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import type { NodeId } from '../../src/kernel/ids.ts'
import type { Protocol } from '../../src/kernel/protocol.ts'
import { raft } from '../../src/protocols/raft.ts'
import { overRelay } from '../../src/protocols/relay.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { Choices } from './raft-faults.ts'

// The overlay, seen from a protocol of one message: every node sends a letter to all others every 20 ms and notes whose arrive.

type Letter = { readonly t: 'letter'; readonly n: number }
type Memory = { readonly peers: readonly NodeId[]; sent: number; config: object }

const post: Protocol<null, Memory, Letter, 'post', object> = {
  name: 'post',
  revision: 1,
  boot: (_, peers) => ({ disk: null, memory: { peers: [...peers], sent: 0, config: {} } }),
  on: ({ memory }, event, out) => {
    if (event.type === 'message') out.note('letter', { from: event.from })
    if (event.type !== 'timer' && event.type !== 'started') return
    memory.sent += 1
    for (const peer of memory.peers) out.send(peer, { t: 'letter', n: memory.sent })
    out.setTimer('post', { minUs: 20_000, maxUs: 20_000 })
  },
  view: () => ({ role: 'server', values: {}, facts: [] }),
  describe: ({ n }) => ({ label: `letter ${n}`, purpose: 'request', bytes: 10, costUs: 0 }),
}

const lab = (servers: number, more: Partial<Setup> = {}): Laboratory =>
  new Laboratory({ protocol: overRelay(post), servers, clients: [], ...more })

/** `n1 > n2` for all whose letters arrived within the next so many milliseconds. */
const delivered = (world: Laboratory, ms: number): ReadonlySet<string> => {
  const before = world.trace.length
  world.run(ms)
  return new Set(
    world.trace
      .slice(before)
      .flatMap(({ effects }) =>
        effects.flatMap(one =>
          one.type === 'note' && one.text === 'letter' ? [`${(one.data as { from: string }).from} > ${one.node}`] : [],
        ),
      ),
  )
}

const everyPair = (servers: number): string[] => {
  const names = Array.from({ length: servers }, (_, i) => `n${i + 1}`)
  return names.flatMap(a => names.filter(b => b !== a).map(b => `${a} > ${b}`))
}

const detour = (world: Laboratory, who: string): string | undefined =>
  world.view(who).facts.find(({ label }) => label === 'detour')?.value

const settled = 500

describe('the overlay', () => {
  test('sends straight while every link works, and shows no detour', () => {
    const world = lab(3).run(settled)
    expect([...delivered(world, 100)].sort()).toEqual(everyPair(3))
    expect(
      world.trace.some(({ cause }) => cause.type === 'deliver' && cause.message.info.label.startsWith('for')),
    ).toBe(false)
    expect(detour(world, 'n1')).toBeUndefined()
  })

  test('goes around a link that is cut both ways, and straight again when it is healed', () => {
    const world = lab(3).run(100).cut(['n1'], ['n3']).run(settled)
    expect([...delivered(world, 100)].sort()).toEqual(everyPair(3))
    expect(detour(world, 'n1')).toBe('n3 via n2')
    expect(detour(world, 'n3')).toBe('n1 via n2')
    expect(detour(world, 'n2')).toBeUndefined()
    world.heal().run(settled)
    expect(detour(world, 'n1')).toBeUndefined()
  })

  test('goes around a link that is dead one way, of which only the deaf end could know', () => {
    const world = lab(3).run(100).cut(['n1'], ['n3'], true).run(settled)
    expect([...delivered(world, 100)].sort()).toEqual(everyPair(3))
    expect(detour(world, 'n1')).toBe('n3 via n2')
    expect(detour(world, 'n3')).toBeUndefined()
  })

  test('cannot help where no way in is left, nor across a complete partition', () => {
    const deaf = lab(3).run(100).cut(['n2', 'n3'], ['n1'], true).run(settled)
    expect([...delivered(deaf, 100)].sort()).toEqual(everyPair(3).filter(pair => !pair.endsWith('n1')))
    const split = lab(4).run(100).cut(['n1', 'n2'], ['n3', 'n4']).run(settled)
    expect([...delivered(split, 100)].sort()).toEqual(['n1 > n2', 'n2 > n1', 'n3 > n4', 'n4 > n3'])
  })

  test('tells the protocol above who wrote, not who passed it on', () => {
    const world = lab(3).run(100).cut(['n1'], ['n3']).run(settled)
    expect(delivered(world, 100)).toContain('n1 > n3')
  })

  test('believes a restarted node, whose numbers begin anew, rather than what others remember of it', () => {
    const world = lab(3).run(2000).crash('n3').cut(['n1'], ['n3']).restart('n3').run(settled)
    expect(detour(world, 'n1')).toBe('n3 via n2')
    expect([...delivered(world, 100)].sort()).toEqual(everyPair(3))
  })

  test('is not fooled by a clock that is set back', () => {
    const world = lab(3).run(2000)
    world.act({ act: 'clock', node: 'n1' as NodeId, stepUs: -1_500_000 })
    world.cut(['n1'], ['n3']).run(settled)
    expect(detour(world, 'n3')).toBe('n1 via n2')
  })

  test('delivers between two nodes exactly where one link or two in a row are left and the news can travel', () => {
    const nodes = ['n1', 'n2', 'n3', 'n4']
    const pairs = everyPair(4)
    fc.assert(
      fc.property(fc.subarray(pairs, { maxLength: 8 }), dead => {
        const works = (a: string, b: string): boolean => !dead.includes(`${a} > ${b}`)
        const reaches = (from: string, to: string, seen: readonly string[] = []): boolean =>
          from === to ||
          nodes.some(
            via => via !== from && !seen.includes(via) && works(from, via) && reaches(via, to, [...seen, from]),
          )
        const world = lab(4).run(100)
        for (const pair of dead) {
          const [a = '', b = ''] = pair.split(' > ')
          world.cut([a], [b], true)
        }
        world.run(800)
        const got = delivered(world, 150)
        for (const pair of pairs) {
          const [a = '', b = ''] = pair.split(' > ')
          const around = nodes.some(via => via !== a && via !== b && works(a, via) && works(via, b) && reaches(via, a))
          if (works(a, b)) expect(got).toContain(pair)
          else if (around && reaches(b, a)) expect(got).toContain(pair)
          else if (!nodes.some(via => works(a, via) && works(via, b))) expect(got).not.toContain(pair)
        }
      }),
      { numRuns: 60, seed: 5 },
    )
  })
})

describe('Raft over it', () => {
  const config = { electionTimeoutMs: [150, 300], heartbeatMs: 30, forward: true }
  const clientConfig = { timeoutMs: 400, retries: 2, idempotencyKeys: true }
  const leaders = (world: Laboratory) => ['n1', 'n2', 'n3'].filter(node => world.view(node).role === 'leader')
  const world = (protocol: Setup['protocol'], more: Partial<Setup> = {}) =>
    new Laboratory({
      protocol,
      config,
      clients: ['alice'],
      clientConfig,
      special: { n1: { config: { electionTimeoutMs: [100, 100] } } },
      ...more,
    })

  test('keeps its leader through a partial partition; without the overlay the leader is deposed', () => {
    const around = world(overRelay(raft)).run(300).cut(['n1'], ['n3']).run(2000)
    expect(leaders(around)).toEqual(['n1'])
    expect(around.view('n1').term).toBe(1)
    const straight = world(raft).run(300).cut(['n1'], ['n3']).run(2000)
    expect(straight.view('n2').term).toBeGreaterThan(1)
  })

  test('stays linearizable while links come and go in any direction, and messages are lost and overtake one another', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const chaos = world(overRelay(raft), {
        seed,
        network: { latencyMs: { uniform: { min: 1, max: 25 } }, loss: 0.05 },
      })
      const choices = new Choices(seed)
      chaos.run(250)
      for (let round = 0; round < 12; round += 1) {
        if (round > 0) chaos.heal()
        const [a = '', b = ''] = choices.of(everyPair(3)).split(' > ')
        chaos.cut([a], [b], choices.chance(0.5))
        chaos.ask('alice', choices.chance(0.5) ? 'write' : 'read', 'x', round)
        chaos.run(60 + choices.below(120))
      }
      chaos.heal().run(1500)
      expect(checkLinearizable(chaos.history, models.register).answer).toBe('holds')
      expect(chaos.history.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(6)
    }
  })

  test('goes through the same states in place and on drafts', () => {
    const both = world(overRelay(raft), { bothModes: true }).run(200)
    both.ask('alice', 'write', 'x', 1)
    both.cut(['n1'], ['n3']).run(400)
    both.ask('alice', 'write', 'x', 2)
    both
      .crash('n2')
      .run(100)
      .restart('n2')
      .configure('n1', { heartbeatMs: 20, relayHelloMs: 30 })
      .run(300)
      .heal()
      .run(200)
    expect(both.differing).toEqual([])
    expect(both.world.nextIndex).toBeGreaterThan(200)
  })
})
