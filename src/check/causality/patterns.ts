import type { Access } from './accesses.ts'
import { type Reach, reachOf } from './reach.ts'
import type { ReadsFrom } from './reads-from.ts'

/** A bad pattern (Bouajjani, Enea, Guerraoui, Hamza, POPL 2017, table 1) with the accesses that form it. */
export interface Pattern {
  readonly name:
    | 'ThinAirRead'
    | 'CyclicCO'
    | 'WriteCOInitRead'
    | 'WriteCORead'
    | 'CyclicCF'
    | 'WriteHBInitRead'
    | 'CyclicHB'
  readonly accesses: readonly Access[]
}

/** Accesses with what each read saw and the causal order: program order and reads-from, transitively. */
export interface Causality {
  readonly list: readonly Access[]
  readonly sources: ReadsFrom
  readonly preds: readonly (readonly number[])[]
  readonly co: Reach
}

export const causalityOf = (list: readonly Access[], sources: ReadsFrom): Causality => {
  const preds = list.map(({ after }, at) => {
    const source = sources[at]
    return typeof source === 'number' ? [...after, source] : after
  })
  return { list, sources, preds, co: reachOf(preds) }
}

const pick = (list: readonly Access[], ...at: readonly number[]): readonly Access[] =>
  at.map(index => list[index] as Access)

/** The writes of each key. */
const writesByKey = (list: readonly Access[]): ReadonlyMap<string, readonly number[]> => {
  const writes = new Map<string, number[]>()
  for (const [at, { type, key }] of list.entries()) {
    if (type !== 'write') continue
    const known = writes.get(key)
    if (known) known.push(at)
    else writes.set(key, [at])
  }
  return writes
}

/** What contradicts causal consistency itself (CC). */
export const causalPattern = ({ list, sources, co }: Causality): Pattern | undefined => {
  const thin = sources.indexOf('nowhere')
  if (thin >= 0) return { name: 'ThinAirRead', accesses: pick(list, thin) }
  if (co.cyclic !== undefined) return { name: 'CyclicCO', accesses: pick(list, co.cyclic) }
  const writes = writesByKey(list)
  for (const [read, source] of sources.entries()) {
    if (source === undefined || source === 'nowhere') continue
    for (const write of writes.get((list[read] as Access).key) ?? []) {
      if (write === source || !co.before(write, read)) continue
      if (source === 'initial') return { name: 'WriteCOInitRead', accesses: pick(list, read, write) }
      if (co.before(source, write)) return { name: 'WriteCORead', accesses: pick(list, read, write, source) }
    }
  }
  return undefined
}

/** What contradicts causal convergence (CCv): the copies could not agree on one order of conflicting writes. */
export const convergentPattern = ({ list, sources, preds, co }: Causality): Pattern | undefined => {
  const writes = writesByKey(list)
  const all = preds.map(before => [...before])
  for (const [read, source] of sources.entries()) {
    if (typeof source !== 'number') continue
    for (const write of writes.get((list[read] as Access).key) ?? []) {
      if (write !== source && co.before(write, read)) all[source]?.push(write)
    }
  }
  const { cyclic } = reachOf(all)
  return cyclic === undefined ? undefined : { name: 'CyclicCF', accesses: pick(list, cyclic) }
}

/** The happened-before of one client: its causal past, and the order of writes that its own reads force. */
const memoryPatternOf = ({ list, sources, preds, co }: Causality, client: number): Pattern | undefined => {
  const own = list.flatMap((access, at) => (access.client === client && access.op.outcome !== 'unknown' ? [at] : []))
  const past = list.map((_, at) => own.includes(at) || own.some(mine => co.before(at, mine)))
  const hb = preds.map((before, at) => (past[at] ? before.filter(pred => past[pred]) : []))
  const writes = writesByKey(list)
  for (;;) {
    const reach = reachOf(hb)
    if (reach.cyclic !== undefined) return { name: 'CyclicHB', accesses: pick(list, reach.cyclic) }
    let grown = false
    for (const read of own) {
      const source = sources[read]
      if (source === undefined || source === 'nowhere') continue
      for (const write of writes.get((list[read] as Access).key) ?? []) {
        if (write === source || !reach.before(write, read)) continue
        if (source === 'initial') return { name: 'WriteHBInitRead', accesses: pick(list, read, write) }
        if (reach.before(write, source)) continue
        hb[source] = [...(hb[source] ?? []), write]
        grown = true
      }
    }
    if (!grown) return undefined
  }
}

/** What contradicts causal memory (CM): some client could not even by itself find an order for what it saw. */
export const memoryPattern = (causality: Causality): Pattern | undefined => {
  for (const client of new Set(causality.list.map(access => access.client))) {
    const found = memoryPatternOf(causality, client)
    if (found !== undefined) return found
  }
  return undefined
}
