import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraceEvent } from '../../src/kernel/trace.ts'
import { lightCone } from '../../src/lab/causality.ts'
import { parseCommands } from '../../src/lab/command-text.ts'
import { runLab } from '../../src/lab/run-lab.ts'
import { quietLab, raftLab } from './mini-labs.ts'

const trace = runLab(raftLab, 3, parseCommands('w@800 p@1000 b@1200 h@2000'), {
  trace: true,
  endUs: 2_500_000,
  budget: 0,
}).trace

const find = (events: readonly TraceEvent[], test: (event: TraceEvent) => boolean): number => {
  const found = events.find(test)
  if (found === undefined) throw new Error('there is no such event')
  return found.index
}

describe('the causal past and future', () => {
  it('of an answer hold the request that it answers, and nothing of the client that knew nothing of it', () => {
    const events = runLab(quietLab, 1, parseCommands('w@100 r@200'), { trace: true, budget: 0 }).trace
    const asked = find(events, ({ cause }) => cause.type === 'invoke' && cause.node === 'alice')
    const served = find(
      events,
      ({ cause }) => cause.type === 'deliver' && cause.node === 'store' && cause.message.from === 'alice',
    )
    const answered = find(events, ({ cause }) => cause.type === 'deliver' && cause.node === 'alice')
    const bob = find(events, ({ cause }) => cause.type === 'invoke' && cause.node === 'bob')
    const { past, future } = lightCone(events, answered)
    expect(past.has(asked) && past.has(served)).toBe(true)
    expect(past.has(bob) || future.has(bob)).toBe(false)
    expect(lightCone(events, asked).future).toContain(answered)
  })

  it('are each other’s mirror: a is in the past of b exactly when b is in the future of a', () => {
    fc.assert(
      fc.property(fc.nat(trace.length - 1), fc.nat(trace.length - 1), (a, b) => {
        expect(lightCone(trace, a).future.has(b)).toBe(lightCone(trace, b).past.has(a))
      }),
      { seed: 1, numRuns: 40 },
    )
  })

  it('agree with time: nothing of the past is later, and an event is in neither', () => {
    fc.assert(
      fc.property(fc.nat(trace.length - 1), at => {
        const { past, future } = lightCone(trace, at)
        expect([...past].every(index => index < at)).toBe(true)
        expect([...future].every(index => index > at)).toBe(true)
      }),
      { seed: 2, numRuns: 30 },
    )
  })
})
