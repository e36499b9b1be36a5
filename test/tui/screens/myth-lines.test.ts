import { expect, test } from 'vitest'
import type { Block } from '../../../src/course/prose.ts'
import { mythLines } from '../../../src/tui/screens/myth-lines.ts'
import { ascii, textOf, unicode } from '../panes/pane-text.ts'

const paragraph = (text: string): Block => ({ kind: 'paragraph', text: [{ text }] })
const card: readonly Block[] = [
  { kind: 'quote', text: [{ text: 'Pick two of three, once and for all.' }] },
  paragraph('In a cut, give up one of two somewhere.'),
  paragraph('A cut is nothing that you pick.'),
  paragraph('On slides with a triangle.'),
]

test('a myth card shows the myth and its correction with signs and words, each part hanging', () => {
  expect(textOf(mythLines(card, 34, unicode), unicode).split('\n')).toEqual([
    '✗ Myth: Pick two of three, once',
    '  and for all.',
    '',
    '✓ True: In a cut, give up one of',
    '  two somewhere.',
    '',
    '→ Why: A cut is nothing that you',
    '  pick.',
    '',
    '◆ Looks right: On slides with a',
    '  triangle.',
  ])
  expect(textOf(mythLines(card, 80, ascii), ascii)).toContain('x Myth: Pick two of three, once and for all.')
})
