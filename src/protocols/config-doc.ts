import type { Json } from '../kernel/json.ts'

/**
 * One option of a protocol: what a lab file may set, what the sandbox lists, and what it does in one line. `default` is the value when
 * nobody sets it. Times are in milliseconds of the node's own clock, as the name of the option says.
 */
export type ConfigDoc = {
  readonly key: string
  readonly doc: string
  readonly default: Json
} & (
  | {
      readonly kind: 'number'
      readonly min?: number
      readonly max?: number
      readonly integer?: boolean
      readonly nullable?: boolean
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'text' }
  /** `length` is set where the list has exactly so many members. */
  | { readonly kind: 'list'; readonly of: 'number' | 'text'; readonly length?: number }
)

/** What is wrong with a config: where, and one sentence with the remedy. */
export interface ConfigFault {
  readonly path: readonly string[]
  readonly message: string
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const wrongNumber = (doc: ConfigDoc & { kind: 'number' }, value: Json): string | null => {
  if (value === null && doc.nullable) return null
  const wanted = `${doc.integer ? 'a whole number' : 'a number'}${doc.nullable ? ' or null' : ''}`
  if (typeof value !== 'number' || !Number.isFinite(value) || (doc.integer && !Number.isInteger(value)))
    return `must be ${wanted}`
  if (doc.min !== undefined && value < doc.min) return `must be at least ${doc.min}`
  if (doc.max !== undefined && value > doc.max) return `must be at most ${doc.max}`
  return null
}

const wrongList = (doc: ConfigDoc & { kind: 'list' }, value: Json): string | null => {
  const of = doc.of === 'number' ? 'numbers' : 'names'
  const type = doc.of === 'number' ? 'number' : 'string'
  if (!Array.isArray(value) || value.some(member => typeof member !== type)) return `must be a list of ${of}`
  return doc.length !== undefined && value.length !== doc.length ? `must be a list of ${doc.length} ${of}` : null
}

/** Why `value` does not fit the option, or null. */
const wrong = (doc: ConfigDoc, value: Json): string | null => {
  switch (doc.kind) {
    case 'number':
      return wrongNumber(doc, value)
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'choice':
      return doc.choices.includes(value as string) ? null : `must be ${listed(doc.choices)}`
    case 'text':
      return typeof value === 'string' ? null : 'must be a text'
    case 'list':
      return wrongList(doc, value)
  }
}

/** The first thing wrong with the options that are set, or null. What is not set takes its default and cannot be wrong. */
export const configFault = (
  docs: readonly ConfigDoc[],
  config: { readonly [option: string]: Json | undefined },
): ConfigFault | null => {
  for (const [key, value] of Object.entries(config)) {
    const doc = docs.find(one => one.key === key)
    if (doc === undefined) {
      return {
        path: [key],
        message: `there is no option "${key}"; the options are ${listed(docs.map(one => one.key))}`,
      }
    }
    const why = value === undefined ? null : wrong(doc, value)
    if (why !== null)
      return { path: [key], message: `${key} ${why}; when it is left out it is ${JSON.stringify(doc.default)}` }
  }
  return null
}

/** The config with every default filled in. */
export const defaultsOf = (docs: readonly ConfigDoc[]): { [option: string]: Json } =>
  Object.fromEntries(docs.map(doc => [doc.key, doc.default]))
