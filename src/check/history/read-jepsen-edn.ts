import type { Json } from '../../kernel/json.ts'
import type { OperationKind } from '../../kernel/operation.ts'
import { plain, shown } from '../wording.ts'
import { BadHistory } from './bad-history.ts'
import { type Edn, EdnReader } from './edn.ts'
import { jsonOf, nameOf } from './edn-json.ts'
import { isMarkedTuple, refuseUnmarkedTuple, tupleOf } from './independent.ts'
import { kindNamed, type Paired, pairUp, type Recorded, typeNamed } from './record.ts'

type Members = ReadonlyMap<string, Edn>
type EdnMap = Extract<Edn, { readonly is: 'map' }>

const untagged = (value: Edn): Edn => (value.is === 'tagged' ? untagged(value.value) : value)
const membersOf = (map: EdnMap): Members => new Map(map.entries.map(([key, value]) => [nameOf(key), value]))

/** The operation maps of a file: maps one after another, lists of maps, or a test map with its `:history`. */
function* operationMaps(values: Iterable<Edn>, file: string): Generator<EdnMap> {
  for (const tagged of values) {
    const value = untagged(tagged)
    if (value.is === 'list') yield* operationMaps(value.items, file)
    else if (value.is !== 'map')
      throw new BadHistory(file, value.line, 'expected an operation map {:process … :type … :f … :value …}')
    else {
      const history = membersOf(value).get('history')
      if (history === undefined) yield value
      else yield* operationMaps([history], file)
    }
  }
}

/** Jepsen's micro-operations `[[:r x nil] [:w y 1]]`, as the kernel's transactions have them. */
const transaction = (value: Json, line: number, file: string): Json => {
  const list: readonly Json[] = Array.isArray(value) ? value : []
  return list.map(one => {
    const [f, key, amount] = Array.isArray(one) ? (one as readonly Json[]) : []
    if (f !== ':r' && f !== ':w') {
      throw new BadHistory(file, line, `a transaction may read (:r) and write (:w) registers, not ${shown(f)}`)
    }
    return { f: f.slice(1), key: typeof key === 'string' ? key.replace(/^:/, '') : shown(key), value: amount ?? null }
  })
}

const recordOf = (map: EdnMap, independent: boolean, file: string): Recorded | undefined => {
  const { line } = map
  const members = membersOf(map)
  const need = (name: string): Edn => {
    const value = members.get(name)
    if (value === undefined) throw new BadHistory(file, line, `the operation has no :${name}`)
    return value
  }
  const process = need('process')
  // `:nemesis` is no client.
  if (process.is === 'keyword') return undefined
  const type = typeNamed(nameOf(need('type')), file, line)
  const kind: OperationKind = kindNamed(nameOf(need('f')), file, line)
  const whole = members.get('value')
  const known = members.get('key')
  const split = known === undefined && (independent || isMarkedTuple(whole))
  const tuple = split ? tupleOf(whole, line, file) : { key: known === undefined ? '' : nameOf(known), value: whole }
  const plainValue = tuple.value === undefined ? null : jsonOf(tuple.value)
  const value = kind === 'txn' && type !== 'info' && type !== 'fail' ? transaction(plainValue, line, file) : plainValue
  const error = members.get('error')
  const reason = error === undefined || error.is === 'nil' ? {} : { reason: plain(nameOf(error)) }
  if (!split && known === undefined && type === 'invoke') refuseUnmarkedTuple(kind, whole, line, file)
  return { line, process: nameOf(process), type, kind, key: tuple.key, value, ...reason }
}

/** Reads Jepsen's operation maps in EDN. The order of the maps is the order in time. */
export const readJepsenEdn = (text: string, file: string, independent: boolean): Paired => {
  const records: Recorded[] = []
  for (const map of operationMaps(new EdnReader(text, file).values(), file)) {
    const record = recordOf(map, independent, file)
    if (record !== undefined) records.push(record)
  }
  return pairUp(records, file)
}
