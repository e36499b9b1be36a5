import type { LabDefinition } from '../../src/lab/definition.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { ProtocolEntry, ProtocolRegistry } from '../../src/lab/protocol-registry.ts'
import { resolveLab } from '../../src/lab/resolve-lab.ts'
import { protocols } from '../../src/protocols/registry.ts'
import { register } from './register.ts'

const own: ProtocolEntry = {
  protocol: register,
  options: ['costMs'],
  check: ({ costMs }) =>
    costMs === undefined || typeof costMs === 'number'
      ? null
      : { path: ['costMs'], message: 'costMs must be a number.' },
}

/** Every protocol that labs may name, and a register on one node. */
export const registry: ProtocolRegistry = new Map<string, ProtocolEntry>([...protocols, ['register', own]])

/** Five Raft servers, two clients, the keys of cap/cp-or-ap. */
export const raftDefinition: LabDefinition = {
  id: 'test/raft',
  title: 'Five servers',
  nodes: {
    'n1..n5': { role: 'store' },
    alice: { role: 'client', at: 'n1' },
    bob: { role: 'client', at: 'n4' },
  },
  roles: {
    store: { protocol: 'raft', config: { electionTimeoutMs: [150, 300], heartbeatMs: 50, reads: 'read-index' } },
    client: { protocol: 'client', config: { followRedirects: true, timeoutMs: 400 } },
  },
  network: { latencyMs: { normal: { mean: 10, sd: 2 } }, minMs: 1 },
  groups: { left: ['n1', 'n2'], right: ['n3..n5'] },
  untilMs: 5000,
  settlingMs: 1000,
  deadlineMs: 1500,
  knobs: {
    reads: {
      key: 'm',
      label: 'reads',
      values: {
        quorum: { roles: { store: { config: { reads: 'read-index' } } } },
        local: { roles: { store: { config: { reads: 'local' } } } },
      },
    },
    store: {
      values: { raft: {}, register: { roles: { store: { protocol: 'register' } }, without: ['n2..n5'] } },
    },
  },
  keys: {
    p: { do: 'cut(left|right)', label: 'cut' },
    h: 'heal',
    w: { do: 'write(alice x)', label: 'Alice writes' },
    b: { do: 'write(bob x)', label: 'Bob writes' },
    r: 'read(bob x)',
    k: 'crash(leader) restart(n1,n2,n3,n4,n5)@800',
  },
  goals: [
    {
      id: 'refused',
      say: 'Make a live node leave a request unanswered.',
      when: { see: 'refused-at-live-node', by: 'alice' },
      solution: 'cut(n1,n2|right)@500 w@1000',
      wrong: [{ do: 'w@1000', because: 'every node still reaches a majority' }],
    },
  ],
  predictions: [
    {
      id: 'who-accepts',
      ask: 'Which side accepts a write?',
      run: { do: 'p@500 w@1000 b@1000' },
      options: [
        { say: 'neither', why: 'three can still agree', truth: { not: { write: 'bob', is: 'ok' } } },
        {
          say: 'the three',
          why: 'a majority',
          truth: [
            { write: 'bob', is: 'ok' },
            { write: 'alice', is: 'unknown' },
          ],
        },
      ],
    },
  ],
  claims: [
    { id: 'majority-goes-on', run: { do: 'p@500 b@1500' }, seeds: 8, expect: { write: 'bob', is: 'ok' } },
    { id: 'minority-never', run: { do: 'p@500 w@1500' }, seeds: 8, expect: 'alice.write ok', in: 'never' },
    { id: 'fast', run: { do: 'w@1000 b@1500' }, seeds: 4, measure: 'latency median', atLeast: 5, atMost: 200 },
  ],
}

export const raftLab: Lab = resolveLab(raftDefinition, registry)

/** One register and clients that load it; the client cannot know whether a lost reply was a lost request. */
export const registerDefinition: LabDefinition = {
  id: 'test/register',
  title: 'One register',
  nodes: { store: { role: 'store' }, alice: { role: 'client' }, bob: { role: 'client' }, carol: { role: 'client' } },
  roles: { store: { protocol: 'register' }, client: { protocol: 'client', config: { timeoutMs: 300, retries: 1 } } },
  network: { latencyMs: { uniform: { min: 5, max: 15 } } },
  untilMs: 3000,
  deadlineMs: 1000,
  values: 'letters',
  keys: { w: 'write(alice x)', r: 'read(bob x)', d: 'drop(reply alice.write#1)' },
  workloads: {
    steady: { clients: ['bob'], ratePerS: 20, mix: { read: 3, write: 1 }, keys: ['x', 'y'], endMs: 2000 },
    patient: { clients: ['carol'], thinkMs: { exponential: { mean: 40 } }, mix: { read: 1 }, keys: ['x'], count: 10 },
  },
}

export const registerLab: Lab = resolveLab(registerDefinition, registry)

/** The register without any load. */
export const quietLab: Lab = resolveLab(
  Object.fromEntries(
    Object.entries(registerDefinition).filter(([name]) => name !== 'workloads'),
  ) as unknown as LabDefinition,
  registry,
)

/** The register without any load, and keys that lie in wait for a message or turn a knob. */
export const watchingLab: Lab = resolveLab(
  {
    ...quietLab.definition,
    id: 'test/watching',
    knobs: { loss: { key: 'n', label: 'the line', values: { calm: {}, losing: { network: { loss: 0.5 } } } } },
    keys: {
      w: 'write(alice x)',
      r: 'read(bob x)',
      x: 'drop(request from alice)@when(sent request from alice)',
      d: 'drop(reply to alice)@when(sent reply to alice)',
    },
  },
  registry,
)
