import type { MessageId, NodeId } from '../kernel/ids.ts'
import { canGarble } from '../sim/simulator.ts'
import type { Command, Deed } from './command.ts'
import type { Session } from './session.ts'

/** What the learner has picked in a picture. */
export type Selection =
  | { readonly type: 'node'; readonly node: NodeId }
  | { readonly type: 'link'; readonly from: NodeId; readonly to: NodeId }
  | { readonly type: 'message'; readonly message: MessageId }

/** A line of the menu and what it does. */
export interface Choice {
  readonly label: string
  readonly command: Command
}

const choice = (label: string, deed: Deed): Choice => ({ label, command: { do: deed, when: { type: 'soon' } } })

const clientActs = (session: Session, client: NodeId): readonly Choice[] => {
  const keys = [...new Set([...session.lab.workloads.flatMap(load => load.keys), ...session.history.map(op => op.key)])]
  return (keys.length === 0 ? ['x'] : keys.slice(0, 3)).flatMap(key => [
    choice(`write ${key}`, { verb: 'request', clients: [client], kind: 'write', key }),
    choice(`read ${key}`, { verb: 'request', clients: [client], kind: 'read', key }),
  ])
}

const statusActs = (session: Session, node: NodeId): readonly Choice[] => {
  const nodes = [node]
  const restarts = [
    choice('restart, disk kept', { verb: 'restart', nodes, disk: 'kept' }),
    choice('restart, disk lost', { verb: 'restart', nodes, disk: 'lost' }),
  ]
  const status = session.status(node)
  if (status === 'down') return restarts
  const crash = choice('crash', { verb: 'crash', nodes })
  if (status === 'paused') return [choice('resume', { verb: 'resume', nodes }), crash]
  return [
    crash,
    choice('pause until resumed', { verb: 'pause', nodes }),
    choice('pause for 1 s', { verb: 'pause', nodes, forMs: 1000 }),
  ]
}

const nodeActs = (session: Session, node: NodeId): readonly Choice[] => {
  const nodes = [node]
  const state = session.world.nodes[node]
  const server = session.servers.includes(node)
  const omission = (direction: 'send' | 'receive', now: number, lose: string, undo: string): Choice =>
    choice(now > 0 ? undo : lose, { verb: 'omit', nodes, direction, probability: now > 0 ? 0 : 1 })
  return [
    ...(server ? [] : clientActs(session, node)),
    ...statusActs(session, node),
    ...(server ? [choice('cut off from all others', { verb: 'cut', sides: [nodes], oneWay: false })] : []),
    (state?.slowUs ?? 0) > 0
      ? choice('slow no more', { verb: 'slow', nodes, costMs: 0 })
      : choice('slow: 20 ms an event', { verb: 'slow', nodes, costMs: 20 }),
    choice('clock 1 s ahead', { verb: 'clock', nodes, stepMs: 1000 }),
    choice('clock 1 s back', { verb: 'clock', nodes, stepMs: -1000 }),
    choice('clock runs 10 % fast', { verb: 'clock', nodes, ratePpm: 100_000 }),
    choice('clock runs right', { verb: 'clock', nodes, ratePpm: 0 }),
    omission('send', state?.sendOmission ?? 0, 'lose what it sends', 'lose no more of what it sends'),
    omission('receive', state?.receiveOmission ?? 0, 'lose what it receives', 'lose no more of what it receives'),
    ...(server ? lieActs(session, node) : []),
  ]
}

const lieActs = (session: Session, node: NodeId): readonly Choice[] =>
  session.world.nodes[node]?.byzantine === undefined
    ? session.strategies.map(strategy => choice(`lie: ${strategy}`, { verb: 'lie', nodes: [node], strategy }))
    : [choice('be honest again', { verb: 'honest', nodes: [node] })]

const linkActs = (session: Session, from: NodeId, to: NodeId): readonly Choice[] => {
  const sides = [[from], [to]]
  const one = { sides, oneWay: true }
  const cut = session.isCut(from, to) || session.isCut(to, from)
  const link = (label: string, set: Extract<Deed, { verb: 'link' }>['set']): Choice =>
    choice(label, { verb: 'link', ...one, set })
  return [
    choice('cut both ways', { verb: 'cut', sides, oneWay: false }),
    choice(`cut ${from} to ${to} only`, { verb: 'cut', ...one }),
    choice(`cut ${to} to ${from} only`, { verb: 'cut', sides: [[to], [from]], oneWay: true }),
    ...(cut ? [choice('heal', { verb: 'heal', sides, oneWay: false })] : []),
    link('lossy: every third lost', { loss: 0.33 }),
    link('slow: 200 ms', { latencyMs: 200 }),
    link('duplicate every other', { duplicate: 0.5 }),
    link('reorder every other', { reorder: 0.5, reorderMs: 100 }),
    link('as it was', 'default'),
  ]
}

const messageActs = (session: Session, id: MessageId): readonly Choice[] => {
  const flight = session.flights.find(one => one.message.id === id)
  if (flight === undefined) return []
  const act = (label: string, todo: Extract<Deed, { verb: 'message' }>['do']): Choice =>
    choice(label, { verb: 'message', do: todo, pick: { id } })
  return [
    act('deliver now', 'deliver'),
    act('drop', 'drop'),
    act('duplicate', 'duplicate'),
    ...(canGarble(session.world, id) ? [act('garble: flip one bit', 'garble')] : []),
    flight.arrivesUs === null ? act('release', 'release') : act('hold', 'hold'),
  ]
}

/** Everything that can be done to a node, a link or a message just now. */
export const actsFor = (session: Session, selection: Selection): readonly Choice[] => {
  switch (selection.type) {
    case 'node':
      return nodeActs(session, selection.node)
    case 'link':
      return linkActs(session, selection.from, selection.to)
    case 'message':
      return messageActs(session, selection.message)
  }
}
