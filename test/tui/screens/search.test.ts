import { describe, expect, it } from 'vitest'
import { type Hit, search } from '../../../src/tui/screens/search.ts'

const hits: readonly Hit[] = [
  { kind: 'lesson', id: 'cap/a', title: 'Cut in two', says: 'About a quorum.' },
  { kind: 'entry', id: 'quorum', title: 'quorum', says: 'Enough nodes.' },
  { kind: 'entry', id: 'jitter', title: 'jitter', says: 'Chance in a pause.' },
  { kind: 'key', title: 'u', says: 'undo' },
]
const titles = (query: string, near: readonly string[] = []): string[] =>
  search(hits, query, near).map(hit => hit.title)

describe('the search', () => {
  it('puts titles before texts, whatever they belong to', () => {
    expect(titles('quorum')).toEqual(['quorum', 'Cut in two'])
  })

  it('begins with the words that the page links, then the lessons', () => {
    expect(titles('', ['jitter', 'quorum'])).toEqual(['jitter', 'quorum', 'Cut in two'])
    expect(titles('')).toEqual(['Cut in two'])
  })

  it('finds keys by what they do', () => {
    expect(titles('undo')).toEqual(['u'])
  })
})
