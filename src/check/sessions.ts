import type { Json } from '../kernel/json.ts'
import type { History } from '../kernel/operation.ts'
import { patternEvidence, untangle } from './causal.ts'
import type { Access } from './causality/accesses.ts'
import type { Causality } from './causality/patterns.ts'
import type { Model } from './model.ts'
import type { Consistency, Verdict } from './verdict.ts'
import { named, plain, shown } from './wording.ts'

/** The four guarantees of Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994). */
export type SessionGuarantee = Exclude<Consistency, 'linearizable' | 'sequential' | 'causal'>

export const sessionGuarantees: readonly SessionGuarantee[] = [
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
]

interface Breach {
  readonly read: Access
  /** The write that the read should have reflected. */
  readonly missed: Access
  /** How the reader came to be owed it. */
  readonly because: Access
}

const value = ({ key, value: text }: Access): string =>
  `${key === '' ? '' : `${plain(key)}=`}${shown(JSON.parse(text))}`

const explain = (guarantee: SessionGuarantee, { read, missed, because }: Breach): string => {
  const reader = named(read.op.client)
  const writer = named(missed.op.client)
  switch (guarantee) {
    case 'read-your-writes':
      return `${reader} wrote ${value(missed)} and afterwards read the older ${value(read)}.`
    case 'monotonic-reads':
      return `${reader} read ${value(because)} and afterwards read the older ${value(read)}.`
    case 'monotonic-writes':
      return `${writer} wrote ${value(missed)} and then ${value(because)}. ${reader} saw the second and then read ${value(read)}, older than the first.`
    case 'writes-follow-reads':
      return `${named(because.op.client)} had seen ${value(missed)} when it wrote ${value(because)}. ${reader} saw that write and then read ${value(read)}, older than what it built on.`
  }
}

/** The writes that a guarantee owes to `read`, each with the reason. `po(a, b)`: one client, `a` before `b`. */
function* owed(
  guarantee: SessionGuarantee,
  at: number,
  causality: Causality,
  po: (a: number, b: number) => boolean,
): Generator<readonly [number, number]> {
  const { list, sources } = causality
  for (const [earlier, access] of list.entries()) {
    if (!po(earlier, at)) continue
    const source = sources[earlier]
    if (guarantee === 'read-your-writes' && access.type === 'write') yield [earlier, earlier]
    if (typeof source !== 'number') continue
    if (guarantee === 'monotonic-reads') yield [source, earlier]
    if (guarantee !== 'monotonic-writes' && guarantee !== 'writes-follow-reads') continue
    for (const [first, before] of list.entries()) {
      if (!po(first, source)) continue
      if (guarantee === 'monotonic-writes' && before.type === 'write') yield [first, source]
      const seen = sources[first]
      if (guarantee === 'writes-follow-reads' && typeof seen === 'number') yield [seen, source]
    }
  }
}

const breachOf = (guarantee: SessionGuarantee, causality: Causality): Breach | undefined => {
  const { list, sources, co } = causality
  const po = (a: number, b: number) =>
    list[a]?.client === list[b]?.client && list[a]?.op.outcome !== 'unknown' && co.before(a, b)
  for (const [at, read] of list.entries()) {
    const source = sources[at]
    if (source === undefined || source === 'nowhere') continue
    for (const [missed, because] of owed(guarantee, at, causality, po)) {
      // Older is what the missed write knew of, or nothing at all. Anything else may as well be newer.
      const older = source === 'initial' || co.before(source, missed)
      if (list[missed]?.key === read.key && missed !== source && older) {
        return { read, missed: list[missed] as Access, because: list[because] as Access }
      }
    }
  }
  return undefined
}

/** Above it, histories are not searched: pairs of accesses are looked at. */
const mostAccesses = 3_000

/**
 * One session guarantee, with a client as the session. A read breaks it when it returns a value known to be older than a write
 * that it was owed: the order of writes is taken from causality alone, so it is never guessed.
 */
export const checkSession = (history: History, model: Model, guarantee: SessionGuarantee, initial?: Json): Verdict => {
  const consistency = guarantee
  const causality = untangle(history, model, initial)
  if ('why' in causality) return { answer: 'unknown', consistency, steps: 0, why: causality.why }
  const steps = causality.list.length
  if (steps > mostAccesses) {
    return {
      answer: 'unknown',
      consistency,
      steps,
      why: `there are ${steps} reads and writes, more than ${mostAccesses}`,
    }
  }
  if (causality.co.cyclic !== undefined) {
    return { answer: 'unknown', consistency, steps, why: 'reads and programs go in a circle, so that nothing is older' }
  }
  const breach = breachOf(guarantee, causality)
  if (breach === undefined) return { answer: 'holds', consistency, steps }
  const { read, missed, because } = breach
  const evidence = patternEvidence(
    { name: 'WriteCORead', accesses: [read, missed, because] },
    explain(guarantee, breach),
  )
  return { answer: 'violated', consistency, steps, evidence }
}
