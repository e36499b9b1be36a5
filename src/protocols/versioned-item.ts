import type { RequestId } from '../kernel/ids.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import {
  type Context,
  contextText,
  covers,
  type Dot,
  dotText,
  emptyContext,
  sameDot,
  union,
  withDot,
} from './causal-context.ts'

/** One written value. `atUs` is the time on the clock of whoever stamped the write; `dot` is unique to the write. */
export type Version = {
  readonly value: Json
  readonly op: RequestId | null
  readonly dot: Dot
  readonly atUs: number
}

/** What a replica holds of a key: one version, or siblings that nobody has overwritten, and all writes that it has seen. */
export type Item = { readonly versions: readonly Version[]; readonly context: Context }

/**
 * What becomes of two values of one key. `lww`: the last write wins, which is the one with the larger time stamp, ties broken by the node's
 * name; the other is gone without a word. `siblings`: a value is dropped only for one written by somebody who had seen it; others stay side
 * by side (DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007, section 4.4).
 */
export type ConflictRule = 'lww' | 'siblings'

/** Orders versions by time stamp, then by node, then by number. */
export const compareStamps = (a: Version, b: Version): number => {
  if (a.atUs !== b.atUs) return a.atUs - b.atUs
  if (a.dot.node !== b.dot.node) return a.dot.node < b.dot.node ? -1 : 1
  return a.dot.n - b.dot.n
}

const newest = (versions: readonly Version[]): readonly Version[] => {
  const last = [...versions].sort(compareStamps).at(-1)
  return last === undefined ? [] : [last]
}

const keeps = (item: Item, version: Version): boolean => item.versions.some(({ dot }) => sameDot(dot, version.dot))

/** A version survives where both hold it, or where the side that lacks it has never seen it. */
const survivors = (mine: Item, theirs: Item): readonly Version[] =>
  mine.versions.filter(version => keeps(theirs, version) || !covers(theirs.context, version.dot))

/** The item that holds what both know. Commutative, associative, idempotent. */
export const mergeItems = (rule: ConflictRule, a: Item | null, b: Item | null): Item | null => {
  if (a === null || b === null) return a ?? b
  if (rule === 'lww') return { versions: newest([...a.versions, ...b.versions]), context: emptyContext }
  const fromA = survivors(a, b)
  const added = survivors(b, a).filter(version => !fromA.some(({ dot }) => sameDot(dot, version.dot)))
  return { versions: [...fromA, ...added].sort(compareStamps), context: union(a.context, b.context) }
}

/** A write, ready to merge: it replaces what its writer had seen and nothing else. */
export const writeItem = (rule: ConflictRule, version: Version, seen: Context): Item => ({
  versions: [version],
  context: rule === 'lww' ? emptyContext : withDot(seen, version.dot),
})

/** A version in a few characters for a pane: `1402.0@n2` (its time stamp in milliseconds), or its dot `n2.5`. */
export const versionText = (rule: ConflictRule, { atUs, dot }: Version): string =>
  rule === 'lww' ? `${(atUs / 1000).toFixed(1)}@${dot.node}` : dotText(dot)

/** A text that is equal for two copies exactly when a merge would change neither. */
export const digestOf = (item: Item | null): string =>
  item === null
    ? ''
    : `${item.versions.map(({ atUs, dot }) => `${atUs}@${dotText(dot)}`).join(' ')}|${contextText(item.context)}`

/** What a reader gets: the value, null for none, or the list of the siblings' different values. */
export const heldValue = (item: Item | null): Json => {
  const texts = new Map((item?.versions ?? []).map(({ value }) => [canonicalJson(value), value]))
  const values = [...texts.values()]
  return values.length > 1 ? values : (values[0] ?? null)
}
