import { sanitizeLine } from '../tui/plain.ts'

/** Something that the user asked for and that cannot be done: one sentence that says what is wrong and what to do. Exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const longest = 60

/** A word of the user's in a sentence: quoted, on one line, without control characters, shortened. */
export const quoted = (word: string): string => {
  const safe = sanitizeLine(word)
  return `"${safe.length > longest ? `${safe.slice(0, longest - 3)}...` : safe}"`
}

/** The path of a file in a sentence, whole, so that it can be copied. */
export const quotedPath = (path: string): string => `"${sanitizeLine(path)}"`
