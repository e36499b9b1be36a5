import type { Json } from '../kernel/json.ts'
import type { History, Operation } from '../kernel/operation.ts'
import { type Model, models } from './model.ts'
import { keysOf, registersModel } from './transaction.ts'

/** One object, or several that transactions tie together, with all that happened to it. */
export interface Partition {
  /** The key, or the keys with commas between. */
  readonly key: string
  readonly model: Model
  readonly initial: string
  readonly operations: History
}

/**
 * Splits a history by object. Linearizability is compositional (Herlihy and Wing 1990, theorem 1): a history is linearizable
 * exactly when its restriction to every object is. Keys that one transaction touches count as one object.
 */
export const partitionsOf = (history: History, model: Model, initial?: Json): readonly Partition[] => {
  const leader = new Map<string, string>()
  const find = (key: string): string => {
    let at = key
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up
    return at
  }
  for (const op of history) {
    const keys = keysOf(op)
    for (const key of keys) {
      if (!leader.has(key)) leader.set(key, key)
      leader.set(find(key), find(keys[0] as string))
    }
  }
  const groups = new Map<string, Operation[]>()
  for (const op of history) {
    const first = keysOf(op)[0]
    if (first === undefined) continue
    const root = find(first)
    const group = groups.get(root)
    if (group) group.push(op)
    else groups.set(root, [op])
  }
  return [...groups.values()].map(operations => {
    const keys = [...new Set(operations.flatMap(keysOf))].sort()
    const own = operations.some(op => op.kind === 'txn') ? registersModel(initial) : model
    return { key: keys.join(','), model: own, initial: own.init(initial), operations }
  })
}

/** The model that fits the kinds of a history's operations: the first that has them all. */
export const modelFor = (history: History): Model | undefined => {
  const kinds = new Set(history.map(op => op.kind))
  const fits = Object.values(models).filter(model => [...kinds].every(kind => model.kinds.includes(kind)))
  // Adds of numbers with reads of lists are a set's.
  const lists = history.some(op => op.kind === 'read' && Array.isArray(op.output))
  const elements = history.some(op => op.kind === 'add' && typeof op.input !== 'number')
  return fits.find(model => model.name === 'set' && (lists || elements)) ?? fits[0]
}
