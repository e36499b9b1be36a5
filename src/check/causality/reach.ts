/** Who comes before whom: for each node the set of those before it, 32 to a word. */
export interface Reach {
  before(a: number, b: number): boolean
  /** A node that comes before itself, where there is one. */
  readonly cyclic: number | undefined
}

/** Nodes in an order in which each comes after its predecessors, as far as cycles allow. */
const topological = (
  preds: readonly (readonly number[])[],
): { readonly order: readonly number[]; readonly cyclic: number | undefined } => {
  const succs: number[][] = preds.map(() => [])
  const waiting = preds.map((list, node) => {
    for (const pred of list) succs[pred]?.push(node)
    return list.length
  })
  const order = waiting.flatMap((count, node) => (count === 0 ? [node] : []))
  for (const node of order) {
    for (const next of succs[node] ?? []) {
      waiting[next] = (waiting[next] as number) - 1
      if (waiting[next] === 0) order.push(next)
    }
  }
  const stuck = waiting.findIndex(count => count > 0)
  if (stuck < 0) return { order, cyclic: undefined }
  // A node behind a cycle waits as well: going back from it leads into the cycle.
  const seen = new Set<number>()
  let at = stuck
  while (!seen.has(at)) {
    seen.add(at)
    at = (preds[at] ?? []).find(pred => (waiting[pred] as number) > 0) ?? at
  }
  return { order, cyclic: at }
}

/** The transitive closure of a relation given by direct predecessors. */
export const reachOf = (preds: readonly (readonly number[])[]): Reach => {
  const words = Math.ceil(preds.length / 32)
  const bits = new Uint32Array(words * preds.length)
  const { order, cyclic } = topological(preds)
  for (const node of order) {
    for (const pred of preds[node] ?? []) {
      for (let word = 0; word < words; word += 1) {
        bits[node * words + word] = (bits[node * words + word] as number) | (bits[pred * words + word] as number)
      }
      const at = node * words + (pred >> 5)
      bits[at] = (bits[at] as number) | (1 << (pred & 31))
    }
  }
  return { before: (a, b) => (((bits[b * words + (a >> 5)] as number) >>> (a & 31)) & 1) === 1, cyclic }
}
