import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import type { Laboratory } from './laboratory.ts'
import { add, type LeaseSetup, leases } from './lease-lab.ts'
import { Choices } from './raft-faults.ts'

type Fault = 'pause' | 'clock' | 'cut' | 'crash' | 'late' | 'copy' | 'drop'

const strike = (run: Laboratory, choices: Choices, kind: Fault): void => {
  const node = nodeId(choices.of(['n1', 'n2', 'locks']))
  const flying = run.world.queue.flatMap(({ due }) => (due.type === 'deliver' ? [due.parcel.message] : []))
  // What clients say to holders is left alone: this is about holders.
  const own = flying.filter(({ from, to }) => !['alice', 'bob'].includes(from) && !['alice', 'bob'].includes(to))
  const message = own.length === 0 ? undefined : choices.of(own).id
  switch (kind) {
    case 'pause':
      run.attempt({ act: 'pause', node, forUs: 50_000 + choices.below(1_500_000) })
      break
    case 'clock':
      run.attempt({ act: 'clock', node, stepUs: choices.below(2_000_000) - 1_000_000 })
      break
    case 'cut':
      run.attempt({
        act: 'cut',
        from: [node],
        to: [nodeId(choices.of(['locks', 'store']))],
        oneWay: choices.chance(0.5),
      })
      break
    case 'crash':
      run.attempt({ act: 'crash', node })
      run.attempt({ act: 'restart', node, disk: 'kept' })
      break
    case 'late':
      if (message !== undefined) run.attempt({ act: 'message', message, do: 'hold' })
      break
    case 'copy':
    case 'drop':
      if (message !== undefined) run.attempt({ act: 'message', message, do: kind === 'copy' ? 'duplicate' : 'drop' })
      break
  }
}

const releaseSome = (run: Laboratory, all: boolean, choices: Choices): void => {
  for (const { parcel } of [...run.world.held])
    if (all || choices.chance(0.3)) run.attempt({ act: 'message', message: parcel.message.id, do: 'release' })
}

/** Alice and Bob add ones under faults; then calm, and the counter is compared with what they were told. */
const play = (setup: LeaseSetup, faults: readonly Fault[], seed: number): Laboratory => {
  const run = leases({
    ...setup,
    seed,
    network: { latencyMs: { uniform: { min: 1, max: 20 } } },
  })
  const choices = new Choices(seed)
  for (let k = 0; k < 12; k += 1) {
    add(run, choices.of(['alice', 'bob']))
    if (choices.chance(0.7)) strike(run, choices, choices.of(faults))
    releaseSome(run, false, choices)
    run.run(choices.below(500))
    if (choices.chance(0.3)) run.attempt({ act: 'heal' })
  }
  run.attempt({ act: 'heal' })
  for (const node of ['n1', 'n2', 'locks']) run.attempt({ act: 'resume', node: nodeId(node) })
  releaseSome(run, true, choices)
  return run.run(15_000)
}

const isRight = (run: Laboratory): boolean => {
  const count = (outcome: string) => run.history.filter(op => op.outcome === outcome).length
  const x = Number(run.value('store', 'x') ?? 0)
  return x >= count('ok') && x <= count('ok') + count('unknown')
}

const all: readonly Fault[] = ['pause', 'clock', 'cut', 'crash', 'late', 'copy', 'drop']

test('with a fence no acknowledged addition is lost and none counts twice, whatever clocks, pauses and messages do', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e6 }), fc.boolean(), fc.constantFrom(0, 300, 1000), (seed, repeat, termMs) => {
      expect(isRight(play({ fence: 'all', termMs, holder: { repeat } }, all, seed))).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('a lock without an end needs no fence while nobody crashes: delays make it slow, never wrong', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e6 }), seed => {
      const run = play({ termMs: 0 }, ['pause', 'clock', 'late', 'copy'], seed)
      expect(isRight(run)).toBe(true)
      expect(run.history.every(({ outcome }) => outcome === 'ok')).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test.each([
  ['without a fence', { fence: 'off' }],
  ['with a look at the clock before each write instead', { fence: 'off', holder: { check: 'before-write' } }],
  ['with a fence on writes alone', { fence: 'writes' }],
] as const)('%s additions are lost', (_name, setup) => {
  const wrong = Array.from({ length: 60 }, (_, seed) => seed).filter(
    seed => !isRight(play({ termMs: 300, ...setup }, ['pause', 'late'], seed)),
  )
  expect(wrong.length).toBeGreaterThan(0)
})

test.each([1, 2, 3])('the worlds are equal in place and on drafts after every event, seed %i', seed => {
  const run = play({ fence: 'all', termMs: 400, holder: { repeat: true, renewMs: 150 }, bothModes: true }, all, seed)
  for (const { id, config } of run.spec.nodes) run.configure(id, config as object)
  run.ask('alice', 'read', 'x')
  run.run(100)
  expect(run.differing).toEqual([])
})
