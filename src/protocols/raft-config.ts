/**
 * One rule of Raft to break on purpose, for lessons and for the tests of the tests. Each loses safety in its own way:
 * - `vote-twice` grants every vote asked for in a term (section 5.2);
 * - `forget-vote` comes back from a crash without `votedFor` (Figure 2, persistent state);
 * - `skip-log-check` votes for candidates whose log is behind (section 5.4.1);
 * - `skip-prev-check` appends without looking at the entry before (section 5.3);
 * - `keep-conflicts` never deletes entries that conflict with the leader's (section 5.3);
 * - `commit-old-term` counts replicas of entries of earlier terms (section 5.4.2, Figure 8);
 * - `commit-minority` commits what the leader alone has (section 5.3);
 * - `ack-before-sync` answers before the disk has what it promises (seen only with `awaitSync` and a slow disk);
 * - `skip-read-round` answers reads at a node that merely believes to lead (dissertation, section 6.4);
 * - `skip-no-op` answers reads before an entry of the leader's own term is committed (dissertation, section 6.4);
 * - `forget-sessions` leaves the session table out of snapshots (dissertation, section 6.3).
 */
export type BreakRule =
  | 'none'
  | 'vote-twice'
  | 'forget-vote'
  | 'skip-log-check'
  | 'skip-prev-check'
  | 'keep-conflicts'
  | 'commit-old-term'
  | 'commit-minority'
  | 'ack-before-sync'
  | 'skip-read-round'
  | 'skip-no-op'
  | 'forget-sessions'

/**
 * How reads are answered (dissertation, section 6.4). `read-index`: by the leader, once a majority has confirmed that it still leads.
 * `lease`: by the leader on its own while its lease lasts. `local`: by any server from what it has applied; such reads may be stale.
 */
export type RaftReads = 'read-index' | 'lease' | 'local'

/** The knobs of a Raft server. */
export type RaftConfig = {
  /** A follower that hears nothing for a time drawn from this range becomes a candidate; milliseconds of its own clock. */
  readonly electionTimeoutMs: readonly [number, number]
  /** A leader sends AppendEntries at least this often; milliseconds of its own clock. */
  readonly heartbeatMs: number
  /** Ask whether an election could be won before raising the term (dissertation, section 9.6). */
  readonly preVote: boolean
  /**
   * A leader that hears from no majority for the shortest election timeout steps down (dissertation, section 6.2), and a server that has
   * heard from a leader within that time refuses to vote (section 4.2.3).
   */
  readonly checkQuorum: boolean
  readonly reads: RaftReads
  /** Length of a lease before the drift bound is taken off, milliseconds; null for the shortest election timeout. */
  readonly leaseMs: number | null
  /** How many times faster one clock may run than another: a lease lasts `leaseMs / clockDriftBound`. At least 1. */
  readonly clockDriftBound: number
  /** Takes a snapshot after so many applied entries; null for never. */
  readonly compactAfter: number | null
  /** Entries that stay in the log behind a snapshot, so that a server slightly behind needs no snapshot. */
  readonly compactKeep: number
  /** The most entries that one AppendEntries carries. */
  readonly maxBatch: number
  /** Pass a client's call on to the leader and its answer back, instead of naming the leader to the client. */
  readonly forward: boolean
  /** Hold back what promises durability until `synced`. Needed, and only needed, where the lab's disk takes time (`syncMs`). */
  readonly awaitSync: boolean
  readonly breakRule: BreakRule
}

/** Timeouts of the Raft paper's evaluation (section 9.3); snapshots off the beaten path of short labs. */
export const raftDefaults: RaftConfig = {
  electionTimeoutMs: [150, 300],
  heartbeatMs: 50,
  preVote: false,
  checkQuorum: false,
  reads: 'read-index',
  leaseMs: null,
  clockDriftBound: 1.1,
  compactAfter: 1000,
  compactKeep: 32,
  maxBatch: 64,
  forward: false,
  awaitSync: false,
  breakRule: 'none',
}

/** The config with every default filled in, as a fresh value that aliases nothing. */
export const raftConfig = (config: Partial<RaftConfig> | null | undefined): RaftConfig => {
  const full = { ...raftDefaults, ...config }
  return { ...full, electionTimeoutMs: [full.electionTimeoutMs[0], full.electionTimeoutMs[1]] }
}

/** The shortest election timeout, microseconds: for so long a server trusts the leader that it last heard from. */
export const minElectionUs = (config: RaftConfig): number => Math.round(config.electionTimeoutMs[0] * 1000)

/** How long a lease lasts from the moment when the confirmed heartbeat was sent, microseconds. */
export const leaseUs = (config: RaftConfig): number =>
  Math.floor(((config.leaseMs ?? config.electionTimeoutMs[0]) * 1000) / config.clockDriftBound)

/** True where a server that hears from a leader refuses its vote to others; leases rest on it. */
export const trustsLeader = (config: RaftConfig): boolean => config.checkQuorum || config.reads === 'lease'
