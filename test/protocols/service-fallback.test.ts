import { describe, expect, it } from 'vitest'
import type { LabDefinition } from '../../src/lab/definition.ts'
import { resolveLab } from '../../src/lab/resolve-lab.ts'
import type { RunResult } from '../../src/lab/run-lab.ts'
import { runOf } from '../../src/lab/run-of.ts'
import { protocols } from '../../src/protocols/registry.ts'

/** Alice asks a gate, the gate asks a store that hangs from 500 ms on. */
const run = (fallback: boolean, doText: string): RunResult => {
  const definition: LabDefinition = {
    id: 'test/fallback',
    title: 'Fallback',
    nodes: {
      alice: { role: 'client', config: { servers: ['gate'] } },
      gate: { role: 'gate' },
      store: { role: 'store' },
    },
    roles: {
      client: { protocol: 'client', config: { timeoutMs: 1000 } },
      gate: { protocol: 'service', config: { downstream: ['store'], timeoutMs: 100, fallback } },
      store: { protocol: 'server' },
    },
    network: { latencyMs: 5 },
    untilMs: 3000,
    claims: [
      { id: 'run', run: { do: `write(alice x 7)@10 read(alice x)@100 pause(store)@500 ${doText}` }, expect: 'ended' },
    ],
  }
  const lab = resolveLab(definition, protocols)
  const made = lab.claims[0]?.runs[0]
  if (made === undefined) throw new Error('the claim has no run')
  return runOf(lab, made, { phenomena: [], judging: false })
}

describe('a service with a fallback', () => {
  it('answers a read with the last value it saw when the store does not answer', () => {
    const read = run(true, 'read(alice x)@600').history.at(-1)
    expect(read).toMatchObject({ outcome: 'ok', output: 7, servedBy: 'gate' })
    expect((read?.returnedUs ?? 0) / 1000).toBeCloseTo(710)
  })

  it('leaves the read without an answer when the fallback is off', () => {
    expect(run(false, 'read(alice x)@600').history.at(-1)).toMatchObject({ outcome: 'unknown' })
  })

  it('cannot stand in for a write, nor for a key it never saw', () => {
    const [, , write, read] = run(true, 'write(alice x 8)@600 read(alice y)@700').history
    expect(write).toMatchObject({ kind: 'write', outcome: 'unknown' })
    expect(read).toMatchObject({ kind: 'read', key: 'y', outcome: 'unknown' })
  })
})
