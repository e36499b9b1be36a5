import { describe, expect, it } from 'vitest'
import { namedFirst } from '../../../src/tui/screens/page-keys.ts'

const first = (keys: readonly (string | null)[], names: readonly string[]) =>
  namedFirst(
    keys.map(key => ({ key })),
    names,
  ).map(({ key }) => key)

describe('the keys that a page names', () => {
  it('come first, each once, in the order of the page', () => {
    expect(first(['w', 'g', 'r', 'k'], ['k', 'not', 'g', 'k'])).toEqual(['k', 'g', 'w', 'r'])
  })

  it('leave what has no key among the rest', () => {
    expect(first([null, 'k'], ['k'])).toEqual(['k', null])
  })
})
