import { describe, expect, test } from 'vitest'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { canonicalJson } from '../../src/kernel/json.ts'
import { quorum } from '../../src/protocols/quorum.ts'
import type { Laboratory } from './laboratory.ts'
import { failing, playStore, type StoreRun } from './store-faults.ts'

// Random runs of the quorum store. Clients sit at different nodes and never retry, so each write is one write.

const keys = ['x', 'y']

const play = (seed: number, config: object, more: Partial<StoreRun> = {}): Laboratory =>
  playStore({
    seed,
    setup: {
      protocol: quorum,
      servers: 3,
      config: { antiEntropyMs: 200, replicaTimeoutMs: 60, requestTimeoutMs: 300, ...config },
      // Mostly quick, now and then slow: so that one replica may have a write long before another.
      network: {
        latencyMs: {
          mixture: [
            { weight: 3, of: { uniform: { min: 1, max: 5 } } },
            { weight: 1, of: { uniform: { min: 30, max: 60 } } },
          ],
        },
      },
      clients: ['alice', 'bob', 'carol'],
      at: { alice: 'n1', bob: 'n2', carol: 'n3' },
      clientConfig: { timeoutMs: 400, stick: true },
    },
    faults: ['cut', 'cut-one-way', 'crash', 'pause', 'drop', 'duplicate'],
    operation: (choices, ordinal) => {
      const key = choices.of(keys)
      return choices.chance(0.5) ? { kind: 'write', key, input: ordinal } : { kind: 'read', key, input: null }
    },
    ...more,
  })

const notLinearizable = (run: Laboratory): string | null => {
  const verdict = checkLinearizable(run.history, models.register)
  return verdict.answer === 'holds' ? null : verdict.answer
}

const nodes = ['n1', 'n2', 'n3']

const notConverged = (run: Laboratory): string | null => {
  for (const key of keys) {
    const copies = new Set(nodes.map(node => canonicalJson(run.value(node, key) ?? null)))
    if (copies.size > 1) return `${key} is ${[...copies].join(' and ')}`
  }
  return null
}

describe('after the faults', () => {
  test('anti-entropy makes all copies equal, by last write and with siblings', () => {
    const wrong = failing(150, seed =>
      notConverged(
        play(seed, {
          conflict: seed % 2 === 0 ? 'lww' : 'siblings',
          w: 1 + (seed % 3),
          r: 1 + (seed % 2),
          sloppy: seed % 5 === 0,
          readRepair: seed % 7 === 0 ? 'off' : 'async',
        }),
      ),
    )
    expect(wrong).toEqual([])
  })

  test('without any repair they stay apart (the test of the test)', () => {
    const apart = failing(20, seed =>
      notConverged(play(seed, { antiEntropyMs: 0, readRepair: 'off', hintedHandoff: false, w: 1, r: 1 })),
    )
    expect(apart.length).toBeGreaterThan(4)
  })
})

describe('linearizable', () => {
  // Much at the same time, on one key.
  const busy: Partial<StoreRun> = {
    everyMs: 6,
    operations: 40,
    operation: (choices, ordinal) =>
      choices.chance(0.3) ? { kind: 'write', key: 'x', input: ordinal } : { kind: 'read', key: 'x', input: null },
  }

  test('a strict quorum where reads write back, while clocks agree', () => {
    const wrong = failing(200, seed => notLinearizable(play(seed, { w: 2, r: 2, readRepair: 'before-return' }, busy)))
    expect(wrong).toEqual([])
  })

  test.each([
    { name: 'reads that do not write back', config: { w: 2, r: 2, readRepair: 'off' } },
    { name: 'W=3 R=1', config: { w: 3, r: 1, readRepair: 'off' } },
    { name: 'R + W = N', config: { w: 2, r: 1, readRepair: 'off' } },
    { name: 'a sloppy quorum', config: { w: 2, r: 2, sloppy: true, readRepair: 'before-return' } },
  ])('not with $name (the test of the test)', ({ config }) => {
    expect(failing(120, seed => notLinearizable(play(seed, config, busy))).length).toBeGreaterThan(0)
  })

  test('not where clocks disagree (the test of the test)', () => {
    const wrong = failing(60, seed =>
      notLinearizable(play(seed, { w: 2, r: 2, readRepair: 'before-return' }, { faults: ['clock'] })),
    )
    expect(wrong.length).toBeGreaterThan(5)
  })
})

test('R + W > N without faults: a read after a write reads it, when nothing overlaps', () => {
  const wrong = failing(100, seed => {
    const run = play(
      seed,
      { w: 1 + (seed % 3), r: 3 - (seed % 3), readRepair: 'off' },
      {
        faults: [],
        meanwhile: lab => void lab.run(100),
      },
    )
    return (
      notLinearizable(run) ?? (run.history.every(({ outcome }) => outcome === 'ok') ? null : 'not all were answered')
    )
  })
  expect(wrong).toEqual([])
})

describe('siblings', () => {
  /** Every acknowledged write must be there still, or overwritten by one whose client had seen it. */
  const lost = (run: Laboratory): string | null => {
    const seen = new Map<string, Set<unknown>>()
    const overwritten = new Map<unknown, Set<unknown>>()
    const byReturn = [...run.history].sort((a, b) => (a.returnedUs ?? a.invokedUs) - (b.returnedUs ?? b.invokedUs))
    for (const { client, key, kind, input, output, outcome } of byReturn) {
      const lane = `${client} ${key}`
      const known = seen.get(lane) ?? new Set()
      if (kind === 'write') {
        overwritten.set(input, new Set(known))
        if (outcome === 'ok') seen.set(lane, new Set([...known, input]))
      } else if (outcome === 'ok') {
        // What a client is shown it may overwrite, and all that was overwritten to get there.
        seen.set(lane, new Set([...known, ...(Array.isArray(output) ? output : [output])]))
      }
    }
    for (const key of keys) {
      const value = run.value('n1', key) ?? null
      const kept = new Set<unknown>(Array.isArray(value) ? value : [value])
      const explained = new Set(kept)
      for (let grown = true; grown; ) {
        const before = explained.size
        for (const one of [...explained]) for (const older of overwritten.get(one) ?? []) explained.add(older)
        grown = explained.size > before
      }
      const gone = run.history.find(
        one => one.key === key && one.kind === 'write' && one.outcome === 'ok' && !explained.has(one.input),
      )
      if (gone !== undefined) return `${gone.id} wrote ${key}=${gone.input}, and nobody who saw it overwrote it`
    }
    return null
  }

  test('no acknowledged write is lost, with W=1 and every kind of fault, clocks included', () => {
    const wrong = failing(200, seed => {
      const config = { conflict: 'siblings', w: 1, r: 1 + (seed % 2), sloppy: seed % 3 === 0 }
      const run = play(seed, config, { faults: ['cut', 'cut-one-way', 'crash', 'pause', 'clock', 'drop', 'duplicate'] })
      return lost(run)
    })
    expect(wrong).toEqual([])
  })

  test('last write wins loses them (the test of the test)', () => {
    const run = (seed: number) => play(seed, { conflict: 'lww', w: 1, r: 1 }, { faults: ['cut', 'clock'] })
    expect(failing(30, seed => lost(run(seed))).length).toBeGreaterThan(10)
  })
})

test('a refused write is nowhere', () => {
  const wrong = failing(
    100,
    seed => {
      const run = play(seed, { minorityAnswer: 'error', heartbeatMs: 40, suspectMs: 120 })
      const refused = run.history
        .filter(({ outcome, kind }) => outcome === 'fail' && kind === 'write')
        .map(({ id }) => id)
      const found = nodes.flatMap(node => run.applied(node)).find(op => (refused as string[]).includes(op))
      return found === undefined ? null : `${found} failed and was stored`
    },
    100,
  )
  expect(wrong).toEqual([])
})
