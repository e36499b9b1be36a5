import { describe, expect, test } from 'vitest'
import { verdict } from '../../../src/tui/panes/verdict.ts'
import type { Finding, VerdictView } from '../../../src/tui/panes/verdict-view.ts'
import { expectGolden, textOf, unicode } from './pane-text.ts'

const finding = (name: string, atUs: number, evidence: string, final = true): Finding => ({
  name,
  atUs,
  evidence,
  final,
  harm: true,
})

const view: VerdictView = {
  judgements: [
    { question: 'linearizable', answer: 'violated', words: '' },
    { question: 'sequential', answer: 'holds', words: '' },
    { question: 'causal', answer: 'unknown', words: 'values are written twice' },
    { question: 'converged', answer: 'violated', words: 'not now' },
  ],
  scores: [
    { label: 'acked and kept', count: 12, harm: false, fresh: false },
    { label: 'acked and lost', count: 0, harm: true, fresh: false },
    { label: 'unacked but kept', count: 1, harm: false, fresh: false },
    { label: 'stale reads', count: 3, harm: true, fresh: true },
    { label: 'refused at a live node', count: 2, harm: true, fresh: false },
    { label: 'dirty reads', count: 0, harm: true, fresh: false },
  ],
  findings: [
    finding('refused-at-live-node', 900_000, 'Alice asked n1 at 0.40 s and had no answer by 0.90 s.'),
    finding('stale-read', 1_420_000, "Bob read 1 at 1.42 s. Alice's write of 2 had finished at 1.10 s."),
    finding('acked-write-lost', 1_600_000, 'No copy holds the 2 that Alice wrote at 1.10 s.', false),
  ],
  selected: null,
}

describe('the verdict', () => {
  test('at every size, in Unicode and ASCII', async () => {
    await expectGolden('verdict', (room, theme) => verdict(view, room, theme), {
      '60x18': { width: 56, height: 10 },
      '80x24': { width: 76, height: 20 },
      '120x40': { width: 34, height: 30 },
    })
  })

  test('explains the latest finding, or the selected one', () => {
    const size = { width: 40, height: 26 }
    expect(textOf(verdict(view, size, unicode), unicode)).toContain('No copy holds the 2')
    const chosen = textOf(verdict({ ...view, selected: 1 }, size, unicode), unicode)
    expect(chosen).toContain('Bob read 1 at 1.42 s.')
    expect(chosen).toContain('❯ ✗ stale-read')
  })

  test('says of a finding that is not final that it may change', () => {
    const text = textOf(verdict(view, { width: 60, height: 26 }, unicode), unicode)
    expect(text).toContain('? acked-write-lost')
    expect(text).toMatch(/Later events\s+may still change this\./)
  })

  test('keeps the sentence when there is room for little else', () => {
    const text = textOf(verdict(view, { width: 60, height: 7 }, unicode), unicode)
    expect(text).toContain('No copy holds the 2')
    expect(text).toContain('linearizable ✗')
  })

  test('numbers stand under one another', () => {
    const rows = textOf(verdict(view, { width: 34, height: 30 }, unicode), unicode).split('\n')
    const ends = rows.filter(row => /^(acked|unacked|stale|refused|dirty)/.test(row)).map(row => row.length)
    expect(ends).toEqual([34, 34, 34, 34, 34, 34])
  })

  test('a run without findings says so', () => {
    expect(textOf(verdict({ ...view, findings: [] }, { width: 40, height: 20 }, unicode), unicode)).toContain(
      'Nothing to report so far.',
    )
  })
})
