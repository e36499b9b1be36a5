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
import { type FaultRun, scriptOf, specOf } from './raft-faults.ts'

test.each<FaultRun>([
  { seed: 1, config: { compactAfter: 4 } },
  { seed: 2, config: { forward: true } },
  { seed: 3, config: { preVote: true, checkQuorum: true, reads: 'lease' } },
  { seed: 4, syncMs: 3 },
  { seed: 5, size: 5, faultEveryMs: 20 },
])('seed $seed: the same world after every event, in place and on Immer drafts', run => {
  const { spec, servers, choices } = specOf(run)
  const plain = createWorld(spec)
  let drafted = freeze(createWorld(spec))
  const differing: number[] = []
  const compare = (): void => {
    if (
      plain.nextIndex % 10 === 0
        ? worldHash(spec, plain) !== worldHash(spec, drafted)
        : !isDeepStrictEqual(plain, drafted)
    )
      differing.push(plain.nextIndex)
  }
  for (const { atUs, acts } of scriptOf({ ...run, faultsUntilMs: 250 }, servers, choices)) {
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
