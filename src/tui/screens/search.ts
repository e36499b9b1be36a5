import { allLessons, type CourseIndex } from '../../course/course.ts'
import { keymap } from '../keymap.ts'
import { shownKey } from '../shown-key.ts'
import type { GlossaryRow } from './glossary-entries.ts'

/** Something that the search found. */
export type Hit =
  | { readonly kind: 'lesson'; readonly id: string; readonly title: string; readonly says: string }
  | { readonly kind: 'entry'; readonly id: string; readonly title: string; readonly says: string }
  | { readonly kind: 'key'; readonly title: string; readonly says: string }

/** Everything that can be found, lessons first. */
export const searchable = (course: CourseIndex, glossary: readonly GlossaryRow[]): readonly Hit[] => [
  ...allLessons(course).map(
    (lesson): Hit => ({ kind: 'lesson', id: lesson.id, title: lesson.title, says: lesson.about }),
  ),
  ...glossary.map((entry): Hit => ({ kind: 'entry', id: entry.id, title: entry.term, says: entry.says })),
  ...keymap.map((binding): Hit => ({ kind: 'key', title: binding.keys.map(shownKey).join(' '), says: binding.says })),
]

const rank = (hit: Hit, words: readonly string[]): number => {
  const title = hit.title.toLowerCase()
  const text = `${title} ${'id' in hit ? hit.id : ''} ${hit.says.toLowerCase()}`
  if (!words.every(word => text.includes(word))) return Number.POSITIVE_INFINITY
  if (words.every(word => title.startsWith(word))) return 0
  return words.every(word => title.includes(word)) ? 1 : 2
}

/** What holds every word of the query, titles before texts. For no query: the glossary entries `near` at hand, then the lessons. */
export const search = (hits: readonly Hit[], query: string, near: readonly string[] = []): readonly Hit[] => {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  if (words.length === 0)
    return [
      ...near.flatMap(id => hits.filter(hit => hit.kind === 'entry' && hit.id === id)),
      ...hits.filter(hit => hit.kind === 'lesson'),
    ]
  return hits
    .map((hit, index) => ({ hit, index, rank: rank(hit, words) }))
    .filter(entry => Number.isFinite(entry.rank))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(entry => entry.hit)
}
