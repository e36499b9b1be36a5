import type { NodeId, RequestId } from '../kernel/ids.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'

/**
 * The state machine that a replicated log drives: registers by key, and the table of client sessions that keeps a retried command
 * from taking effect twice (Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 6.3). It is deterministic: equal logs
 * give equal states and equal answers on every server.
 *
 * Keys hold null until they are written. `write` and `put` set and answer null; `cas` answers ok with true when it swapped and false when
 * the value was another; `append` adds text (answers null); `add` adds a number (null: 1) to a counter, or anything else to a set kept as a
 * list in order of arrival (answers null); `txn` answers its list with the values read filled in.
 */
export type MachineState = {
  values: { [key: string]: StoredValue }
  sessions: { [client: string]: Session }
}

/** A value with the log position and the operation that wrote it. Replaced as a whole, never changed. */
export type StoredValue = {
  readonly value: Json
  readonly op: RequestId
  readonly term: number
  readonly index: number
}

/**
 * The last responses to one client. A client may have several operations open, so more than one is kept; what is older than
 * `through` is forgotten, and a command so late is neither executed nor answered.
 */
export type Session = { through: number; responses: Response[] }
type Response = { readonly seq: number; readonly output: Json }

/** How many responses a session keeps: the most operations that one client may have open at once. */
export const sessionWindow = 16

/** A command to apply, with its place in the log. */
export type Application = {
  readonly op: RequestId
  readonly kind: OperationKind
  readonly key: string
  readonly input: Json
  readonly session: { readonly client: NodeId; readonly seq: number } | null
}

/** Told of every write to a key: which operation wrote on top of which (null: the initial value). */
export type Applied = (key: string, op: RequestId, over: RequestId | null) => void

/** What applying a command gave. `repeated`: the session table had the answer, nothing was executed. `expired`: see `Session`. */
export type ApplyResult = { readonly is: 'executed' | 'repeated'; readonly output: Json } | { readonly is: 'expired' }

export const isRead = (kind: OperationKind): boolean => kind === 'read' || kind === 'get'

// Clients name keys and themselves: `constructor` is a name like any other, so only own members count.
const storedAt = (machine: MachineState, key: string): StoredValue | undefined =>
  Object.hasOwn(machine.values, key) ? machine.values[key] : undefined

const sessionOf = (machine: MachineState, client: NodeId): Session | undefined =>
  Object.hasOwn(machine.sessions, client) ? machine.sessions[client] : undefined

export const readValue = (machine: MachineState, key: string): Json => storedAt(machine, key)?.value ?? null

/** A deep copy of a JSON value, so that what leaves a state never aliases it. */
export const copyJson = <T>(value: T): T => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copyJson) as T
  const copy: { [key: string]: unknown } = {}
  for (const [key, member] of Object.entries(value)) copy[key] = copyJson(member)
  return copy as T
}

/** What the session table knows of a command: its answer, that it is too old to tell, or nothing (undefined). */
export const answered = (machine: MachineState, session: Application['session']): ApplyResult | undefined => {
  if (session === null) return undefined
  const known = sessionOf(machine, session.client)
  if (known === undefined) return undefined
  if (session.seq <= known.through) return { is: 'expired' }
  for (let i = known.responses.length - 1; i >= 0; i -= 1) {
    const response = known.responses[i] as Response
    if (response.seq === session.seq) return { is: 'repeated', output: response.output }
  }
  return undefined
}

const remember = (machine: MachineState, { client, seq }: { client: NodeId; seq: number }, output: Json): void => {
  let session = sessionOf(machine, client)
  if (session === undefined) {
    machine.sessions[client] = { through: 0, responses: [] }
    session = machine.sessions[client] as Session
  }
  session.responses.push({ seq, output })
  while (session.responses.length > sessionWindow) {
    const dropped = session.responses.shift() as Response
    session.through = Math.max(session.through, dropped.seq)
  }
}

const text = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : canonicalJson(value))

/** The value after `add`: a number counts up, anything else joins a set. */
const added = (old: Json, input: Json): Json => {
  const amount = input ?? 1
  if (typeof amount === 'number' && !Array.isArray(old)) return (typeof old === 'number' ? old : 0) + amount
  const set: readonly Json[] = Array.isArray(old) ? old : []
  const text = canonicalJson(input)
  return set.some(member => canonicalJson(member) === text) ? copyJson(old) : copyJson([...set, input])
}

/** Carries a command out, whatever was carried out before, and gives its answer. */
export const execute = (
  machine: MachineState,
  command: Application,
  place: { term: number; index: number },
  applied: Applied,
): Json => {
  const set = (key: string, value: Json): void => {
    const over = storedAt(machine, key)?.op ?? null
    machine.values[key] = { value, op: command.op, term: place.term, index: place.index }
    applied(key, command.op, over)
  }
  const { kind, key, input } = command
  switch (kind) {
    case 'write':
    case 'put':
      set(key, copyJson(input))
      return null
    case 'cas': {
      const { from, to } = input as { from: Json; to: Json }
      const swaps = canonicalJson(readValue(machine, key)) === canonicalJson(from)
      if (swaps) set(key, copyJson(to))
      return swaps
    }
    case 'append': {
      const old = readValue(machine, key)
      set(key, text(old) + text(input))
      return null
    }
    case 'add':
      set(key, added(readValue(machine, key), input))
      return null
    case 'txn':
      return (input as { f: 'r' | 'w'; key: string; value?: Json }[]).map(step => {
        if (step.f === 'r') return { f: 'r', key: step.key, value: copyJson(readValue(machine, step.key)) }
        set(step.key, copyJson(step.value ?? null))
        return { f: 'w', key: step.key, value: step.value ?? null }
      })
    case 'read':
    case 'get':
      return copyJson(readValue(machine, key))
  }
}

/** Applies a command once: where its session has it already, gives the first answer again. */
export const applyCommand = (
  machine: MachineState,
  command: Application,
  place: { term: number; index: number },
  applied: Applied,
): ApplyResult => {
  const before = answered(machine, command.session)
  if (before !== undefined) return before
  const output = execute(machine, command, place, applied)
  if (command.session !== null) remember(machine, command.session, output)
  return { is: 'executed', output }
}

/** A copy for a snapshot, down to the last array. Values are immutable but are copied too: no two states share a part. */
export const copyMachine = (machine: MachineState): MachineState => {
  const copy: MachineState = { values: {}, sessions: {} }
  for (const key of Object.keys(machine.values)) {
    const stored = machine.values[key] as StoredValue
    copy.values[key] = { value: copyJson(stored.value), op: stored.op, term: stored.term, index: stored.index }
  }
  for (const client of Object.keys(machine.sessions)) {
    const { through, responses } = machine.sessions[client] as Session
    copy.sessions[client] = {
      through,
      responses: responses.map(({ seq, output }) => ({ seq, output: copyJson(output) })),
    }
  }
  return copy
}
