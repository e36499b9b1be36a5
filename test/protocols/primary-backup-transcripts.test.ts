import { expect, test } from 'vitest'
import type { TraceEvent } from '../../src/kernel/trace.ts'
import { primaryBackup } from '../../src/protocols/primary-backup.ts'
import { Laboratory } from './laboratory.ts'

// Whole conversations as text, to be read and reviewed like prose: golden/*.txt hold what was said and what came of it. Every message
// takes 5 ms; heartbeats that only say "I am here", and their answers, are left out.

const isSmallTalk = ({ label, purpose }: { readonly label: string; readonly purpose: string }): boolean =>
  purpose === 'heartbeat' || label === 'have i0'

const linesOf = ({ atUs, cause, effects }: TraceEvent): string[] => {
  const lines: string[] = []
  const say = (text: string) => lines.push(`${(atUs / 1000).toFixed(0).padStart(6)}  ${text}`)
  if (cause.type === 'act') say(`* ${cause.label}`)
  if (cause.type === 'deliver' && !isSmallTalk(cause.message.info))
    say(`${cause.message.from} > ${cause.message.to}  ${cause.message.info.label}`)
  for (const effect of effects) {
    if (effect.type === 'note') say(`    ${effect.node} ${effect.text} ${JSON.stringify(effect.data)}`)
    if (effect.type === 'completed') say(`    ${effect.op} ${effect.outcome}`)
    if (effect.type === 'lost' && !isSmallTalk(effect.message.info))
      say(`    lost: ${effect.message.from} > ${effect.message.to}  ${effect.message.info.label}`)
  }
  return lines
}

const lab = (config: object) =>
  new Laboratory({
    protocol: primaryBackup,
    config: { heartbeatMs: 200, electMs: 500, ...config },
    at: { alice: 'n1', bob: 'n2' },
    clientConfig: { timeoutMs: 20_000, failover: false },
  })

const golden = async (name: string, run: Laboratory) => {
  const nodes = ['n1', 'n2', 'n3'].map(node => {
    const { role, term, values } = run.view(node)
    return `${node} ${role} e${term} x=${JSON.stringify(values.x?.value ?? null)}`
  })
  await expect(`${[...run.trace.flatMap(linesOf), ...nodes].join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.txt`)
}

test('a synchronous write: answered when every backup has it', async () => {
  const run = lab({ mode: 'synchronous' })
  run.ask('alice', 'write', 'x', 1)
  await golden('primary-backup-synchronous-write', run.run(300))
})

test('split brain: a cut, two primaries, two acknowledged writes; when it heals, one is thrown away', async () => {
  const run = lab({ failover: 'automatic' })
  run.run(100).cut(['n1', 'alice'], ['n2', 'n3', 'bob']).run(700)
  const [lost, kept] = [run.ask('alice', 'write', 'x', 1), run.ask('bob', 'write', 'x', 2)]
  run.run(100).heal().run(400)
  expect([run.result(lost), run.result(kept)]).toEqual(['ok', 'ok'])
  await golden('primary-backup-split-brain', run)
})

test('semi-synchronous with a fallback: the guarantee gives way, and the write is lost with the primary', async () => {
  const run = lab({ mode: 'semi-synchronous', fallbackMs: 300 })
  run.run(100).cut(['n1'], ['n2', 'n3'])
  const lost = run.ask('alice', 'write', 'x', 1)
  run.run(500).crash('n1').configure('n2', { primary: 'n2' }).run(100)
  run.ask('bob', 'write', 'x', 2)
  run.run(100).restart('n1').heal().run(500)
  expect(run.result(lost)).toBe('ok')
  await golden('primary-backup-fallback', run)
})
