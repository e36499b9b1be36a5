import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import type { AnyProtocol } from '../../src/kernel/protocol.ts'
import { balancer } from '../../src/protocols/balancer.ts'
import { balancerConfig } from '../../src/protocols/balancer-config.ts'
import { freshRotation, inRotation, pick } from '../../src/protocols/rotation.ts'
import { server } from '../../src/protocols/server.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { failing, playStore } from './store-faults.ts'

const backends = ['n1', 'n2', 'n3']

const setup = (config: object = {}, more: Partial<Setup> = {}): Setup => ({
  protocol: balancer,
  servers: ['front', ...backends],
  config: { backends, timeoutMs: 100, ...config },
  clients: ['alice'],
  clientConfig: { servers: ['front'], timeoutMs: 1000, retries: 0 },
  ...more,
  special: Object.fromEntries(
    backends.map(node => [node, { protocol: server, config: { ...more.special?.[node]?.config } }]),
  ),
})

const callsOf = (run: Laboratory): number[] =>
  backends.map(node => run.sent('front', node).filter(({ info }) => info.purpose === 'request').length)

const fact = (run: Laboratory, label: string): string | undefined =>
  run.view('front').facts.find(one => one.label === label)?.value

/** Asks one after another, each after the last is over. */
const askInTurn = (run: Laboratory, times: number, kind: 'read' | 'add' = 'read'): string[] =>
  Array.from({ length: times }, () => {
    const op = run.ask('alice', kind, 'x', kind === 'add' ? 1 : null)
    run.run(400)
    return run.operation(op).outcome
  })

describe('one of several servers', () => {
  test('by turns: each gets its share', () => {
    const run = new Laboratory(setup())
    expect(askInTurn(run, 6)).toEqual(Array(6).fill('ok'))
    expect(callsOf(run)).toEqual([2, 2, 2])
  })

  test('by turns: a slow server gets as many as a fast one; by fewest unanswered it gets few', () => {
    const slow = { n1: { config: { workers: 1, processingMs: 200 } } }
    const calls = (policy: string): number => {
      const run = new Laboratory(
        setup({ policy, timeoutMs: 5000 }, { special: slow, clientConfig: { servers: ['front'], timeoutMs: 5000 } }),
      )
      for (let i = 0; i < 30; i += 1) {
        run.ask('alice', 'read', 'x')
        run.run(15)
      }
      return callsOf(run)[0] ?? 0
    }
    expect(calls('round-robin')).toBe(10)
    expect(calls('least-outstanding')).toBeLessThan(6)
  })

  test('a dead server goes on getting its share when nobody looks', () => {
    const run = new Laboratory(setup()).crash('n2')
    expect(askInTurn(run, 6, 'add')).toEqual(['ok', 'unknown', 'ok', 'ok', 'unknown', 'ok'])
    expect(fact(run, 'in')).toBe('n1 n2 n3')
  })

  test('a retry goes to another server', () => {
    const run = new Laboratory(setup({ retries: 1 })).crash('n2')
    expect(askInTurn(run, 6)).toEqual(Array(6).fill('ok'))
  })

  test('a read that nobody answers is refused, a write is left open: it may have been carried out', () => {
    const run = new Laboratory(setup())
    run.cut(backends, ['front'], true)
    expect(askInTurn(run, 1)).toEqual(['fail'])
    expect(askInTurn(run, 1, 'add')).toEqual(['unknown'])
    expect(run.value('n2', 'x')).toBe(1)
  })

  test('a refusal is passed on only if no server can have carried the call out', () => {
    const full = { workers: 1, processingMs: 60, queueLimit: 1, loadShedding: true }
    const all = Object.fromEntries(backends.map(node => [node, { config: full }]))
    const run = new Laboratory(setup({ retries: 2, timeoutMs: 900 }, { special: all }))
    const ops = Array.from({ length: 9 }, () => run.ask('alice', 'add', 'x', 1))
    run.run(1000)
    const outcomes = ops.map(op => run.operation(op).outcome)
    expect(outcomes.filter(outcome => outcome === 'ok')).toHaveLength(6)
    expect(outcomes.filter(outcome => outcome === 'fail')).toHaveLength(3)
    expect(backends.map(node => run.value(node, 'x'))).toEqual([2, 2, 2])
  })
})

describe('health checks', () => {
  const checked = { checkMs: 50, fall: 2, rise: 2 }

  test('take a dead server out after so many missed, and back after so many answered', () => {
    const run = new Laboratory(setup(checked)).run(30).crash('n2').run(80)
    expect(fact(run, 'in')).toBe('n1 n2 n3')
    run.run(100)
    expect([fact(run, 'in'), fact(run, 'out')]).toEqual(['n1 n3', 'n2'])
    expect(askInTurn(run, 4, 'add')).toEqual(Array(4).fill('ok'))
    run.restart('n2').run(60)
    expect(fact(run, 'out')).toBe('n2')
    run.run(60)
    expect(fact(run, 'in')).toBe('n1 n2 n3')
    expect(run.notes('suspect')).toEqual([{ node: 'front', data: { node: 'n2' } }])
    expect(run.notes('trust')).toHaveLength(1)
  })

  test('one missed check is forgiven', () => {
    const run = new Laboratory(setup(checked)).run(10)
    run.act({ act: 'pause', node: nodeId('n2'), forUs: 60_000 })
    run.run(500)
    expect(run.notes('suspect')).toEqual([])
  })

  test('find a hanging server, not an overloaded one: they pass the queue', () => {
    const busy = { n1: { config: { workers: 1, processingMs: 10_000 } } }
    const run = new Laboratory(setup(checked, { special: busy }))
    run.ask('alice', 'read', 'x')
    run.run(1000)
    expect(fact(run, 'in')).toBe('n1 n2 n3')
    run.act({ act: 'pause', node: nodeId('n1') })
    run.run(300)
    expect(fact(run, 'out')).toBe('n1')
  })

  test('with nobody left a call is refused at once', () => {
    const run = new Laboratory(setup(checked))
    for (const node of backends) run.crash(node)
    run.run(300)
    const op = run.ask('alice', 'add', 'x', 1)
    run.run(20)
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'n1, n2, n3 out of rotation' })
  })

  test('switched on during a run they begin, switched off they let everybody back in', () => {
    const run = new Laboratory(setup()).crash('n2')
    run.configure('front', checked).run(300)
    expect(fact(run, 'out')).toBe('n2')
    run.configure('front', { checkMs: 0 }).run(10)
    expect(fact(run, 'in')).toBe('n1 n2 n3')
  })
})

describe('ejection', () => {
  test('leaves a server out after so many failed calls in a row, for a while; one more failure ejects it again', () => {
    const run = new Laboratory(setup({ ejectAfter: 2, ejectMs: 3000, retries: 1 })).crash('n2')
    askInTurn(run, 6)
    expect(fact(run, 'out')).toBe('n2')
    run.run(3000)
    expect(fact(run, 'in')).toBe('n1 n2 n3')
    askInTurn(run, 3)
    expect(fact(run, 'out')).toBe('n2')
  })
})

describe('the answers of several servers', () => {
  test('all: as late as the slowest; one that is missing spoils it', () => {
    const slow = { n3: { config: { workers: 1, processingMs: 60 } } }
    const run = new Laboratory(setup({ fanOut: 'all' }, { special: slow }))
    const op = run.ask('alice', 'add', 'x', 1)
    run.run(400)
    const { invokedUs, returnedUs } = run.operation(op)
    expect(((returnedUs ?? 0) - invokedUs) / 1000).toBe(80)
    expect(backends.map(node => run.value(node, 'x'))).toEqual([1, 1, 1])
    run.crash('n3')
    expect(askInTurn(run, 1, 'add')).toEqual(['unknown'])
    expect(askInTurn(run, 1)).toEqual(['fail'])
  })

  test('all: with one out of rotation it is refused before anybody is asked', () => {
    const run = new Laboratory(setup({ fanOut: 'all', checkMs: 50, fall: 2 })).crash('n3').run(200)
    expect(askInTurn(run, 1, 'add')).toEqual(['fail'])
    expect(callsOf(run)).toEqual([0, 0, 0])
  })

  test('majority: one of three may be missing; any: two may', () => {
    const outcomes = (fanOut: string, dead: readonly string[]) => {
      const run = new Laboratory(setup({ fanOut }))
      for (const node of dead) run.crash(node)
      return askInTurn(run, 1, 'add')[0]
    }
    expect([outcomes('majority', ['n1']), outcomes('majority', ['n1', 'n2'])]).toEqual(['ok', 'unknown'])
    expect([outcomes('any', ['n1', 'n2']), outcomes('any', backends)]).toEqual(['ok', 'unknown'])
  })

  test.each([
    ['all', 0.9 * 0.9 * 0.9],
    ['any', 1 - 0.1 * 0.1 * 0.1],
    ['majority', 3 * 0.9 * 0.9 * 0.1 + 0.9 * 0.9 * 0.9],
  ])('%s of three that are each there nine times in ten: the share is that of the sum', (fanOut, share) => {
    const run = new Laboratory(setup({ fanOut }))
    run.act({ act: 'link', links: backends.map(node => [nodeId('front'), nodeId(node)]), set: { loss: 0.1 } })
    const times = 1500
    for (let i = 0; i < times; i += 1) {
      run.ask('alice', 'read', 'x')
      run.run(2)
    }
    run.run(500)
    const ok = run.history.filter(({ outcome }) => outcome === 'ok').length / times
    // Four standard deviations of a share of so many.
    expect(Math.abs(ok - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / times))
  })
})

test('turns: over any servers and any that are out, nobody is asked twice before all that are in were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (n, out) => {
      const names = Array.from({ length: n }, (_, i) => nodeId(`n${i}`))
      const config = balancerConfig({ backends: names })
      const rotation = freshRotation(config)
      for (const [i, node] of names.entries())
        if (out[i]) (rotation.members[node] as { healthy: boolean }).healthy = false
      const able = inRotation(rotation, config)
      const round = () => able.map(() => pick(rotation, config, []))
      expect(new Set(round())).toEqual(new Set(able))
      expect(round().toSorted()).toEqual([...able].toSorted())
    }),
  )
})

// What a balancer says is true: a refused write was carried out nowhere, one that is ok somewhere, and the network's copies change nothing.
const network = { latencyMs: { uniform: { min: 1, max: 40 } }, duplicate: 0.1, reorder: 0.2, reorderMs: 60 }

const wrongWord = (seed: number, config: object, protocol: AnyProtocol = balancer): string | null => {
  const full = { workers: 1, processingMs: 15, queueLimit: 2, loadShedding: true }
  const run = playStore({
    seed,
    setup: setup(config, {
      protocol,
      network,
      clients: ['alice', 'bob'],
      special: Object.fromEntries(backends.map(node => [node, { config: full }])),
    }),
    faults: ['cut', 'cut-one-way', 'crash', 'pause', 'drop', 'duplicate'],
    operation: (_, ordinal) => ({ kind: 'append', key: 'log', input: String(ordinal) }),
    operations: 25,
  })
  const applied = new Set(backends.flatMap(node => run.applied(node)))
  const lied = run.history.find(({ id, outcome }) =>
    outcome === 'fail' ? applied.has(id) : outcome === 'ok' && !applied.has(id),
  )
  return lied === undefined ? null : `${lied.id} is ${lied.outcome}, ${applied.has(lied.id) ? '' : 'not '}carried out`
}

test.each([
  [{ retries: 2, checkMs: 60, fall: 2, ejectAfter: 3, ejectMs: 300 }],
  [{ retries: 1, policy: 'least-outstanding' }],
  [{ fanOut: 'all', checkMs: 60 }],
  [{ fanOut: 'majority', ejectAfter: 2 }],
  [{ fanOut: 'any' }],
])('what it says of a write is so, under faults: %j', config => {
  expect(failing(40, seed => wrongWord(seed, config))).toEqual([])
})

/** Says no where a balancer that does not know says nothing. */
const certain: AnyProtocol = {
  ...balancer,
  on: (state, event, out) => {
    const note: typeof out.note = (text, data) => {
      out.note(text, data)
      const { op } = (data ?? {}) as { op?: string }
      if (text !== 'gave up' || op === undefined) return
      const result = { outcome: 'fail' as const, reason: 'nobody answered' }
      out.send(nodeId(op.split('#')[0] ?? ''), { t: 'answer', op, attempt: 1, result })
    }
    balancer.on(state, event, {
      send: (to, message) => out.send(to, message),
      complete: (op, result) => out.complete(op, result),
      setTimer: (timer, range) => out.setTimer(timer, range),
      cancelTimer: timer => out.cancelTimer(timer),
      sync: () => out.sync(),
      note,
      sign: payload => out.sign(payload),
      verify: signed => out.verify(signed),
      seal: (readers, payload) => out.seal(readers, payload),
      open: sealed => out.open(sealed),
    })
  },
}

test('one that says no where it cannot know is found out', () => {
  expect(failing(40, seed => wrongWord(seed, { retries: 1 }, certain))).not.toEqual([])
})
