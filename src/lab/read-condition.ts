import type { Json } from '../kernel/json.ts'
import { parseCondition } from './command-text.ts'
import type { Condition } from './condition.ts'
import { type DefinitionPath, LabError, suggestion } from './lab-error.ts'
import { OPERATION_KINDS } from './operation-pick.ts'
import { printValue, ScriptError } from './scanner.ts'

type Members = { readonly [name: string]: Json | undefined }

/** The text that a record's members stand for, by its first telling member; the order of words is the text form's. */
const FORMS: { readonly [member: string]: { readonly others: readonly string[]; text(m: Members): string } } = {
  see: {
    others: ['by', 'at', 'key', 'min', 'before', 'after'],
    text: m => `see ${word(m.see)}${options(m, ['by', 'at', 'key', 'min', 'before', 'after'])}`,
  },
  node: {
    others: ['is', 'has', 'shows'],
    text: m =>
      m.has !== undefined
        ? `${word(m.node)} has ${pair(m.has)}`
        : m.shows !== undefined
          ? `${word(m.node)} shows ${pair(m.shows)}`
          : `${word(m.node)} is ${word(m.is)}`,
  },
  operation: { others: ['is', 'value', 'key', 'from', 'min'], text: m => `${word(m.operation)} ${ending(m)}` },
  verdict: { others: ['is'], text: m => `${word(m.verdict)} ${word(m.is)}` },
  knob: { others: ['is'], text: m => `knob ${word(m.knob)}=${word(m.is)}` },
  measure: {
    others: ['atLeast', 'atMost', 'is'],
    text: m =>
      [
        ...(m.atLeast === undefined ? [] : [`measure ${word(m.measure)} >= ${word(m.atLeast)}`]),
        ...(m.atMost === undefined ? [] : [`measure ${word(m.measure)} <= ${word(m.atMost)}`]),
        ...(m.is === undefined ? [] : [`measure ${word(m.measure)} = ${word(m.is)}`]),
      ].join(' and '),
  },
  did: { others: [], text: m => `did ${word(m.did)}` },
}

const word = (value: Json | undefined): string => (value === undefined || value === null ? '' : String(value))
const options = (m: Members, names: readonly string[]): string =>
  names.map(name => (m[name] === undefined ? '' : ` ${name} ${word(m[name])}`)).join('')
const ending = (m: Members): string =>
  `${word(m.is ?? 'ok')}${m.value === undefined ? '' : ` =${printValue(m.value)}`}${options(m, ['key', 'from', 'min'])}`
const pair = (value: Json): string => {
  const [entry] = Object.entries(value ?? {})
  return entry === undefined ? '' : `${printValue(entry[0])}=${printValue(entry[1] as Json)}`
}

const read = (text: string, path: DefinitionPath): Condition => {
  try {
    return parseCondition(text)
  } catch (error) {
    if (error instanceof ScriptError) throw new LabError(path, error.message)
    throw error
  }
}

const checkMembers = (record: Members, known: readonly string[], path: DefinitionPath): void => {
  for (const name of Object.keys(record)) {
    if (!known.includes(name)) {
      throw new LabError([...path, name], `"${name}" does not belong into this condition; ${suggestion(name, known)}`)
    }
  }
}

const readOperation = (record: Members, kind: string, path: DefinitionPath): Condition => {
  checkMembers(record, [kind, 'nth', 'is', 'value', 'key', 'from', 'min'], path)
  const nth = record.nth === undefined ? '' : `#${word(record.nth)}`
  return read(`${word(record[kind])}.${kind}${nth} ${ending(record)}`, path)
}

/** Reads a condition of a definition: text, record or list. Throws LabError with the path. */
export const readCondition = (definition: Json, path: DefinitionPath): Condition => {
  if (typeof definition === 'string') return read(definition, path)
  if (Array.isArray(definition)) return readAll('all', definition, path)
  if (typeof definition !== 'object' || definition === null) {
    throw new LabError(path, 'a condition is a text like "see stale-read by bob", a record or a list of them.')
  }
  const record = definition as Members
  for (const join of ['all', 'any'] as const) {
    const parts = record[join]
    if (Array.isArray(parts)) {
      checkMembers(record, [join], path)
      return readAll(join, parts, [...path, join])
    }
  }
  if (record.not !== undefined) {
    checkMembers(record, ['not'], path)
    return { type: 'not', of: readCondition(record.not, [...path, 'not']) }
  }
  const form = Object.keys(FORMS).find(name => record[name] !== undefined)
  if (form !== undefined && FORMS[form] !== undefined) {
    checkMembers(record, [form, ...FORMS[form].others], path)
    return read(FORMS[form].text(record), path)
  }
  const kind = OPERATION_KINDS.find(name => record[name] !== undefined)
  if (kind !== undefined) return readOperation(record, kind, path)
  const known = ['all', 'any', 'not', ...Object.keys(FORMS), ...OPERATION_KINDS]
  throw new LabError(path, `a condition has one of these members: ${known.join(', ')}.`)
}

const readAll = (type: 'all' | 'any', parts: readonly Json[], path: DefinitionPath): Condition => {
  const of = parts.map((part, index) => readCondition(part, [...path, index]))
  const [first] = of
  if (first === undefined) throw new LabError(path, 'an empty list of conditions says nothing; name at least one.')
  return of.length === 1 ? first : { type, of }
}
