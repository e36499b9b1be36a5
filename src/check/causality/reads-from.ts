import type { Access } from './accesses.ts'

/** For each access the write that it read from: an index, `initial`, or `nowhere`; undefined for writes. */
export type ReadsFrom = readonly (number | 'initial' | 'nowhere' | undefined)[]

/** Why it cannot be told which write each read saw: a value was written more than once. */
export interface Ambiguity {
  readonly ambiguous: Access
  /** A read of a value that nobody wrote, where there is one: that much is certain all the same. */
  readonly thin: Access | undefined
}

/** Which write each read saw. */
export const readsFrom = (list: readonly Access[], initial: string): ReadsFrom | Ambiguity => {
  const writers = new Map<string, number[]>()
  for (const [at, { type, key, value }] of list.entries()) {
    if (type !== 'write') continue
    const name = JSON.stringify([key, value])
    const known = writers.get(name)
    if (known) known.push(at)
    else writers.set(name, [at])
  }
  let ambiguous: Access | undefined
  const sources = list.map(access => {
    if (access.type === 'write') return undefined
    const found = writers.get(JSON.stringify([access.key, access.value])) ?? []
    const possible = found.length + (access.value === initial ? 1 : 0)
    if (possible > 1) ambiguous ??= access
    return possible === 0 ? 'nowhere' : (found[0] ?? 'initial')
  })
  if (ambiguous === undefined) return sources
  return { ambiguous, thin: list[sources.indexOf('nowhere')] }
}
