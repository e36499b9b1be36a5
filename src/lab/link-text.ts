import type { Json } from '../kernel/json.ts'
import type { Distribution, LinkSpec } from '../sim/spec.ts'
import { suggestion } from './lab-error.ts'
import { printValue, type Scanner } from './scanner.ts'

const atLeastZero = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0
const chance = (value: unknown): boolean => atLeastZero(value) && (value as number) <= 1
const positiveOrNull = (value: unknown): boolean => value === null || (atLeastZero(value) && (value as number) > 0)
const numbers = (of: unknown, names: readonly string[]): boolean =>
  typeof of === 'object' &&
  of !== null &&
  Object.keys(of).length === names.length &&
  names.every(name => atLeastZero((of as { readonly [name: string]: unknown })[name]))

const SHAPES: { readonly [shape: string]: (of: unknown) => boolean } = {
  constant: atLeastZero,
  uniform: of => numbers(of, ['min', 'max']) && (of as { min: number; max: number }).min <= (of as { max: number }).max,
  normal: of => numbers(of, ['mean', 'sd']),
  exponential: of => numbers(of, ['mean']),
  pareto: of => numbers(of, ['scale', 'shape']) && (of as { shape: number }).shape > 0,
  mixture: of => Array.isArray(of) && of.length > 0 && of.every(isPart),
  empirical: of => Array.isArray(of) && of.length > 0 && of.every(atLeastZero),
}

const isPart = (part: unknown): boolean =>
  typeof part === 'object' &&
  part !== null &&
  atLeastZero((part as { weight?: unknown }).weight) &&
  isDistribution((part as { of?: unknown }).of)

/** Whether the value is a distribution of durations (see the simulator's `Distribution`). */
export const isDistribution = (value: unknown): value is Distribution => {
  if (typeof value === 'number') return atLeastZero(value)
  if (typeof value !== 'object' || value === null) return false
  const [entry, ...more] = Object.entries(value)
  return entry !== undefined && more.length === 0 && SHAPES[entry[0]]?.(entry[1]) === true
}

export const DISTRIBUTION_HINT =
  'write a number of ms, {uniform: {min, max}}, {normal: {mean, sd}}, {exponential: {mean}}, {pareto: {scale, shape}}, {mixture: [{weight, of}]} or {empirical: [...]}.'

interface Member {
  readonly valid: (value: unknown) => boolean
  readonly hint: string
}
const ms: Member = { valid: atLeastZero, hint: 'write a number of ms.' }
const probability: Member = { valid: chance, hint: 'write a probability between 0 and 1.' }
const name: Member = {
  valid: value => value === null || (typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)),
  hint: 'write the name of a shared line in lower-case letters, or null for none.',
}
const limit: Member = { valid: positiveOrNull, hint: 'write a number above 0, or null for no limit.' }

/** The properties of a link, each with what its value must be. */
export const LINK_MEMBERS: { readonly [name in keyof LinkSpec]-?: Member } = {
  latencyMs: { valid: isDistribution, hint: DISTRIBUTION_HINT },
  minMs: ms,
  loss: probability,
  duplicate: probability,
  reorder: probability,
  reorderMs: ms,
  fifo: { valid: value => typeof value === 'boolean', hint: 'write true or false.' },
  bandwidth: limit,
  queueBytes: limit,
  mtu: limit,
  line: name,
}

/** The complaint about one member of a link's description, or null when it is right. */
export const linkMemberTrouble = (name: string, value: unknown): string | null => {
  if (!Object.hasOwn(LINK_MEMBERS, name)) {
    return `"${name}" is no property of a link; ${suggestion(name, Object.keys(LINK_MEMBERS))}`
  }
  const member = LINK_MEMBERS[name as keyof LinkSpec]
  return member.valid(value) ? null : `${name} cannot be ${JSON.stringify(value)}; ${member.hint}`
}

/** Reads `loss=0.3 latencyMs=200` up to the closing parenthesis, or `default`. */
export const scanLinkChange = (scanner: Scanner): Partial<LinkSpec> | 'default' => {
  if (scanner.eatWord('default')) return 'default'
  const set: { [name: string]: Json } = {}
  for (;;) {
    scanner.skipSpace()
    if (scanner.text[scanner.at] === ')' || scanner.ended) break
    const start = scanner.at
    const name = scanner.word('a property of the link')
    scanner.expect('=', name)
    const value = scanner.value(`the value of ${name}`)
    const trouble = linkMemberTrouble(name, value)
    if (trouble !== null) scanner.fail(trouble, start)
    set[name] = value
  }
  if (Object.keys(set).length === 0) scanner.fail('a link is changed by properties like loss=0.3, or back by default.')
  return set as Partial<LinkSpec>
}

export const printLinkChange = (set: Partial<LinkSpec> | 'default'): string =>
  set === 'default'
    ? 'default'
    : Object.entries(set)
        .map(([name, value]) => `${name}=${printValue(value as Json)}`)
        .join(' ')
