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

/** Small histories of `clients` clients with random answers: right about as often as wrong. Times collide on purpose. */
export const randomHistory = (model: ModelName, clients = 3, perClient = 3): fc.Arbitrary<History> => {
  const outcome = fc.constantFrom<Outcome[]>('ok', 'ok', 'ok', 'unknown', 'fail')
  const timing = { outcome, gap: fc.integer({ min: 0, max: 2 }), length: fc.integer({ min: 0, max: 4 }) }
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
