import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraceEvent } from '../../src/kernel/trace.ts'
import type { Placed } from '../../src/sim/branches.ts'
import { leavesOf } from '../../src/sim/branches.ts'
import {
  advanceTo,
  applyActDraft,
  createWorld,
  freeze,
  nextEventUs,
  step,
  stepDraft,
  thaw,
  worldHash,
} from '../../src/sim/simulator.ts'
import type { Act, SimSpec } from '../../src/sim/spec.ts'
import { type Machine, Timeline } from '../../src/sim/timeline.ts'
import type { World } from '../../src/sim/world.ts'
import { n, pingLab } from './lab.ts'

interface Moment {
  readonly world: World
  /** Commands that were refused: a fold beside the world. */
  readonly refused: number
}
interface Command {
  readonly act: Act
  readonly atUs?: number
}

const spec = pingLab({ nodes: 3, seed: 3, config: { everyUs: 10_000, jitterUs: 5000 }, network: { duplicate: 0.1 } })

const machineOf = (fast: boolean, of: SimSpec = spec): Machine<Moment, TraceEvent, Command> => ({
  initial: () => ({ world: freeze(createWorld(of)), refused: 0 }),
  nextUs: ({ world }) => nextEventUs(world),
  nowUs: ({ world }) => world.nowUs,
  advance: ({ world, refused }) => {
    const stepped = stepDraft(of, world)
    return stepped && { moment: { world: stepped.world, refused }, event: stepped.event }
  },
  obey: ({ world, refused }, { payload }: Placed<Command>) => {
    const at = payload.atUs === undefined ? world : advanceTo(world, payload.atUs)
    const result = applyActDraft(of, at, payload.act)
    if ('refused' in result) return { moment: { world, refused: refused + 1 } }
    return { moment: { world: result.world, refused }, event: result.event }
  },
  ...(fast && {
    fastForward: ({ world, refused }: Moment, events: number) => {
      const plain = thaw(world)
      let done = 0
      while (done < events && step(of, plain, { effects: false }) !== undefined) done++
      return { moment: { world: freeze(plain), refused }, events: done }
    },
  }),
})

type Line = Timeline<Moment, TraceEvent, Command>
const hash = (line: Line): string => `${worldHash(spec, line.moment.world)} ${line.moment.refused} at ${line.index}`
const small = { dense: 8, sparse: 6, events: 16 }
const crash = { act: { act: 'crash', node: n(1) } } as const
const cut = { act: { act: 'cut', from: [n(1)], to: [n(2)], oneWay: false } } as const
const restart = { act: { act: 'restart', node: n(2), disk: 'kept' } } as const

const acts = fc.constantFrom<Command>(
  crash,
  cut,
  restart,
  { act: { act: 'heal' } },
  { act: { act: 'restart', node: n(1), disk: 'lost' } },
)
const moves = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ seek: fc.nat(120) }) },
    { weight: 2, arbitrary: fc.record({ give: acts }) },
    { weight: 2, arbitrary: fc.record({ steps: fc.nat(12) }) },
    fc.record({ back: fc.constant(true) }),
    fc.record({ undo: fc.constant(true) }),
    fc.record({ redo: fc.constant(true) }),
    fc.record({ time: fc.nat(200_000) }),
    fc.record({ leaf: fc.nat(5) }),
  ),
  { maxLength: 25 },
)

/** A run straight from the beginning with the commands in force, up to the place where a timeline stands. */
const straight = (line: Line): string => {
  const fresh: Line = new Timeline(machineOf(false), { dense: 1000, sparse: 10, events: 10 })
  for (const { atIndex, payload } of line.commands.slice(0, line.taken)) {
    while (fresh.index < atIndex) fresh.step()
    fresh.give(payload)
  }
  while (fresh.index < line.index && fresh.step() !== undefined);
  return hash(fresh)
}

describe.each([
  ['stepping', false],
  ['with fast runs between checkpoints', true],
])('a timeline %s', (_name, fast) => {
  it('stands wherever it goes as if the run had come there straight', () => {
    fc.assert(
      fc.property(moves, journey => {
        const line: Line = new Timeline(machineOf(fast), small)
        for (const move of journey) {
          if ('seek' in move) line.seek(move.seek)
          else if ('give' in move) line.give(move.give)
          else if ('steps' in move) for (let i = 0; i < move.steps; i++) line.step()
          else if ('back' in move) line.back()
          else if ('undo' in move) line.undo()
          else if ('redo' in move) line.redo()
          else if ('time' in move) line.seekTime(move.time)
          else line.switchTo(leavesOf(line.branches)[move.leaf]?.id ?? null)
          const { from, events } = line.trace()
          expect(events.map(event => event.index)).toEqual(events.map((_, at) => from + at))
        }
        expect(hash(line)).toBe(straight(line))
        expect(line.keptMoments).toBeLessThanOrEqual(2 * small.dense + small.sparse)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('comes back to the same moment after back and forward', () => {
    const line: Line = new Timeline(machineOf(fast), small)
    line.seek(50)
    line.give(cut)
    line.seek(90)
    const there = hash(line)
    for (let i = 0; i < 60; i++) expect(line.back()).toBe(true)
    expect(line.index).toBe(30)
    for (let i = 0; i < 60; i++) line.step()
    expect(hash(line)).toBe(there)
  })

  it('keeps no more moments in a long run than its limits allow, and finds the way back all the same', () => {
    const line: Line = new Timeline(machineOf(fast), { dense: 10, sparse: 8, events: 20 })
    line.seek(3000)
    expect(line.keptMoments).toBeLessThanOrEqual(28)
    expect(line.trace().events.length).toBeLessThanOrEqual(20)
    line.seek(1234)
    expect(line.moment.world.nextIndex).toBe(1234)
    expect(hash(line)).toBe(straight(line))
    expect(line.trace().events.at(-1)?.index).toBe(1233)
  })
})

describe('undo', () => {
  it('leaves the run as if the command had never been given', () => {
    const line: Line = new Timeline(machineOf(false), small)
    const untouched: Line = new Timeline(machineOf(false), small)
    line.seek(40)
    line.give(crash)
    line.seekTime(150_000)
    untouched.seekTime(150_000)
    expect(hash(line)).not.toBe(hash(untouched))
    line.undo()
    expect(hash(line)).toBe(hash(untouched))
    expect(line.commands).toEqual([])
  })

  it('can be undone itself, also for a command given between two events', () => {
    const line: Line = new Timeline(machineOf(false), small)
    line.seek(40)
    const betweenUs = line.moment.world.nowUs + 1
    expect(nextEventUs(line.moment.world)).toBeGreaterThan(betweenUs)
    expect(line.give({ ...crash, atUs: betweenUs })).toMatchObject({ atUs: betweenUs, index: 40 })
    const after = hash(line)
    line.undo()
    expect(line.index).toBe(40)
    expect(line.redo()?.payload.act).toEqual(crash.act)
    expect(hash(line)).toBe(after)
    expect(line.redo()).toBeUndefined()
  })

  it('takes away a command that brought nothing about', () => {
    const line: Line = new Timeline(machineOf(false), small)
    line.seek(30)
    expect(line.give(restart)).toBeUndefined()
    expect(line.moment.refused).toBe(1)
    line.step()
    line.back()
    expect(line.moment.refused).toBe(1)
    line.undo()
    expect(line.moment.refused).toBe(0)
  })
})

describe('a command given after back', () => {
  it('opens a branch and keeps the old one', () => {
    const line: Line = new Timeline(machineOf(false), small)
    line.seek(30)
    line.give(crash)
    line.seek(60)
    const first = hash(line)
    const [crashed] = leavesOf(line.branches)
    line.seek(20)
    line.give(cut)
    line.seek(60)
    expect(line.commands.map(command => command.payload)).toEqual([cut])
    expect(leavesOf(line.branches).map(leaf => leaf.payload)).toEqual([crash, cut])
    line.switchTo(crashed?.id ?? null)
    line.seek(60)
    expect(hash(line)).toBe(first)
  })

  it('comes after the commands that lie before the cursor', () => {
    const line: Line = new Timeline(machineOf(false), small)
    line.seek(30)
    line.give(crash)
    line.seek(50)
    line.give(cut)
    line.seek(40)
    line.give({ act: { act: 'heal' } })
    line.give(restart)
    expect(line.commands.map(command => command.payload.act.act)).toEqual(['crash', 'heal', 'restart'])
  })
})
