import { describe, expect, it } from 'vitest'
import type { Block } from '../../../src/course/prose.ts'
import { boldWords, codeWidth, proseLines } from '../../../src/tui/screens/prose-lines.ts'

const code = (...lines: string[]): readonly Block[] => [{ kind: 'code', language: 'ts', lines }]
const texts = (blocks: readonly Block[], width: number): string[] =>
  proseLines(blocks, width).map(line => line.map(({ text }) => text).join(''))

describe('code in prose', () => {
  const blocks = code('const receipt = await bank.charge(order.total)', '  return receipt')

  it('says how many columns it asks for', () => {
    expect(codeWidth(blocks)).toBe(48)
    expect(codeWidth([{ kind: 'paragraph', text: [{ text: 'x'.repeat(90) }] }])).toBe(0)
  })

  it('stands as it was written where there is room', () => {
    expect(texts(blocks, 60)).toEqual(['  const receipt = await bank.charge(order.total)', '    return receipt'])
  })

  it('goes on below, further in, where there is not, and nothing of it is lost', () => {
    const lines = texts(blocks, 30)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(30)
    expect(lines.join('').replaceAll(' ', '')).toBe('constreceipt=awaitbank.charge(order.total)returnreceipt')
    expect(lines[1]).toMatch(/^ {6}\S/)
  })
})

describe('bold words', () => {
  it('come in the order of the page, from paragraphs and lists and not from code', () => {
    const strong = (text: string) => ({ text, style: 'strong' as const })
    const blocks: readonly Block[] = [
      { kind: 'paragraph', text: [strong('p'), { text: ' cuts, ' }, strong('w'), { text: ' writes' }] },
      { kind: 'list', ordered: false, items: [[strong('h'), { text: ' heals' }]] },
      ...code('**x**'),
    ]
    expect(boldWords(blocks)).toEqual(['p', 'w', 'h'])
  })
})
