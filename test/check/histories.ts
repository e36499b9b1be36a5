import fc from 'fast-check'
import type { ModelName } from '../../src/check/model.ts'
import { nodeId, requestId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { History, Operation, OperationKind, Outcome } from '../../src/kernel/operation.ts'

/** One operation, by hand: `op('alice', 'write', 1, [10, 20])`; without an end it was never answered. */
export const op = (
  client: string,
  kind: OperationKind,
  value: Json,
  [invokedUs, returnedUs]: readonly [number, number?],
  more: Partial<Operation> = {},
): Operation => {
  const reading = kind === 'read' || kind === 'get'
  return {
    id: requestId(nodeId(client), invokedUs),
    client: nodeId(client),
    kind,
    key: 'x',
    input: reading ? null : value,
    output: reading && returnedUs !== undefined ? value : null,
    outcome: returnedUs === undefined ? 'unknown' : 'ok',
    invokedUs,
    returnedUs: returnedUs ?? null,
    ...more,
  }
}

interface Draft {
  readonly kind: OperationKind
  readonly input: Json
  readonly output: Json
  readonly outcome: Outcome
  readonly gap: number
  readonly length: number
}

const small = fc.integer({ min: 0, max: 2 })
const word = fc.constantFrom('', 'a', 'b', 'ab')
const words = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'aab', 'aba')
const shapes: { readonly [model in ModelName]: fc.Arbitrary<Pick<Draft, 'kind' | 'input' | 'output'>> } = {
  register: fc.oneof(
    fc.record({
      kind: fc.constant('read' as const),
      input: fc.constant(null),
      output: fc.option(small, { nil: null }),
    }),
    fc.record({ kind: fc.constant('write' as const), input: small, output: fc.constant(null) }),
    fc.record({
      kind: fc.constant('cas' as const),
      input: fc.record({ from: small, to: small }),
      output: fc.boolean(),
    }),
  ),
  kv: fc.oneof(
    fc.record({ kind: fc.constant('get' as const), input: fc.constant(null), output: words }),
    fc.record({ kind: fc.constant('put' as const), input: word, output: fc.constant(null) }),
    fc.record({ kind: fc.constant('append' as const), input: word, output: fc.constant(null) }),
  ),
  counter: fc.oneof(
    fc.record({ kind: fc.constant('read' as const), input: fc.constant(null), output: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ kind: fc.constant('add' as const), input: fc.integer({ min: 0, max: 2 }), output: fc.constant(null) }),
  ),
  set: fc.oneof(
    fc.record({ kind: fc.constant('read' as const), input: fc.constant(null), output: fc.subarray([0, 1, 2]) }),
    fc.record({ kind: fc.constant('add' as const), input: small, output: fc.constant(null) }),
  ),
}

/** Small histories of `clients` clients with random answers, right and wrong. Times collide on purpose; a client pauses at least `pause`. */
export const randomHistory = (model: ModelName, clients = 3, perClient = 3, pause = 0): fc.Arbitrary<History> => {
  const outcome = fc.constantFrom<Outcome[]>('ok', 'ok', 'ok', 'unknown', 'fail')
  const timing = { outcome, gap: fc.integer({ min: pause, max: pause + 2 }), length: fc.integer({ min: 0, max: 4 }) }
  const draft = fc.tuple(shapes[model], fc.record(timing)).map(([shape, rest]): Draft => ({ ...shape, ...rest }))
  const lanes = fc.array(fc.array(draft, { maxLength: perClient }), { minLength: 1, maxLength: clients })
  return lanes.map(drafts => {
    const history: Operation[] = []
    for (const [lane, list] of drafts.entries()) {
      let now = 0
      for (const [nth, { kind, input, output, outcome, gap, length }] of list.entries()) {
        const client = nodeId(`c${lane}`)
        const invokedUs = now + gap
        const known = outcome === 'ok'
        history.push({
          id: requestId(client, nth + 1),
          client,
          kind,
          key: 'x',
          input,
          output: known ? output : null,
          outcome,
          invokedUs,
          returnedUs: outcome === 'unknown' ? null : invokedUs + length,
        })
        now = invokedUs + length
      }
    }
    return history.sort((a, b) => a.invokedUs - b.invokedUs)
  })
}

interface Turn {
  readonly client: number
  readonly write: boolean
  readonly before: number
  readonly after: number
  readonly answered: boolean
}

/**
 * Histories of a real atomic register: every operation takes effect at one instant between its call and its answer. Written values
 * are unique. Some answers never come, whether the write took effect or not.
 */
export const atomicHistory = (clients: number, perClient: number): fc.Arbitrary<History> => {
  const turn = fc.record({
    client: fc.nat(clients - 1),
    write: fc.boolean(),
    before: fc.integer({ min: 1, max: 30 }),
    after: fc.integer({ min: 1, max: 30 }),
    answered: fc.integer({ min: 0, max: 5 }).map(dice => dice > 0),
  })
  return fc.array(turn, { maxLength: clients * perClient }).map(turns => {
    const free = new Array<number>(clients).fill(0)
    const drafts = turns.map(({ client, write, before, after, answered }: Turn, at) => {
      const invokedUs = (free[client] as number) + 1
      free[client] = invokedUs + before + after
      return {
        client,
        write,
        answered,
        invokedUs,
        instant: invokedUs + before,
        returnedUs: invokedUs + before + after,
        value: at + 1,
      }
    })
    let value: number | null = null
    const history = [...drafts]
      .sort((a, b) => a.instant - b.instant || a.value - b.value)
      .map(draft => {
        if (draft.write && (draft.answered || draft.value % 2 === 0)) value = draft.value
        const span: [number, number?] = draft.answered ? [draft.invokedUs, draft.returnedUs] : [draft.invokedUs]
        return op(`c${draft.client}`, draft.write ? 'write' : 'read', draft.write ? draft.value : value, span)
      })
    return history.sort((a, b) => a.invokedUs - b.invokedUs)
  })
}

/** Small histories over two keys with unique written values and random reads of them. */
export const uniqueHistory = (clients: number, perClient: number): fc.Arbitrary<History> => {
  const one = fc.record({
    write: fc.boolean(),
    key: fc.constantFrom('x', 'y'),
    pick: fc.nat(99),
    gap: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 0, max: 6 }),
    answered: fc.integer({ min: 0, max: 7 }).map(dice => dice > 0),
  })
  return fc.array(fc.array(one, { maxLength: perClient }), { minLength: 2, maxLength: clients }).map(lanes => {
    const written: { [key: string]: (number | null)[] } = { x: [null], y: [null] }
    for (const [lane, list] of lanes.entries()) {
      for (const [at, { write, key }] of list.entries()) if (write) written[key]?.push(lane * 10 + at)
    }
    const history = lanes.flatMap((list, lane) => {
      let now = 0
      return list.map(({ write, key, pick, gap, length, answered }, at) => {
        const from = now + gap
        now = from + length
        const known = written[key] as (number | null)[]
        const value = write ? lane * 10 + at : (known[pick % known.length] as number | null)
        return op(`c${lane}`, write ? 'write' : 'read', value, answered ? [from, now] : [from], { key })
      })
    })
    return history.sort((a, b) => a.invokedUs - b.invokedUs)
  })
}
