import { describe, expect, test } from 'vitest'
import { checkCausal } from '../../src/check/causal.ts'
import { models } from '../../src/check/model.ts'
import { checkSequential } from '../../src/check/sequential.ts'
import { checkSession, sessionGuarantees } from '../../src/check/sessions.ts'
import { canonicalJson } from '../../src/kernel/json.ts'
import { causal } from '../../src/protocols/causal.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { failing, playStore, type StoreRun } from './store-faults.ts'

const lab = (config: object = {}, more: Partial<Setup> = {}) =>
  new Laboratory({
    protocol: causal,
    config,
    at: { alice: 'n1', bob: 'n2', carol: 'n3' },
    clients: ['alice', 'bob', 'carol'],
    clientConfig: { timeoutMs: 2000, stick: true },
    ...more,
  })

const fact = (run: Laboratory, node: string, label: string) =>
  run.view(node).facts.find(one => one.label === label)?.value

/** Alice posts, Bob has read it and replies, and the line between n1 and n3 is cut. */
const replied = (config: object = {}): Laboratory => {
  const run = lab(config)
  run.cut(['n1'], ['n3'])
  run.ask('alice', 'write', 'post', 1)
  run.run(50)
  run.ask('bob', 'read', 'post')
  run.run(50)
  run.ask('bob', 'write', 'reply', 2)
  return run.run(50)
}

describe('reads and writes (Ahamad et al., section 3)', () => {
  test('are answered by the node alone, whoever is cut off', () => {
    const run = lab()
    run.cut(['n1'], ['n2'])
    run.cut(['n1'], ['n3'])
    const write = run.ask('alice', 'write', 'x', 1)
    const read = run.run(20).ask('alice', 'read', 'x')
    run.run(20)
    expect([run.result(write), run.result(read)]).toEqual(['ok', 'ok 1'])
  })

  test('a key that nobody has written is null, and other kinds of operation are refused', () => {
    const run = lab()
    const read = run.ask('alice', 'read', 'x')
    const add = run.ask('alice', 'add', 'x', 1)
    run.run(20)
    expect(run.operation(read)).toMatchObject({ outcome: 'ok', output: null })
    expect(run.result(add)).toBe('fail')
  })

  test('a second attempt at the same node is the same write', () => {
    const run = lab({}, { clientConfig: { timeoutMs: 30, retries: 2, stick: true } })
    run.ask('alice', 'write', 'x', 1)
    run.dropNext(({ info }) => info.purpose === 'reply').run(200)
    expect(run.applied('n1')).toEqual(['alice#1'])
  })
})

describe('delivery (Birman et al., section 5.1)', () => {
  test('an effect is held back until its cause is there', () => {
    const run = replied()
    expect(run.value('n3', 'reply')).toBeUndefined()
    expect(fact(run, 'n3', 'holds back')).toBe('reply=2 for n1:1')
    run.heal().run(500)
    expect([run.value('n3', 'post'), run.value('n3', 'reply')]).toEqual([1, 2])
    expect(run.applied('n3')).toEqual(['alice#1', 'bob#2'])
    expect(fact(run, 'n3', 'holds back')).toBeUndefined()
  })

  test('with the rule switched off it is shown as it comes', () => {
    const run = replied({ waitForCauses: false })
    expect([run.value('n3', 'post'), run.value('n3', 'reply')]).toEqual([undefined, 2])
  })

  test('writes of one node are taken in their order', () => {
    const run = lab({ resendMs: 1000 })
    run.ask('alice', 'write', 'x', 1)
    run.dropNext(({ to, info }) => to === 'n2' && info.purpose === 'replicate').run(20)
    run.ask('alice', 'write', 'y', 2)
    run.run(50)
    expect([run.value('n2', 'x'), run.value('n2', 'y'), run.value('n3', 'y')]).toEqual([undefined, undefined, 2])
    run.run(1000)
    expect([run.value('n2', 'x'), run.value('n2', 'y')]).toEqual([1, 2])
  })

  test('writes that did not know of each other wait for nothing', () => {
    const run = lab()
    run.cut(['n1'], ['n3'])
    run.ask('alice', 'write', 'x', 1)
    run.ask('bob', 'write', 'y', 2)
    run.run(50)
    expect(run.value('n3', 'y')).toBe(2)
  })
})

test('two who write and then look past each other are causal, and fit no single order', () => {
  const run = lab()
  run.cut(['n1'], ['n2'])
  run.ask('alice', 'write', 'x', 1)
  run.ask('bob', 'write', 'y', 2)
  run.run(20).ask('alice', 'read', 'y')
  run.ask('bob', 'read', 'x')
  const { history } = run.run(20)
  expect(checkCausal(history, models.register, { variant: 'CM' }).answer).toBe('holds')
  expect(checkSequential(history, models.register).answer).toBe('violated')
})

describe('agreement (Lloyd et al., section 3)', () => {
  test('of two writes of one key that did not know of each other all keep the same one', () => {
    const run = lab()
    run.ask('alice', 'write', 'x', 1)
    run.ask('bob', 'write', 'x', 2)
    run.run(100)
    expect(['n1', 'n2', 'n3'].map(node => run.value(node, 'x'))).toEqual([2, 2, 2])
  })

  test('a write that knew of another stays, whatever the names', () => {
    const run = lab()
    run.ask('bob', 'write', 'x', 2)
    run.run(50)
    run.ask('alice', 'write', 'x', 1)
    run.run(100)
    expect(['n1', 'n2', 'n3'].map(node => run.value(node, 'x'))).toEqual([1, 1, 1])
  })

  test.each(['kept', 'lost'] as const)('a node that restarts with its disk %s gets what it missed', disk => {
    const run = lab()
    run.ask('alice', 'write', 'x', 1)
    run.run(50).crash('n1')
    run.ask('bob', 'write', 'y', 2)
    run.run(50).restart('n1', disk).run(300)
    expect([run.value('n1', 'x'), run.value('n1', 'y')]).toEqual([1, 2])
    run.ask('alice', 'write', 'x', 3)
    run.run(100)
    expect(['n1', 'n2', 'n3'].map(node => run.value(node, 'x'))).toEqual([3, 3, 3])
  })
})

describe('random runs', () => {
  const keys = ['x', 'y']
  const play = (seed: number, config: object, faults: StoreRun['faults'], syncMs = 0): Laboratory =>
    playStore({
      seed,
      setup: {
        protocol: causal,
        config: { resendMs: 80, ...config },
        network: {
          latencyMs: {
            mixture: [
              { weight: 3, of: { uniform: { min: 1, max: 5 } } },
              { weight: 1, of: { uniform: { min: 30, max: 60 } } },
            ],
          },
        },
        syncMs,
        clients: ['alice', 'bob', 'carol'],
        at: { alice: 'n1', bob: 'n2', carol: 'n3' },
        clientConfig: { timeoutMs: 400, stick: true, pipeline: false },
      },
      faults,
      operation: (choices, ordinal) => {
        const key = choices.of(keys)
        return choices.chance(0.4) ? { kind: 'write', key, input: ordinal } : { kind: 'read', key, input: null }
      },
      operations: 40,
      everyMs: 12,
    })
  const lines: StoreRun['faults'] = ['cut', 'cut-one-way', 'pause', 'drop', 'duplicate']

  test('are causally consistent and keep every session guarantee, whatever the lines do', () => {
    const wrong = failing(120, seed => {
      const { history } = play(seed, {}, lines)
      const answers = [
        checkCausal(history, models.register, { variant: 'CCv' }),
        checkCausal(history, models.register, { variant: 'CM' }),
        ...sessionGuarantees.map(each => checkSession(history, models.register, each)),
      ]
      return answers.find(({ answer }) => answer !== 'holds')?.consistency ?? null
    })
    expect(wrong).toEqual([])
  })

  test('with slow lines, effects come before their causes only where the rule is off (the test of the test)', () => {
    const chat = (waitForCauses: boolean) =>
      failing(30, seed => {
        const run = lab({ waitForCauses }, { seed, network: { latencyMs: { uniform: { min: 1, max: 30 } } } })
        for (let n = 1; n <= 8; n += 1) {
          run.ask('alice', 'write', 'post', n)
          run.run(70).ask('bob', 'read', 'post')
          run.run(70).ask('bob', 'write', 'reply', -n)
          run.run(40).ask('carol', 'read', 'reply')
          run.run(10).ask('carol', 'read', 'post')
          if (n % 2 === 0) run.heal()
          else run.cut(['n1'], ['n3'])
        }
        return checkCausal(run.run(200).history, models.register).answer === 'holds' ? null : 'not causal'
      })
    expect(chat(true)).toEqual([])
    expect(chat(false).length).toBeGreaterThan(2)
  })

  test('end with equal copies, crashes and slow disks included', () => {
    const wrong = failing(120, seed => {
      const run = play(seed, { waitForCauses: seed % 2 === 0 }, [...lines, 'crash'], seed % 3 === 0 ? 20 : 0)
      for (const key of keys) {
        const copies = new Set(['n1', 'n2', 'n3'].map(node => canonicalJson(run.value(node, key) ?? null)))
        if (copies.size > 1) return `${key} is ${[...copies].join(' and ')}`
      }
      return null
    })
    expect(wrong).toEqual([])
  })
})
