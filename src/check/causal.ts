import type { Json } from '../kernel/json.ts'
import type { History, Operation } from '../kernel/operation.ts'
import { type Access, accessesOf } from './causality/accesses.ts'
import {
  type Causality,
  causalityOf,
  causalPattern,
  convergentPattern,
  memoryPattern,
  type Pattern,
} from './causality/patterns.ts'
import { readsFrom } from './causality/reads-from.ts'
import { type Model, models } from './model.ts'
import type { Consistency, Evidence, Verdict } from './verdict.ts'
import { named, plain, shown } from './wording.ts'

/** Causal consistency, causal convergence, causal memory. CCv and CM each imply CC; neither implies the other. */
export type CausalVariant = 'CC' | 'CCv' | 'CM'

export interface CausalOptions {
  readonly initial?: Json
  readonly variant?: CausalVariant
}

/** Closures take the square of the accesses in bits; 50 MB at most. */
const mostAccesses = 20_000
/** Causal memory takes closures again and again. */
const mostForMemory = 2_000

/** Why causality cannot be told, with a read of what nobody wrote where there is one. */
interface Tangle {
  readonly why: string
  readonly thin?: Access | undefined
}

/** Causality of a history, or why it cannot be told. */
export const untangle = (history: History, model: Model, initial: Json | undefined): Causality | Tangle => {
  if (model.name !== 'register' && model.name !== 'kv')
    return { why: `causality is defined for reads and writes, and this is a ${model.name}` }
  const append = history.find(op => op.kind === 'append')
  if (append !== undefined) return { why: 'causality is defined for reads and writes, and there are appends' }
  const list = accessesOf(history)
  if (list.length > mostAccesses) return { why: `there are ${list.length} reads and writes, more than ${mostAccesses}` }
  const nothing = model.name === 'kv' ? JSON.stringify(models.kv.init(initial)) : model.init(initial)
  const sources = readsFrom(
    list.map(access => (model.name === 'kv' && access.value === 'null' ? { ...access, value: '""' } : access)),
    nothing,
  )
  if ('ambiguous' in sources) {
    const { key, value } = sources.ambiguous
    const where = key === '' ? 'the register' : plain(key)
    const why = `which write a read saw can only be told when every written value is unique, and ${plain(value)} was written to ${where} more than once`
    return { why, thin: sources.thin }
  }
  return causalityOf(list, sources)
}

const did = ({ type, key, value, op }: Access): string =>
  `${named(op.client)} ${type === 'write' ? 'wrote' : 'read'} ${key === '' ? '' : `${plain(key)}=`}${shown(JSON.parse(value))}`

const explain = ({ name, accesses }: Pattern): string => {
  const [first, second, third] = accesses
  if (first === undefined) return name
  switch (name) {
    case 'ThinAirRead':
      return `${did(first)}, which nobody had written (${name}).`
    case 'CyclicCO':
      return `${did(first)}, and that is among its own causes: reads and programs go in a circle (${name}).`
    case 'WriteCOInitRead':
    case 'WriteHBInitRead':
      return `${did(first)}, the start value, although its causal past holds that ${second === undefined ? '' : did(second)} (${name}).`
    case 'WriteCORead':
      return `${did(first)}, although its causal past holds that ${second === undefined ? '' : did(second)}, and that was done knowing that ${third === undefined ? '' : did(third)} (${name}).`
    case 'CyclicCF':
      return `${did(first)}: the orders of writes that different clients saw go in a circle, so copies could never agree (${name}).`
    case 'CyclicHB':
      return `${did(first)}: what one client saw orders the writes in a circle (${name}).`
  }
}

/** Evidence that shows a pattern. */
export const patternEvidence = (pattern: Pattern, explanation: string = explain(pattern)): Evidence => {
  const ops: readonly Operation[] = [...new Set(pattern.accesses.map(access => access.op))]
  return { ops, key: pattern.accesses[0]?.key ?? '', clash: ops.map(op => op.id), explanation }
}

const furtherPattern = (causality: Causality, variant: CausalVariant): Pattern | undefined => {
  switch (variant) {
    case 'CC':
      return undefined
    case 'CCv':
      return convergentPattern(causality)
    case 'CM':
      return memoryPattern(causality)
  }
}

/**
 * Causal consistency by the absence of bad patterns, which for histories with unique values is exact (Bouajjani et al., POPL 2017,
 * theorems 3 to 5). The default is CC, the weakest: what violates it violates the others as well.
 */
export const checkCausal = (history: History, model: Model, options: CausalOptions = {}): Verdict => {
  const consistency: Consistency = 'causal'
  const causality = untangle(history, model, options.initial)
  if ('why' in causality) {
    if (causality.thin === undefined) return { answer: 'unknown', consistency, steps: 0, why: causality.why }
    const evidence = patternEvidence({ name: 'ThinAirRead', accesses: [causality.thin] })
    return { answer: 'violated', consistency, steps: 0, evidence }
  }
  const steps = causality.list.length
  const variant = options.variant ?? 'CC'
  if (variant === 'CM' && steps > mostForMemory) {
    return {
      answer: 'unknown',
      consistency,
      steps,
      why: `causal memory is checked for up to ${mostForMemory} reads and writes, and there are ${steps}`,
    }
  }
  const pattern = causalPattern(causality) ?? furtherPattern(causality, variant)
  if (pattern === undefined) return { answer: 'holds', consistency, steps }
  return { answer: 'violated', consistency, steps, evidence: patternEvidence(pattern) }
}
