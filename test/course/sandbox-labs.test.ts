import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLaboratory, labOf } from '../../src/course/laboratory.ts'
import { parseLab } from '../../src/course/parse-lesson.ts'
import { readCommands } from '../../src/lab/check-commands.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { labNames } from '../../src/lab/lab-names.ts'
import { type RunResult, runLab } from '../../src/lab/run-lab.ts'
import { reservedKeys } from '../../src/tui/keymap.ts'

const folder = join(import.meta.dirname, '..', '..', 'lessons', 'labs')
const names = readdirSync(folder).map(file => basename(file, '.yaml'))

const open = (name: string): Lab => {
  const file = join(folder, `${name}.yaml`)
  return labOf(parseLab({ file, text: readFileSync(file, 'utf8') }, { id: name, title: name }, createLaboratory()))
}

interface Played {
  readonly knobs?: { readonly [knob: string]: string }
  readonly seed?: number
  readonly untilMs?: number
  /** Only what clients heard, without checkers and detectors. */
  readonly unjudged?: boolean
}

const play = (lab: Lab, script: string, played: Played = {}): RunResult => {
  const { knobs = {}, seed = lab.seed, untilMs = 10_000, unjudged = false } = played
  const read = readCommands(script, labNames(lab))
  if ('trouble' in read) throw new Error(read.trouble)
  return runLab(lab, seed, read.commands, {
    settings: knobs,
    endUs: untilMs * 1000,
    judging: !unjudged,
    ...(unjudged ? { phenomena: [], budget: 0 } : {}),
  })
}

const seen = (run: RunResult): readonly string[] => [...new Set(run.phenomena.map(({ name }) => name))].sort()
const outcomes = (run: RunResult): readonly string[] => run.history.map(({ id, outcome }) => `${id} ${outcome}`)

describe.each(names)('the sandbox lab %s', name => {
  const lab = open(name)

  test('leaves the fixed keys alone', () => {
    const letters = [...lab.keys.map(key => key.letter), ...lab.knobs.flatMap(knob => knob.key ?? [])]
    expect(letters.filter(letter => reservedKeys.includes(letter))).toEqual([])
    expect(new Set(letters).size).toBe(letters.length)
  })

  test('has no key that does nothing', () => {
    const idle = lab.keys.flatMap(({ letter }) => {
      // What undoes something (h, and capitals) comes after it.
      const before = letter === 'h' ? 'p@500' : letter === letter.toUpperCase() ? `${letter.toLowerCase()}@500` : ''
      const { log } = play(lab, `${before} ${letter}@1000 w@1100`, { untilMs: 3000, unjudged: true })
      return log.filter(({ state }) => state !== 'done').map(({ text, why }) => `${letter}: ${text}: ${why}`)
    })
    expect(idle).toEqual([])
  })

  test('answers Alice with every value of every knob, sooner or later', () => {
    const silent = lab.knobs.flatMap(knob =>
      knob.values.flatMap(({ name: value }) => {
        const run = play(lab, 'w@1000 w@1500 w@2000', { knobs: { [knob.name]: value }, untilMs: 4000, unjudged: true })
        return run.history.some(({ client, outcome }) => client === 'alice' && outcome === 'ok')
          ? []
          : [`${knob.name}=${value}`]
      }),
    )
    expect(silent).toEqual([])
  })
})

describe('raft', () => {
  const lab = open('raft')
  const faults = 'k@2000 K@3500 o@5000 h@7000 z@8000 x@9000 X@10000'

  test('loses nothing and stays linearizable under every fault of the lab', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const run = play(lab, faults, { knobs: { load: 'on' }, seed, untilMs: 14_000 })
      expect(run.verdicts.map(({ answer }) => answer)).toEqual(['holds'])
      expect(run.scoreboard).toMatchObject({ ackedAndLost: 0, staleReads: 0, dirtyReads: 0 })
      expect(seen(run)).not.toContain('split-brain')
      expect(seen(run)).not.toContain('diverged')
    }
  })

  test('that commits alone loses what it acknowledged', () => {
    const run = play(lab, 'i@1000 b@1100 w@2000 h@3500', { knobs: { broken: 'commit-minority' } })
    expect(outcomes(run)).toEqual(['bob#1 ok', 'alice#1 ok'])
    expect(run.scoreboard.ackedAndLost).toBe(1)
  })

  test('that answers reads unconfirmed answers an old value', () => {
    const commands = 'w@800 i@1500 w@2300 s@2800 h@5000'
    const broken = play(lab, commands, { knobs: { broken: 'skip-read-round' } })
    expect(broken.verdicts).toMatchObject([{ answer: 'violated' }])
    expect(seen(broken)).toContain('stale-read')
    expect(play(lab, commands).verdicts).toMatchObject([{ answer: 'holds' }])
  })
})

describe('quorum', () => {
  const lab = open('quorum')

  test('with R + W > N reads are fresh; with one and one some are stale', () => {
    const stale = (quorum: string): number => play(lab, '', { knobs: { quorum, load: 'on' } }).scoreboard.staleReads
    expect(stale('n3r2w2')).toBe(0)
    expect(stale('n3r1w1')).toBeGreaterThan(0)
  })

  test('a small side waits in vain unless others stand in, and then both sides accept', () => {
    const cut = 'p@500 w@1000 b@1200 h@3000'
    const strict = play(lab, cut)
    expect(outcomes(strict)).toEqual(['alice#1 ok', 'bob#1 unknown'])
    const sloppy = play(lab, cut, { knobs: { sloppy: 'sloppy', conflict: 'siblings' } })
    expect(outcomes(sloppy)).toEqual(['alice#1 ok', 'bob#1 ok'])
    expect(sloppy.views.n1?.values.x?.value).toEqual([1, 2])
    expect(sloppy.scoreboard.ackedAndLost).toBe(0)
  })
})

describe('primary-backup', () => {
  const lab = open('primary-backup')
  const cut = 'p@500 w@600 b@2000 h@3000'

  test('that lets backups take over has two primaries in a cut, and loses what only one had', () => {
    const run = play(lab, cut, { knobs: { failover: 'automatic' } })
    expect(seen(run)).toEqual(expect.arrayContaining(['two-leaders', 'acked-write-lost']))
  })

  test('whose OK waits for a backup, and whose lonely primary stops, loses nothing', () => {
    const run = play(lab, cut, { knobs: { failover: 'automatic', mode: 'semi-synchronous', fence: 'stops' } })
    expect(outcomes(run)).toEqual(['alice#1 unknown', 'bob#1 ok'])
    expect(run.scoreboard.ackedAndLost).toBe(0)
    expect(seen(run)).not.toContain('two-leaders')
  })

  test('that answers before its copies leave loses the last write when the primary dies', () => {
    const late = 'w@500 x@600 w@700 k@750 o@1200 b@1600 X@2000 K@2500'
    expect(play(lab, late).scoreboard.ackedAndLost).toBe(1)
    expect(play(lab, late, { knobs: { mode: 'synchronous' } }).scoreboard.ackedAndLost).toBe(0)
  })
})

describe('server', () => {
  const lab = open('server')

  test('counts a lost reply twice until requests are numbered', () => {
    const carriedOut = (names: string): string | undefined =>
      play(lab, 'd w@500', { knobs: { again: 'backoff', names } }).views.n1?.facts.find(
        fact => fact.label === 'carried out',
      )?.value
    expect(carriedOut('off')).toBe('2')
    expect(carriedOut('on')).toBe('1')
  })
})

describe('service', () => {
  const lab = open('service')
  const hang = (knobs: Played['knobs'] = {}): RunResult => play(lab, 'z@1000', { knobs, untilMs: 8000 })
  const work = (run: RunResult): number => run.scene.tally.calls.db ?? 0

  test('three layers that ask again multiply the calls to a store that hangs, and a budget keeps them few', () => {
    const always = work(hang({ retries: 'two' }))
    expect(always).toBeGreaterThan(1.2 * work(hang()))
    expect(work(hang({ retries: 'two', budget: 'on' }))).toBeLessThan(0.85 * always)
  })

  test('what is asked again is counted twice, unless requests have numbers', () => {
    const twice = hang({ retries: 'two' })
    expect(seen(twice)).toContain('duplicate-applied')
    expect(twice.verdicts).toMatchObject([{ answer: 'violated' }])
    const numbered = hang({ retries: 'two', names: 'on' })
    expect(seen(numbered)).not.toContain('duplicate-applied')
    expect(numbered.verdicts).toMatchObject([{ answer: 'holds' }])
  })
})

describe('balancer', () => {
  const lab = open('balancer')
  const lost = (knobs: { readonly [knob: string]: string }): number =>
    play(lab, 'k@1000', { knobs, untilMs: 6000, unjudged: true }).history.filter(({ outcome }) => outcome === 'fail')
      .length

  test('a dead server costs a third of all requests until checks find it; asking another saves nearly all of them', () => {
    expect(lost({})).toBeGreaterThan(35)
    expect(lost({ checks: 'on' })).toBeLessThan(15)
    expect(lost({ again: 'on' })).toBeLessThan(5)
  })
})
