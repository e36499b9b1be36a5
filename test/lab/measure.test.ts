import { describe, expect, it } from 'vitest'
import { nodeId, requestId } from '../../src/kernel/ids.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import type { NodeView } from '../../src/kernel/view.ts'
import { parseCommands } from '../../src/lab/command-text.ts'
import { histogram, measure, measuredValues, stalenesses, statistic } from '../../src/lab/measure.ts'
import { runLab } from '../../src/lab/run-lab.ts'
import { quietLab } from './mini-labs.ts'

const alice = nodeId('alice')
const bob = nodeId('bob')
let count = 0
const op = (kind: 'read' | 'write', value: number | null, invokedMs: number, returnedMs: number): Operation => ({
  id: requestId(kind === 'write' ? alice : bob, ++count),
  client: kind === 'write' ? alice : bob,
  kind,
  key: 'x',
  input: kind === 'write' ? value : null,
  output: kind === 'read' ? value : null,
  outcome: 'ok',
  invokedUs: invokedMs * 1000,
  returnedUs: returnedMs * 1000,
})

describe('statistics', () => {
  it.each([
    ['count', 4],
    ['sum', 10],
    ['mean', 2.5],
    ['median', 2],
    ['p90', 4],
    ['p99', 4],
    ['min', 1],
    ['max', 4],
  ] as const)('%s of 4, 1, 3, 2 is %d, by the nearest rank', (which, value) => {
    expect(statistic([4, 1, 3, 2], which)).toBe(value)
  })

  it('have nothing to say of nothing, but that it is none', () => {
    expect(statistic([], 'count')).toBe(0)
    expect(statistic([], 'p99')).toBeNull()
  })

  it('count every value in a histogram once', () => {
    expect(histogram([1, 2, 2, 3, 5], 2)).toEqual([
      { from: 1, to: 3, count: 3 },
      { from: 3, to: 5, count: 2 },
    ])
    expect(histogram([7, 7], 3).reduce((sum, bin) => sum + bin.count, 0)).toBe(2)
  })
})

describe('staleness', () => {
  it('is the age of the oldest write that the read should have seen', () => {
    const history = [op('write', 1, 0, 10), op('write', 2, 20, 30), op('write', 3, 40, 50), op('read', 1, 100, 110)]
    expect(stalenesses(history)).toEqual([70])
  })

  it('is nothing for a fresh read, and for one of a concurrent write', () => {
    const history = [
      op('write', 1, 0, 10),
      op('read', 1, 20, 30),
      op('write', 2, 40, 90),
      op('read', 1, 50, 60),
      op('read', 2, 55, 65),
    ]
    expect(stalenesses(history)).toEqual([0, 0, 0])
  })

  it('of the initial value counts from the first write', () => {
    expect(stalenesses([op('write', 1, 0, 10), op('read', null, 25, 30)])).toEqual([15])
  })
})

describe('the measures of a run', () => {
  const result = runLab(quietLab, 1, parseCommands('w@100 r@500 drop(reply alice.write#2) w@1000'), { budget: 0 })
  const of = (name: Parameters<typeof measure>[0]['name'], who?: string) =>
    measure({ name, ...(who === undefined ? {} : { of: who }) }, result.history, result.scene.tally, result.scene)

  it('count what was asked, answered, sent, lost, called and applied', () => {
    expect({
      operations: of('operations'),
      ok: of('ok'),
      alice: of('ok', 'alice'),
      messages: of('messages'),
      lost: of('lost', 'store'),
      calls: of('calls', 'store'),
      applied: of('applied'),
    }).toEqual({ operations: 3, ok: 3, alice: 2, messages: 8, lost: 1, calls: 4, applied: 3 })
  })

  it('tell a retry from a first attempt', () => {
    const values = measuredValues({ name: 'attempts', of: 'alice' }, result.history, result.scene.tally, result.scene)
    expect(values.toSorted()).toEqual([1, 2])
  })

  it('read the facts that nodes show', () => {
    expect(
      measure({ name: 'fact', fact: 'asked', of: 'store' }, result.history, result.scene.tally, result.scene),
    ).toBe(4)
  })

  it('read the terms that servers are in, the highest where none is named', () => {
    const terms: { readonly [node: string]: number } = { n1: 2, n2: 5 }
    const nodes = {
      servers: ['n1', 'n2', 'n3'].map(nodeId),
      clients: [],
      view: (node: string) => ({ role: 'follower', term: terms[node], values: {}, facts: [] }) as NodeView,
    }
    const term = (of?: string) =>
      measure({ name: 'term', ...(of === undefined ? {} : { of }) }, [], result.scene.tally, nodes)
    expect([term(), term('n1'), term('n3')]).toEqual([5, 2, null])
  })
})
