import { expect, test } from 'vitest'
import { balancer } from '../../src/protocols/balancer.ts'
import { causal } from '../../src/protocols/causal.ts'
import { connection } from '../../src/protocols/connection.ts'
import { quorum } from '../../src/protocols/quorum.ts'
import { server } from '../../src/protocols/server.ts'
import { service } from '../../src/protocols/service.ts'
import { Laboratory } from './laboratory.ts'

// Scenarios as prose, in golden/. Rewrite them with `npx vitest run -u` and read the difference.

const golden = (run: Laboratory, name: string) => expect(run.transcript).toMatchFileSnapshot(`golden/${name}.txt`)

test('a lost answer, a retry, and what an idempotency key changes', async () => {
  const run = new Laboratory({
    protocol: server,
    servers: 1,
    config: { deduplicate: true },
    clients: ['alice'],
    clientConfig: { retries: 1, timeoutMs: 50, idempotencyKeys: true },
  })
  run.ask('alice', 'add', 'counter', 1)
  run.dropNext(({ info }) => info.purpose === 'reply').run(200)
  run.ask('alice', 'read', 'counter')
  await golden(run.run(50), 'server-lost-answer')
})

test('three layers, two attempts each: eight calls for one click', async () => {
  const run = new Laboratory({
    protocol: service,
    servers: ['gateway', 'service', 'backend'],
    config: { retries: 1, timeoutMs: 100 },
    special: {
      gateway: { config: { downstream: ['service'] } },
      service: { config: { downstream: ['backend'] } },
      backend: { protocol: server, config: { workers: 1, processingMs: 300 } },
    },
    clients: ['alice'],
    clientConfig: { servers: ['gateway'], retries: 1, timeoutMs: 100, failover: false },
  })
  run.ask('alice', 'add', 'counter', 1)
  await golden(run.run(3000), 'service-eight-calls')
})

test('a balancer loses a server, asks another, and takes the lost one out', async () => {
  const run = new Laboratory({
    protocol: balancer,
    servers: ['front', 's1', 's2'],
    config: { backends: ['s1', 's2'], retries: 1, timeoutMs: 60, checkMs: 50, fall: 2 },
    special: { s1: { protocol: server, config: {} }, s2: { protocol: server, config: {} } },
    clients: ['alice'],
    clientConfig: { servers: ['front'], timeoutMs: 500 },
  })
  run.run(60).crash('s1')
  run.ask('alice', 'add', 'counter', 1)
  run.run(120)
  run.ask('alice', 'read', 'counter')
  await golden(run.run(150), 'balancer-lost-server')
})

test('a hint for a replica that was away, handed over', async () => {
  const run = new Laboratory({
    protocol: quorum,
    config: { antiEntropyMs: 0, readRepair: 'off' },
    clients: ['alice'],
    clientConfig: { timeoutMs: 1000 },
  })
  run.crash('n3')
  run.ask('alice', 'write', 'x', 'A')
  run.run(150).restart('n3')
  await golden(run.run(400), 'quorum-hint')
})

test('two siblings and the write that joins them', async () => {
  const run = new Laboratory({
    protocol: quorum,
    config: { antiEntropyMs: 0, conflict: 'siblings', r: 1, w: 1 },
    clients: ['alice', 'bob'],
    at: { alice: 'n1', bob: 'n2' },
    clientConfig: { timeoutMs: 1000 },
  })
  run.ask('alice', 'write', 'x', 'A')
  run.ask('bob', 'write', 'x', 'B')
  run.run(50)
  run.ask('alice', 'read', 'x')
  run.run(50)
  run.ask('alice', 'write', 'x', 'A+B')
  await golden(run.run(50), 'quorum-siblings')
})

test('a reply that waits for its post', async () => {
  const run = new Laboratory({
    protocol: causal,
    clients: ['alice', 'bob'],
    at: { alice: 'n1', bob: 'n2' },
    clientConfig: { timeoutMs: 1000 },
  })
  run.cut(['n1'], ['n3'])
  run.ask('alice', 'write', 'post', 'A')
  run.run(30)
  run.ask('bob', 'write', 'reply', 'B')
  await golden(run.run(50).heal().run(200), 'causal-waits')
})

test('a connection broken after the acknowledgement was lost', async () => {
  const run = new Laboratory({
    protocol: connection,
    servers: ['ann', 'ben'],
    clients: [],
    special: { ann: { config: { to: 'ben' } } },
  })
  for (const number of [1, 2, 3]) {
    run.ask('ann', 'append', 'inbox', number)
    if (number < 3) run.run(30)
  }
  run.dropNext(({ info }) => info.purpose === 'acknowledge')
  run.configure('ann', { to: 'ben', breaks: 1 })
  await golden(run.run(100), 'connection-broken')
})
