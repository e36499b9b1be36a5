import { expect, test } from 'vitest'
import { buy, path } from './domain-lab.ts'

const golden = (run: ReturnType<typeof path>, name: string) =>
  expect(run.transcript).toMatchFileSnapshot(`golden/${name}.txt`)

test('a purchase through three owners, one of whom has changed alone', async () => {
  const run = path({ config: { momentH: 2 }, special: { pay: { plan: 'moment' } } })
  buy(run)
  run.run(1200)
  buy(run)
  await golden(run, 'domain-moment')
})

test('a default at the door, an outside probe and a ticket', async () => {
  const run = path({
    special: { cdn: { ruleFromH: 1, supportFromH: 0, replyH: 1 } },
    duty: { probes: 'cdn', owner: 'cdn' },
  })
  run.run(5200)
  await golden(run, 'domain-ticket')
})

test.each([1, 2])('the same worlds in place and on drafts under faults, seed %i', seed => {
  const network = {
    latencyMs: { uniform: { min: 1, max: 30 } },
    loss: 0.03,
    duplicate: 0.1,
    reorder: 0.2,
    reorderMs: 40,
  }
  const run = path({
    config: { plan: 'evidence', hourMs: 100, ruleFromH: 8, firstFor: ['bob'], firstH: 5, replyH: 1 },
    duty: { probes: 'cdn', owner: 'cdn', hourMs: 150, timeoutMs: 50 },
    more: { bothModes: true, network, seed },
  })
  const names = ['cdn', 'shop', 'pay', 'duty']
  for (let at = 0; at < 18; at += 1) {
    run.ask(at % 2 === 0 ? 'alice' : 'bob', at % 3 === 0 ? 'read' : 'add', 'paid', at % 3 === 0 ? null : 1)
    run.run(70)
    const who = names[(at * 7 + seed) % 4] as string
    if (at % 9 === 4) run.crash(who).run(20).restart(who)
    if (at === 10) run.cut(['pay'], ['shop'])
    if (at === 12) run.heal()
    if (at === 15) run.configure('shop', { rolledBack: true })
  }
  expect(run.differing).toEqual([])
  expect(run.history.some(({ outcome }) => outcome === 'ok')).toBe(true)
})
