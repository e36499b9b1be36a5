import type { Due, Entry } from './world.ts'

/** Orders by time, then by the order of asking. */
const before = (a: Entry, b: Entry): boolean => a.us < b.us || (a.us === b.us && a.seq < b.seq)

const up = (heap: Entry[], from: number, entry: Entry): void => {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent] as Entry
    if (!before(entry, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = entry
}

const down = (heap: Entry[], from: number, entry: Entry): void => {
  const size = heap.length
  let at = from
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && before(heap[child + 1] as Entry, heap[child] as Entry)) child++
    const below = heap[child] as Entry
    if (!before(below, entry)) break
    heap[at] = below
    at = child
  }
  heap[at] = entry
}

/** Adds an entry to the heap. */
export const push = (heap: Entry[], entry: Entry): void => {
  heap.push(entry)
  up(heap, heap.length - 1, entry)
}

/** Takes the first entry off the heap. */
export const pop = (heap: Entry[]): Entry | undefined => {
  const first = heap[0]
  const last = heap.pop()
  if (first !== last && last !== undefined) down(heap, 0, last)
  return first
}

/** Puts a later entry in the place of the first. */
export const replaceFirst = (heap: Entry[], entry: Entry): void => down(heap, 0, entry)

/** Takes the entry at a position of the heap out of it. */
export const removeAt = (heap: Entry[], at: number): void => {
  const last = heap.pop()
  if (last === undefined || at >= heap.length) return
  const parent = (at - 1) >> 1
  if (at > 0 && before(last, heap[parent] as Entry)) up(heap, at, last)
  else down(heap, at, last)
}

/** Takes out every entry for which `gone` holds, and restores the heap (Floyd). */
export const removeAll = (heap: Entry[], gone: (due: Due) => boolean): void => {
  let kept = 0
  for (const entry of heap) if (!gone(entry.due)) heap[kept++] = entry
  heap.length = kept
  for (let at = (kept >> 1) - 1; at >= 0; at--) down(heap, at, heap[at] as Entry)
}
