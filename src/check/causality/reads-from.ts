import type { Access } from './accesses.ts'

/** For each access the write that it read from: an index, `initial`, or `nowhere`; undefined for writes. */
export type ReadsFrom = readonly (number | 'initial' | 'nowhere' | undefined)[]

/** Which write each read saw, or the reason why that cannot be told: a value was written more than once. */
export const readsFrom = (list: readonly Access[], initial: string): ReadsFrom | { readonly ambiguous: Access } => {
  const writers = new Map<string, number[]>()
  for (const [at, { type, key, value }] of list.entries()) {
    if (type !== 'write') continue
    const name = JSON.stringify([key, value])
    writers.set(name, [...(writers.get(name) ?? []), at])
  }
  const sources: (number | 'initial' | 'nowhere' | undefined)[] = []
  for (const access of list) {
    if (access.type === 'write') {
      sources.push(undefined)
      continue
    }
    const found = writers.get(JSON.stringify([access.key, access.value])) ?? []
    const possible = found.length + (access.value === initial ? 1 : 0)
    if (possible > 1) return { ambiguous: access }
    sources.push(possible === 0 ? 'nowhere' : (found[0] ?? 'initial'))
  }
  return sources
}
