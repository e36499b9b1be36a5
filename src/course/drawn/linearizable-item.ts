import { checkLinearizable } from '../../check/linearizable.ts'
import { models } from '../../check/model.ts'
import { deed, named } from '../../check/wording.ts'
import type { History, Operation } from '../../kernel/operation.ts'
import type { LabDefinition } from '../../lab/definition.ts'
import { labOf } from '../laboratory.ts'
import { Chance } from './chance.ts'
import type { DrawnItem, Generator } from './drawn-item.ts'
import { madeRun } from './made-run.ts'
import { witnessOf } from './witness.ts'

const CLIENTS = ['alice', 'bob', 'carol'] as const
const UNTIL_MS = 1200
/** Ends and beginnings that decide the question lie so far apart that the picture shows which came first. */
const APART_US = 12_000

const NEAR = { latencyMs: { uniform: { min: 10, max: 50 } } }

const store = (r: number, w: number): LabDefinition => ({
  id: 'drawn/linearizable',
  title: 'Three copies',
  nodes: {
    'n1..n3': { role: 'store' },
    alice: { role: 'client', config: { servers: ['n1'] } },
    bob: { role: 'client', config: { servers: ['n2'] } },
    carol: { role: 'client', config: { servers: ['n3'] } },
  },
  roles: {
    client: { protocol: 'client', config: { timeoutMs: 1500 } },
    store: { protocol: 'quorum', config: { n: 3, r, w, readRepair: 'off', antiEntropyMs: 0 } },
  },
  network: {
    latencyMs: { uniform: { min: 40, max: 320 } },
    links: { 'alice|n1': NEAR, 'bob|n2': NEAR, 'carol|n3': NEAR },
  },
  untilMs: UNTIL_MS,
})

const asked = (chance: Chance): string => {
  const parts = CLIENTS.flatMap(client => {
    const times = [chance.between(20, 260), chance.between(420, 680)]
    return times.flatMap((atMs, k) => {
      const writes = client === 'alice' ? k === 0 || chance.next() < 0.4 : chance.next() < 0.25
      return [`${writes ? 'write' : 'read'}(${client} x)@${atMs}`]
    })
  })
  const lost = chance.next() < 0.2 ? ['drop(reply to alice)@when(sent reply to alice)'] : []
  return [...parts, ...lost].join(' ')
}

/** A client asks for one thing at a time. */
const inTurn = (history: History): boolean =>
  CLIENTS.every(client => {
    const own = history.filter(op => op.client === client)
    return own.every((op, k) => k === 0 || (own[k - 1]?.returnedUs ?? Number.POSITIVE_INFINITY) < op.invokedUs)
  })

/** Two moments that decide the question look like one on the screen. */
const tooClose = (history: History): boolean =>
  history.some(one =>
    history.some(
      other =>
        one.client !== other.client && one.returnedUs !== null && Math.abs(one.returnedUs - other.invokedUs) < APART_US,
    ),
  )

/** Worth a question: two writes, reads that were answered, one of them while something was written, and all of it can be told apart. */
const isTelling = (history: History): boolean => {
  const reads = history.filter(op => op.kind === 'read')
  const writes = history.filter(op => op.kind === 'write')
  const answered = reads.every(op => op.outcome === 'ok')
  const overlapping = reads.some(read => writes.some(write => overlap(read, write)))
  return writes.length > 1 && reads.length > 1 && answered && overlapping && inTurn(history) && !tooClose(history)
}

const overlap = (a: Operation, b: Operation): boolean =>
  a.invokedUs < (b.returnedUs ?? Number.POSITIVE_INFINITY) && b.invokedUs < (a.returnedUs ?? Number.POSITIVE_INFINITY)

/** R and W of the stores, loose ones more often: theirs are the histories in which there is something to see. */
const QUORUMS = [
  [1, 1],
  [1, 2],
  [1, 3],
  [2, 2],
] as const

interface Found {
  readonly history: History
  /** What is wrong with it; null where nothing is. */
  readonly violation: string | null
}

/** A run whose history is of the kind that is wanted. Every second question is about a violation. */
const find = (seed: number): Found => {
  const wanted = new Chance(seed, 'linearizable').next() < 0.5
  const labs = QUORUMS.map(([r, w]) => labOf(store(r, w)))
  for (let round = 0; round < 400; round++) {
    const chance = new Chance(seed, `linearizable ${round}`)
    const { history } = madeRun(chance.of(labs), asked(chance), seed + round)
    if (!isTelling(history)) continue
    const verdict = checkLinearizable(history, models.register)
    if (verdict.answer === 'violated' && wanted) return { history, violation: verdict.evidence.explanation }
    if (verdict.answer === 'holds' && !wanted) return { history, violation: null }
  }
  throw new Error(`no history for the question ${seed}`)
}

const orderWords = (history: History): string => {
  const order = witnessOf(history) ?? []
  return order.map(op => `${named(op.client)} ${deed(op)}`).join(', then ')
}

/** Two reads at the same time with different answers, if there are any: it looks wrong and need not be. */
const differing = (history: History): boolean => {
  const reads = history.filter(op => op.kind === 'read' && op.outcome === 'ok')
  return reads.some(a => reads.some(b => a !== b && overlap(a, b) && a.output !== b.output))
}

/** Where the picture ends, microseconds: a little after the last answer. */
const endOf = (history: History): number => Math.max(...history.map(op => op.returnedUs ?? op.invokedUs)) + 60_000

const itemOf = (seed: number): DrawnItem => {
  const { history, violation } = find(seed)
  const holds = violation === null
  const order = holds ? orderWords(history) : ''
  const reason = holds ? `One order fits, each at a moment between call and answer: ${order}.` : (violation ?? '')
  return {
    id: `linearizable-${seed}`,
    kind: 'single',
    stem: 'A register x, empty at first. Is this history linearizable, and why?',
    misconceptions: ['M4', 'M5'],
    figure: { kind: 'history', history, untilUs: endOf(history) },
    options: [
      {
        say: 'Yes. One order fits all answers and respects who was done before whom.',
        right: holds,
        why: holds ? reason : 'Tempting, if each answer is looked at alone.',
      },
      {
        say: 'No. Whatever the order, some answer contradicts the times.',
        right: !holds,
        why: holds ? 'Tempting, since the answers look mixed.' : reason,
      },
      {
        say: 'Yes, for every read returned a value that somebody had written.',
        why: holds
          ? 'The verdict is right and the reason is not: a value that had been overwritten long before would pass too.'
          : 'Tempting, since no value came from nowhere. When it was overwritten counts too.',
        misconception: 'M5',
      },
      differing(history)
        ? {
            say: 'No, for two reads at the same time returned different values.',
            why: 'Reads that overlap may lie on two sides of a write, so that alone proves nothing.',
            misconception: 'M4',
          }
        : {
            say: 'No, for operations overlap, and what overlaps has no order.',
            why: 'What overlaps may be put in either order, and one that fits is enough.',
            misconception: 'M4',
          },
    ],
    source: 'Herlihy, Wing. Linearizability: a correctness condition for concurrent objects. TOPLAS 12(3), 1990',
  }
}

/** Is this history linearizable? The checker answers and gives the reason. */
export const linearizableItems: Generator = { name: 'linearizable', draw: itemOf }
