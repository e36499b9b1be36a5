import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Protocol } from '../../src/kernel/protocol.ts'
import type { TraceEvent } from '../../src/kernel/trace.ts'
import { applyAct, createWorld, history } from '../../src/sim/simulator.ts'
import type { Act, SimSpec } from '../../src/sim/spec.ts'
import type { World } from '../../src/sim/world.ts'
import { type PingLab, pingLab, runTo } from './lab.ts'

export type Letter = { text: string; bytes?: number; costUs?: number; value?: Json }
/** What a puppet is told to do at once, by a request or by a letter. */
export type Order = {
  send?: { to: string; letter: Letter }[]
  timer?: { name: string; minUs: number; maxUs?: number }
  cancel?: string
  write?: Json
  sync?: boolean
  complete?: { op: string; outcome: 'ok' | 'fail' | 'unknown' }
  sign?: Json
  seal?: { readers: string[]; payload: Json }
}
/** One thing that happened to a puppet: on its own clock, in words. */
export type Line = { now: number; what: string }
type Disk = { written: Json }
type Memory = { log: Line[]; made: Json[]; config: Json }

/** A node on strings: it does what requests say and logs all that happens to it. */
export const puppet: Protocol<Disk, Memory, Letter, string, Json> = {
  name: 'puppet',
  revision: 1,
  boot: (_self, _peers, disk, config) => ({
    disk: disk ?? { written: null },
    memory: { log: [], made: [], config },
  }),
  on({ disk, memory }, event, out) {
    const say = (what: string) => memory.log.push({ now: event.now, what })
    switch (event.type) {
      case 'started':
        return void say(event.restarted ? 'restarted' : 'started')
      case 'timer':
        return void say(`timer ${event.timer}`)
      case 'message':
        return void say(`${event.message.text} from ${event.from}`)
      case 'configured':
        memory.config = event.config
        return void say('configured')
      case 'synced':
        return void say('synced')
      case 'request': {
        const order = event.request.input as unknown as Order
        for (const { to, letter } of order.send ?? []) out.send(nodeId(to), letter)
        const { timer } = order
        if (timer) out.setTimer(timer.name, { minUs: timer.minUs, maxUs: timer.maxUs ?? timer.minUs })
        if (order.cancel) out.cancelTimer(order.cancel)
        if (order.write !== undefined) disk.written = order.write
        if (order.sync) out.sync()
        if (order.complete?.outcome === 'ok') out.complete(order.complete.op as never, { outcome: 'ok', output: 1 })
        else if (order.complete) {
          out.complete(order.complete.op as never, { outcome: order.complete.outcome, reason: 'told so' })
        }
        if (order.sign !== undefined) memory.made.push(out.sign(order.sign) as unknown as Json)
        if (order.seal)
          memory.made.push(out.seal(order.seal.readers.map(nodeId), order.seal.payload) as unknown as Json)
        return
      }
    }
  },
  view: ({ disk }) => ({ role: 'puppet', values: { w: { value: disk.written, version: '1', op: null } }, facts: [] }),
  describe: ({ text, bytes = 0, costUs = 0 }) => ({ label: text, purpose: 'control', bytes, costUs }),
}

/** A run of puppets, with hands. */
export class Theatre {
  readonly spec: SimSpec
  readonly world: World
  readonly events: TraceEvent[] = []

  constructor(lab: PingLab = {}, spec: Partial<SimSpec> = {}) {
    const base = pingLab({ nodes: 3, ...lab })
    this.spec = { ...base, nodes: base.nodes.map(node => ({ ...node, protocol: puppet })), ...spec }
    this.world = createWorld(this.spec)
    this.to(0)
  }

  /** Runs up to and including a time in milliseconds. */
  to(ms: number): this {
    const us = Math.round(ms * 1000)
    this.events.push(...runTo(this.spec, this.world, us))
    this.world.nowUs = us
    return this
  }

  act(act: Act): this {
    const result = applyAct(this.spec, this.world, act)
    if ('refused' in result) throw new Error(result.refused)
    this.events.push(result)
    return this
  }

  refusal(act: Act): string {
    const before = JSON.stringify(this.world)
    const result = applyAct(this.spec, this.world, act)
    if (JSON.stringify(this.world) !== before) throw new Error('the act changed the world')
    return 'refused' in result ? result.refused : ''
  }

  tell(node: string, order: Order): this {
    const input = order as unknown as Json
    return this.act({ act: 'request', node: nodeId(node), request: { kind: 'write', key: 'k', input } })
  }

  send(from: string, to: string, text: string, more: Omit<Letter, 'text'> = {}): this {
    return this.tell(from, { send: [{ to, letter: { text, ...more } }] })
  }

  /** What happened to a node, each with the time of its own clock in milliseconds: `12 hello from n1`. */
  log(node: string): string[] {
    const memory = this.world.nodes[node]?.state?.memory as Memory | undefined
    return (memory?.log ?? []).map(line => `${line.now / 1000} ${line.what}`)
  }

  made(node: string): Json[] {
    const memory = this.world.nodes[node]?.state?.memory as Memory | undefined
    return memory?.made ?? []
  }

  /** What was lost and why. */
  losses(): string[] {
    return this.events.flatMap(event =>
      event.effects.flatMap(effect => (effect.type === 'lost' ? [`${effect.message.id} ${effect.reason}`] : [])),
    )
  }

  history() {
    return history(this.world)
  }
}

export const id = (name: string): NodeId => nodeId(name)
