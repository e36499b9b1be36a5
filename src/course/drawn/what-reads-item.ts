import { inSeconds } from '../../check/wording.ts'
import type { Json } from '../../kernel/json.ts'
import type { RunResult } from '../../lab/run-lab.ts'
import { labOf } from '../laboratory.ts'
import { Chance } from './chance.ts'
import type { DrawnItem, Generator } from './drawn-item.ts'
import { madeRun } from './made-run.ts'

const WRITE_MS = 1000
/** What decides lies so far apart, ms, that the clients' own short lines do not matter. */
const MARGIN_MS = 12

/** Three copies at fixed distances, a write that waits for one copy, and a read that waits for `r`. */
export interface Distances {
  /** One way, ms, between n1 and n2, n1 and n3, n2 and n3. */
  readonly oneTwo: number
  readonly oneThree: number
  readonly twoThree: number
  readonly r: number
  /** The node that Bob asks. */
  readonly asked: 'n2' | 'n3'
  /** When he asks, ms after Alice. */
  readonly afterMs: number
}

/**
 * The value that arithmetic expects: those asked answer with what they have when the question reaches them, the quickest `r` count, and
 * the newest of their values is the answer. Null where two moments lie too close to tell.
 */
export const expectedRead = (d: Distances): 1 | 2 | null => {
  const own = d.asked === 'n2' ? d.oneTwo : d.oneThree
  const other = d.asked === 'n2' ? d.oneThree : d.oneTwo
  const answers = [
    { roundMs: 0, slackMs: d.afterMs - own },
    { roundMs: 2 * own, slackMs: d.afterMs + own },
    { roundMs: 2 * d.twoThree, slackMs: d.afterMs + d.twoThree - other },
  ].toSorted((a, b) => a.roundMs - b.roundMs)
  const counted = answers.slice(0, d.r)
  const [last, next] = [answers[d.r - 1], answers[d.r]]
  if (last && next && next.roundMs - last.roundMs < MARGIN_MS) return null
  if (counted.some(({ slackMs }) => Math.abs(slackMs) < MARGIN_MS)) return null
  return counted.some(({ slackMs }) => slackMs > 0) ? 2 : 1
}

export const distancesOf = (seed: number): Distances => {
  const wanted = new Chance(seed, 'what reads').next() < 0.5 ? 1 : 2
  for (let round = 0; ; round++) {
    const chance = new Chance(seed, `what reads ${round}`)
    const ms = (): number => chance.of([20, 40, 60, 90, 120, 160, 200, 250])
    const distances: Distances = {
      oneTwo: ms(),
      oneThree: ms(),
      twoThree: ms(),
      r: chance.of([1, 1, 2, 2, 3]),
      asked: chance.of(['n2', 'n3'] as const),
      afterMs: chance.between(1, 15) * 20,
    }
    // With R = 3 the old value never comes: such a question is asked now and then, for it is worth knowing.
    const expected = expectedRead(distances)
    if (expected !== null && (expected === wanted || distances.r === 3)) return distances
  }
}

export const runDistances = (d: Distances, seed: number): RunResult => {
  const lab = labOf({
    id: 'drawn/what-reads',
    title: 'Three copies at distances',
    nodes: {
      'n1..n3': { role: 'store' },
      alice: { role: 'client', at: 'n1' },
      bob: { role: 'client', at: d.asked },
    },
    roles: {
      client: { protocol: 'client', config: { stick: true, timeoutMs: 2000 } },
      store: {
        protocol: 'quorum',
        config: { n: 3, r: d.r, w: 1, readRepair: 'off', antiEntropyMs: 0, replicaTimeoutMs: 1000 },
      },
    },
    network: {
      latencyMs: 10,
      links: {
        'n1|n2': { latencyMs: d.oneTwo },
        'n1|n3': { latencyMs: d.oneThree },
        'n2|n3': { latencyMs: d.twoThree },
      },
    },
    untilMs: 3000,
  })
  return madeRun(lab, `write(alice x 1)@100 write(alice x 2)@${WRITE_MS} read(bob x)@${WRITE_MS + d.afterMs}`, seed)
}

/** What the run showed: what Bob got and when, and how long the write had to travel. */
const seen = (run: RunResult, d: Distances): { readonly value: Json; readonly reason: string } => {
  const read = run.history.find(op => op.client === 'bob')
  if (read?.outcome !== 'ok' || read.returnedUs === null) throw new Error('the read of a question was not answered')
  const own = d.asked === 'n2' ? d.oneTwo : d.oneThree
  const reason =
    `Bob read ${JSON.stringify(read.output)} ${inSeconds.at(read.returnedUs)}. ` +
    `The 2, sent at 1 s, was ${own} ms on its way to ${d.asked}, and he asked after ${d.afterMs} ms.`
  return { value: read.output, reason }
}

const asksWhom = (d: Distances): string =>
  d.r === 1
    ? `${d.asked} answers from its own copy`
    : `${d.asked} takes the newest of the first ${d.r === 2 ? 'two' : 'three'} answers, its own among them`

const itemOf = (seed: number): DrawnItem => {
  const d = distancesOf(seed)
  const { value, reason } = seen(runDistances(d, seed), d)
  const fresh = value === 2
  const full = `${reason} With R = ${d.r}, ${asksWhom(d)}.`
  return {
    id: `what-reads-${seed}`,
    kind: 'single',
    stem: `x is 1 everywhere. At 1 s Alice writes 2 at n1, and ${d.afterMs} ms later Bob reads at ${d.asked}. What does he read, and why?`,
    misconceptions: ['M4', 'M5'],
    figure: {
      kind: 'lines',
      lines: [
        `n1 to n2  ${String(d.oneTwo).padStart(3)} ms one way      a write waits for W = 1 copy`,
        `n1 to n3  ${String(d.oneThree).padStart(3)} ms              a read waits for R = ${d.r}`,
        `n2 to n3  ${String(d.twoThree).padStart(3)} ms              newest value wins, no repair`,
      ],
    },
    options: [
      {
        say: 'He reads 1: none of those whose answer counts has the 2 when it is asked.',
        right: !fresh,
        why: fresh ? 'Tempting, if only the copy that he asks is looked at, or a way is counted twice.' : full,
      },
      {
        say: 'He reads 2: one of those whose answer counts has it by then.',
        right: fresh,
        why: fresh ? full : 'Tempting, if messages are taken to arrive at once. Count the way of the 2.',
      },
      {
        say: 'He reads 2: the write had its OK before he asked, so it is everywhere.',
        why: 'Tempting, since an OK sounds final. With W = 1 it says that one copy has it.',
        misconception: 'M5',
      },
      {
        say: 'He has no answer: the store waits until all copies are equal again.',
        why: 'Tempting, since a store should not contradict itself. Copies may differ at any moment; R answers are enough.',
        misconception: 'M4',
      },
    ],
    source: 'DeCandia et al. 2007, section 4.5; Bailis et al. Probabilistically bounded staleness. VLDB 2012',
  }
}

/** What will this read return? The simulator answers. */
export const whatReadsItems: Generator = { name: 'what-reads', draw: itemOf }
