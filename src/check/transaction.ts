import { canonicalJson, type Json } from '../kernel/json.ts'
import type { Operation } from '../kernel/operation.ts'
import { type Model, models, type ObjectState, type Step } from './model.ts'

/** One read or write of a transaction. */
export interface Access {
  readonly f: 'r' | 'w'
  readonly key: string
  readonly value: Json
}

/** The reads and writes of a `txn`: what was asked, with the values read taken from the answer. */
export const accesses = (op: Operation): readonly Access[] => {
  const asked = Array.isArray(op.input) ? (op.input as readonly Json[]) : []
  const answer = Array.isArray(op.output) ? (op.output as readonly Json[]) : []
  return asked.map((one, at) => {
    const access = one as { readonly f?: Json; readonly key?: Json; readonly value?: Json }
    const got = answer[at]
    const read = got !== null && typeof got === 'object' && !Array.isArray(got) ? (got as { value?: Json }).value : got
    const f = access.f === 'w' ? 'w' : 'r'
    return { f, key: String(access.key), value: (f === 'w' ? access.value : read) ?? null }
  })
}

/** The keys that an operation touches. */
export const keysOf = (op: Operation): readonly string[] =>
  op.kind === 'txn' ? accesses(op).map(access => access.key) : [op.key]

type Registers = Map<string, ObjectState>
const encode = (registers: Registers): ObjectState =>
  JSON.stringify([...registers].sort(([a], [b]) => (a < b ? -1 : 1)))
const decode = (state: ObjectState): Registers => new Map(JSON.parse(state) as [string, string][])

const transactionStep = (op: Operation, start: ObjectState): Step | undefined => {
  const list = accesses(op)
  if (op.outcome === 'fail' || (op.outcome !== 'ok' && list.every(access => access.f === 'r'))) return undefined
  const apply = (state: ObjectState): ObjectState | undefined => {
    const registers = decode(state)
    for (const { f, key, value } of list) {
      if (f === 'w') registers.set(key, canonicalJson(value))
      else if (op.outcome === 'ok' && (registers.get(key) ?? start) !== canonicalJson(value)) return undefined
    }
    return encode(registers)
  }
  return { apply, observes: list.every(access => access.f === 'r'), label: `t${canonicalJson([op.input, op.output])}` }
}

/**
 * Several registers as one object, for keys that transactions tie together. Nothing can be checked key by key there:
 * linearizability of transactions (strict serializability) is not a property of single keys.
 */
export const registersModel = (initial?: Json): Model => {
  const start = models.register.init(initial)
  const single = (op: Operation): Step | undefined => {
    const step = models.register.step(op)
    if (step === undefined) return undefined
    const apply = (state: ObjectState): ObjectState | undefined => {
      const registers = decode(state)
      const after = step.apply(registers.get(op.key) ?? start)
      if (after === undefined) return undefined
      return step.observes ? state : encode(registers.set(op.key, after))
    }
    return { apply, observes: step.observes, label: `${op.key}:${step.label}` }
  }
  return {
    name: 'register',
    kinds: models.register.kinds,
    init: () => '[]',
    step: op => (op.kind === 'txn' ? transactionStep(op, start) : single(op)),
  }
}
