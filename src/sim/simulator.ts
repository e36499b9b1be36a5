import type { MessageId, NodeId } from '../kernel/ids.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { MessageRecord, TraceEvent } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import { perform } from './acts.ts'
import { copyJson } from './copy.ts'
import { carryOut } from './deliver.ts'
import { draftWorld, finishWorld } from './draft-world.ts'
import { freezeNew } from './freeze.ts'
import { garble } from './garble.ts'
import { planOf } from './plan.ts'
import { pop, push } from './queue.ts'
import { beginRun, endRun, type Run, type StepOptions } from './run.ts'
import type { Act, LinkSpec, NodeSpec, Refusal, SimSpec } from './spec.ts'
import { timerClasses } from './timers.ts'
import type { Entry, Flight, LinkState, NodeState, World } from './world.ts'

export { history } from './operations.ts'
export { emptyTraceHash, hashEvent, worldHash } from './trace-hash.ts'

/** An immutable world and the event that led to it. */
export interface Stepped {
  readonly world: World
  readonly event: TraceEvent
}

/** The world of a run before anything happened: every node is about to start, at time 0. */
export const createWorld = (spec: SimSpec): World => {
  const nodes: { [node: string]: NodeState } = {}
  for (const node of spec.nodes) nodes[node.id] = asleep(node)
  const world: World = {
    nowUs: 0,
    nextIndex: 0,
    nextSeq: 0,
    queue: [],
    nodes,
    links: {},
    held: [],
    open: [],
    closed: [],
    addresses: { ...spec.addresses },
    colluders: {},
  }
  for (const { id } of spec.nodes) {
    const due = { type: 'start', node: id, restarted: false, diskKept: false } as const
    push(world.queue, { us: 0, seq: world.nextSeq++, due })
  }
  return world
}

const asleep = ({ clock }: NodeSpec): NodeState => ({
  status: 'down',
  state: null,
  clock: { realUs: 0, ownUs: 0, ratePpm: clock.ratePpm, offsetUs: clock.offsetUs },
  timers: [],
  timerDraws: new Array(timerClasses).fill(0),
  inbox: [],
  busyUntilUs: 0,
  slowUs: 0,
  sendOmission: 0,
  receiveOmission: 0,
  requests: 0,
  syncs: 0,
  syncDoneUs: 0,
  seals: 0,
})

/** When the next event is due, in microseconds; undefined when nothing will ever happen again by itself. */
export const nextEventUs = (world: World): number | undefined => world.queue[0]?.us

const stepOf = (run: Run, first: Entry): TraceEvent => {
  pop(run.queue)
  run.world.nowUs = first.us
  return endRun(run, carryOut(run, first.due))
}

const isRefusal = (result: object): result is Refusal => 'refused' in result

/** Carries out the next event in place (batch mode). Undefined when none is due. */
export const step = (spec: SimSpec, world: World, options?: StepOptions): TraceEvent | undefined => {
  const first = world.queue[0]
  return first === undefined ? undefined : stepOf(beginRun(spec, world, world.queue, false, options), first)
}

/** Carries out an act at the present time, in place. An act is an event of its own; a refused one changes nothing. */
export const applyAct = (spec: SimSpec, world: World, act: Act, options?: StepOptions): TraceEvent | Refusal => {
  const run = beginRun(spec, world, world.queue, false, options)
  const result = perform(run, act)
  return isRefusal(result) ? result : endRun(run, result)
}

/** Carries out the next event on an immutable world: the same code on a draft of it. The old world stays as it is. */
export const stepDraft = (spec: SimSpec, world: World, options?: StepOptions): Stepped | undefined => {
  const first = world.queue[0]
  if (first === undefined) return undefined
  const next = draftWorld(world)
  const event = stepOf(beginRun(spec, next, next.queue, true, options), first)
  return { world: finishWorld(next, world), event }
}

/** Carries out an act on an immutable world. */
export const applyActDraft = (spec: SimSpec, world: World, act: Act, options?: StepOptions): Stepped | Refusal => {
  const next = draftWorld(world)
  const run = beginRun(spec, next, next.queue, true, options)
  const outcome = perform(run, act)
  if (isRefusal(outcome)) return outcome
  const event = endRun(run, outcome)
  return { world: finishWorld(next, world), event }
}

/** A plain world that can be stepped in place, from an immutable one. */
export const thaw = (world: World): World => copyJson(world)

/** An immutable world from a plain one, which must not be changed any more. */
export const freeze = (world: World): World => freezeNew(world, undefined)

/** Lets time pass up to `us` with no event in between; a plain world is changed in place and an immutable one replaced. */
export const advanceTo = (world: World, us: number): World => {
  const nextUs = nextEventUs(world)
  if (nextUs !== undefined && nextUs < us) throw new Error(`an event is due at ${nextUs} µs, before ${us} µs`)
  if (us <= world.nowUs) return world
  if (Object.isFrozen(world)) return Object.freeze({ ...world, nowUs: us })
  world.nowUs = us
  return world
}

/** What panes and phenomena may know of a node. A node that is down has no role, and shows nothing of its disk. */
export const nodeView = (spec: SimSpec, world: World, id: NodeId): NodeView => {
  const state = world.nodes[id]?.state
  const plan = planOf(spec).nodes.get(id)
  if (state === undefined || state === null || plan === undefined) return { role: 'down', values: {}, facts: [] }
  return plan.protocol.view(state)
}

/** The messages under way, in the order of their arrival, and then those that are held. */
export const flights = (world: World): readonly Flight[] => {
  const entries = world.queue.filter(({ due }) => due.type === 'deliver')
  return [
    ...entries
      .sort((a, b) => a.us - b.us || a.seq - b.seq)
      .flatMap(({ us, due }) => (due.type === 'deliver' ? [{ message: due.parcel.message, arrivesUs: us }] : [])),
    ...world.held.map(({ parcel }) => ({ message: parcel.message, arrivesUs: null })),
  ]
}

/** Whether a message under way or held has content of which a bit could be flipped. */
export const canGarble = (world: World, id: MessageId): boolean => {
  const parcels = [
    ...world.queue.flatMap(({ due }) => (due.type === 'deliver' ? [due.parcel] : [])),
    ...world.held.map(({ parcel }) => parcel),
  ]
  const parcel = parcels.find(one => one.message.id === id)
  return parcel !== undefined && garble(parcel.content) !== undefined
}

/** How many of the messages under way or held are meant. */
export const countMessages = (world: World, isMeant: (message: MessageRecord) => boolean): number => {
  let count = 0
  for (const { due } of world.queue) if (due.type === 'deliver' && isMeant(due.parcel.message)) count++
  for (const { parcel } of world.held) if (isMeant(parcel.message)) count++
  return count
}

/** True while the directed link is cut. */
export const isCut = (world: World, from: NodeId, to: NodeId): boolean => world.links[from]?.[to]?.cut === true

/** True while any fault is in force: a cut or changed link, a held message, a node that is down, paused, slow, omitting or lying, or whose clock was turned. */
export const isFaulty = (spec: SimSpec, world: World): boolean =>
  world.held.length > 0 || spec.nodes.some(node => isNodeFaulty(world, node)) || isAnyLinkFaulty(spec, world.links)

/** Asked after every event, so it makes no lists. */
const isAnyLinkFaulty = (spec: SimSpec, links: World['links']): boolean => {
  for (const from in links) {
    const row = links[from]
    for (const to in row) {
      const link = row[to]
      if (link !== undefined && (link.cut || isChanged(spec, from as NodeId, to as NodeId, link))) return true
    }
  }
  return false
}

/** A link that was changed and changed back is no fault. */
const isChanged = (spec: SimSpec, from: NodeId, to: NodeId, { set }: LinkState): boolean => {
  if (set === undefined) return false
  const usual = planOf(spec).link(from, to).spec
  return (Object.keys(set) as (keyof LinkSpec)[]).some(
    name => canonicalJson(set[name] as Json) !== canonicalJson(usual[name] as Json),
  )
}

const isNodeFaulty = (world: World, spec: NodeSpec): boolean => {
  const node = world.nodes[spec.id]
  if (node === undefined) return false
  return (
    (node.status !== 'up' && world.nowUs > 0) ||
    node.slowUs > 0 ||
    node.sendOmission > 0 ||
    node.receiveOmission > 0 ||
    node.byzantine !== undefined ||
    node.clock.ratePpm !== spec.clock.ratePpm ||
    node.clock.offsetUs !== spec.clock.offsetUs
  )
}
