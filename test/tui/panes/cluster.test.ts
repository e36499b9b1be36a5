import { describe, expect, test } from 'vitest'
import { nodeId } from '../../../src/kernel/ids.ts'
import { cluster } from '../../../src/tui/panes/cluster.ts'
import { clusterPicture } from '../../../src/tui/panes/cluster-picture.ts'
import { clusterTable } from '../../../src/tui/panes/cluster-table.ts'
import type { ClusterView } from '../../../src/tui/panes/cluster-view.ts'
import { expectGolden, textOf, unicode } from './pane-text.ts'
import { n1, n2, n3, sampleCluster } from './sample-run.ts'

const size = { width: 76, height: 18 }

/** As many servers as asked for, all well. */
const healthy = (count: number): ClusterView => {
  const ids = Array.from({ length: count }, (_, i) => nodeId(`n${i + 1}`))
  const [model] = sampleCluster.nodes
  if (!model) throw new Error('the sample has nodes')
  return {
    nodes: ids.map((id, i) => ({ ...model, id, authority: i === 0, fresh: false })),
    clients: [],
    links: [],
    flights: [],
    groups: [ids],
    selection: null,
  }
}

describe('the cluster', () => {
  test('at every size, in Unicode and ASCII', async () => {
    await expectGolden('cluster', (room, theme) => cluster(sampleCluster, room, theme))
  })

  test('in a low pane the sides of a partition stand beside one another', async () => {
    await expectGolden('cluster-low', (room, theme) => cluster(sampleCluster, room, theme), {
      '80x24': { width: 76, height: 6 },
      '60x18': { width: 36, height: 6 },
    })
  })

  test.each([1, 2, 3, 4, 5, 6, 7])('%i servers have a picture in a large pane, and none is hidden', count => {
    const lines = clusterPicture(healthy(count), { width: 116, height: 34 }, unicode)
    if (!lines) throw new Error('there is room for a picture')
    const text = textOf(lines, unicode)
    for (let i = 1; i <= count; i++) expect(text).toContain(`n${i} leader`)
  })

  test.each([1, 2, 3, 4, 5, 6, 7])('%i servers are all told in a small pane', count => {
    const text = textOf(cluster(healthy(count), { width: 40, height: 8 }, unicode), unicode)
    for (let i = 1; i <= count; i++) expect(text).toContain(`n${i} `)
  })

  test('who is in charge, paused and down is said in signs and words', () => {
    const nodes = sampleCluster.nodes.map(node => (node.id === n3 ? { ...node, status: 'down' as const } : node))
    const text = textOf(clusterTable({ ...sampleCluster, nodes }, size, unicode), unicode)
    expect(text).toContain('★ n1 leader t1')
    expect(text).toContain('‖ n2 follower t1 paused')
    expect(text).toContain('† n3 down')
  })

  test('messages under way give the room beside the nodes to facts that would be cut', () => {
    const sums = (value: string): ClusterView => ({
      ...sampleCluster,
      clients: [],
      groups: [[n1, n2, n3]],
      nodes: sampleCluster.nodes.map(node => ({
        ...node,
        copies: [],
        troubles: [],
        factsChosen: true,
        facts: [{ label: 'a year', value }],
      })),
    })
    const [short] = textOf(clusterTable(sums('1 h'), { width: 76, height: 8 }, unicode), unicode).split('\n')
    const [long] = textOf(
      clusterTable(sums(`${'8 h '.repeat(9)}end`), { width: 76, height: 8 }, unicode),
      unicode,
    ).split('\n')
    expect(short).toContain('%')
    expect(long).toContain('8 h end')
    expect(long).not.toContain('%')
  })

  test('nodes without values say their facts where the lab wants it', () => {
    const facts = [
      { label: 'out', value: 'n2' },
      { label: 'answered', value: '12' },
      { label: 'unanswered', value: '3' },
    ]
    const view = healthy(3)
    const bare = { ...view, nodes: view.nodes.map(node => ({ ...node, copies: [], troubles: [], facts })) }
    const shown = (height: number, factsFirst: boolean): string[] => {
      const lines = clusterPicture({ ...bare, factsFirst }, { width: 76, height }, unicode)
      if (!lines) throw new Error('there is room for a picture')
      const text = textOf(lines, unicode)
      return ['·', 'out n2', 'answered 12', 'unanswered 3'].filter(word => text.includes(`│ ${word} `))
    }
    expect(shown(18, false)).toEqual(['·'])
    expect(shown(18, true)).toEqual(['out n2', 'answered 12', 'unanswered 3'])
  })

  test('a value too long for its card is cut and not merely counted', () => {
    const copy = { key: 'log', value: '[1,2,3,3,4,5,6,7,8,9]', version: 'v10', tentative: false, fresh: false }
    const [model] = sampleCluster.nodes
    if (!model) throw new Error('the sample has nodes')
    const view = { ...healthy(3), nodes: healthy(3).nodes.map(node => ({ ...node, copies: [copy] })) }
    expect(textOf(cluster(view, { width: 60, height: 18 }, unicode), unicode)).toContain('log=[1,2,3,3')
  })

  test('a client drawn as a card tells its facts and what it does, in the picture and in the table', () => {
    const [model] = sampleCluster.nodes
    if (!model) throw new Error('the sample has nodes')
    const client = { id: nodeId('app'), at: null, status: 'up' as const, doing: 'w x=2', outcome: 'ok' as const }
    const app = { ...model, id: client.id, role: 'client', authority: false, copies: [], client }
    const view = { ...healthy(2), nodes: [...healthy(2).nodes, { ...app, facts: [{ label: 'calls', value: 'ip-2' }] }] }
    for (const height of [18, 6]) {
      const text = textOf(
        cluster({ ...view, groups: [view.nodes.map(({ id }) => id)] }, { width: 76, height }, unicode),
        unicode,
      )
      expect(text).toContain('app client')
      expect(text).toContain('calls ip-2')
      expect(text).toContain('w x=2 ✓')
    }
  })

  test('a link that is cut one way tells which way', () => {
    const links = [{ a: n1, b: n2, forth: { cut: true, troubles: [] }, back: { cut: false, troubles: [] } }]
    const text = textOf(clusterTable({ ...sampleCluster, links, groups: [[n1, n2, n3]] }, size, unicode), unicode)
    expect(text).toContain('n1 → n2 cut')
    expect(text).not.toContain('n2 → n1 cut')
  })

  test('a copy that may be rolled back has a question mark', () => {
    const lines = clusterTable(sampleCluster, { width: 116, height: 10 }, unicode)
    expect(textOf(lines, unicode)).toContain('x=1? t1 i2')
  })

  test('a selected message is shown however many there are', () => {
    const [flight] = sampleCluster.flights
    if (!flight) throw new Error('the sample has messages under way')
    const flights = Array.from({ length: 30 }, (_, i) => ({
      ...flight,
      id: `${flight.id}+${i}` as typeof flight.id,
      label: `message ${i}`,
    }))
    const chosen = flights[20]
    if (!chosen) throw new Error('there are thirty')
    const selection = { kind: 'message' as const, message: chosen.id }
    const text = textOf(
      clusterTable({ ...sampleCluster, flights, selection }, { width: 60, height: 9 }, unicode),
      unicode,
    )
    expect(text).toContain('message 20')
    expect(text).toContain('more')
  })
})
