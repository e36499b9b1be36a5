import { expect, test } from 'vitest'
import { web } from './web-lab.ts'

const golden = (run: ReturnType<typeof web>, name: string) =>
  expect(run.transcript).toMatchFileSnapshot(`golden/${name}.txt`)

test('a report through a narrow link, first with the words of the router and then without', async () => {
  const run = web({ gate: { servers: ['s1'] }, server: { largeBytes: 2500 } })
  run.ask('phone', 'get', 'report')
  run.run(600)
  run.configure('gate', { filtersTooBig: true, servers: ['s1'] })
  run.configure('phone', { keepAliveMs: 0 })
  run.configure('s1', { probing: true })
  run.run(1).ask('phone', 'get', 'report')
  await golden(run.run(2500), 'web-mtu')
})

test('a connection that the box in between forgot, and a name in two encodings', async () => {
  const run = web({
    gate: { servers: ['s1'], idleTimeoutMs: 1000, tells: true },
    server: { charset: 'latin-1', reads: ['latin-1'] },
    desk: { declares: true, negotiates: true },
  })
  run.ask('desk', 'put', 'name', 'Müller')
  run.run(2000).ask('desk', 'get', 'name')
  await golden(run.run(500), 'web-idle')
})

test.each([1, 2, 3])('the same worlds in place and on drafts under faults, seed %i', seed => {
  const run = web({
    server: { probing: true, declares: true, charset: 'latin-1', reads: ['latin-1'], largeBytes: 3000, rtoMs: 80 },
    gate: { idleTimeoutMs: 300, tells: seed === 2 },
    phone: { timeoutMs: 600, declares: true, negotiates: true, newField: true, rtoMs: 80 },
    desk: { timeoutMs: 600, probeMs: 100, rtoMs: 80, charset: 'latin-1' },
    more: {
      bothModes: true,
      seed,
      network: { loss: 0.04, duplicate: 0.1, latencyMs: { uniform: { min: 2, max: 20 } } },
    },
  })
  const all = ['s1', 's2', 'gate', 'tun', 'phone', 'desk']
  for (let at = 0; at < 24; at += 1) {
    const who = at % 2 === 0 ? 'phone' : 'desk'
    if (at % 3 === 0) run.ask(who, 'get', 'report')
    else if (at % 3 === 1) run.ask(who, 'put', 'name', `ü${at}`)
    else run.ask(who, 'read', 'ping')
    run.run(at % 5 === 0 ? 450 : 90)
    const victim = all[(at * 5 + seed) % all.length] as string
    if (at % 7 === 3) run.crash(victim).run(10).restart(victim).run(5)
    if (at === 12) run.configure('s1', { version: 2, largeBytes: 1500 })
  }
  expect(run.differing).toEqual([])
  expect(run.history.some(({ outcome }) => outcome === 'ok')).toBe(true)
})
