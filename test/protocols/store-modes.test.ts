import { expect, test } from 'vitest'
import { balancer } from '../../src/protocols/balancer.ts'
import { causal } from '../../src/protocols/causal.ts'
import { connection } from '../../src/protocols/connection.ts'
import { courier } from '../../src/protocols/courier.ts'
import { primaryBackup } from '../../src/protocols/primary-backup.ts'
import { quorum } from '../../src/protocols/quorum.ts'
import { server } from '../../src/protocols/server.ts'
import { service } from '../../src/protocols/service.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { playStore, type StoreRun } from './store-faults.ts'

// The same world after every event, in place and on Immer drafts.

const network = { latencyMs: { uniform: { min: 1, max: 30 } }, loss: 0.05, duplicate: 0.1, reorder: 0.2, reorderMs: 40 }

const clientConfig = {
  idempotencyKeys: true,
  retries: 3,
  timeoutMs: 80,
  backoff: 'exponential',
  baseMs: 20,
  jitter: 'full',
  retryBudget: 0.5,
  breakerFailures: 4,
  breakerOpenMs: 200,
}

const setups: { [name: string]: Omit<Setup, 'seed'> } = {
  server: {
    protocol: server,
    servers: 2,
    config: {
      deduplicate: true,
      inOrder: true,
      gapMs: 200,
      workers: 1,
      processingMs: 5,
      queueLimit: 3,
      loadShedding: true,
    },
  },
  service: {
    protocol: service,
    servers: ['gateway', 'backend'],
    config: {
      downstream: ['backend'],
      retries: 2,
      timeoutMs: 60,
      workers: 2,
      fallback: true,
      backoff: 'fixed',
      baseMs: 10,
    },
    special: { backend: { protocol: server, config: { processingMs: 5, processingMaxMs: 20 } } },
  },
  'balancer, one of two': {
    protocol: balancer,
    servers: ['front', 's1', 's2'],
    config: {
      backends: ['s1', 's2'],
      policy: 'least-outstanding',
      retries: 1,
      timeoutMs: 50,
      checkMs: 40,
      fall: 2,
      ejectAfter: 2,
      ejectMs: 150,
    },
    special: {
      s1: { protocol: server, config: { workers: 1, processingMs: 10 } },
      s2: { protocol: server, config: { workers: 1, processingMs: 20, queueLimit: 1, loadShedding: true } },
    },
  },
  'balancer, all of two': {
    protocol: balancer,
    servers: ['front', 's1', 's2'],
    config: { backends: ['s1', 's2'], fanOut: 'all', timeoutMs: 50 },
    special: { s1: { protocol: server, config: {} }, s2: { protocol: server, config: {} } },
  },
  'quorum, last write wins': {
    protocol: quorum,
    config: { antiEntropyMs: 150, heartbeatMs: 50, minorityAnswer: 'error' },
  },
  'quorum, siblings, sloppy': {
    protocol: quorum,
    servers: 5,
    config: { antiEntropyMs: 150, conflict: 'siblings', sloppy: true, readRepair: 'before-return' },
  },
  causal: { protocol: causal, config: { resendMs: 80 } },
  'primary-backup': {
    protocol: primaryBackup,
    config: { failover: 'automatic', mode: 'semi-synchronous', fallbackMs: 300, selfDemoteMs: 400, electMs: 300 },
  },
}

const operation: StoreRun['operation'] = (choices, ordinal) => {
  const key = choices.of(['x', 'y'])
  return choices.chance(0.6) ? { kind: 'write', key, input: { n: ordinal } } : { kind: 'read', key, input: null }
}

test.each(Object.keys(setups).flatMap(name => [1, 2].map(seed => ({ name, seed }))))(
  '$name, seed $seed',
  ({ name, seed }) => {
    const setup = setups[name] as Omit<Setup, 'seed'>
    const run = playStore({
      seed,
      setup: { ...setup, network, clientConfig, clients: ['alice', 'bob'], bothModes: true },
      faults: ['cut', 'cut-one-way', 'crash', 'pause', 'clock', 'drop', 'duplicate'],
      operation,
      operations: 20,
      calmMs: 400,
      meanwhile: (lab, ordinal) => {
        if (ordinal === 10) for (const { id, config } of lab.spec.nodes) lab.configure(id, config as object)
      },
    })
    expect(run.differing).toEqual([])
    expect(run.world.nextIndex).toBeGreaterThan(150)
  },
)

test.each([
  { name: 'courier', protocol: courier, config: { retries: 2, timeoutMs: 50, deduplicate: true } },
  { name: 'connection', protocol: connection, config: { retransmitMs: 40, giveUpMs: 150 } },
])('$name', ({ protocol, config }) => {
  const run = new Laboratory({
    protocol,
    servers: ['ann', 'ben'],
    clients: [],
    config,
    special: { ann: { config: { to: 'ben' } } },
    network,
    bothModes: true,
  })
  for (let number = 1; number <= 15; number += 1) {
    run.ask('ann', 'append', 'inbox', { number })
    run.run(15)
    if (number === 5) run.cut(['ann'], ['ben'], true)
    if (number === 10) run.heal().crash('ben').restart('ben')
  }
  run.run(1000)
  expect(run.differing).toEqual([])
  expect(run.value('ben', 'inbox')).toBeDefined()
})
