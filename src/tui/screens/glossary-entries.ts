import { detectors } from '../../check/phenomena/detectors.ts'
import type { GlossaryEntry } from '../../course/glossary.ts'

/** A word and what it says, as the glossary lists it. */
export type GlossaryRow = Pick<GlossaryEntry, 'id' | 'term' | 'says'>

/** The entries of the course, then the phenomena, as their detectors define them. */
export const glossaryRows = (entries: readonly GlossaryEntry[]): readonly GlossaryRow[] => [
  ...entries,
  ...detectors.map(({ name, definition }) => ({ id: name, term: name, says: definition })),
]
