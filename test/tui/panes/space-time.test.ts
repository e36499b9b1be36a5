import { describe, expect, test } from 'vitest'
import { plainText } from '../../../src/tui/line.ts'
import { spaceTime } from '../../../src/tui/panes/space-time.ts'
import type { MessageStroke, SpaceTimeView } from '../../../src/tui/panes/space-time-view.ts'
import { expectGolden, textOf, unicode } from './pane-text.ts'
import { alice, n1, n2, n3, sampleRun } from './sample-run.ts'

const size = { width: 116, height: 30 }
const draw = (view: Partial<SpaceTimeView>): string =>
  textOf(spaceTime({ ...sampleRun, ...view }, size, unicode), unicode)
const laneOf = (text: string, name: string): string => text.split('\n').find(row => row.startsWith(`${name} `)) ?? ''
const none = { messages: [], spans: [], marks: [], stretches: [], bands: [] }

describe('the space-time diagram', () => {
  test('at every size, in Unicode and ASCII', async () => {
    await expectGolden('space-time', (room, theme) => spaceTime(sampleRun, room, theme))
  })

  test('with the causal cones of an event lit', async () => {
    const cones = { past: new Set([1, 2, 3, 4, 5, 6]), future: new Set([6, 7, 8, 9, 10]) }
    const cursor = { atUs: 24_000, node: n2, label: 'n2 gets AppendEntries t1 +1 from n1' }
    await expectGolden('space-time-lit', (room, theme) => spaceTime({ ...sampleRun, cones, cursor }, room, theme))
  })

  test('a lost message ends in a cross between the lanes and never reaches the receiver', () => {
    const lost = sampleRun.messages.filter(({ end }) => end.type === 'lost' && end.part === 0.5).slice(0, 1)
    const text = draw({ ...none, messages: lost })
    expect(text.match(/✗/g)).toHaveLength(2) // one drawn, one in the legend
    expect(laneOf(text, 'n3')).not.toContain('•')
  })

  test('the legend speaks of who is in charge only where somebody is', () => {
    expect(draw(none)).not.toContain('in charge')
    const stretches = [{ node: n1, fromUs: 10_000, toUs: 20_000, kind: 'authority' as const }]
    expect(draw({ ...none, stretches })).toContain('━━ in charge')
  })

  test('lanes end at the present', () => {
    const lane = laneOf(draw({ ...none, nowUs: 40_000 }), 'n3').trimEnd()
    expect(lane).toMatch(/^n3 +─{41}$/)
  })

  test('a node in charge has a heavy lane, a node that is down has none', () => {
    const stretches = [
      { node: n1, fromUs: 10_000, toUs: 20_000, kind: 'authority' as const },
      { node: n2, fromUs: 10_000, toUs: 20_000, kind: 'down' as const },
    ]
    const text = draw({ ...none, stretches })
    expect(laneOf(text, 'n1')).toContain(`─${'━'.repeat(11)}─`)
    expect(laneOf(text, 'n2')).toContain('─· · · · · ·─')
  })

  test('heartbeats can be hidden', () => {
    const heartbeats = sampleRun.messages.filter(({ purpose }) => purpose === 'heartbeat')
    const shown = draw({ ...none, messages: heartbeats })
    const hidden = draw({ ...none, messages: heartbeats, heartbeats: false })
    expect(shown).not.toBe(hidden)
    expect(hidden).toBe(draw(none).replace(hidden.split('\n').at(-1) ?? '', hidden.split('\n').at(-1) ?? ''))
  })

  test('an operation without an answer yet stays open, and its result never covers the next question', () => {
    const [first, second] = sampleRun.spans
    if (!first || !second) throw new Error('the sample has two operations')
    const close = { ...second, invokedUs: 38_000, endedUs: 60_000, outcome: 'ok' as const, result: '1' }
    const lane = laneOf(draw({ ...none, spans: [{ ...first, result: 'a very long result' }, close] }), 'alice')
    expect(lane).toContain('✓')
    expect(lane).toContain('├ read x ━')
    expect(lane).not.toContain('very')
  })

  test('the cursor is told with its time', () => {
    const cursor = { atUs: 58_000, node: n3, label: 'n3 starts an election' }
    const rows = draw({ cursor }).split('\n')
    expect(rows.at(-2)).toContain(' 0.058 s ')
    expect(rows.at(-1)).toContain('n3 starts an election')
    expect(laneOf(rows.join('\n'), 'n3')[6 + 58]).toBe('●')
  })

  test('a thousand heartbeats of one screen are drawn, not a thousand labels', () => {
    const [beat] = sampleRun.messages.filter(({ purpose }) => purpose === 'heartbeat')
    if (!beat) throw new Error('the sample has a heartbeat')
    const messages = Array.from({ length: 1000 }, (_, i): MessageStroke => {
      const sentUs = i * 100
      return {
        ...beat,
        id: `${beat.id}+${i}` as MessageStroke['id'],
        sentUs,
        end: { type: 'arrived', atUs: sentUs + 9_000, index: i },
      }
    })
    const lines = spaceTime({ ...sampleRun, ...none, messages }, size, unicode)
    expect(lines).toHaveLength(size.height)
    expect(lines.map(plainText).join('')).not.toContain('AppendEntries')
  })

  test('a message between a client and its node is drawn even where there is one row for it', () => {
    const request = sampleRun.messages.filter(({ purpose }) => purpose === 'request').slice(0, 1)
    const lines = spaceTime({ ...sampleRun, ...none, messages: request }, { width: 60, height: 9 }, unicode)
    const text = textOf(lines, unicode)
    expect(text).toMatch(/[⠁-⣿]/)
    expect(text.split('\n').find(row => row.startsWith(alice))).toBeDefined()
  })

  test('where lanes stand row on row, strokes are drawn over them', () => {
    const view = { ...sampleRun, ...none, messages: sampleRun.messages }
    const text = textOf(spaceTime(view, { width: 60, height: 6 }, unicode), unicode)
    expect(text.split('\n').filter(row => /^(alice|n\d)/.test(row))).toHaveLength(4)
    expect(text).toMatch(/[\u2801-\u28ff]/)
  })
})
