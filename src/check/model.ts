import { canonicalJson, type Json } from '../kernel/json.ts'
import type { Operation, OperationKind } from '../kernel/operation.ts'

/** The objects whose histories can be checked. `register` has read, write and cas; transactions act on several registers. */
export type ModelName = 'register' | 'kv' | 'counter' | 'set'

/** The state of one object as text. Equal states have equal text, so the text is porcupine's `Equal` as well. */
export type ObjectState = string

/** What one operation does to its object. */
export interface Step {
  /** The state after it, or undefined where the answer that the client got is impossible in `state`. */
  apply(state: ObjectState): ObjectState | undefined
  /** It never changes the state: a read, or a cas that failed. */
  readonly observes: boolean
  /** It can happen in every state, and the state after it is this, whatever was there before: a write. */
  readonly blind?: ObjectState
  /** It can happen in every state, and its client learns nothing from it: a write, an append. */
  readonly silent?: true
  /** Steps of one label are interchangeable: they do the same to every state. */
  readonly label: string
  /** What a whole-object read returned, as a state. */
  readonly saw?: ObjectState
  /** The element that it puts into a set. */
  readonly element?: string
}

/** A sequential object: `init` and `step`, in the style of porcupine's `Init`, `Step`, `Equal`. */
export interface Model {
  readonly name: ModelName
  readonly kinds: readonly OperationKind[]
  /** The state of an object before the first operation. `initial` replaces the usual start value. */
  init(initial?: Json): ObjectState
  /** What `op` does, or undefined when it says nothing: a read without an answer, anything but a cas that failed. */
  step(op: Operation): Step | undefined
  /**
   * True when a state can never grow into one in which a read returns `saw`, unless a blind write comes between.
   * Absent where states do not grow.
   */
  readonly excludes?: (state: ObjectState, saw: ObjectState) => boolean
}

/** True when a `cas` that was answered swapped. */
export const swapped = (output: Json): boolean => {
  if (output === false) return false
  if (output !== null && typeof output === 'object' && !Array.isArray(output)) {
    return (output as { readonly [key: string]: Json | undefined }).swapped !== false
  }
  return true
}

/**
 * True when a cas tells that the register did not hold what it expected: answered with "not swapped", or failed without
 * another reason. One that failed for a reason (no leader, timeout) was refused, which says nothing about the register.
 */
export const casMissed = (op: Operation): boolean =>
  op.kind === 'cas' &&
  ((op.outcome === 'ok' && !swapped(op.output)) || (op.outcome === 'fail' && op.reason === undefined))

/** The two values of a `cas`. */
export const casInput = (op: Operation): { readonly from: Json; readonly to: Json } => {
  const input = op.input as { readonly from?: Json; readonly to?: Json } | null
  return { from: input?.from ?? null, to: input?.to ?? null }
}

const observation = (holds: (state: ObjectState) => boolean, label: string, saw?: ObjectState): Step => ({
  apply: state => (holds(state) ? state : undefined),
  observes: true,
  label,
  ...(saw === undefined ? {} : { saw }),
})

const blindWrite = (value: ObjectState): Step => ({
  apply: () => value,
  observes: false,
  blind: value,
  silent: true,
  label: `w${value}`,
})

const registerStep = (op: Operation): Step | undefined => {
  if (casMissed(op)) {
    const from = canonicalJson(casInput(op).from)
    return observation(state => state !== from, `n${from}`)
  }
  if (op.outcome === 'fail') return undefined
  switch (op.kind) {
    case 'read': {
      if (op.outcome !== 'ok') return undefined
      const saw = canonicalJson(op.output)
      return observation(state => state === saw, `r${saw}`, saw)
    }
    case 'write':
      return blindWrite(canonicalJson(op.input))
    case 'cas': {
      const from = canonicalJson(casInput(op).from)
      const to = canonicalJson(casInput(op).to)
      const apply = (state: ObjectState) => (state === from ? to : undefined)
      return { apply, observes: from === to, label: `c${from}>${to}` }
    }
    default:
      return undefined
  }
}

/** The text that a kv operation carries; `nil` counts as the empty string. */
const text = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : canonicalJson(value))

const kvStep = (op: Operation): Step | undefined => {
  if (op.outcome === 'fail') return undefined
  switch (op.kind) {
    case 'get': {
      if (op.outcome !== 'ok') return undefined
      const saw = text(op.output)
      return observation(state => state === saw, `r${saw}`, saw)
    }
    case 'put':
      return blindWrite(text(op.input))
    case 'append': {
      const tail = text(op.input)
      return { apply: state => state + tail, observes: tail === '', silent: true, label: `a${tail}` }
    }
    default:
      return undefined
  }
}

const counterStep = (op: Operation): Step | undefined => {
  if (op.outcome === 'fail') return undefined
  if (op.kind === 'read') {
    if (op.outcome !== 'ok') return undefined
    const saw = String(Number(op.output ?? 0))
    return observation(state => state === saw, `r${saw}`, saw)
  }
  if (op.kind !== 'add') return undefined
  const amount = Number(op.input ?? 1)
  return { apply: state => String(Number(state) + amount), observes: amount === 0, label: `+${amount}` }
}

/** A set's state: its elements as canonical JSON, sorted, one a line (JSON text holds no line break). */
const setState = (elements: Json): ObjectState =>
  Array.isArray(elements) ? [...new Set((elements as readonly Json[]).map(canonicalJson))].sort().join('\n') : ''

const has = (state: ObjectState, element: string): boolean => `\n${state}\n`.includes(`\n${element}\n`)

const setStep = (op: Operation): Step | undefined => {
  if (op.outcome === 'fail') return undefined
  if (op.kind === 'read') {
    if (op.outcome !== 'ok') return undefined
    const saw = setState(op.output)
    return observation(state => state === saw, `r${saw}`, saw)
  }
  if (op.kind !== 'add') return undefined
  const element = canonicalJson(op.input)
  const apply = (state: ObjectState) => {
    if (state === '') return element
    return has(state, element) ? state : [...state.split('\n'), element].sort().join('\n')
  }
  return { apply, observes: false, label: `+${element}`, element }
}

/** True when `inner` has an element that `outer` lacks. */
const exceeds = (inner: ObjectState, outer: ObjectState): boolean => {
  if (inner === '' || inner === outer) return false
  const held = new Set(outer === '' ? [] : outer.split('\n'))
  return inner.split('\n').some(element => !held.has(element))
}

/** The models by name. */
export const models: { readonly [name in ModelName]: Model } = {
  register: {
    name: 'register',
    kinds: ['read', 'write', 'cas', 'txn'],
    init: (initial = null) => canonicalJson(initial),
    step: registerStep,
  },
  kv: {
    name: 'kv',
    kinds: ['get', 'put', 'append'],
    init: (initial = '') => text(initial),
    step: kvStep,
    excludes: (state, saw) => !saw.startsWith(state),
  },
  counter: {
    name: 'counter',
    kinds: ['add', 'read'],
    init: (initial = 0) => String(Number(initial ?? 0)),
    step: counterStep,
  },
  set: {
    name: 'set',
    kinds: ['add', 'read'],
    init: (initial = []) => setState(initial),
    step: setStep,
    excludes: exceeds,
  },
}
