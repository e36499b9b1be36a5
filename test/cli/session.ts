import type { Actions, GlobalOptions, RunRequest, TrackRow, TutorStart } from '../../src/cli/actions.ts'
import type { Io } from '../../src/cli/io.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import type { RunReport } from '../../src/cli/run-report.ts'
import { nodeId, requestId } from '../../src/kernel/ids.ts'
import type { FileSystem } from '../../src/progress/file-system.ts'

const tracks: readonly TrackRow[] = [
  {
    id: 'start',
    title: 'Start here',
    lessons: [
      {
        id: 'start/how-to-use-the-lab',
        track: 'start',
        title: 'How to use the lab',
        minutes: 8,
        goals: 2,
        quizItems: 4,
        predictions: 2,
        claims: 3,
        status: 'finished',
      },
    ],
  },
  {
    id: 'cap',
    title: 'CAP',
    lessons: [
      {
        id: 'cap/cp-or-ap',
        track: 'cap',
        title: 'CP or AP?',
        minutes: 12,
        goals: 3,
        quizItems: 5,
        predictions: 2,
        claims: 4,
        status: 'started',
      },
      {
        id: 'cap/what-cap-says',
        track: 'cap',
        title: 'What CAP says',
        minutes: 10,
        goals: 1,
        quizItems: 4,
        predictions: 2,
        claims: 3,
        status: 'new',
      },
    ],
  },
]

const alice = nodeId('alice')
const bob = nodeId('bob')
const write = requestId(alice, 1)
const read = requestId(bob, 1)

export const report: RunReport = {
  code: 'netsplit1:cap/cp-or-ap:7::p@500,w@1000::a1b2c3d4-0abc',
  lab: 'cap/cp-or-ap',
  seed: 7,
  nowUs: 10_000_000,
  trace: [],
  history: [
    {
      id: write,
      client: alice,
      kind: 'write',
      key: 'x',
      input: 2,
      output: null,
      outcome: 'ok',
      invokedUs: 1_000_000,
      returnedUs: 1_100_000,
      servedBy: nodeId('n1'),
    },
    {
      id: read,
      client: bob,
      kind: 'read',
      key: 'x',
      input: null,
      output: 1,
      outcome: 'ok',
      invokedUs: 1_420_000,
      returnedUs: 1_431_500,
      servedBy: nodeId('n4'),
    },
    {
      id: requestId(alice, 2),
      client: alice,
      kind: 'write',
      key: 'x',
      input: 'a\u001b[2Jb',
      output: null,
      outcome: 'unknown',
      invokedUs: 2_000_000,
      returnedUs: null,
    },
    {
      id: requestId(bob, 2),
      client: bob,
      kind: 'cas',
      key: 'x',
      input: { from: 1, to: 3 },
      output: null,
      outcome: 'fail',
      reason: 'not the leader',
      invokedUs: 3_000_000,
      returnedUs: 3_002_000,
      servedBy: nodeId('n4'),
    },
  ],
  phenomena: [
    {
      name: 'stale-read',
      atUs: 1_431_500,
      atIndex: 42,
      by: bob,
      nodes: [nodeId('n4')],
      ops: [read, write],
      final: true,
      evidence: 'Bob read 1 at 1.42 s. Alice’s write of 2 had finished at 1.10 s.',
    },
  ],
  verdicts: [
    {
      answer: 'violated',
      consistency: 'linearizable',
      steps: 12,
      evidence: { ops: [], key: 'x', clash: [read], explanation: 'Bob read 1. Alice’s write of 2 had finished.' },
    },
    { answer: 'holds', consistency: 'sequential', steps: 9 },
    { answer: 'unknown', consistency: 'causal', steps: 100, why: 'the value 1 was written twice' },
  ],
  goals: [
    { id: 'stale', say: 'Make Bob read an old value.', reached: true, atUs: 1_431_500 },
    { id: 'refused', say: 'Make a live node leave a request unanswered.', reached: false, atUs: null },
  ],
}

export interface Setup {
  readonly terminal?: boolean
  readonly env?: { readonly [name: string]: string | undefined }
  readonly unicode?: boolean
  readonly stdin?: Buffer
  readonly answer?: boolean
  readonly actions?: Partial<Actions>
  readonly fileSystem?: FileSystem
}

export interface Outcome {
  readonly exit: number
  readonly out: string
  readonly err: string
  readonly opened: readonly TutorStart[]
  readonly runs: readonly RunRequest[]
  readonly options: GlobalOptions | undefined
}

/** Runs netsplit in this process on a small course whose runs and checks are told. */
export const netsplit = async (argv: readonly string[], setup: Setup = {}): Promise<Outcome> => {
  const opened: TutorStart[] = []
  const runs: RunRequest[] = []
  let options: GlobalOptions | undefined
  const printed: string[] = []
  const complained: string[] = []
  const actions: Actions = {
    openTutor: async start => void opened.push(start),
    tracks: async () => tracks,
    topics: async () => [...tracks.flatMap(track => [track.id, ...track.lessons.map(({ id }) => id)]), 'runs'],
    labs: async () => [
      { name: 'cap/cp-or-ap', kind: 'lesson', title: 'CP or AP?' },
      { name: 'raft', kind: 'protocol', title: 'Raft' },
    ],
    run: async request => {
      runs.push(request)
      return { report, notices: ['command 2 was skipped: there is no message n1>n2#9 any more'] }
    },
    ...setup.actions,
  }
  const isTerminal = setup.terminal ?? false
  const io: Io = {
    stdout: { isTerminal, write: text => void printed.push(text) },
    stderr: { isTerminal, write: text => void complained.push(text) },
    stdin: {
      isTerminal,
      read: async () => setup.stdin ?? Buffer.alloc(0),
      confirm: async question => {
        complained.push(question)
        return setup.answer ?? false
      },
    },
    env: setup.env ?? {},
    unicode: setup.unicode ?? true,
    ...(setup.fileSystem && { fileSystem: setup.fileSystem }),
  }
  const program = {
    version: '1.2.3',
    actions: (given: GlobalOptions) => {
      options = given
      return actions
    },
  }
  const exit = await runCli(argv, program, io)
  return { exit, out: printed.join(''), err: complained.join(''), opened, runs, options }
}
