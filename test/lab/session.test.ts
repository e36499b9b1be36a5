import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alongside } from '../../src/lab/alongside.ts'
import { parseCommands } from '../../src/lab/command-text.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { parseRunCode } from '../../src/lab/run-code.ts'
import { runLab } from '../../src/lab/run-lab.ts'
import { Session } from '../../src/lab/session.ts'
import { quietLab, raftLab, registerLab, watchingLab } from './mini-labs.ts'

/** All that can be seen of a session at its cursor. */
const seen = (session: Session) => ({
  nowUs: session.nowUs,
  index: session.index,
  hash: session.traceHash,
  history: session.history,
  log: session.log,
  flights: session.flights,
  settings: session.settings,
  world: session.world,
  phenomena: session.phenomena,
})

const batchHash = (session: Session): string => {
  const code = parseRunCode(session.code())
  return runLab(session.lab, code.seed, code.commands, { settings: code.settings, endUs: session.nowUs, budget: 0 })
    .traceHash
}

type Deed = (session: Session) => Session
const deedsFor = (lab: Lab): fc.Arbitrary<{ readonly name: string; readonly run: Deed }> =>
  fc.oneof(
    fc
      .constantFrom(...lab.keys.map(key => key.letter))
      .map(key => ({ name: `press ${key}`, run: (s: Session) => s.press(key) })),
    fc.integer({ min: 1, max: 60 }).map(n => ({
      name: `step ${n}`,
      run: (s: Session) => {
        let at = s
        for (let k = 0; k < n; k++) at = at.step()
        return at
      },
    })),
    fc
      .integer({ min: 1, max: 700_000 })
      .map(us => ({ name: `advance ${us}`, run: (s: Session) => s.advanceTo(s.nowUs + us) })),
    fc.constant({ name: 'back', run: (s: Session) => s.back() }),
    fc
      .integer({ min: 1, max: 400_000 })
      .map(us => ({ name: `rewind ${us}`, run: (s: Session) => s.seek({ us: s.nowUs - us }) })),
    fc.constant({ name: 'undo', run: (s: Session) => s.undo() }),
    fc.constant({ name: 'redo', run: (s: Session) => s.redo() }),
  )

describe.each([
  ['raft', raftLab],
  ['register', registerLab],
  ['watching', watchingLab],
])('a session of the %s lab', (_, lab) => {
  it('goes through the same events on the screen as in a batch, whatever was pressed when', () => {
    fc.assert(
      fc.property(
        fc.array(deedsFor(lab), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (deeds, seed) => {
          let session = Session.create(lab, { seed })
          for (const { run } of deeds) session = run(session)
          // Everything due by now, so that the cursor stands at a time and not amid an instant.
          session = session.advanceTo(session.nowUs + 1000)
          expect(batchHash(session)).toBe(session.traceHash)
        },
      ),
      { seed: 11, numRuns: 25 },
    )
  })
})

describe.each([
  ['raft', raftLab],
  ['register', registerLab],
])('a session of the %s lab', (_, lab) => {
  it('is as if a key had never been pressed once that is undone, and as if never undone once it is redone', () => {
    fc.assert(
      fc.property(
        fc.array(deedsFor(lab), { maxLength: 5 }),
        fc.constantFrom(...lab.keys.map(key => key.letter)),
        fc.integer({ min: 0, max: 300_000 }),
        (deeds, key, laterUs) => {
          let before = Session.create(lab, { seed: 4 })
          for (const { run } of deeds) before = run(before)
          const never = seen(before.advanceTo(before.nowUs + laterUs))
          const pressed = before.press(key).advanceTo(before.nowUs + laterUs)
          const after = seen(pressed)
          const undone = pressed.undo()
          expect(seen(undone)).toEqual(never)
          expect(seen(undone.redo())).toEqual(after)
        },
      ),
      { seed: 12, numRuns: 20 },
    )
  })

  it('comes back to the same moment after going back and forward', () => {
    let session = Session.create(lab, { seed: 2 }).advanceTo(800_000).press('w').advanceTo(1_300_000).step()
    const there = seen(session)
    for (let k = 0; k < 40; k++) session = session.back()
    expect(session.index).toBe(there.index - 40)
    for (let k = 0; k < 40; k++) session = session.step()
    expect(seen(session)).toEqual(there)
    expect(seen(session.seek({ us: 100_000 }).seek({ index: there.index }))).toEqual(there)
  })

  it('leaves older sessions as they were', () => {
    const early = Session.create(lab, { seed: 3 }).advanceTo(600_000).press('w')
    const image = seen(early)
    const trace = early.trace
    const later = early.advanceTo(900_000).press('r').advanceTo(2_000_000).undo()
    expect(seen(early)).toEqual(image)
    expect(early.trace).toEqual(trace)
    const again = early.advanceTo(900_000).press('r').advanceTo(2_000_000).undo()
    expect(seen(again)).toEqual(seen(later))
  })
})

describe('commands of a session', () => {
  it('keep the old branch when one is given after going back', () => {
    const first = Session.create(raftLab).advanceTo(500_000).press('p').advanceTo(1_000_000).press('w')
    const second = first.seek({ us: 700_000 }).press('b')
    expect(second.branches.map(branch => [branch.commands.length, branch.current])).toEqual([
      [2, false],
      [2, true],
    ])
    const old = second.switchTo(second.branches[0]?.tip ?? -1).advanceTo(1_000_000)
    expect(old.traceHash).toBe(first.traceHash)
  })

  it('say that a message is no longer there', () => {
    const session = Session.create(quietLab).press('w').advanceTo(500_000).press('d')
    expect(session.log.at(-1)).toMatchObject({
      state: 'skipped',
      why: 'no message "reply alice.write#1" is under way',
    })
  })

  it('wait for a leader to turn up', () => {
    const session = Session.create(raftLab, { script: parseCommands('crash(leader)') }).advanceTo(1_000_000)
    const [entry] = session.log
    expect(entry).toMatchObject({ state: 'done' })
    expect(session.trace.find(event => event.index === entry?.events[0])?.cause).toMatchObject({ kind: 'crash' })
  })

  it('carry a key out at its times after the press', () => {
    const session = Session.create(raftLab).advanceTo(900_000).press('k').advanceTo(2_000_000)
    const [press, crashLater] = session.log
    expect(press).toMatchObject({ text: 'k@900', state: 'done' })
    expect(crashLater?.text).toBe('restart(n1,n2,n3,n4,n5)@1700')
    expect(session.servers.every(node => session.status(node) === 'up')).toBe(true)
  })

  it('drop the reply to the first write as soon as it is sent', () => {
    const session = Session.create(quietLab, { script: parseCommands('d w@100') }).advanceTo(300_000)
    const drop = session.trace.find(event => event.cause.type === 'act')
    expect(drop?.cause).toMatchObject({ kind: 'message-drop' })
    expect(drop?.effects).toMatchObject([{ type: 'lost', reason: 'dropped' }])
  })

  it('watch for what the next key press sends, though nothing happened in between', () => {
    const session = Session.create(watchingLab).advanceTo(200_000).press('x').advanceTo(250_000).press('w')
    const dropped = session.advanceTo(1_000_000).trace.filter(event => event.cause.type === 'act')
    expect(dropped.map(event => event.atUs)).toEqual([250_000])
  })

  it('turn a knob while the cluster runs, and only before a run when it changes a protocol', () => {
    const session = Session.create(raftLab).advanceTo(600_000).press('m')
    expect(session.settings.reads).toBe('local')
    const refused = session.command({ do: { verb: 'set', knob: 'store', value: 'register' }, when: { type: 'soon' } })
    expect(refused.log.at(-1)).toMatchObject({ state: 'skipped', why: 'store can only be chosen before a run' })
    const anew = session.reset({ settings: { store: 'register' } })
    expect(anew.servers).toEqual(['n1'])
  })

  it('invent values that no other write of the run has', () => {
    const values = runLab(registerLab, 1, parseCommands('w@100 w@200 w@2500')).history.flatMap(op =>
      op.kind === 'write' ? [op.input] : [],
    )
    expect(values[0]).toMatch(/^[A-Z]$/)
    expect(new Set(values).size).toBe(values.length)
  })

  it('take clients along with the node that they stand at', () => {
    const session = Session.create(raftLab).press('p')
    expect(session.isCut('alice' as never, 'n4' as never)).toBe(true)
    expect(session.isCut('alice' as never, 'n2' as never)).toBe(false)
    expect(session.isCut('bob' as never, 'n5' as never)).toBe(false)
  })
})

describe('the same run without a fault', () => {
  it('is the same until the fault shows, and draws the same for links that it does not touch', () => {
    const script = parseCommands('w@700 crash(n5)@1000 w@1500')
    const session = Session.create(raftLab, { seed: 5, script }).advanceTo(2_000_000)
    const { without, parts } = alongside(session, 1)
    expect(parts?.atUs).toBeGreaterThanOrEqual(1_000_000)
    expect(without.history.map(op => op.outcome)).toEqual(['ok', 'ok'])
    const arrivals = (one: Session) =>
      new Map(
        one.trace.flatMap(({ cause, atUs }) =>
          cause.type === 'deliver' && cause.message.to === 'n3' && cause.message.from === 'n2'
            ? [[cause.message.id, atUs - cause.message.sentUs] as const]
            : [],
        ),
      )
    const [a, b] = [arrivals(session), arrivals(without)]
    const shared = [...a].filter(([id]) => b.has(id))
    expect(shared.length).toBeGreaterThan(0)
    expect(shared.every(([id, us]) => b.get(id) === us)).toBe(true)
  })

  it('does not part when the command did nothing', () => {
    const session = Session.create(quietLab, { script: parseCommands('w@100 restart(store)@200') }).advanceTo(1_000_000)
    expect(alongside(session, 1).parts).toBeNull()
  })
})

it('keeps a bounded number of moments and events in a long run', () => {
  const session = Session.create(raftLab).advanceTo(40_000_000)
  expect(session.index).toBeGreaterThan(6000)
  expect(session.trace.length).toBeLessThanOrEqual(4096)
  const middle = session.seek({ us: 20_000_000 })
  expect(middle.nowUs).toBe(20_000_000)
  expect(middle.world.nowUs).toBeLessThanOrEqual(20_000_000)
  expect(middle.traceHash).toBe(Session.create(raftLab).advanceTo(20_000_000).traceHash)
  expect(middle.advanceTo(40_000_000).traceHash).toBe(session.traceHash)
})
