import type { ConfigDoc } from './config-doc.ts'
import { type BreakRule, raftDefaults } from './raft-config.ts'

const breakRules: readonly BreakRule[] = [
  'none',
  'vote-twice',
  'forget-vote',
  'skip-log-check',
  'skip-prev-check',
  'keep-conflicts',
  'commit-old-term',
  'commit-minority',
  'ack-before-sync',
  'skip-read-round',
  'skip-no-op',
  'forget-sessions',
]

/** The options of a Raft server, for lab files and the sandbox. */
export const raftDocs: readonly ConfigDoc[] = [
  {
    key: 'electionTimeoutMs',
    kind: 'list',
    of: 'number',
    length: 2,
    default: [...raftDefaults.electionTimeoutMs],
    doc: 'Shortest and longest time without a leader before a follower stands for election.',
  },
  { key: 'heartbeatMs', kind: 'number', min: 0.001, default: raftDefaults.heartbeatMs, doc: "A leader's heartbeat." },
  {
    key: 'preVote',
    kind: 'boolean',
    default: raftDefaults.preVote,
    doc: 'Ask whether an election could be won before raising the term.',
  },
  {
    key: 'checkQuorum',
    kind: 'boolean',
    default: raftDefaults.checkQuorum,
    doc: 'A leader that hears from no majority steps down.',
  },
  {
    key: 'reads',
    kind: 'choice',
    choices: ['read-index', 'lease', 'local'],
    default: raftDefaults.reads,
    doc: 'Reads: confirmed by a majority, by the leader during its lease, or by any server at once (may be stale).',
  },
  {
    key: 'leaseMs',
    kind: 'number',
    min: 0,
    nullable: true,
    default: raftDefaults.leaseMs,
    doc: 'Length of a lease; null for the shortest election timeout.',
  },
  {
    key: 'clockDriftBound',
    kind: 'number',
    min: 1,
    default: raftDefaults.clockDriftBound,
    doc: 'How many times faster one clock may run than another; shortens leases.',
  },
  {
    key: 'compactAfter',
    kind: 'number',
    min: 1,
    integer: true,
    nullable: true,
    default: raftDefaults.compactAfter,
    doc: 'Entries between snapshots; null for none.',
  },
  {
    key: 'compactKeep',
    kind: 'number',
    min: 0,
    integer: true,
    default: raftDefaults.compactKeep,
    doc: 'Entries kept in the log behind a snapshot.',
  },
  {
    key: 'maxBatch',
    kind: 'number',
    min: 1,
    integer: true,
    default: raftDefaults.maxBatch,
    doc: 'The most entries in one AppendEntries.',
  },
  {
    key: 'forward',
    kind: 'boolean',
    default: raftDefaults.forward,
    doc: 'Pass calls on to the leader instead of naming it.',
  },
  {
    key: 'awaitSync',
    kind: 'boolean',
    default: raftDefaults.awaitSync,
    doc: 'Answer only when the disk is done; needed where it takes time.',
  },
  {
    key: 'breakRule',
    kind: 'choice',
    choices: breakRules,
    default: raftDefaults.breakRule,
    doc: 'One rule of Raft to break on purpose.',
  },
]
