import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labels, outcome, web } from './web-lab.ts'

const filtered = { filtersTooBig: true }

describe('path MTU discovery', () => {
  test('a router says what its next link takes, and the sender cuts smaller (RFC 1191, sections 3 and 4)', () => {
    const run = web()
    expect(outcome(run, 'phone', 'get', 'report')).toBe('ok')
    expect(labels(run, 'tun', 'gate')).toContain('too big, mtu 1400')
    expect(run.view('s1').facts.find(({ label }) => label === 'payload')?.value).toBe('1360')
  })

  test('where the word is filtered, ping and small requests pass and large answers hang (RFC 2923, section 2.1)', () => {
    const run = web({ gate: filtered })
    expect(outcome(run, 'phone', 'read', 'ping')).toBe('ok')
    expect(outcome(run, 'phone', 'put', 'name', 'a')).toBe('ok')
    expect(outcome(run, 'phone', 'get', 'report')).toBe('unknown no answer')
    expect(outcome(run, 'desk', 'get', 'report')).toBe('ok')
  })

  test('a sender whose own link is the narrow one never meets it', () => {
    expect(outcome(web({ gate: filtered, phone: { mtu: 1400 } }), 'phone', 'get', 'report')).toBe('ok')
  })

  test('clamping lowers what both ends offer in the handshake', () => {
    const run = web({ gate: filtered, tun: { clampsMss: true } })
    expect(outcome(run, 'phone', 'get', 'report')).toBe('ok')
    expect(labels(run, 'tun', 'gate')).toContain('SYN mss 1360')
    expect(labels(run, 'tun', 'phone')).toContain('SYN-ACK mss 1360')
    expect(run.trace.filter(({ effects }) => effects.some(effect => effect.type === 'lost'))).toEqual([])
  })

  test('probing takes two silences for a black hole and shrinks to the base size (RFC 4821, section 7.7)', () => {
    const run = web({ gate: filtered, server: { probing: true } })
    expect(outcome(run, 'phone', 'get', 'report')).toBe('ok')
    expect(run.notes('black hole suspected')).toEqual([{ node: 's1', data: { packets: 1024 } }])
  })

  test('probing leaves small messages alone: their silence is no hint of size', () => {
    const run = web({ server: { probing: true, largeBytes: 300 } })
    run.cut(['tun'], ['phone'], true)
    outcome(run, 'phone', 'get', 'report')
    run.heal()
    expect(run.notes('black hole suspected')).toEqual([])
  })
})

describe('transport', () => {
  test('brings a message whole and once, whatever is lost, for any sizes', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer({ min: 1, max: 1e6 }),
          largeBytes: fc.integer({ min: 1, max: 9000 }),
          mtu: fc.integer({ min: 200, max: 1500 }),
          loss: fc.constantFrom(0, 0.05, 0.15),
          duplicate: fc.constantFrom(0, 0.2),
        }),
        ({ seed, largeBytes, mtu, loss, duplicate }) => {
          const run = web({
            server: { largeBytes, rtoMs: 60, tries: 20 },
            phone: { mtu, rtoMs: 60, tries: 20, timeoutMs: 60_000 },
            desk: { rtoMs: 60, tries: 20, timeoutMs: 60_000 },
            tun: { linkMtu: mtu },
            mtu,
            more: { seed, deadlineMs: 60_000, network: { loss, duplicate } },
          })
          const ids = [
            run.ask('phone', 'get', 'report'),
            run.ask('phone', 'put', 'x', 'a'),
            run.ask('desk', 'put', 'y', 'b'),
          ]
          run.run(30_000)
          expect(ids.map(id => run.operation(id).outcome)).toEqual(['ok', 'ok', 'ok'])
          expect(['s1', 's2'].flatMap(name => run.applied(name)).sort()).toEqual(['desk#1', 'phone#2'])
        },
      ),
      { numRuns: 80, seed: 4 },
    )
  })
})

describe('a box with a table of flows', () => {
  const calls = (setup: Parameters<typeof web>[0], pauseMs: number) => {
    const run = web({ ...setup, gate: { idleTimeoutMs: 6000, ...setup?.gate } })
    const first = outcome(run, 'desk', 'get', 'x', null, 500)
    run.run(pauseMs)
    return { run, outcomes: [first, outcome(run, 'desk', 'get', 'x')] }
  }

  test('forgets what is idle, and drops what then comes for it without a word', () => {
    const { run, outcomes } = calls({}, 7000)
    expect(outcomes).toEqual(['ok', 'unknown no answer'])
    expect(run.notes('flow forgotten').length).toBe(1)
    expect(outcome(run, 'desk', 'get', 'x')).toBe('ok')
  })

  test('remembers a flow in use', () => {
    expect(calls({}, 5000).outcomes).toEqual(['ok', 'ok'])
  })

  test('is met by no client that keeps connections for less long', () => {
    expect(calls({ desk: { keepAliveMs: 5000 } }, 7000).outcomes).toEqual(['ok', 'ok'])
  })

  test('is reminded by keep-alives (RFC 9293, section 3.8.4)', () => {
    const { run, outcomes } = calls({ desk: { probeMs: 2000 } }, 20_000)
    expect(outcomes).toEqual(['ok', 'ok'])
    expect(run.notes('flow forgotten')).toEqual([])
  })

  test('that answers with a reset lets a client ask again, if it may (RFC 9110, section 9.2.2)', () => {
    expect(calls({ gate: { tells: true } }, 7000).outcomes).toEqual(['ok', 'ok'])
    expect(calls({ gate: { tells: true }, desk: { retriesReset: false } }, 7000).outcomes).toEqual([
      'ok',
      'unknown connection reset',
    ])
  })

  test('gives new flows to its servers in turn, and keeps a flow at its server', () => {
    const run = web({ desk: { keepAliveMs: 0 } })
    for (const key of ['a', 'b', 'c', 'd']) outcome(run, 'desk', 'put', key, '1', 200)
    expect([run.applied('s1').length, run.applied('s2').length]).toEqual([2, 2])
    const kept = web()
    for (const key of ['a', 'b', 'c', 'd']) outcome(kept, 'desk', 'put', key, '1', 200)
    expect([kept.applied('s1').length, kept.applied('s2').length]).toEqual([4, 0])
  })

  test('a server that has restarted resets connections that it does not know', () => {
    const run = web()
    expect(outcome(run, 'desk', 'put', 'x', 'a', 200)).toBe('ok')
    run.crash('s1').run(10).restart('s1').run(10)
    expect(outcome(run, 'desk', 'get', 'x')).toMatch(/^ok/)
    expect(run.notes('asks again on a new connection').length).toBe(1)
  })
})

describe('two versions', () => {
  const orders = (setup: Parameters<typeof web>[0]) => {
    const run = web({
      ...setup,
      s2: { version: 2, ...setup?.s2 },
      desk: { keepAliveMs: 0, newField: true, ...setup?.desk },
    })
    const outcomes = Array.from({ length: 6 }, (_, at) => outcome(run, 'desk', 'put', 'order', `${at}`, 200))
    const gifts = ['s1', 's2'].map(name => Number(run.view(name).facts.find(({ label }) => label === 'gifts')?.value))
    return { refused: outcomes.filter(each => each === 'fail 400 unknown field').length, gifts }
  }

  test('the old one refuses a field that it does not know', () => {
    expect(orders({})).toEqual({ refused: 3, gifts: [0, 3] })
  })

  test('a tolerant reader passes over it, and what it asked for is lost', () => {
    expect(orders({ server: { unknownFields: 'ignored' } })).toEqual({ refused: 0, gifts: [0, 3] })
  })

  test('a client that detects the version does not send it there', () => {
    expect(orders({ desk: { detects: true } })).toEqual({ refused: 0, gifts: [0, 3] })
  })

  test('an old client at a new server is served', () => {
    expect(orders({ desk: { newField: false } })).toEqual({ refused: 0, gifts: [0, 0] })
  })
})

describe('two encodings', () => {
  const old = { charset: 'latin-1', reads: ['latin-1'] }
  const both = { charset: 'latin-1', reads: ['latin-1', 'utf-8'] }
  const write = (server: object, phone: object, name = 'Müller') => {
    const run = web({ server, phone, desk: { charset: 'latin-1' }, gate: { servers: ['s1'] } })
    return [
      outcome(run, 'phone', 'put', 'name', name, 500),
      outcome(run, 'phone', 'get', 'name', null, 500),
      outcome(run, 'desk', 'get', 'name', null, 500),
    ]
  }

  test('unsaid, the writer reads its own text and everybody else another, and nobody sees an error', () => {
    expect(write(old, {})).toEqual(['ok', 'ok Müller', 'ok MÃ¼ller'])
  })

  test('said, what cannot be read is refused with 415, and what cannot be written with 406', () => {
    expect(write(old, { declares: true })[0]).toBe('fail 415 reads latin-1')
    const run = web({ server: old, desk: { charset: 'latin-1' }, phone: { declares: true }, gate: { servers: ['s1'] } })
    outcome(run, 'desk', 'put', 'name', 'Jürgen', 500)
    expect(outcome(run, 'phone', 'get', 'name', null, 500)).toBe('fail 406 writes latin-1')
  })

  test('agreed on, the text arrives in an encoding that both have (RFC 9110, section 12)', () => {
    expect(write(old, { declares: true, negotiates: true })).toEqual(['ok', 'ok Müller', 'ok Müller'])
  })

  test('what the service has said is used at once the next time', () => {
    const run = web({ server: old, phone: { declares: true, negotiates: true }, gate: { servers: ['s1'] } })
    outcome(run, 'phone', 'put', 'name', 'Müller', 500)
    outcome(run, 'phone', 'put', 'name', 'Jürgen', 500)
    const answers = labels(run, 's1', 'gate').filter(label => label.startsWith('4') || label.startsWith('2'))
    expect(answers).toEqual(['415 reads latin-1', '200', '200'])
  })

  test('a letter that the common encoding lacks is refused before it is sent', () => {
    expect(write(old, { declares: true, negotiates: true }, 'Łódź')[0]).toBe('fail latin-1 lacks a letter')
  })

  test('an adapter that reads both takes what is said', () => {
    expect(write(both, { declares: true })).toEqual(['ok', 'ok Müller', 'ok Müller'])
  })
})
