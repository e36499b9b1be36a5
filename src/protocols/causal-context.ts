/**
 * Which writes have been seen, exactly: a version vector for the gapless beginnings and a cloud of single dots beyond. Each write is a
 * dot, the n-th of its actor. Preguiça, Baquero, Almeida, Fonte and Gonçalves, "Dotted Version Vectors: Logical Clocks for Optimistic
 * Replication", 2010; the form with a cloud is that of Almeida, Shoker and Baquero, "Delta State Replicated Data Types", 2018, section 4.
 *
 * A plain version vector, as in the Dynamo paper, says "all up to n" where only the n-th was seen; it then drops writes that nobody
 * overwrote, or keeps ones that somebody did. Values here are never changed, only replaced.
 */
export type Dot = { readonly node: string; readonly n: number }
export type Context = { readonly vector: { readonly [node: string]: number }; readonly cloud: readonly Dot[] }

export const emptyContext: Context = { vector: {}, cloud: [] }

export const dotText = ({ node, n }: Dot): string => `${node}.${n}`

export const sameDot = (a: Dot, b: Dot): boolean => a.node === b.node && a.n === b.n

const upTo = (context: Context, node: string): number =>
  Object.hasOwn(context.vector, node) ? (context.vector[node] ?? 0) : 0

/** Has the write been seen? */
export const covers = (context: Context, dot: Dot): boolean =>
  dot.n <= upTo(context, dot.node) || context.cloud.some(one => sameDot(one, dot))

const byDot = (a: Dot, b: Dot): number => (a.node === b.node ? a.n - b.n : a.node < b.node ? -1 : 1)

/** Everything seen in either. Dots that close a gap move into the vector, so equal knowledge has one form. */
export const union = (a: Context, b: Context): Context => {
  const vector: { [node: string]: number } = { ...a.vector }
  for (const [node, n] of Object.entries(b.vector)) vector[node] = Math.max(n, vector[node] ?? 0)
  const cloud: Dot[] = []
  for (const dot of [...a.cloud, ...b.cloud].sort(byDot)) {
    const seen = vector[dot.node] ?? 0
    if (dot.n === seen + 1) vector[dot.node] = dot.n
    else if (dot.n > seen && !cloud.some(one => sameDot(one, dot))) cloud.push({ node: dot.node, n: dot.n })
  }
  return { vector, cloud }
}

export const withDot = (context: Context, dot: Dot): Context => union(context, { vector: {}, cloud: [dot] })

/** The one text of a context. */
export const contextText = ({ vector, cloud }: Context): string =>
  [
    ...Object.keys(vector)
      .sort()
      .map(node => `${node}:${vector[node]}`),
    ...cloud.map(dotText),
  ].join(' ')
