import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCommands } from '../../src/lab/command-text.ts'
import { resolveLab } from '../../src/lab/resolve-lab.ts'
import { checkRunCode, findRunCodeLab, parseRunCode, printRunCode, RunCodeError } from '../../src/lab/run-code.ts'
import { runLab } from '../../src/lab/run-lab.ts'
import { Session } from '../../src/lab/session.ts'
import { raftDefinition, raftLab, registerLab, registry } from './mini-labs.ts'

const script =
  'p@500 w@1000+2 drop(reply alice.write#1 to leader)@700&when(n1 is leader or see two-leaders) write(bob x "a:b, ~c\'é")@1200'

const failing = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof RunCodeError) return error.message
    throw error
  }
  throw new Error('it did not fail')
}

describe('a run code', () => {
  it('says what it was made of', () => {
    const commands = parseCommands(script)
    const code = printRunCode(raftLab, { seed: 7, settings: { reads: 'local' }, commands, endUs: 12_500_000 })
    expect(code).toMatch(/^netsplit1:test\/raft:7:reads=local:/)
    expect(code).not.toMatch(/[\s'"]/)
    expect(parseRunCode(`  '${code}'\n`)).toEqual({
      lab: 'test/raft',
      seed: 7,
      settings: { reads: 'local' },
      commands,
      endUs: 12_500_000,
      hash: raftLab.hash,
    })
  })

  it('is read as it is copied from a screen that broke it into lines', () => {
    const commands = parseCommands(script)
    const code = printRunCode(raftLab, { seed: 7, settings: {}, commands, endUs: null })
    expect(parseRunCode(code.replace(/(.{30})/g, '$1\n '))).toEqual(parseRunCode(code))
  })

  it('makes the same run again, from its text alone', () => {
    const session = Session.create(raftLab, { seed: 9 })
      .advanceTo(431_000)
      .press('w')
      .step()
      .step()
      .press('p')
      .advanceTo(1_100_000)
      .back()
      .press('b')
      .advanceTo(6_000_000)
    const code = parseRunCode(session.code())
    const lab = findRunCodeLab(code, new Map([[raftLab.id, raftLab]]))
    const again = runLab(lab, code.seed, code.commands, { settings: code.settings, endUs: code.endUs ?? lab.untilUs })
    expect(again.traceHash).toBe(session.traceHash)
    expect(again.nowUs).toBe(session.nowUs)
    expect(again.history).toEqual(session.history)
    expect(again.phenomena.map(one => one.name)).toEqual(session.phenomena.map(one => one.name))
  })

  it('is found damaged wherever a letter changed', () => {
    const code = printRunCode(raftLab, { seed: 7, settings: {}, commands: parseCommands('p@500 w@1000'), endUs: null })
    fc.assert(
      fc.property(fc.nat(code.length - 1), fc.constantFrom('a', '0', 'Z', ''), (at, letter) => {
        fc.pre(code[at] !== letter)
        const wrong = code.slice(0, at) + letter + code.slice(at + 1)
        expect(failing(() => parseRunCode(wrong))).toMatch(/damaged|no run code|has format/)
      }),
      { seed: 5, numRuns: 300 },
    )
    expect(failing(() => parseRunCode(code.slice(0, -9)))).toContain('damaged')
  })

  it('of a newer format asks for a newer netsplit', () => {
    expect(failing(() => parseRunCode('netsplit2:whatever'))).toBe(
      'this run code has format 2, this netsplit reads up to 1; update netsplit.',
    )
    expect(failing(() => parseRunCode('hello'))).toContain('begins with "netsplit1:"')
  })

  it('of an unknown lab suggests one', () => {
    const code = parseRunCode(printRunCode(raftLab, { seed: 1, settings: {}, commands: [], endUs: null }))
    expect(failing(() => findRunCodeLab({ ...code, lab: 'test/raf' }, new Map([[raftLab.id, raftLab]])))).toBe(
      'this run code is for the lab "test/raf", which is not here; did you mean "test/raft"?',
    )
  })

  it('of another version of the lab says what changed and does not run', () => {
    const code = parseRunCode(printRunCode(raftLab, { seed: 1, settings: {}, commands: [], endUs: null }))
    const changed = resolveLab({ ...raftDefinition, network: { latencyMs: 1 }, deadlineMs: 77 }, registry)
    expect(failing(() => checkRunCode(code, changed))).toMatch(
      /^this code was made with another version of the lab test\/raft: the nodes or their load and the network changed since \(now raft \d+, client \d+\)/,
    )
    expect(() => checkRunCode(code, raftLab)).not.toThrow()
  })

  it('that asks for what the lab does not have is refused in one sentence', () => {
    const code = parseRunCode(printRunCode(raftLab, { seed: 1, settings: {}, commands: [], endUs: null }))
    expect(failing(() => checkRunCode({ ...code, commands: parseCommands('crash(n8)') }, raftLab))).toContain(
      '"n8" is no node',
    )
    expect(failing(() => checkRunCode({ ...code, settings: { reads: 'no' } }, raftLab))).toContain(
      'the knob reads has no value "no"',
    )
  })
})

describe('golden runs', () => {
  // A changed hash is a changed run: raise the protocol's revision (or SIMULATION_REVISION) along with it.
  it.each([
    [1, '', { events: 157, traceHash: 'c383e4dbc8cf1863' }],
    [2, 'd w@100 r@200 crash(store)@700 restart(store)@900', { events: 154, traceHash: '01f639b32aea18ca' }],
  ])('of the register by seed %i with "%s" are the same on every platform', (seed, text, golden) => {
    expect(runLab(registerLab, seed, parseCommands(text), { budget: 0 })).toMatchObject(golden)
  })
})
