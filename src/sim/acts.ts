import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Cause } from '../kernel/trace.ts'
import { monotonicUs, realTimeOf } from './clock.ts'
import { copyJson } from './copy.ts'
import { enqueue } from './deliver.ts'
import { ownPart } from './draft-world.ts'
import { actOnLinks } from './link-acts.ts'
import { actOnMessage } from './message-acts.ts'
import { crash, handle, mustWait, pause, resume } from './node.ts'
import { openOperation } from './operations.ts'
import { nodeOf, planOfNode, type Run, schedule } from './run.ts'
import type { Act, Refusal } from './spec.ts'
import { resumeTimers, suspendTimers } from './timers.ts'

type ActOn<Kind extends Act['act']> = Extract<Act, { readonly act: Kind }>

const refuse = (refused: string): Refusal => ({ refused })

/** Carries out an act, or says why it cannot be. A refused act leaves the world as it was. */
export const perform = (run: Run, act: Act): Cause | Refusal => {
  switch (act.act) {
    case 'cut':
    case 'heal':
    case 'link':
      return actOnLinks(run, act)
    case 'message':
      return actOnMessage(run, act)
    case 'address':
      return readdress(run, act)
    case 'request':
      return request(run, act)
    default:
      return run.plan.nodes.has(act.node) ? actOnNode(run, act) : refuse(`There is no node ${act.node} in this run.`)
  }
}

type NodeAct = Exclude<Act, { readonly act: 'cut' | 'heal' | 'link' | 'message' | 'address' | 'request' }>

const actOnNode = (run: Run, act: NodeAct): Cause | Refusal => {
  const { status } = nodeOf(run, act.node)
  switch (act.act) {
    case 'crash':
      if (status === 'down') return refuse(`${act.node} is down already.`)
      crash(run, act.node)
      return told(act, `${act.node} crashes`)
    case 'restart':
      return restart(run, act)
    case 'pause':
      if (status !== 'up') return refuse(`${act.node} is ${status} and cannot be paused.`)
      pause(run, act.node, act.forUs)
      return told(act, `${act.node} pauses`)
    case 'resume':
      if (status !== 'paused') return refuse(`${act.node} is not paused.`)
      resume(run, act.node)
      return told(act, `${act.node} resumes`)
    case 'slow':
      nodeOf(run, act.node).slowUs = Math.max(0, Math.round(act.costUs))
      return told(act, act.costUs > 0 ? `${act.node} is slow` : `${act.node} is fast again`)
    case 'omit':
      return omit(run, act)
    case 'clock':
      return turnClock(run, act)
    case 'corrupt':
      return corrupt(run, act)
    case 'flip':
      return flip(run, act)
    case 'byzantine':
      return turnByzantine(run, act)
    case 'configure':
      return configure(run, act)
    default:
      return assertNever(act)
  }
}

const told = (act: { readonly act: string; readonly node: NodeId }, label: string): Cause => ({
  type: 'act',
  kind: act.act,
  label,
  nodes: [act.node],
  links: [],
  messages: [],
})

const restart = (run: Run, act: ActOn<'restart'>): Cause | Refusal => {
  const id = act.node
  if (nodeOf(run, id).status !== 'down') return refuse(`${id} is running and cannot be restarted; crash it first.`)
  if (run.queue.some(({ due }) => due.type === 'start' && due.node === id)) return refuse(`${id} is starting already.`)
  schedule(run, run.world.nowUs, { type: 'start', node: id, restarted: true, diskKept: act.disk === 'kept' })
  return told(act, act.disk === 'kept' ? `${id} restarts` : `${id} restarts with an empty disk`)
}

const omit = (run: Run, act: ActOn<'omit'>): Cause => {
  const node = nodeOf(run, act.node)
  if (act.direction === 'send') node.sendOmission = act.probability
  else node.receiveOmission = act.probability
  const percent = Math.round(act.probability * 100)
  const doing = act.direction === 'send' ? 'sends' : 'receives'
  return told(act, `${act.node} loses ${percent} % of what it ${doing}`)
}

/** A step moves the wall clock only. A new rate moves the real time at which pending timers fire. */
const turnClock = (run: Run, act: ActOn<'clock'>): Cause | Refusal => {
  const { ratePpm, stepUs = 0 } = act
  if (ratePpm !== undefined && ratePpm <= -1e6)
    return refuse('A clock cannot stand still or run backwards: its rate is above -1000000 ppm.')
  const node = nodeOf(run, act.node)
  const { clock } = node
  clock.offsetUs += Math.round(stepUs)
  if (ratePpm !== undefined) {
    clock.ownUs = monotonicUs(clock, run.world.nowUs)
    clock.realUs = run.world.nowUs
    clock.ratePpm = ratePpm
    for (const timer of node.timers) timer.firesUs = realTimeOf(clock, timer.dueUs)
    if (node.status === 'up') {
      suspendTimers(run, act.node)
      resumeTimers(run, act.node)
    }
  }
  const parts = [
    ...(stepUs === 0 ? [] : [`jumps by ${stepUs / 1000} ms`]),
    ...(ratePpm === undefined ? [] : [`runs at ${ratePpm} ppm`]),
  ]
  return told(act, `the clock of ${act.node} ${parts.join(' and ')}`)
}

/** The object that the path ends in, and the name of the member there; or why there is none. Only own members of JSON values count. */
const placeOf = (
  run: Run,
  act: ActOn<'corrupt' | 'flip'>,
): { readonly parent: Record<string | number, unknown>; readonly last: string | number } | Refusal => {
  const last = act.path.at(-1)
  let place: unknown = nodeOf(run, act.node).state
  if (place === null) return refuse(`${act.node} is down: there is no memory to corrupt.`)
  for (const name of act.path.slice(0, -1)) place = memberOf(place, name)
  if (last === undefined || typeof place !== 'object' || place === null || !Object.hasOwn(place, last))
    return refuse(`${act.node} has no ${act.path.join('.')} in its state.`)
  return { parent: place as Record<string | number, unknown>, last }
}

const corrupt = (run: Run, act: ActOn<'corrupt'>): Cause | Refusal => {
  const place = placeOf(run, act)
  if ('refused' in place) return place
  place.parent[place.last] = copyJson(act.value)
  return told(act, `${act.path.join('.')} of ${act.node} is corrupted`)
}

/** Told as a corruption, for that is what it is. */
const flip = (run: Run, act: ActOn<'flip'>): Cause | Refusal => {
  const place = placeOf(run, act)
  if ('refused' in place) return place
  const { parent, last } = place
  const number = parent[last]
  let weight = 1
  for (let i = 0; i < act.bit; i++) weight *= 2
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || act.bit > 51)
    return refuse(`${act.path.join('.')} of ${act.node} is no whole number with a bit ${act.bit}.`)
  parent[last] = Math.floor(number / weight) % 2 === 1 ? number - weight : number + weight
  return told({ act: 'corrupt', node: act.node }, `bit ${act.bit} of ${String(last)} in ${act.node} flips`)
}

const memberOf = (place: unknown, name: string | number): unknown =>
  typeof place === 'object' && place !== null && Object.hasOwn(place, name)
    ? (place as Record<string | number, unknown>)[name]
    : undefined

const turnByzantine = (run: Run, act: ActOn<'byzantine'>): Cause | Refusal => {
  const node = nodeOf(run, act.node)
  if (act.strategy === null) {
    if (node.byzantine === undefined) return refuse(`${act.node} is honest already.`)
    delete node.byzantine
    return told(act, `${act.node} is honest again`)
  }
  const strategy = run.plan.strategies.get(act.strategy)
  if (strategy === undefined) {
    return refuse(`There is no strategy ${act.strategy}; there are ${[...run.plan.strategies.keys()].join(', ')}.`)
  }
  const draws = node.byzantine?.draws ?? 0
  const own = strategy.initial(act.node, planOfNode(run, act.node).spec.peers)
  node.byzantine = { strategy: strategy.name, own: copyJson(own), draws }
  return told(act, `${act.node} turns Byzantine: ${strategy.name}`)
}

const configure = (run: Run, act: ActOn<'configure'>): Cause => {
  const node = nodeOf(run, act.node)
  node.config = copyJson(act.config)
  if (node.status !== 'down') {
    if (mustWait(run.world, node)) enqueue(run, act.node, node, { type: 'configured', config: copyJson(act.config) })
    else handle(run, act.node, { type: 'configured', config: copyJson(act.config) }, 0)
  }
  return told(act, `${act.node} is configured anew`)
}

const request = (run: Run, act: ActOn<'request'>): Cause | Refusal => {
  const id = act.node
  if (!run.plan.nodes.has(id)) return refuse(`There is no node ${id} in this run.`)
  const node = nodeOf(run, id)
  if (node.status === 'down') return refuse(`${id} is down and cannot ask for anything.`)
  const asked = openOperation(run, id, act.request)
  if (mustWait(run.world, node)) enqueue(run, id, node, { type: 'request', request: asked })
  else handle(run, id, { type: 'request', request: asked }, 0)
  return { type: 'invoke', node: id, request: run.drafted ? asked : copyJson(asked) }
}

const readdress = (run: Run, act: ActOn<'address'>): Cause | Refusal => {
  if (act.node !== null && !run.plan.nodes.has(act.node)) return refuse(`There is no node ${act.node} in this run.`)
  ownPart(run.world, 'addresses')[act.address] = act.node
  return {
    type: 'act',
    kind: 'address',
    label: act.node === null ? `${act.address} leads nowhere` : `${act.address} leads to ${act.node}`,
    nodes: act.node === null ? [] : [act.node],
    links: [],
    messages: [],
  }
}
