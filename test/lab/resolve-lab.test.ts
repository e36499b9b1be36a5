import { describe, expect, it } from 'vitest'
import type { LabDefinition } from '../../src/lab/definition.ts'
import { LabError } from '../../src/lab/lab-error.ts'
import { labSpec } from '../../src/lab/lab-spec.ts'
import { resolveLab } from '../../src/lab/resolve-lab.ts'
import { raftDefinition, raftLab, registry } from './mini-labs.ts'

const refused = (change: Partial<LabDefinition>): LabError => {
  try {
    resolveLab({ ...raftDefinition, ...change }, registry)
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
  throw new Error('the definition was taken')
}

const store = { 'n1..n3': { role: 'store' }, alice: { role: 'client' } }

describe('a lab', () => {
  it('writes ranges out, keeps the order and knows who is a client', () => {
    expect(raftLab.nodes.map(node => `${node.id} ${node.kind} ${node.at ?? '-'}`)).toEqual([
      'n1 server -',
      'n2 server -',
      'n3 server -',
      'n4 server -',
      'n5 server -',
      'alice client n1',
      'bob client n4',
    ])
    expect(raftLab.groups.right).toEqual(['n3', 'n4', 'n5'])
  })

  it('tells clients whom they may ask, and whom first', () => {
    const bob = labSpec(raftLab, {}, 1).nodes.find(node => node.id === 'bob')
    expect(bob?.config).toMatchObject({ servers: ['n1', 'n2', 'n3', 'n4', 'n5'], at: 'n4' })
  })

  it('puts a client close to its node and as far from the others as that node', () => {
    const lab = resolveLab(
      {
        ...raftDefinition,
        network: {
          latencyMs: 5,
          places: { eu: ['n1', 'n2'], us: ['n3..n5'] },
          between: { 'eu|us': { latencyMs: 80 }, 'eu|eu': { latencyMs: 1 } },
          links: { 'n1>n3': { loss: 0.5 } },
          local: { latencyMs: 0.2 },
        },
      },
      registry,
    )
    const spec = labSpec(lab, {}, 1)
    expect(spec.links['alice>n1']).toEqual({ latencyMs: 0.2 })
    expect(spec.links['alice>n2']).toEqual({ latencyMs: 1 })
    expect(spec.links['alice>n3']).toEqual({ latencyMs: 80, loss: 0.5 })
    expect(spec.links['n3>n1']).toEqual({ latencyMs: 80 })
    expect(spec.links['n3>n4']).toBeUndefined()
    expect(spec.network.latencyMs).toBe(5)
  })

  it('gives a role another protocol by a knob, without the options of the old one', () => {
    const spec = labSpec(raftLab, { store: 'register', reads: 'local' }, 1)
    expect(spec.nodes.map(node => node.id)).toEqual(['n1', 'alice', 'bob'])
    expect(spec.nodes[0]?.protocol.name).toBe('register')
    expect(spec.nodes[0]?.config).toEqual({})
  })

  it('has a hash that changes with what can alter a trace and with nothing else', () => {
    const hash = (change: Partial<LabDefinition>): string => resolveLab({ ...raftDefinition, ...change }, registry).hash
    expect(hash({ title: 'Another', goals: [], claims: [], predictions: [], settlingMs: 5 })).toBe(raftLab.hash)
    expect(hash({ network: { latencyMs: 11 } }).slice(0, 6)).toBe(raftLab.hash.slice(0, 6))
    expect(hash({ network: { latencyMs: 11 } }).slice(6, 9)).not.toBe(raftLab.hash.slice(6, 9))
    expect(hash({ deadlineMs: 999 }).slice(0, 3)).not.toBe(raftLab.hash.slice(0, 3))
    expect(hash({ script: 'heal@5' }).slice(9)).not.toBe(raftLab.hash.slice(9))
    const [raft] = [...registry].filter(([name]) => name === 'raft')
    const newer = new Map(registry)
    if (raft !== undefined) {
      newer.set('raft', { ...raft[1], protocol: { ...raft[1].protocol, revision: raft[1].protocol.revision + 1 } })
    }
    expect(resolveLab(raftDefinition, newer).hash.slice(3, 6)).not.toBe(raftLab.hash.slice(3, 6))
  })
})

describe('a definition that cannot be run', () => {
  it.each<[string, Partial<LabDefinition>, (string | number)[], string]>([
    ['an id with spaces', { id: 'My lab' }, ['id'], '"My lab" is no id'],
    ['a role that is not there', { nodes: { n1: { role: 'stor' } } }, ['nodes', 'n1', 'role'], 'did you mean "store"?'],
    ['a range that is none', { nodes: { 'n5..n1': { role: 'store' } } }, ['nodes', 'n5..n1'], 'write it like n1..n5'],
    ['a node twice', { nodes: { ...store, n2: { role: 'store' } } }, ['nodes', 'n2'], 'n2 is there twice'],
    [
      'a node named like a word of the commands',
      { nodes: { all: { role: 'store' } } },
      ['nodes', 'all'],
      'another name',
    ],
    [
      'a client at nobody',
      { nodes: { ...store, bob: { role: 'client', at: 'n9' } } },
      ['nodes', 'bob', 'at'],
      'no node "n9"',
    ],
    [
      'a protocol that is not there',
      { roles: { store: { protocol: 'rafft' }, client: { protocol: 'client' } } },
      ['roles', 'store', 'protocol'],
      'there is no protocol "rafft"; did you mean "raft"?',
    ],
    [
      'an option that is not there',
      { roles: { store: { protocol: 'raft', config: { heartbeatMS: 5 } }, client: { protocol: 'client' } } },
      ['roles', 'store', 'config', 'heartbeatMS'],
      'raft has no option "heartbeatMS"; did you mean "heartbeatMs"?',
    ],
    [
      'an option with a wrong value',
      { roles: { store: { protocol: 'raft' }, client: { protocol: 'client', config: { pipeline: 3 } } } },
      ['roles', 'client', 'config', 'pipeline'],
      'pipeline must be true or false',
    ],
    ['a probability of 2', { network: { loss: 2 } }, ['network', 'loss'], 'write a probability between 0 and 1'],
    [
      'a link to nobody',
      { network: { links: { 'n1|n8': { loss: 1 } } } },
      ['network', 'links', 'n1|n8'],
      'no node "n8"',
    ],
    [
      'a place that is not there',
      { network: { between: { 'eu|us': {} } } },
      ['network', 'between', 'eu|us'],
      'no place "eu"',
    ],
    ['a command that is none', { keys: { p: 'cuut(n1)' } }, ['keys', 'p'], 'did you mean "cut"?'],
    [
      'a node in a command',
      { keys: { p: { do: 'crash(n7)', label: 'x' } } },
      ['keys', 'p', 'do'],
      '"n7" is no node of this lab',
    ],
    ['a key that presses a key', { keys: { p: 'h', h: 'heal' } }, ['keys', 'p'], 'cannot press another key'],
    ['a word for a key', { keys: { part: 'heal' } }, ['keys', 'part'], 'one letter or digit'],
    ['a key taken twice', { keys: { m: 'heal' } }, ['knobs', 'reads', 'key'], 'the key m is taken'],
    [
      'an initial value that is not there',
      { knobs: { k: { initial: 'c', values: { a: {}, b: {} } } } },
      ['knobs', 'k', 'initial'],
      'no value "c"',
    ],
    [
      'a knob for nobody',
      { knobs: { k: { values: { a: { roles: { shop: {} } }, b: {} } } } },
      ['knobs', 'k', 'values', 'a', 'roles', 'shop'],
      'there is no role "shop"',
    ],
    [
      'a workload without a rate',
      { workloads: { w: { clients: ['alice'], mix: { read: 1 }, keys: ['x'] } } },
      ['workloads', 'w'],
      'needs ratePerS',
    ],
    [
      'a workload of a server',
      { workloads: { w: { clients: ['n1'], ratePerS: 1, mix: { read: 1 }, keys: ['x'] } } },
      ['workloads', 'w', 'clients'],
      'n1 is a server',
    ],
    [
      'a kind that a workload cannot ask for',
      { workloads: { w: { clients: ['bob'], ratePerS: 1, mix: { reed: 1 }, keys: ['x'] } } },
      ['workloads', 'w', 'mix', 'reed'],
      'did you mean "read"?',
    ],
    [
      'a condition on nobody',
      { goals: [{ id: 'g', say: 's', when: { see: 'stale-read', by: 'carol' }, solution: '' }] },
      ['goals', 0, 'when'],
      'there is no client "carol"',
    ],
    [
      'a condition with a member too many',
      { goals: [{ id: 'g', say: 's', when: { see: 'stale-read', bye: 'bob' }, solution: '' }] },
      ['goals', 0, 'when', 'bye'],
      'did you mean "by"?',
    ],
    [
      'a solution that is no command',
      { goals: [{ id: 'g', say: 's', when: 'ended', solution: 'p@@' }] },
      ['goals', 0, 'solution', 'do'],
      'after "@" a time in ms',
    ],
    [
      'an id twice',
      {
        claims: [
          { id: 'c', run: {}, expect: 'ended' },
          { id: 'c', run: {}, expect: 'ended' },
        ],
      },
      ['claims', 1, 'id'],
      'the id "c" is there twice',
    ],
    ['a claim that says nothing', { claims: [{ id: 'c', run: {} }] }, ['claims', 0], 'says nothing'],
    [
      'a measure that is none',
      { claims: [{ id: 'c', run: {}, measure: 'speed' }] },
      ['claims', 0, 'measure'],
      '"speed" is no measure',
    ],
    [
      'a knob in a run',
      { claims: [{ id: 'c', run: { knobs: { reads: 'x' } }, expect: 'ended' }] },
      ['claims', 0, 'run', 'knobs', 'reads'],
      'no value "x"',
    ],
    ['no end', { untilMs: 0 }, ['untilMs'], 'a time in ms above 0'],
    [
      'a chart with a measure that is none',
      { charts: [{ title: 't', bars: [{ say: 'b', measure: 'speed' }] }] },
      ['charts', 0, 'bars', 0, 'measure'],
      '"speed" is no measure',
    ],
    [
      'a bar with nothing to show',
      { charts: [{ title: 't', bars: [{ say: 'b' }] }] },
      ['charts', 0, 'bars', 0],
      'give it one of the two',
    ],
    [
      'a lamp of a client that is none',
      { lamps: [{ say: 'l', out: 'see stale-read by mallory' }] },
      ['lamps', 0, 'out'],
      'mallory',
    ],
    ['a consistency that is none', { verdicts: ['strong'] }, ['verdicts', 0], '"strong" is no consistency'],
  ])('is refused for %s, with the place and the remedy', (_, change, path, message) => {
    const error = refused(change)
    expect(error.message).toContain(message)
    expect(error.path).toEqual(path)
  })
})
