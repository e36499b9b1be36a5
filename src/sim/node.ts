import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NodeEvent } from '../kernel/protocol.ts'
import type { NodeStatus } from '../kernel/trace.ts'
import { wallUs } from './clock.ts'
import { copyJson } from './copy.ts'
import { sampleUs } from './distribution.ts'
import { ownChannel } from './draft-world.ts'
import { draw, streams } from './draw.ts'
import { NodeOutbox } from './outbox.ts'
import { removeAll } from './queue.ts'
import { nodeOf, planOfNode, type Run, schedule } from './run.ts'
import type { Mutable, Planned, Turn } from './strategy.ts'
import { resumeTimers, suspendTimers } from './timers.ts'
import type { NodeState, World } from './world.ts'

type Event = NodeEvent<Json, string, Json>
/** An event but for the time, which is read off the node's clock when it is handled. */
export type Occasion = Event extends infer E ? (E extends { readonly now: number } ? Omit<E, 'now'> : never) : never

/** Lets a node handle an event. `costUs` is what this event costs it beyond its own slowness. */
export const handle = (run: Run, id: NodeId, occasion: Occasion, costUs: number): void => {
  const { world } = run
  const plan = planOfNode(run, id)
  const node = nodeOf(run, id)
  const state = node.state
  if (state === null) throw new Error(`${id} is down and cannot handle ${occasion.type}`)
  const cost = node.slowUs + costUs
  const event = occasion as Event & { now: number }
  event.now = wallUs(node.clock, world.nowUs)
  const out = new NodeOutbox(run, id, cost)
  if (node.byzantine === undefined) plan.protocol.on(state, event, out)
  else lie(run, id, node.byzantine, event, out)
  if (cost > 0) node.busyUntilUs = Math.max(world.nowUs, node.busyUntilUs) + cost
  if (out.wantsSync) beginSync(run, id)
}

const lie = (run: Run, id: NodeId, liar: NonNullable<NodeState['byzantine']>, event: Event, out: NodeOutbox): void => {
  const { world } = run
  const { protocol, spec, subject } = planOfNode(run, id)
  const strategy = run.plan.strategies.get(liar.strategy)
  const state = nodeOf(run, id).state
  if (strategy === undefined || state === null) throw new Error(`${id} cannot lie by ${liar.strategy}`)
  const turn: Turn = {
    self: id,
    peers: spec.peers,
    colluders: run.spec.nodes
      .map(each => each.id)
      .filter(each => world.nodes[each]?.byzantine?.strategy === liar.strategy),
    event,
    state,
    own: liar.own as Mutable,
    channel: ownChannel(world, liar.strategy) as Mutable,
    out,
    draw: () => draw(run.spec.seed, streams.strategy, subject, ++liar.draws),
    honest(instead = event): Planned[] {
      out.intercepted = []
      protocol.on(state, instead, out)
      const planned = out.intercepted
      out.intercepted = undefined
      return planned
    },
    send: planned => out.sendPlanned(planned),
  }
  strategy.act(turn)
}

/** Snapshots the disk; `synced` follows when it is durable. With an instantaneous disk that is at once. */
const beginSync = (run: Run, id: NodeId): void => {
  const { world } = run
  const { spec, instantDisk, subject } = planOfNode(run, id)
  const node = nodeOf(run, id)
  const ordinal = ++node.syncs
  const takesUs = sampleUs(spec.syncMs, 0, () => draw(run.spec.seed, streams.sync, subject, ordinal))
  node.syncDoneUs = Math.max(node.syncDoneUs, world.nowUs + takesUs)
  const disk = instantDisk || node.state === null ? null : run.copy(node.state.disk)
  schedule(run, node.syncDoneUs, { type: 'synced', node: id, disk })
}

/** Boots a node that is down, with the disk that survived or none, and lets it handle `started`. */
export const start = (run: Run, id: NodeId, restarted: boolean, diskKept: boolean): void => {
  const { protocol, spec } = planOfNode(run, id)
  const node = nodeOf(run, id)
  if (!diskKept) delete node.durable
  const disk = node.durable === undefined ? undefined : copyJson(node.durable)
  const config = copyJson(node.config ?? spec.config)
  node.state = protocol.boot(id, spec.peers, disk, config)
  setStatus(run, id, 'up')
  handle(run, id, { type: 'started', restarted }, 0)
}

const setStatus = (run: Run, id: NodeId, status: NodeStatus): void => {
  nodeOf(run, id).status = status
  run.effects?.push({ type: 'status', node: id, status })
}

/** Memory, timers, unfinished syncs and the inbox are lost; messages under way, in either direction, travel on. */
export const crash = (run: Run, id: NodeId): void => {
  const node = nodeOf(run, id)
  if (planOfNode(run, id).instantDisk && node.state !== null) node.durable = run.copy(node.state.disk)
  node.state = null
  node.timers = []
  node.busyUntilUs = run.world.nowUs
  node.syncDoneUs = run.world.nowUs
  removeAll(run.queue, due => due.type !== 'deliver' && due.type !== 'deadline' && due.node === id)
  for (const item of node.inbox) {
    if (item.type !== 'message') continue
    run.effects?.push({ type: 'lost', message: run.copy(item.parcel.message), reason: 'receiver-down' })
  }
  node.inbox = []
  setStatus(run, id, 'down')
}

export const pause = (run: Run, id: NodeId, forUs: number | undefined): void => {
  suspendTimers(run, id)
  removeAll(run.queue, due => due.type === 'wake' && due.node === id)
  if (forUs !== undefined) schedule(run, run.world.nowUs + forUs, { type: 'resume', node: id })
  setStatus(run, id, 'paused')
}

export const resume = (run: Run, id: NodeId): void => {
  removeAll(run.queue, due => due.type === 'resume' && due.node === id)
  resumeTimers(run, id)
  const node = nodeOf(run, id)
  setStatus(run, id, 'up')
  if (node.inbox.length > 0) wake(run, id, node)
}

/** A node that is up and has something in its inbox has one entry in the queue that turns it to the inbox. */
export const wake = (run: Run, id: NodeId, node: NodeState): void =>
  schedule(run, Math.max(run.world.nowUs, node.busyUntilUs), { type: 'wake', node: id })

/** True when an event that comes now must wait: the node is paused, at work, or has others waiting. */
export const mustWait = (world: World, node: NodeState): boolean =>
  node.status === 'paused' || node.busyUntilUs > world.nowUs || node.inbox.length > 0
