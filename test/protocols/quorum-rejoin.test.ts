import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quorum } from '../../src/protocols/quorum.ts'
import { Laboratory, type Setup } from './laboratory.ts'

// A node that comes back with an empty disk. Background repair is off, so that whatever is known again was copied on purpose.

const base = { hintedHandoff: false, readRepair: 'off', antiEntropyMs: 0, requestTimeoutMs: 400, handoffMs: 50 }

const lab = (config: object, more: Partial<Setup> = {}): Laboratory =>
  new Laboratory({
    protocol: quorum,
    config: { ...base, ...config },
    clientConfig: { stick: true, timeoutMs: 500 },
    at: { alice: 'n1', bob: 'n2' },
    deadlineMs: 600,
    ...more,
  })

/** A write that n1 and n2 have and n3 has not. */
const written = (world: Laboratory): Laboratory => {
  world.cut(['n3'], ['n1', 'n2']).ask('alice', 'write', 'x', 1)
  return world.run(50).heal()
}

const copies = (world: Laboratory, who: string): string | undefined =>
  world.view(who).facts.find(({ label }) => label === 'copies first')?.value

describe('a node without its disk', () => {
  test('that serves at once makes a majority forget an acknowledged write', () => {
    const world = written(lab({})).crash('n2').run(20).restart('n2', 'lost').run(20).cut(['n1'], ['n2', 'n3'])
    const read = world.ask('bob', 'read', 'x')
    expect(world.run(100).result(read)).toBe('ok')
    expect(world.operation(read).output).toBeNull()
  })

  test('that copies first knows the write again', () => {
    const world = written(lab({ rejoin: 'copy-first' }))
      .crash('n2')
      .run(20)
      .restart('n2', 'lost')
      .run(50)
    expect(world.value('n2', 'x')).toBe(1)
    world.cut(['n1'], ['n2', 'n3'])
    const read = world.ask('bob', 'read', 'x')
    expect(world.run(100).result(read)).toBe('ok 1')
  })

  test('answers no read, to nobody, until every other node has given it its copies', () => {
    const world = written(lab({ rejoin: 'copy-first' }))
      .crash('n2')
      .cut(['n1'], ['n2', 'n3'])
      .restart('n2', 'lost')
    world.run(300)
    expect(copies(world, 'n2')).toBe('1 of 2')
    const own = world.ask('bob', 'read', 'x')
    expect(world.run(50).result(own)).toBe('fail')
    world.heal().run(100)
    expect(copies(world, 'n2')).toBeUndefined()
    const again = world.ask('bob', 'read', 'x')
    expect(world.run(50).result(again)).toBe('ok 1')
  })

  test('is not counted by another coordinator meanwhile', () => {
    const world = written(lab({ rejoin: 'copy-first' }, { at: { alice: 'n1', bob: 'n3' } }))
    world.crash('n2').cut(['n1'], ['n2', 'n3']).restart('n2', 'lost').run(300)
    const read = world.ask('bob', 'read', 'x')
    expect(world.run(700).result(read)).toBe('unknown')
  })

  test('takes writes meanwhile, and keeps them', () => {
    const world = lab({ rejoin: 'copy-first' }).crash('n2').cut(['n3'], ['n1', 'n2']).restart('n2', 'lost').run(50)
    const write = world.ask('alice', 'write', 'x', 7)
    expect(world.run(50).result(write)).toBe('ok')
    expect(world.value('n2', 'x')).toBe(7)
  })

  test('goes on copying after a second crash on the way, and two without disks wait for each other', () => {
    const world = written(lab({ rejoin: 'copy-first' }))
      .crash('n2')
      .cut(['n1'], ['n2', 'n3'])
      .restart('n2', 'lost')
    world.run(100).crash('n2').run(20).restart('n2').run(100)
    expect(copies(world, 'n2')).toBe('1 of 2')
    world.heal().run(100).crash('n1').crash('n2').restart('n1', 'lost').restart('n2', 'lost').run(500)
    expect([copies(world, 'n1'), copies(world, 'n2')]).toEqual(['1 of 2', '1 of 2'])
  })

  test('that comes back with its disk copies nothing, nor does one that starts for the first time', () => {
    const world = written(lab({ rejoin: 'copy-first' }))
      .crash('n2')
      .run(20)
      .restart('n2')
      .run(20)
    expect(world.trace.some(({ cause }) => cause.type === 'deliver' && cause.message.info.label === 'copy')).toBe(false)
  })

  test('goes through the same states in place and on drafts', () => {
    const world = written(lab({ rejoin: 'copy-first' }, { bothModes: true }))
      .crash('n2')
      .run(20)
      .restart('n2', 'lost')
    expect(world.run(200).differing).toEqual([])
  })
})

test('whatever is written between rolling losses of disks, one at a time and each copying first, is read again', () => {
  const step = fc.record({
    victim: fc.constantFrom('n1', 'n2', 'n3'),
    apart: fc.constantFrom('n1', 'n2', 'n3'),
    writes: fc.nat(2),
  })
  const lastRead = (rejoin: string, steps: readonly { victim: string; apart: string; writes: number }[]) => {
    const world = lab({ rejoin }, { network: { latencyMs: { uniform: { min: 1, max: 9 } } } })
    let last = 0
    for (const { victim, apart, writes } of steps) {
      world.cut(
        [apart],
        ['n1', 'n2', 'n3'].filter(node => node !== apart),
      )
      for (let k = 0; k < writes; k += 1) {
        const id = world.ask(apart === 'n1' ? 'bob' : 'alice', 'write', 'x', last + 1)
        world.run(60)
        if (world.result(id) === 'ok') last += 1
      }
      world.heal().crash(victim).run(20).restart(victim, 'lost').run(250)
    }
    const read = world.ask('alice', 'read', 'x')
    world.run(100)
    return { read: world.operation(read).output ?? 0, last }
  }
  let forgotten = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), steps => {
      const { read, last } = lastRead('copy-first', steps)
      expect(read).toBe(last)
      const careless = lastRead('at-once', steps)
      if (careless.read !== careless.last) forgotten += 1
    }),
    { numRuns: 80, seed: 11 },
  )
  expect(forgotten).toBeGreaterThan(5)
})
