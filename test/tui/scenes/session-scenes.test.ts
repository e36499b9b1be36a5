import { describe, expect, test } from 'vitest'
import { alongside } from '../../../src/lab/alongside.ts'
import { resolveLab } from '../../../src/lab/resolve-lab.ts'
import { Session } from '../../../src/lab/session.ts'
import { axisWindow } from '../../../src/tui/panes/axis.ts'
import { clusterScene } from '../../../src/tui/scenes/cluster-scene.ts'
import { lampsOf } from '../../../src/tui/scenes/lamps-scene.ts'
import { numbersScene } from '../../../src/tui/scenes/numbers-scene.ts'
import { valueText } from '../../../src/tui/scenes/operation-label.ts'
import { lanesOf, type SpaceTimeLook, spaceTimeScene } from '../../../src/tui/scenes/space-time-scene.ts'
import { verdictScene } from '../../../src/tui/scenes/verdict-scene.ts'
import { raftDefinition, raftLab, registry } from '../../lab/mini-labs.ts'

const look: SpaceTimeLook = {
  window: axisWindow(0, null, 100, 5_000),
  cursor: null,
  lit: false,
  heartbeats: true,
  selected: null,
}
const ms = 1_000
const start = (): Session => Session.create(raftLab, { seed: 7 })
const written = (): Session =>
  start()
    .advanceTo(500 * ms)
    .press('w')
    .advanceTo(700 * ms)
const parted = (): Session =>
  written()
    .press('p')
    .advanceTo(720 * ms)
    .press('w')
    .press('b')
    .advanceTo(1_100 * ms)

describe('the space-time diagram of a session', () => {
  test('a client has its lane above the node beside which it stands', () => {
    expect(lanesOf(start()).map(({ node }) => node)).toEqual(['alice', 'n1', 'n2', 'n3', 'bob', 'n4', 'n5'])
  })

  test('a write is a span from question to answer, and every message has an end', () => {
    const view = spaceTimeScene(written(), look)
    expect(view.spans).toMatchObject([
      { client: 'alice', labels: ['write x=1', 'w x=1', 'w'], outcome: 'ok', invokedUs: 500 * ms },
    ])
    expect(view.spans[0]?.endedUs).toBeGreaterThan(500 * ms)
    expect(view.marks.filter(({ kind, label }) => kind === 'applied' && label === 'x=1').length).toBeGreaterThanOrEqual(
      3,
    )
    for (const message of view.messages)
      if (message.end.type === 'arrived') expect(message.end.atUs).toBeGreaterThan(message.sentUs)
  })

  test('the leader is in charge of a stretch that lasts', () => {
    const session = written()
    const leader = session.servers.find(node => session.view(node).authority)
    const view = spaceTimeScene(session, look)
    expect(view.stretches).toMatchObject([{ node: leader, kind: 'authority', toUs: null }])
  })

  test('a cut is a bar until it heals, and what it loses ends on the way', () => {
    const cut = parted()
    expect(spaceTimeScene(cut, look).bands).toMatchObject([{ kind: 'cut', fromUs: 700 * ms, toUs: null }])
    const lost = spaceTimeScene(cut, look).messages.filter(({ end }) => end.type === 'lost')
    expect(lost.length).toBeGreaterThan(0)
    for (const { end } of lost) expect(end).toMatchObject({ reason: 'cut', part: 0.5 })
    const healed = cut.press('h').advanceTo(1_200 * ms)
    expect(spaceTimeScene(healed, look).bands).toMatchObject([{ kind: 'cut', toUs: 1_100 * ms }])
  })

  test('a crash ends authority and begins a stretch without a lane', () => {
    const session = written()
      .press('k')
      .advanceTo(750 * ms)
    const down = session.servers.find(node => session.status(node) === 'down')
    const view = spaceTimeScene(session, look)
    expect(view.stretches).toMatchObject([
      { node: down, kind: 'authority', toUs: 700 * ms },
      { node: down, kind: 'down', fromUs: 700 * ms, toUs: null },
    ])
    expect(view.marks.at(-1)).toMatchObject({ node: down, kind: 'crash' })
  })

  test('going back and forward shows the same picture as going straight', () => {
    const session = parted()
    const straight = JSON.stringify(spaceTimeScene(session, look))
    const back = session.seek({ index: session.index - 40 })
    expect(JSON.stringify(spaceTimeScene(back, look))).not.toBe(straight)
    expect(JSON.stringify(spaceTimeScene(back.seek({ us: session.nowUs }), look))).toBe(straight)
  })

  test('a cut older than the events at hand is still a bar, and a leader still in charge', () => {
    const session = written()
      .press('p')
      .advanceTo(60_000 * ms)
    const back = session.seek({ index: session.index - 1 })
    expect(back.trace[0]?.atUs).toBeGreaterThan(1_000 * ms)
    const view = spaceTimeScene(back, look)
    expect(view.bands.some(({ kind, toUs }) => kind === 'cut' && toUs === null)).toBe(true)
    expect(view.stretches.some(({ kind, toUs }) => kind === 'authority' && toUs === null)).toBe(true)
  })

  test('undo takes the picture of what was undone away', () => {
    const session = written()
      .press('p')
      .advanceTo(900 * ms)
    expect(spaceTimeScene(session, look).bands).toHaveLength(1)
    expect(spaceTimeScene(session.undo(), look).bands).toHaveLength(0)
  })

  test('a held message stops where it is, and goes on when released', () => {
    const session = start()
      .advanceTo(500 * ms)
      .press('w')
      .advanceTo(503 * ms)
    const flight = session.flights.find(({ message }) => message.info.purpose !== 'heartbeat')
    if (!flight) throw new Error('a message is under way')
    const { id } = flight.message
    const act = (of: Session, what: 'hold' | 'release'): Session =>
      of.command({ do: { verb: 'message', do: what, pick: { id } }, when: { type: 'soon' } })
    const endIn = (of: Session) => spaceTimeScene(of, look).messages.find(message => message.id === id)?.end
    expect(endIn(session)).toEqual({ type: 'flying', dueUs: flight.arrivesUs })
    const held = act(session, 'hold').advanceTo(600 * ms)
    expect(endIn(held)).toEqual({ type: 'held', atUs: 503 * ms })
    expect(endIn(act(held, 'release').advanceTo(700 * ms))?.type).toBe('arrived')
  })

  test('the event under the cursor lies in both of its cones', () => {
    const session = written()
    const write = session.trace.find(({ cause }) => cause.type === 'invoke')
    if (!write) throw new Error('there was a write')
    const view = spaceTimeScene(session, { ...look, cursor: write.index, lit: true })
    expect(view.cursor).toMatchObject({ atUs: 500 * ms, node: 'alice', label: 'alice asks: write x=1' })
    expect(view.cones?.past.has(write.index)).toBe(true)
    expect(view.cones?.future.has(write.index)).toBe(true)
    const answer = view.spans[0]?.endedAt
    expect(view.cones?.future.has(answer ?? -1)).toBe(true)
  })
})

describe('the cluster of a session', () => {
  test('shows roles, terms and copies', () => {
    const view = clusterScene(written(), null)
    expect(view.nodes.filter(({ authority }) => authority)).toHaveLength(1)
    expect(view.nodes[0]?.copies).toMatchObject([{ key: 'x', value: '1' }])
    expect(view.clients).toMatchObject([
      { id: 'alice', at: 'n1', doing: 'w x=1', outcome: 'ok' },
      { id: 'bob', at: 'n4', doing: '', outcome: null },
    ])
    expect(view.groups).toEqual([['n1', 'n2', 'n3', 'n4', 'n5']])
  })

  test('a cut parts it in two groups', () => {
    expect(clusterScene(parted(), null).groups).toEqual([
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ])
  })

  test('clients that the lab wants as cards stand among the servers, linked to whom they have spoken with', () => {
    const lab = resolveLab({ ...raftDefinition, cards: ['client'] }, registry)
    const view = clusterScene(
      Session.create(lab, { seed: 7 })
        .advanceTo(500 * ms)
        .press('w')
        .advanceTo(700 * ms),
      null,
    )
    expect(view.clients).toEqual([])
    expect(view.nodes.find(({ id }) => id === 'alice')).toMatchObject({
      role: 'client',
      client: { doing: 'w x=1', outcome: 'ok' },
    })
    expect(view.links.filter(({ a, b }) => a === 'alice' || b === 'alice').map(({ b }) => b)).toContain('n1')
    expect(view.links.some(({ a, b }) => a === 'bob' || b === 'bob')).toBe(false)
    expect(view.groups).toHaveLength(1)
    expect(view.groups[0]).toContain('alice')
  })

  test('messages under way know how far they have come', () => {
    const { flights } = clusterScene(
      start()
        .advanceTo(500 * ms)
        .press('w')
        .advanceTo(503 * ms),
      null,
    )
    expect(flights.length).toBeGreaterThan(0)
    for (const { part } of flights) {
      expect(part).toBeGreaterThanOrEqual(0)
      expect(part).toBeLessThan(1)
    }
  })
})

describe('verdict and numbers of a session', () => {
  test('what is acknowledged counts, what waits does not', () => {
    const session = written()
    const view = verdictScene(session, session.verdicts(10_000), null)
    expect(view.judgements[0]).toMatchObject({ question: 'linearizable', answer: 'holds' })
    expect(view.scores[0]).toMatchObject({ label: 'acked and kept', count: 1 })
  })

  test('the run without the cut stands beside the run with it', () => {
    const session = parted().advanceTo(3_000 * ms)
    const cut = session.commands.findIndex(({ do: deed }) => deed.verb === 'key' && deed.key === 'p')
    const { without } = alongside(session, cut)
    const [latency, table] = numbersScene(session, without).charts
    expect(latency).toMatchObject({ type: 'histogram', compared: { label: 'without' } })
    if (table?.type !== 'comparison') throw new Error('the second chart is a table')
    const answered = table.rows.find(({ label }) => label === 'answered')?.values
    expect(answered?.[0]).toBeLessThan(answered?.[1] ?? 0)
  })

  test('a lamp burns until what breaks its promise has been seen', () => {
    const lamps = [
      { say: 'answers', out: 'see refused-at-live-node' },
      { say: 'one copy', out: 'linearizable violated' },
    ]
    const lab = resolveLab({ ...raftDefinition, lamps }, registry)
    const cut = Session.create(lab, { seed: 7 })
      .advanceTo(500 * ms)
      .press('p')
      .press('w')
    expect(lampsOf(cut).map(({ lit }) => lit)).toEqual([true, true])
    expect(lampsOf(cut.advanceTo(5_000 * ms)).map(({ lit }) => lit)).toEqual([false, true])
  })

  test("a lab's own charts come first, with the numbers of the run", () => {
    const lab = resolveLab(
      {
        ...raftDefinition,
        charts: [
          {
            title: 'waited',
            unit: 'ms',
            scale: 'log',
            bars: [
              { say: 'alice', measure: 'latency of alice median' },
              { say: 'an ocean', value: 150 },
            ],
          },
          { title: 'answers', meter: 'ok of alice', most: 2 },
        ],
      },
      registry,
    )
    const session = Session.create(lab, { seed: 7 })
      .advanceTo(500 * ms)
      .press('w')
      .advanceTo(700 * ms)
    const [bars, meter, next] = numbersScene(session).charts
    if (bars?.type !== 'bars') throw new Error('the first chart has bars')
    expect(bars.bars.map(bar => [bar.label, bar.fixed])).toEqual([
      ['alice', false],
      ['an ocean', true],
    ])
    expect(bars.bars[0]?.value).toBeGreaterThan(1_000)
    expect(bars.bars[1]?.value).toBe(150_000)
    expect(meter).toMatchObject({ type: 'meter', value: 1, most: 2 })
    expect(next?.type).toBe('histogram')
  })

  test('a chart of nodes that take no part in the run is left out', () => {
    const charts = [
      {
        title: 'at Bob',
        bars: [
          { say: 'bob', measure: 'ok of bob' },
          { say: 'goal', value: 3 },
        ],
      },
      {
        title: 'at Alice',
        bars: [
          { say: 'alice', measure: 'ok of alice' },
          { say: 'bob', measure: 'ok of bob' },
        ],
      },
      { title: 'at Bob alone', meter: 'ok of bob', most: 2 },
    ]
    const knobs = { who: { values: { all: {}, alice: { without: ['bob'] } } } }
    const lab = resolveLab({ ...raftDefinition, charts, knobs }, registry)
    const titles = (who: string) =>
      numbersScene(Session.create(lab, { seed: 7, settings: { who } })).charts.map(chart => chart.title)
    expect(titles('all')).toEqual(['at Bob', 'at Alice', 'at Bob alone'])
    expect(titles('alice')).toEqual(['at Alice'])
  })

  test('before the first operation there is nothing to measure', () => {
    expect(numbersScene(start().advanceTo(300 * ms)).charts).toEqual([])
  })
})

test('a list of words is written without quotation marks, anything else as it is', () => {
  expect(valueText(['1', '2', 3])).toBe('[1,2,3]')
  expect(valueText(['a,b', ''])).toBe('["a,b",""]')
})
