import type { ConfigDoc } from './config-doc.ts'
import type { ConflictRule } from './versioned-item.ts'

/** The knobs of a quorum store. */
export type QuorumConfig = {
  /** Replicas of a key; not more than there are nodes. */
  readonly n: number
  /** Replies that a read waits for. */
  readonly r: number
  /** Acknowledgements that a write waits for. */
  readonly w: number
  /** Other nodes stand in for replicas that do not answer, and count (Dynamo, section 4.6). */
  readonly sloppy: boolean
  /** What a replica missed is kept for it by another node and handed over when it is back. */
  readonly hintedHandoff: boolean
  /** Stale replicas met by a read get the newest version: never, after the answer, or before it (until `w` replicas have it). */
  readonly readRepair: 'off' | 'async' | 'before-return'
  /** Compares notes with another node so often; 0 for never. */
  readonly antiEntropyMs: number
  readonly conflict: ConflictRule
  /** A node that comes back with an empty disk: serves at once, or copies first what all others hold. */
  readonly rejoin: 'at-once' | 'copy-first'
  /** What a client hears when too few replicas can be reached: a refusal where that is the truth, or nothing. */
  readonly minorityAnswer: 'error' | 'silent'
  /** A replica that has not answered for so long is suspected. */
  readonly replicaTimeoutMs: number
  /** The coordinator forgets a request for which too few have answered by then. */
  readonly requestTimeoutMs: number
  /** Suspects are asked so often whether they are back. */
  readonly probeMs: number
  /** Pings everyone so often, and suspects whom it has not heard for `suspectMs`; 0 for suspecting only after unanswered requests. */
  readonly heartbeatMs: number
  readonly suspectMs: number
  /** Tries so often to hand over what it keeps for others. */
  readonly handoffMs: number
}

/** N, R and W as in section 6 of the Dynamo paper: "the common (N,R,W) configuration ... is (3,2,2)". */
export const quorumDefaults: QuorumConfig = {
  n: 3,
  r: 2,
  w: 2,
  sloppy: false,
  hintedHandoff: true,
  readRepair: 'async',
  antiEntropyMs: 1000,
  conflict: 'lww',
  rejoin: 'at-once',
  minorityAnswer: 'silent',
  replicaTimeoutMs: 100,
  requestTimeoutMs: 1000,
  probeMs: 200,
  heartbeatMs: 0,
  suspectMs: 300,
  handoffMs: 200,
}

const d = quorumDefaults

export const quorumDocs: readonly ConfigDoc[] = [
  { key: 'n', kind: 'number', integer: true, min: 1, default: d.n, doc: 'Replicas of a key.' },
  { key: 'r', kind: 'number', integer: true, min: 1, default: d.r, doc: 'Replies that a read waits for.' },
  { key: 'w', kind: 'number', integer: true, min: 1, default: d.w, doc: 'Acknowledgements that a write waits for.' },
  {
    key: 'sloppy',
    kind: 'boolean',
    default: d.sloppy,
    doc: 'Other nodes stand in for replicas that do not answer, and count.',
  },
  {
    key: 'hintedHandoff',
    kind: 'boolean',
    default: d.hintedHandoff,
    doc: 'What a replica missed is kept for it and handed over when it is back.',
  },
  {
    key: 'readRepair',
    kind: 'choice',
    choices: ['off', 'async', 'before-return'],
    default: d.readRepair,
    doc: 'Stale replicas met by a read get the newest version: never, after the answer, or before it.',
  },
  {
    key: 'antiEntropyMs',
    kind: 'number',
    min: 0,
    default: d.antiEntropyMs,
    doc: 'Compares notes with another node so often; 0: never.',
  },
  {
    key: 'conflict',
    kind: 'choice',
    choices: ['lww', 'siblings'],
    default: d.conflict,
    doc: 'Of two concurrent values the one with the larger time stamp stays, or both do.',
  },
  {
    key: 'rejoin',
    kind: 'choice',
    choices: ['at-once', 'copy-first'],
    default: d.rejoin,
    doc: 'A node that comes back with an empty disk answers reads at once, or copies first what all others hold.',
  },
  {
    key: 'minorityAnswer',
    kind: 'choice',
    choices: ['error', 'silent'],
    default: d.minorityAnswer,
    doc: 'With too few replicas in reach a client is refused, or hears nothing.',
  },
  {
    key: 'replicaTimeoutMs',
    kind: 'number',
    min: 0.001,
    default: d.replicaTimeoutMs,
    doc: 'A replica silent for so long is suspected.',
  },
  {
    key: 'requestTimeoutMs',
    kind: 'number',
    min: 0.001,
    default: d.requestTimeoutMs,
    doc: 'By then the coordinator forgets a request for which too few have answered.',
  },
  {
    key: 'probeMs',
    kind: 'number',
    min: 0.001,
    default: d.probeMs,
    doc: 'Suspects are asked so often if they are back.',
  },
  {
    key: 'heartbeatMs',
    kind: 'number',
    min: 0,
    default: d.heartbeatMs,
    doc: 'Pings everyone so often; 0: suspects only after unanswered requests.',
  },
  {
    key: 'suspectMs',
    kind: 'number',
    min: 0.001,
    default: d.suspectMs,
    doc: 'With pings: a node silent for so long is suspected.',
  },
  { key: 'handoffMs', kind: 'number', min: 0.001, default: d.handoffMs, doc: 'Tries so often to hand over hints.' },
]

/** The config with every default filled in. */
export const quorumConfig = (config: Partial<QuorumConfig> | null | undefined): QuorumConfig => ({
  ...quorumDefaults,
  ...config,
})
