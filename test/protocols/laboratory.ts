import { isDeepStrictEqual } from 'node:util'
import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { History, Operation, OperationKind } from '../../src/kernel/operation.ts'
import type { AnyProtocol } from '../../src/kernel/protocol.ts'
import type { MessageRecord, TraceEvent } from '../../src/kernel/trace.ts'
import type { NodeView } from '../../src/kernel/view.ts'
import { client } from '../../src/protocols/client.ts'
import {
  applyAct,
  applyActDraft,
  createWorld,
  freeze,
  history,
  nextEventUs,
  step,
  stepDraft,
  worldHash,
} from '../../src/sim/simulator.ts'
import type { Act, LinkSpec, NodeSpec, SimSpec } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'

/** What a scenario is set up from. Servers are n1..nN unless named; clients run `client` with `clientConfig`. */
export interface Setup {
  readonly protocol: AnyProtocol
  readonly servers?: number | readonly string[]
  readonly config?: object
  /** Other protocols and configs for single servers. */
  readonly special?: { readonly [node: string]: { protocol?: AnyProtocol; config?: object } }
  readonly clients?: readonly string[]
  readonly clientConfig?: object
  /** What clients run; `client` unless said. */
  readonly clientProtocol?: AnyProtocol
  /** Where a client sits. */
  readonly at?: { readonly [client: string]: string }
  readonly network?: Partial<LinkSpec>
  readonly clocks?: { readonly [node: string]: { readonly offsetUs?: number; readonly ratePpm?: number } }
  readonly seed?: number
  readonly deadlineMs?: number
  /** How long the servers' disks take. */
  readonly syncMs?: number
  /** Runs the same on Immer drafts beside, and notes every event after which the worlds differ. */
  readonly bothModes?: boolean
}

const network: LinkSpec = {
  latencyMs: 5,
  minMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 0,
  fifo: false,
  bandwidth: null,
  queueBytes: null,
  mtu: null,
}

const node = (
  setup: Setup,
  id: NodeId,
  spec: Pick<NodeSpec, 'protocol' | 'peers' | 'kind'>,
  config: object,
): NodeSpec => ({
  id,
  ...spec,
  config: config as Json,
  clock: { offsetUs: setup.clocks?.[id]?.offsetUs ?? 0, ratePpm: setup.clocks?.[id]?.ratePpm ?? 0 },
  syncMs: spec.kind === 'server' ? (setup.syncMs ?? 0) : 0,
  inboxLimit: 1000,
})

const specOf = (setup: Setup): SimSpec => {
  const names = setup.servers ?? 3
  const servers = (typeof names === 'number' ? Array.from({ length: names }, (_, i) => `n${i + 1}`) : names).map(nodeId)
  const clients = (setup.clients ?? ['alice', 'bob']).map(nodeId)
  return {
    seed: setup.seed ?? 1,
    nodes: [
      ...servers.map(id =>
        node(
          setup,
          id,
          {
            protocol: setup.special?.[id]?.protocol ?? setup.protocol,
            peers: servers.filter(other => other !== id),
            kind: 'server',
          },
          { ...setup.config, ...setup.special?.[id]?.config },
        ),
      ),
      ...clients.map(id =>
        node(
          setup,
          id,
          { protocol: setup.clientProtocol ?? client, peers: clients.filter(other => other !== id), kind: 'client' },
          { servers, at: setup.at?.[id] ?? '', ...setup.clientConfig },
        ),
      ),
    ],
    network: { ...network, ...setup.network },
    links: {},
    addresses: {},
    deadlineUs: (setup.deadlineMs ?? 10_000) * 1000,
  }
}

/** A run under the test's hands: time passes in milliseconds, acts take place at once. */
export class Laboratory {
  readonly spec: SimSpec
  readonly world: World
  readonly trace: TraceEvent[] = []
  /** Indices of events after which the two modes differ. */
  readonly differing: number[] = []
  private drafted: World | undefined

  constructor(setup: Setup) {
    this.spec = specOf(setup)
    this.world = createWorld(this.spec)
    if (setup.bothModes) this.drafted = freeze(createWorld(this.spec))
    this.run(0)
  }

  get nowMs(): number {
    return this.world.nowUs / 1000
  }

  /** Lets so many milliseconds pass. */
  run(ms: number): this {
    const untilUs = this.world.nowUs + ms * 1000
    for (let next = nextEventUs(this.world); next !== undefined && next <= untilUs; next = nextEventUs(this.world))
      this.stepOnce()
    if (this.world.nowUs < untilUs) {
      this.world.nowUs = untilUs
      if (this.drafted !== undefined) this.drafted = { ...this.drafted, nowUs: untilUs }
    }
    return this
  }

  /** Steps until `holds`, for ten seconds at most. */
  until(holds: () => boolean): this {
    const endUs = this.world.nowUs + 10_000_000
    while (!holds()) {
      const next = nextEventUs(this.world)
      if (next === undefined || next > endUs) throw new Error('it never came to that')
      this.stepOnce()
    }
    return this
  }

  private stepOnce(): void {
    const event = step(this.spec, this.world)
    if (event !== undefined) this.trace.push(event)
    if (this.drafted === undefined) return
    this.drafted = stepDraft(this.spec, this.drafted)?.world ?? this.drafted
    this.compare()
  }

  private compare(): void {
    const index = this.world.nextIndex
    const same =
      index % 10 === 0
        ? worldHash(this.spec, this.world) === worldHash(this.spec, this.drafted as World)
        : isDeepStrictEqual(this.world, this.drafted)
    if (!same) this.differing.push(index)
  }

  act(act: Act): this {
    const refused = this.attempt(act)
    if (refused !== null) throw new Error(refused)
    return this
  }

  /** Does what can be done now; otherwise tells why not. */
  attempt(act: Act): string | null {
    const result = applyAct(this.spec, this.world, act)
    if ('refused' in result) return result.refused
    this.trace.push(result)
    if (this.drafted !== undefined) {
      const acted = applyActDraft(this.spec, this.drafted, act)
      if ('world' in acted) this.drafted = acted.world
      this.compare()
    }
    return null
  }

  /** A client asks for an operation. */
  ask(who: string, kind: OperationKind, key: string, input: Json = null): string {
    this.act({ act: 'request', node: nodeId(who), request: { kind, key, input } })
    const cause = this.trace.at(-1)?.cause
    if (cause?.type !== 'invoke') throw new Error(`${who} asked for nothing`)
    return cause.request.id
  }

  cut(from: readonly string[], to: readonly string[], oneWay = false): this {
    return this.act({ act: 'cut', from: from.map(nodeId), to: to.map(nodeId), oneWay })
  }

  heal(): this {
    return this.act({ act: 'heal' })
  }

  crash(who: string): this {
    return this.act({ act: 'crash', node: nodeId(who) })
  }

  restart(who: string, disk: 'kept' | 'lost' = 'kept'): this {
    return this.act({ act: 'restart', node: nodeId(who), disk })
  }

  configure(who: string, config: object): this {
    const spec = this.spec.nodes.find(({ id }) => id === who)
    return this.act({ act: 'configure', node: nodeId(who), config: { ...(spec?.config as object), ...config } as Json })
  }

  /** Drops the next message that fits, as soon as it is sent. */
  dropNext(fits: (message: MessageRecord) => boolean): this {
    const seen = this.trace.length
    let found: MessageRecord | undefined
    this.until(() => {
      for (const { effects } of this.trace.slice(seen))
        for (const effect of effects) if (effect.type === 'sent' && fits(effect.message)) found = effect.message
      return found !== undefined
    })
    return this.act({ act: 'message', message: (found as MessageRecord).id, do: 'drop' })
  }

  get history(): History {
    return history(this.world)
  }

  operation(id: string): Operation {
    const found = this.history.find(one => one.id === id)
    if (found === undefined) throw new Error(`no operation ${id}`)
    return found
  }

  /** `ok`, `fail` or `unknown`, with the output where there is one: `ok 3`. */
  result(id: string): string {
    const { outcome, output } = this.operation(id)
    return output === null ? outcome : `${outcome} ${JSON.stringify(output)}`
  }

  view(who: string): NodeView {
    const spec = this.spec.nodes.find(({ id }) => id === who)
    const state = this.world.nodes[who]?.state
    if (spec === undefined || state === null || state === undefined) throw new Error(`${who} is not up`)
    return spec.protocol.view(state)
  }

  value(who: string, key: string): Json | undefined {
    return this.view(who).values[key]?.value
  }

  notes(text: string): { readonly node: string; readonly data: Json }[] {
    return this.trace.flatMap(({ effects }) =>
      effects.flatMap(effect =>
        effect.type === 'note' && effect.text === text ? [{ node: effect.node, data: effect.data }] : [],
      ),
    )
  }

  /** Which operations a node carried out, in order. */
  applied(who: string): string[] {
    return this.notes('applied').flatMap(({ node: at, data }) => (at === who ? [(data as { op: string }).op] : []))
  }

  /** Messages sent from one node to another. */
  sent(from: string, to: string): MessageRecord[] {
    return this.trace.flatMap(({ effects }) =>
      effects.flatMap(effect =>
        effect.type === 'sent' && effect.message.from === from && effect.message.to === to ? [effect.message] : [],
      ),
    )
  }

  /** What happened, in lines: messages, notes and results, with times in milliseconds. */
  get transcript(): string {
    const lines: string[] = []
    for (const { atUs, cause, effects } of this.trace) {
      const at = (atUs / 1000).toFixed(1).padStart(8)
      const say = (line: string) => lines.push(`${at}  ${line}`)
      if (cause.type === 'deliver') say(`${cause.message.from} > ${cause.message.to}  ${cause.message.info.label}`)
      else if (cause.type === 'invoke') say(`${cause.node}  ${cause.request.kind} ${cause.request.key}`)
      else if (cause.type === 'act') say(`* ${cause.label}`)
      else if (cause.type === 'start') say(`${cause.node}  starts`)
      for (const effect of effects) {
        if (effect.type === 'note') say(`    ${effect.node}: ${effect.text} ${JSON.stringify(effect.data)}`)
        else if (effect.type === 'lost') say(`    lost (${effect.reason}): ${effect.message.info.label}`)
        else if (effect.type === 'completed')
          say(
            `    ${effect.op} ${effect.outcome} ${JSON.stringify(effect.output)}${effect.reason ? `, ${effect.reason}` : ''}`,
          )
      }
    }
    return `${lines.join('\n')}\n`
  }
}
