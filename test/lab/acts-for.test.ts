import { describe, expect, it } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { actsFor, type Selection } from '../../src/lab/acts-for.ts'
import { parseCommands, printCommand } from '../../src/lab/command-text.ts'
import { Session } from '../../src/lab/session.ts'
import { raftLab } from './mini-labs.ts'

const n1 = nodeId('n1')
const n2 = nodeId('n2')
const running = Session.create(raftLab, { seed: 1 }).advanceTo(700_000)
const flight = (session: Session) => {
  let at = session
  while (at.flights.length === 0) at = at.step()
  const [first] = at.flights
  if (first === undefined) throw new Error('no message is under way')
  return { session: at, message: first.message.id }
}
const labels = (session: Session, selection: Selection) => actsFor(session, selection).map(choice => choice.label)
const choose = (session: Session, selection: Selection, label: string): Session => {
  const choice = actsFor(session, selection).find(one => one.label === label)
  if (choice === undefined) throw new Error(`there is no choice "${label}"`)
  return session.command(choice.command)
}

describe('what can be done to a selection', () => {
  const { session: busy, message } = flight(running)
  const selections: readonly (readonly [string, Session, Selection])[] = [
    ['a server', busy, { type: 'node', node: n1 }],
    ['a client', busy, { type: 'node', node: nodeId('alice') }],
    ['a link', busy, { type: 'link', from: n1, to: n2 }],
    ['a message', busy, { type: 'message', message }],
    ['a node that is down', choose(busy, { type: 'node', node: n1 }, 'crash'), { type: 'node', node: n1 }],
    ['a paused node', choose(busy, { type: 'node', node: n1 }, 'pause until resumed'), { type: 'node', node: n1 }],
    [
      'a cut link',
      choose(busy, { type: 'link', from: n1, to: n2 }, 'cut both ways'),
      { type: 'link', from: n1, to: n2 },
    ],
    ['a held message', choose(busy, { type: 'message', message }, 'hold'), { type: 'message', message }],
  ]

  it.each(selections)('to %s is carried out, every single choice, and can be written down', (_, session, selection) => {
    const choices = actsFor(session, selection)
    expect(choices.length).toBeGreaterThan(1)
    for (const { command } of choices) {
      expect(session.command(command).log.at(-1)).toMatchObject({ state: 'done' })
      expect(parseCommands(printCommand(command))).toEqual([command])
    }
  })

  it('covers every fault that a node and a link can have', () => {
    const node = labels(busy, { type: 'node', node: n1 }).join('\n')
    for (const fault of ['crash', 'pause', 'slow', 'clock', 'sends', 'receives', 'lie', 'cut off'])
      expect(node).toContain(fault)
    const link = labels(busy, { type: 'link', from: n1, to: n2 }).join('\n')
    for (const fault of ['both ways', 'n1 to n2 only', 'lossy', 'slow', 'duplicate', 'reorder'])
      expect(link).toContain(fault)
  })

  it('offers a restart only for a node that is down, and release only for a message that is held', () => {
    expect(labels(busy, { type: 'node', node: n1 })).not.toContain('restart, disk kept')
    const held = choose(busy, { type: 'message', message }, 'hold')
    expect(labels(held, { type: 'message', message })).toContain('release')
    expect(labels(choose(held, { type: 'message', message }, 'drop'), { type: 'message', message })).toEqual([])
  })

  it('restores a changed link to what the lab says', () => {
    const link: Selection = { type: 'link', from: n1, to: n2 }
    const slow = choose(busy, link, 'slow: 200 ms')
    expect(slow.world.links.n1?.n2?.set).toEqual({ latencyMs: 200 })
    expect(choose(slow, link, 'as it was').world.links.n1?.n2?.set).toMatchObject({
      latencyMs: { normal: { mean: 10, sd: 2 } },
    })
  })
})
