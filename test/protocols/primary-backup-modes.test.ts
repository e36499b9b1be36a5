import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import {
  applyAct,
  applyActDraft,
  createWorld,
  freeze,
  nextEventUs,
  step,
  stepDraft,
  worldHash,
} from '../../src/sim/simulator.ts'
import { type FaultRun, scriptOf, specOf } from './primary-backup-faults.ts'

test.each<FaultRun>([
  { seed: 1, config: { failover: 'automatic' } },
  { seed: 2, config: { failover: 'automatic', successor: 'freshest', forward: true } },
  { seed: 3, config: { mode: 'synchronous', reads: 'local' }, loseDisks: true },
  { seed: 4, config: { mode: 'semi-synchronous', failover: 'automatic', fallbackMs: 20 }, syncMs: 6 },
  { seed: 5, config: { failover: 'automatic', fencing: false, shipMs: 15 } },
])('seed $seed: the same world after every event, in place and on Immer drafts', run => {
  const { spec, servers, choices } = specOf(run)
  const plain = createWorld(spec)
  let drafted = freeze(createWorld(spec))
  const differing: number[] = []
  const compare = (): void => {
    const isSame =
      plain.nextIndex % 10 === 0
        ? worldHash(spec, plain) === worldHash(spec, drafted)
        : isDeepStrictEqual(plain, drafted)
    if (!isSame) differing.push(plain.nextIndex)
  }
  for (const { atUs, acts } of scriptOf(run, spec, servers, choices)) {
    if (atUs > 400_000) break
    for (let next = nextEventUs(plain); next !== undefined && next <= atUs; next = nextEventUs(plain)) {
      step(spec, plain)
      drafted = stepDraft(spec, drafted)?.world ?? drafted
      compare()
    }
    for (const act of acts(plain)) {
      applyAct(spec, plain, act)
      const acted = applyActDraft(spec, drafted, act)
      if ('world' in acted) drafted = acted.world
      compare()
    }
  }
  expect(differing).toEqual([])
  expect(plain.nextIndex).toBeGreaterThan(300)
})
