import { describe, expect, test } from 'vitest'
import { quorum } from '../../src/protocols/quorum.ts'
import { Laboratory, type Setup } from './laboratory.ts'

const lab = (config: object, more: Partial<Setup> = {}) =>
  new Laboratory({
    protocol: quorum,
    config: { antiEntropyMs: 0, readRepair: 'off', ...config },
    at: { alice: 'n1', bob: 'n2', carol: 'n3' },
    clients: ['alice', 'bob', 'carol'],
    clientConfig: { timeoutMs: 2000, stick: true },
    ...more,
  })

const values = (run: Laboratory, key = 'x') => ['n1', 'n2', 'n3'].map(node => run.value(node, key))

describe('siblings (section 4.4)', () => {
  const siblings = { conflict: 'siblings', r: 1, w: 1, antiEntropyMs: 100 }

  test('writes that did not know of each other stay side by side, and readers get both', () => {
    const run = lab(siblings)
    run.cut(['n1'], ['n2', 'n3'])
    const [a, b] = [run.ask('alice', 'write', 'x', 'A'), run.ask('bob', 'write', 'x', 'B')]
    run.run(200).heal().run(1000)
    expect(values(run)).toEqual([
      ['A', 'B'],
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(run.view('n3').values.x?.siblings).toEqual([
      { value: 'A', op: a },
      { value: 'B', op: b },
    ])
    const read = run.ask('carol', 'read', 'x')
    expect(run.run(100).result(read)).toBe('ok ["A","B"]')
  })

  test('a write by somebody who has read them replaces them', () => {
    const run = lab(siblings)
    run.cut(['n1'], ['n2', 'n3'])
    run.ask('alice', 'write', 'x', 'A')
    run.ask('bob', 'write', 'x', 'B')
    run.run(200).heal().run(1000)
    run.ask('carol', 'read', 'x')
    run.run(100)
    run.ask('carol', 'write', 'x', 'A and B')
    expect(values(run.run(1000))).toEqual(['A and B', 'A and B', 'A and B'])
  })

  test("a client's next write replaces its own last one", () => {
    const run = lab(siblings)
    run.ask('alice', 'write', 'x', 1)
    run.run(100)
    run.ask('alice', 'write', 'x', 2)
    expect(values(run.run(1000))).toEqual([2, 2, 2])
  })

  test('a node that crashed before its disk had the last writes does not use its numbers again', () => {
    const run = lab({ ...siblings, w: 1 }, { syncMs: 500 })
    run.run(1000)
    run.ask('alice', 'write', 'x', 'first')
    run.run(100).crash('n1').restart('n1', 'kept')
    run.run(1000)
    const second = run.ask('carol', 'write', 'x', 'second')
    const third = run.ask('alice', 'write', 'x', 'third')
    run.run(2000)
    expect([second, third].map(id => run.result(id))).toEqual(['ok', 'ok'])
    // Alice had seen her first write. Under its old name n1 would number the third as it had the first, so n2 and n3 would not take it.
    expect(values(run)).toEqual([
      ['third', 'second'],
      ['third', 'second'],
      ['third', 'second'],
    ])
  })

  test('a node that lost its disk does not use its numbers again', () => {
    const run = lab({ ...siblings, antiEntropyMs: 300 })
    run.ask('alice', 'write', 'x', 'first')
    run.run(100).crash('n1').restart('n1', 'lost')
    const second = run.ask('bob', 'write', 'x', 'of bob')
    const third = run.ask('alice', 'write', 'x', 'of alice')
    run.run(2000)
    expect([second, third].map(id => run.result(id))).toEqual(['ok', 'ok'])
    // Alice had seen the first; Bob had not. Under its old name n1 would have numbered Alice's write 1 again, as seen by everybody.
    expect(values(run)).toEqual([
      ['of alice', 'of bob'],
      ['of alice', 'of bob'],
      ['of alice', 'of bob'],
    ])
  })
})
