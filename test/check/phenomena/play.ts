import { deepStrictEqual } from 'node:assert'
import type { Detector, Phenomenon } from '../../../src/check/phenomenon.ts'
import type { Scene } from '../../../src/check/scene.ts'
import { messageId, type NodeId, nodeId, type RequestId, requestId } from '../../../src/kernel/ids.ts'
import type { Json } from '../../../src/kernel/json.ts'
import type { Operation, OperationKind } from '../../../src/kernel/operation.ts'
import type { Cause, Effect, NodeStatus } from '../../../src/kernel/trace.ts'
import type { Copy, NodeView } from '../../../src/kernel/view.ts'

const freeze = <T>(value: T): T => {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    if (!(value instanceof Map)) Object.freeze(value)
    for (const member of value instanceof Map ? value.values() : Object.values(value)) freeze(member)
  }
  return value
}

const noView: NodeView = { role: 'replica', values: {}, facts: [] }

/** A run told by hand, one event a line, watched by one detector. Times are milliseconds. */
export class Play {
  readonly #detector: Detector
  #state: unknown
  #index = 0
  #nowUs = 0
  readonly #views = new Map<NodeId, NodeView>()
  readonly #status = new Map<NodeId, NodeStatus>()
  #history: Operation[] = []
  #counts = new Map<string, number>()
  #faulty = false
  #inFlight = 0
  #ended = false
  readonly #servers = ['n1', 'n2', 'n3'].map(nodeId)
  readonly #clients = ['alice', 'bob', 'carol'].map(nodeId)

  constructor(detector: Detector) {
    this.#detector = detector
    this.#state = detector.initial
  }

  get scene(): Scene {
    const history = [...this.#history]
    const views = new Map(this.#views)
    const status = new Map(this.#status)
    return {
      nowUs: this.#nowUs,
      servers: this.#servers,
      clients: this.#clients,
      view: node => views.get(node) ?? noView,
      status: node => status.get(node) ?? 'up',
      history,
      faulty: this.#faulty,
      inFlight: this.#inFlight,
      ended: this.#ended,
      settlingUs: 1_000_000,
    }
  }

  /** One event. The state before it must come out unharmed. */
  event(atMs: number, cause: Cause, effects: readonly Effect[] = []): this {
    this.#nowUs = atMs * 1000
    const before = structuredClone(this.#state)
    freeze(this.#state)
    const event = { index: this.#index++, atUs: this.#nowUs, cause, effects }
    const after = this.#detector.observe(this.#state, event, this.scene)
    deepStrictEqual(this.#state, before)
    this.#state = after
    return this
  }

  get found(): readonly Phenomenon[] {
    return this.#detector.report(this.#state, this.scene)
  }

  /** For memory: how large the state is as text. */
  get size(): number {
    return JSON.stringify(this.#state, (_, value) => (value instanceof Map ? [...value] : value)).length
  }

  tick(atMs: number, node = 'n1'): this {
    return this.event(atMs, { type: 'timer', node: nodeId(node), timer: 'tick' })
  }

  invoke(atMs: number, client: string, kind: OperationKind, input: Json, key = 'x'): RequestId {
    const ordinal = (this.#counts.get(client) ?? 0) + 1
    this.#counts.set(client, ordinal)
    const id = requestId(nodeId(client), ordinal)
    const reading = kind === 'read' || kind === 'get'
    const request = { id, kind, key, input: reading ? null : input }
    this.#history.push({
      ...request,
      client: nodeId(client),
      output: null,
      outcome: 'unknown',
      invokedUs: atMs * 1000,
      returnedUs: null,
      gaveUpUs: null,
    })
    this.event(atMs, { type: 'invoke', node: nodeId(client), request })
    return id
  }

  complete(atMs: number, id: RequestId, outcome: Operation['outcome'], output: Json = null, servedBy = 'n1'): this {
    const client = nodeId(id.slice(0, id.indexOf('#')))
    const reason = outcome === 'fail' ? { reason: 'no leader' } : {}
    this.#history = this.#history.map(op =>
      op.id !== id
        ? op
        : outcome === 'unknown'
          ? { ...op, gaveUpUs: atMs * 1000 }
          : { ...op, ...reason, outcome, output, returnedUs: atMs * 1000, servedBy: nodeId(servedBy) },
    )
    const effect: Effect = { type: 'completed', node: client, op: id, outcome, output, ...reason }
    const cause: Cause =
      outcome === 'unknown'
        ? { type: 'deadline', node: client, op: id }
        : { type: 'timer', node: client, timer: 'answer' }
    return this.event(atMs, cause, [effect])
  }

  /** An operation from call to ok. For reads `value` is what came back. */
  done(
    from: number,
    to: number,
    client: string,
    kind: OperationKind,
    value: Json,
    more: { key?: string; servedBy?: string } = {},
  ): RequestId {
    const id = this.invoke(from, client, kind, value, more.key)
    const reading = kind === 'read' || kind === 'get'
    this.complete(to, id, 'ok', reading ? value : kind === 'cas' ? true : null, more.servedBy)
    return id
  }

  /** A server takes a write and says so. */
  applied(
    atMs: number,
    node: string,
    op: RequestId | string,
    over: RequestId | string | null,
    value: Json,
    more: { key?: string; index?: number } = {},
  ): this {
    const key = more.key ?? 'x'
    this.holds(node, { [key]: { value, version: '', op: op as RequestId } })
    const data = { key, op, over, ...(more.index === undefined ? {} : { index: more.index }) }
    return this.event(atMs, { type: 'timer', node: nodeId(node), timer: 'work' }, [
      { type: 'note', node: nodeId(node), text: 'applied', data },
    ])
  }

  note(atMs: number, node: string, text: string, data: Json): this {
    return this.event(atMs, { type: 'timer', node: nodeId(node), timer: 'work' }, [
      { type: 'note', node: nodeId(node), text, data },
    ])
  }

  /** Changes what a view shows, with no event of its own. */
  holds(node: string, values: { readonly [key: string]: Copy }): this {
    const view = this.#views.get(nodeId(node)) ?? noView
    this.#views.set(nodeId(node), { ...view, values: { ...view.values, ...values } })
    return this
  }

  leads(atMs: number, node: string, term: number | null, over = '*'): this {
    const { authority: _, ...view } = this.#views.get(nodeId(node)) ?? noView
    this.#views.set(nodeId(node), term === null ? view : { ...view, authority: { over, term } })
    return this.tick(atMs, node)
  }

  asks(client: string, server: string): this {
    this.#views.set(nodeId(client), { role: 'client', values: {}, facts: [{ label: 'asks', value: server }] })
    return this
  }

  status(atMs: number, node: string, status: NodeStatus): this {
    this.#status.set(nodeId(node), status)
    this.#faulty = [...this.#status.values()].some(one => one !== 'up')
    if (status === 'down') this.#views.delete(nodeId(node))
    const act: Cause = { type: 'act', label: status, kind: 'status', nodes: [nodeId(node)], links: [], messages: [] }
    return this.event(atMs, act, [{ type: 'status', node: nodeId(node), status }])
  }

  faulty(atMs: number, faulty: boolean): this {
    this.#faulty = faulty
    const label = faulty ? 'cut' : 'heal'
    return this.event(atMs, { type: 'act', label, kind: label, nodes: [], links: [], messages: [] })
  }

  inFlight(count: number): this {
    this.#inFlight = count
    return this
  }

  /** A message of an operation: sent, and delivered or not. */
  message(atMs: number, from: string, to: string, op: RequestId, fate: 'arrives' | 'is lost'): this {
    const purpose = this.#clients.includes(nodeId(from)) ? ('request' as const) : ('reply' as const)
    const message = {
      id: messageId(nodeId(from), nodeId(to), this.#index),
      from: nodeId(from),
      to: nodeId(to),
      info: { label: '', purpose, bytes: 1, costUs: 0, op },
      sentUs: atMs * 1000,
      sentAt: this.#index,
    }
    const effect: Effect = fate === 'arrives' ? { type: 'sent', message } : { type: 'lost', message, reason: 'cut' }
    this.event(atMs, { type: 'timer', node: nodeId(from), timer: 'send' }, [effect])
    return fate === 'arrives' ? this.event(atMs, { type: 'deliver', node: nodeId(to), message }) : this
  }

  end(atMs: number): this {
    this.#ended = true
    return this.tick(atMs)
  }
}
