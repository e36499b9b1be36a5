import { expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { bulk } from '../../src/protocols/bulk.ts'
import { Laboratory } from '../protocols/laboratory.ts'

// Two pairs of hosts, each with a link of its own, at a megabyte a second.

const timeBeside = (line: string | null, bothModes = false): { ms: number; differing: readonly number[] } => {
  const to = (node: string) => ({ config: { to: node, totalBytes: 500_000, windowBytes: 500_000 } })
  const lab = new Laboratory({
    protocol: bulk,
    servers: ['a', 'b', 'c', 'd'],
    clients: [],
    special: { a: to('b'), c: to('d') },
    network: { latencyMs: 1, fifo: true, bandwidth: 1_000_000 },
    bothModes,
  })
  const links = [[nodeId('a'), nodeId('b')] as const, [nodeId('c'), nodeId('d')] as const]
  lab.act({ act: 'link', links, set: { line } })
  const first = lab.ask('a', 'write', 'x')
  const second = lab.ask('c', 'write', 'x')
  lab.until(() => [first, second].every(op => lab.operation(op).outcome === 'ok'))
  return { ms: lab.nowMs, differing: lab.differing }
}

test('links of one line wait for each other’s bytes', () => {
  expect(timeBeside('trunk').ms).toBeGreaterThan(1000)
})

test('links with wires of their own do not', () => {
  expect(timeBeside(null).ms).toBeLessThan(520)
})

test('a line is the same in place and on drafts', () => {
  expect(timeBeside('trunk', true).differing).toEqual([])
})
