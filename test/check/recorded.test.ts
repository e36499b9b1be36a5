import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkHistory } from '../../src/check/command.ts'

const linearizable = [
  ...['002', '005', '007', '025', '038', '051', '053', '101', '102'].map(number => `etcd_${number}.log`),
  'c10-ok.txt',
]
const not = [
  ...['000', '001', '003', '010', '015', '019', '021', '027', '039', '044', '050', '054', '066', '068', '069'],
  ...['071', '078', '079', '082', '083', '099'],
]
  .map(number => `etcd_${number}.log`)
  .concat('c10-bad.txt')

const read = (file: string) => readFileSync(new URL(`histories/${file}`, import.meta.url), 'utf8')

test.each(linearizable)('%s is linearizable', file => {
  expect(checkHistory({ text: read(file), file })).toMatchObject({ exit: 0, verdicts: [{ answer: 'holds' }] })
})

test.each(not)('%s is not linearizable, and the evidence says why', file => {
  const report = checkHistory({ text: read(file), file })
  if (report.exit !== 1) throw new Error(`expected a violation, got exit ${report.exit}`)
  const [verdict] = report.verdicts
  if (verdict?.answer !== 'violated') throw new Error('expected a violation')
  const { ops, clash, explanation } = verdict.evidence
  expect(clash.length).toBeGreaterThan(0)
  expect(ops.map(op => op.id)).toEqual(expect.arrayContaining([...clash]))
  expect(explanation).toMatch(/^Process \d+ .* at line \d+/)
})
