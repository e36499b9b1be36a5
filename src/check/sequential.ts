import type { Json } from '../kernel/json.ts'
import type { History, Operation } from '../kernel/operation.ts'
import { checkCausal } from './causal.ts'
import { checkLinearizable } from './linearizable.ts'
import type { Model, ObjectState, Step } from './model.ts'
import { type Programs, programsOf } from './program-order.ts'
import { registersModel } from './transaction.ts'
import type { Evidence, Verdict } from './verdict.ts'
import { deed, named, plain } from './wording.ts'

export interface SequentialOptions {
  readonly initial?: Json
  /** Configurations to visit before giving up. */
  readonly budget?: number
}

interface Node {
  /** For each client the batch that it is in, and which operations of it are placed. */
  readonly heads: readonly number[]
  readonly placed: readonly number[]
  readonly states: ReadonlyMap<string, ObjectState>
  readonly used: bigint
}

type Placeable = { readonly op: Operation; readonly step: Step; readonly key: string }

/** Searches for one order of all operations that keeps every client's own order and explains every answer. */
class OrderSearch {
  steps = 0
  readonly #model: Model
  readonly #initial: ObjectState
  readonly #programs: readonly (readonly (readonly Placeable[])[])[]
  readonly #loose: readonly (Placeable & { readonly client: number; readonly after: number })[]
  readonly #stack: Node[] = []
  readonly #visited = new Map<string, bigint[]>()

  constructor({ programs, loose }: Programs, model: Model, initial: ObjectState, whole: boolean) {
    this.#model = model
    this.#initial = initial
    const placeable = (op: Operation): readonly Placeable[] => {
      const step = this.#model.step(op)
      return step === undefined ? [] : [{ op, step, key: whole ? '' : op.key }]
    }
    this.#programs = programs.map(program => program.map(batch => batch.flatMap(placeable)))
    this.#loose = loose.flatMap(({ op, client, after }) =>
      placeable(op).flatMap(one => (one.step.observes ? [] : [{ ...one, client, after }])),
    )
    const none = programs.map(() => 0)
    this.#push({ heads: none, placed: none, states: new Map(), used: 0n })
  }

  run(budget: number): 'found' | 'none' | 'more' {
    for (; this.steps < budget; this.steps += 1) {
      const node = this.#stack.pop()
      if (node === undefined) return 'none'
      if (this.#programs.every((program, client) => (node.heads[client] as number) >= program.length)) return 'found'
      this.#expand(node)
    }
    return 'more'
  }

  #state(node: Node, key: string): ObjectState {
    return node.states.get(key) ?? this.#initial
  }

  /** Places one operation of a client, if its answer fits. Within a batch, one that was over before another was called goes first. */
  #place(node: Node, client: number, at: number): Node | undefined {
    const batch = this.#programs[client]?.[node.heads[client] as number] as readonly Placeable[]
    const mask = node.placed[client] as number
    const { op, step, key } = batch[at] as Placeable
    const waits = batch.some(
      (other, nth) =>
        (mask & (1 << nth)) === 0 && nth !== at && (other.op.returnedUs ?? Infinity) <= op.invokedUs && nth < at,
    )
    const before = this.#state(node, key)
    const after = waits ? undefined : step.apply(before)
    if (after === undefined) return undefined
    const placed = node.placed.with(client, mask | (1 << at))
    return { ...node, placed, states: after === before ? node.states : new Map(node.states).set(key, after) }
  }

  /** Places whatever observes and holds now: it changes nothing and so can only gain by going first. Steps over finished batches. */
  #settle(start: Node): Node {
    let node = start
    for (let moved = true; moved; ) {
      moved = false
      for (const [client, program] of this.#programs.entries()) {
        const head = node.heads[client] as number
        const batch = program[head]
        if (batch === undefined) continue
        if (node.placed[client] === (1 << batch.length) - 1) {
          node = { ...node, heads: node.heads.with(client, head + 1), placed: node.placed.with(client, 0) }
          moved = true
          continue
        }
        for (const [at, { step }] of batch.entries()) {
          if (!step.observes || ((node.placed[client] as number) & (1 << at)) !== 0) continue
          const next = this.#place(node, client, at)
          if (next === undefined) continue
          node = next
          moved = true
        }
      }
    }
    return node
  }

  #push(node: Node): void {
    const settled = this.#settle(node)
    const states = JSON.stringify([...settled.states].sort(([a], [b]) => (a < b ? -1 : 1)))
    const key = `${settled.heads.join()} ${settled.placed.join()} ${states}`
    const known = this.#visited.get(key)
    if (known === undefined) this.#visited.set(key, [settled.used])
    else if (known.some(used => (used & ~settled.used) === 0n)) return
    else known.push(settled.used)
    this.#stack.push(settled)
  }

  #expand(node: Node): void {
    for (const [at, { step, client, after, key }] of this.#loose.entries()) {
      if ((node.used & (1n << BigInt(at))) !== 0n || (node.heads[client] as number) < after) continue
      const before = this.#state(node, key)
      const state = step.apply(before)
      if (state === undefined || state === before) continue
      this.#push({ ...node, used: node.used | (1n << BigInt(at)), states: new Map(node.states).set(key, state) })
    }
    const choices: (readonly [number, Node])[] = []
    for (const [client, program] of this.#programs.entries()) {
      for (const [at, { step, op }] of (program[node.heads[client] as number] ?? []).entries()) {
        if (step.observes || ((node.placed[client] as number) & (1 << at)) !== 0) continue
        const next = this.#place(node, client, at)
        if (next !== undefined) choices.push([op.invokedUs, next])
      }
    }
    // The stack gives back the last first: try the order of the calls before others.
    for (const [, next] of choices.sort(([a], [b]) => b - a)) this.#push(next)
  }
}

const widestBatch = 30

/** The operation without its answer: allows more orders, so what still fails is truly at odds. */
const loosened = ({ reason: _, ...op }: Operation): Operation => ({
  ...op,
  outcome: 'unknown',
  output: null,
  returnedUs: null,
})

/** The smallest part that still fails, as far as a budget allows: answers are taken away in ever smaller groups. */
const minimal = (history: History, fails: (part: History) => boolean): History => {
  let part = history
  let strict = history.filter(op => op.outcome !== 'unknown')
  for (let size = Math.ceil(strict.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < strict.length; ) {
      const group = new Set(strict.slice(from, from + size).map(op => op.id))
      const attempt = part.map(op => (group.has(op.id) ? loosened(op) : op))
      if (fails(attempt)) {
        part = attempt
        strict = strict.filter(op => !group.has(op.id))
      } else from += size
    }
  }
  return strict
}

const tell = (clash: History): string => {
  const clients = new Map<string, string[]>()
  const several = new Set(clash.map(op => op.key)).size > 1
  for (const op of clash) {
    const where = several && op.kind !== 'txn' ? ` (${plain(op.key)})` : ''
    clients.set(op.client, [...(clients.get(op.client) ?? []), `${deed(op)}${where}`])
  }
  const lanes = [...clients].map(([client, deeds]) => `${named(client)} ${deeds.slice(0, 8).join(', then ')}`)
  return `${lanes.slice(0, 6).join('; ')}. No single order that keeps each client's own order explains all of these answers.`
}

const evidenceOf = (history: History, fails: (part: History) => boolean): Evidence => {
  const clash = minimal(history, fails)
  const keys = [...new Set(clash.map(op => op.key))].sort()
  const last = clash.reduce<Operation | undefined>(
    (late, op) => (late && (late.returnedUs ?? 0) > (op.returnedUs ?? 0) ? late : op),
    undefined,
  )
  const ids = clash.filter(op => op !== last).map(op => op.id)
  return {
    ops: clash,
    key: keys.join(','),
    clash: last === undefined ? ids : [last.id, ...ids],
    explanation: tell(clash),
  }
}

/**
 * Every answer a little before the calls of its moment. A client's next call at the moment of its last answer follows that answer, which
 * linearizability, for which calls of a moment come before its answers, does not ask for.
 */
const answersFirst = (history: History): History =>
  history.map(op =>
    op.returnedUs === null ? op : { ...op, returnedUs: Math.max(op.invokedUs, op.returnedUs - answersEarlierUs) },
  )

const answersEarlierUs = 0.5

/**
 * Sequential consistency (Lamport 1979): one order of all operations that keeps each client's own order, whatever the clock says.
 * It is not compositional, so the whole history is searched at once; a prefix proves nothing, so the evidence is a minimal set.
 */
export const checkSequential = (history: History, model: Model, options: SequentialOptions = {}): Verdict => {
  const consistency = 'sequential'
  const budget = options.budget ?? 200_000
  const initial = options.initial === undefined ? {} : { initial: options.initial }
  const linearizable = checkLinearizable(answersFirst(history), model, { ...initial, budget, evidence: false })
  if (linearizable.answer === 'holds') return { answer: 'holds', consistency, steps: linearizable.steps }
  const whole = history.some(op => op.kind === 'txn')
  const own = whole ? registersModel(options.initial) : model
  const search = (part: History) => new OrderSearch(programsOf(part), own, own.init(options.initial), whole)
  const full = programsOf(history)
  if (full.programs.some(program => program.some(batch => batch.length > widestBatch))) {
    const why = `one client has more than ${widestBatch} operations open at once`
    return { answer: 'unknown', consistency, steps: linearizable.steps, why }
  }
  const first = search(history)
  const result = first.run(budget)
  const steps = linearizable.steps + first.steps
  if (result === 'found') return { answer: 'holds', consistency, steps }
  if (result === 'more') {
    // What is not even causally consistent cannot be sequentially consistent, and that is quickly seen.
    const causal = checkCausal(history, model, { ...initial, variant: 'CM' })
    if (causal.answer === 'violated') return { ...causal, consistency, steps }
    const why = `no order was found in ${steps} steps, and not all were tried`
    return { answer: 'unknown', consistency, steps, why }
  }
  let left = budget
  const fails = (part: History): boolean => {
    if (left <= 0) return false
    const trial = search(part)
    const failed = trial.run(Math.min(left, 20_000)) === 'none'
    left -= trial.steps + part.length
    return failed
  }
  return { answer: 'violated', consistency, steps, evidence: evidenceOf(history, fails) }
}
