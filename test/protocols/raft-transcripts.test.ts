import { expect, test } from 'vitest'
import { RaftCluster } from './raft-cluster.ts'

// Whole conversations as text, to be read and reviewed like prose: golden/*.txt hold each step and what came of it.

const golden = (name: string, transcript: string) => expect(transcript).toMatchFileSnapshot(`golden/${name}.txt`)

test('an election, a write and its commit', async () => {
  const cluster = new RaftCluster(3)
  await golden(
    'raft-first-write',
    cluster.run(`
      election n1
      deliver
      write n1 x=1
      deliver
      # The followers learn of the commit with the next AppendEntries.
      heartbeat n1
      deliver
      status`),
  )
})

test('Figure 8: an entry of an old term on a majority is not committed, and may be overwritten', async () => {
  const cluster = new RaftCluster(5, { maxBatch: 1 })
  const transcript = cluster.run(figure8)
  expect(transcript).not.toContain('applied')
  await golden('raft-figure-8', transcript)
})

test('with the rule of section 5.4.2 broken, Figure 8 applies a write and then overwrites it', async () => {
  const cluster = new RaftCluster(5, { maxBatch: 1, breakRule: 'commit-old-term' })
  const transcript = cluster.run(figure8)
  expect(transcript).toContain('n1 applied {"index":2')
  for (const name of ['n3', 'n4', 'n5']) expect(cluster.server(name).state.disk.log[1]?.term).toBe(2)
  await golden('raft-figure-8-broken', transcript)
})

/**
 * The paper's Figure 8 with n1 to n5 for S1 to S5 and a no-op of the first term at index 1. Alice's write is the square at index 2; the
 * later leaders' own no-ops are the other squares.
 */
const figure8 = `
  election n1
  deliver
  heartbeat n1
  deliver
  # (a) S1 is leader and partially replicates the log entry at index 2.
  write n1 x=2
  deliver n1 n2
  drop
  # (b) S1 crashes; S5 is elected leader for term 2 with votes from S3, S4 and itself, and accepts a different entry at index 2.
  crash n1
  election n5
  deliver votes n5 n3 n4
  drop
  status
  # (c) S5 crashes; S1 restarts, is elected leader, and continues replication: the entry from term 1 is now on a majority.
  crash n5
  restart n1
  election n1
  deliver votes n1 n2
  drop
  election n1
  deliver votes n1 n2 n3
  deliver 2 n1 n2
  deliver 4 n1 n3
  drop
  status
  # (d) S1 crashes; S5 is elected (with votes from S3 and S4) and overwrites the entry with its own from term 2.
  crash n1
  restart n5
  election n5
  deliver votes n5 n4
  drop
  election n5
  deliver votes n5 n3 n4
  deliver n5 n3 n4
  heartbeat n5
  deliver n5 n3 n4
  status`

test('a leader that was cut off loses what it did not commit', async () => {
  const cluster = new RaftCluster(3)
  await golden(
    'raft-deposed-leader',
    cluster.run(`
      election n1
      deliver
      write n1 x=1
      deliver
      # n1 is cut off, takes a write that it cannot commit, and n2 is elected.
      write n1 x=2
      drop
      election n2
      deliver n2 n3
      drop
      write n2 x=3
      deliver n2 n3
      drop
      # The cut heals: n2 makes n1's log like its own. Nobody answers alice#2.
      heartbeat n2
      deliver
      heartbeat n2
      deliver
      status`),
  )
})

test('a follower far behind gets a snapshot', async () => {
  const cluster = new RaftCluster(3, { compactAfter: 3, compactKeep: 1 })
  await golden(
    'raft-snapshot',
    cluster.run(`
      election n1
      deliver n1 n2
      drop n3
      write n1 x=1 @alice/1
      deliver n1 n2
      drop n3
      write n1 x=2 @alice/2
      deliver n1 n2
      drop n3
      status
      heartbeat n1
      deliver
      status
      # The session table came along: n3 elected, alice's last command asked again, and not executed again.
      election n3
      deliver
      write n3 x=2 again @alice/2
      deliver
      status`),
  )
})
