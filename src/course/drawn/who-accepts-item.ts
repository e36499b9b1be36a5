import { inSeconds, named } from '../../check/wording.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { RoleDefinition } from '../../lab/definition.ts'
import type { RunResult } from '../../lab/run-lab.ts'
import { labOf } from '../laboratory.ts'
import { Chance } from './chance.ts'
import type { DrawnItem, Generator } from './drawn-item.ts'
import { madeRun } from './made-run.ts'

/** A store that is cut, by what it asks of a write. */
interface Store {
  readonly says: string
  readonly role: RoleDefinition
  /** Whether this side, of so many nodes in all, has what a write needs: for the tests, the run decides. */
  enough(side: readonly string[], count: number): boolean
  readonly yes: string
  readonly no: string
  readonly tempting: readonly [
    { readonly say: string; readonly why: string; readonly misconception: string },
    { readonly say: string; readonly why: string; readonly misconception: string },
  ]
}

const majority = (count: number): Store => ({
  says: 'agree on every write by majority, with a leader that they elect (Raft)',
  role: { protocol: 'raft', config: { electionTimeoutMs: [150, 300], heartbeatMs: 50, forward: true } },
  enough: side => side.length > count / 2,
  yes: 'An OK. Her side is a majority, and it elects a leader if it has none.',
  no: 'No OK before the cut is healed. Her side is no majority.',
  tempting: [
    {
      say: 'An OK. Her node is up and takes what it is asked.',
      why: 'Tempting, since a node that is up can always write to its own disk. This store acknowledges what a majority has, and no less.',
      misconception: 'M1',
    },
    {
      say: 'No OK anywhere. In a cut such a store stops.',
      why: 'Tempting, since many drawings show every side refusing. A side that is a majority goes on; only the others wait.',
      misconception: 'M2',
    },
  ],
})

const copies = (count: number, w: number): Store => ({
  says: `hold a copy each and have no leader; a write waits for W = ${w} of them`,
  role: {
    protocol: 'quorum',
    config: { n: count, r: 1, w, sloppy: false, antiEntropyMs: 0, requestTimeoutMs: 2500 },
  },
  enough: side => side.length >= w,
  yes: `An OK. Her node reaches ${w === 1 ? 'one copy, its own' : `${w} copies`}, and no more is asked.`,
  no: `No OK before the cut is healed. Her node does not reach ${w} copies.`,
  tempting: [
    {
      say: 'An OK. A store without a leader takes writes on every side.',
      why: 'Tempting, since no leader has to be found. How many copies a write waits for decides, and that is a setting of the request.',
      misconception: 'M2',
    },
    {
      say: 'No OK unless hers is the larger side; majorities decide.',
      why: 'Tempting, since majorities are what one hears of. This store counts to W, whatever the sizes of the sides.',
      misconception: 'M28',
    },
  ],
})

const primary = (mode: 'asynchronous' | 'semi-synchronous' | 'synchronous', count: number): Store => {
  const waits = {
    asynchronous: 'does not wait for its backups',
    'semi-synchronous': 'waits for one backup',
    synchronous: 'waits for all of its backups',
  }[mode]
  const needs = { asynchronous: 1, 'semi-synchronous': 2, synchronous: count }[mode]
  return {
    says: `copy from a primary, n1, that ${waits}; nobody replaces it by itself`,
    role: { protocol: 'primary-backup', config: { mode, failover: 'manual', heartbeatMs: 100, forward: true } },
    enough: side => side.includes('n1') && side.length >= needs,
    yes: 'An OK. The primary is on her side, with all that it waits for.',
    no: 'No OK before the cut is healed. The primary, or what it waits for, is out of reach.',
    tempting: [
      {
        say: 'An OK. Her node has a copy and can take the write for the time being.',
        why: 'Tempting, since backups have all the data. They take no writes: only the primary may, or there would be two.',
        misconception: 'M28',
      },
      {
        say: 'No OK anywhere. With one primary, a cut stops every write.',
        why: 'Tempting, since a part is missing. The primary goes on as long as it has what its setting waits for.',
        misconception: 'M2',
      },
    ],
  }
}

const storeOf = (chance: Chance, count: number): Store => {
  const kind = chance.of(['majority', 'majority', 'copies', 'copies', 'primary'] as const)
  if (kind === 'majority') return majority(count)
  if (kind === 'copies') return copies(count, chance.between(1, count))
  return primary(chance.of(['asynchronous', 'semi-synchronous', 'synchronous'] as const), count)
}

/** The nodes in two or three sides, none of them empty. */
const sidesOf = (chance: Chance, nodes: readonly string[]): readonly (readonly string[])[] => {
  const first = chance.between(1, nodes.length - 1)
  const left = nodes.slice(0, first)
  const right = nodes.slice(first)
  if (right.length < 3 || chance.next() < 0.7) return [left, right]
  const second = chance.between(1, right.length - 1)
  return [left, right.slice(0, second), right.slice(second)]
}

/** What a question is about, drawn from its seed. */
export interface Situation {
  readonly nodes: readonly string[]
  readonly sides: readonly (readonly string[])[]
  /** The node that Alice asks, and the side on which it is. */
  readonly asked: string
  readonly side: readonly string[]
  readonly store: Store
}

export const situationOf = (seed: number): Situation => {
  const chance = new Chance(seed, 'who accepts')
  const count = chance.between(3, 6)
  const nodes = Array.from({ length: count }, (_, k) => `n${k + 1}`)
  const store = storeOf(chance, count)
  const sides = sidesOf(chance, nodes)
  const asked = chance.of(nodes)
  return { nodes, sides, asked, side: sides.find(side => side.includes(asked)) ?? [], store }
}

const CUT_MS = 1000
const ASK_MS = 3000

/** The run of a situation: the cut, and long after it Alice's write. */
export const runSituation = ({ nodes, sides, asked, store }: Situation, seed: number): RunResult => {
  const lab = labOf({
    id: 'drawn/who-accepts',
    title: 'A cut',
    nodes: { [`n1..n${nodes.length}`]: { role: 'store' }, alice: { role: 'client', at: asked } },
    roles: { client: { protocol: 'client', config: { stick: true, timeoutMs: 2500 } }, store: store.role },
    network: { latencyMs: { uniform: { min: 10, max: 25 } }, fifo: true },
    untilMs: 5600,
    deadlineMs: 2400,
  })
  const cut = sides.map(side => side.join(',')).join('|')
  return madeRun(lab, `cut(${cut})@${CUT_MS} write(alice x)@${ASK_MS}`, seed)
}

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'no node'
    : names.length === 1
      ? (names[0] ?? '')
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** What the run showed, in a sentence. */
const seen = (run: RunResult, write: Operation, situation: Situation): string => {
  const held = situation.nodes.filter(node => run.views[node]?.values.x?.op === write.id)
  const side = `Her side has ${situation.side.length} of ${situation.nodes.length} nodes`
  return write.outcome === 'ok' && write.returnedUs !== null
    ? `${side}; she had her OK ${inSeconds.at(write.returnedUs)}, and ${listed(held)} held the value.`
    : `${side}; her write had no OK at the end of the run, and ${listed(held)} held the value.`
}

const itemOf = (seed: number): DrawnItem => {
  const situation = situationOf(seed)
  const { nodes, sides, asked, store } = situation
  const run = runSituation(situation, seed)
  const write = run.history[0]
  if (write === undefined) throw new Error(`the question ${seed} has no write`)
  const ok = write.outcome === 'ok'
  const reason = seen(run, write, situation)
  return {
    id: `who-accepts-${seed}`,
    kind: 'single',
    stem: `${nodes.length} nodes ${store.says}. Two seconds after the cut ${named('alice')} writes at ${asked}. What does she get, and why?`,
    misconceptions: store.tempting.map(({ misconception }) => misconception),
    figure: { kind: 'lines', lines: [sides.map(side => side.join('  ')).join('   ╳   '), '', `Alice asks ${asked}.`] },
    options: [
      { say: store.yes, right: ok, why: ok ? reason : 'Tempting, if the nodes beyond the cut are counted as well.' },
      {
        say: store.no,
        right: !ok,
        why: ok ? 'Tempting, since a cut sounds like the end. Count what her side has.' : reason,
      },
      ...store.tempting,
    ],
    source: 'Gilbert, Lynch 2002; Ongaro, Ousterhout 2014; DeCandia et al. 2007',
  }
}

/** Can this side accept the write? The simulator answers. */
export const whoAcceptsItems: Generator = { name: 'who-accepts', draw: itemOf }
