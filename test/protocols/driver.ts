import type { NodeId, RequestId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Completion } from '../../src/kernel/operation.ts'
import type { NodeEvent, Outbox, Protocol, State, TimerRange } from '../../src/kernel/protocol.ts'

/** What a node asked for in one event. */
export interface Asked<Message> {
  readonly sent: { readonly to: NodeId; readonly message: Message }[]
  readonly completed: { readonly op: RequestId; readonly result: Completion }[]
  readonly notes: { readonly text: string; readonly data: Json | undefined }[]
  readonly timers: Record<string, TimerRange | 'cancelled'>
  syncs: number
}

const copy = <T>(value: T): T => (value === undefined ? value : JSON.parse(JSON.stringify(value)))

/** An outbox that writes down what it is asked. It signs and seals nothing. */
const recording = <Message>(): Asked<Message> & { outbox: Outbox<Message, string> } => {
  const asked: Asked<Message> = { sent: [], completed: [], notes: [], timers: {}, syncs: 0 }
  const refuse = (): never => {
    throw new Error('this driver neither signs nor seals')
  }
  const outbox: Outbox<Message, string> = {
    send: (to, message) => void asked.sent.push({ to, message: copy(message) }),
    complete: (op, result) => void asked.completed.push({ op, result: copy(result) }),
    setTimer: (timer, range) => {
      asked.timers[timer] = copy(range)
    },
    cancelTimer: timer => {
      asked.timers[timer] = 'cancelled'
    },
    sync: () => {
      asked.syncs += 1
    },
    note: (text, data) => void asked.notes.push({ text, data: copy(data) }),
    sign: refuse,
    verify: refuse,
    seal: refuse,
    open: refuse,
  }
  return Object.assign(asked, { outbox })
}

type Timeless<E> = E extends { readonly now: number } ? Omit<E, 'now'> : never

/** One node with nothing around it: feed it an event, read what it asks for. `now` is its clock, microseconds. */
export interface Bench<Disk, Memory, Message, Timer extends string, Config> {
  readonly id: NodeId
  now: number
  state: State<Disk, Memory>
  feed(event: Timeless<NodeEvent<Message, Timer, Config>>): Asked<Message>
  receive(from: NodeId, message: Message): Asked<Message>
  fire(timer: Timer): Asked<Message>
  /** Loses memory and comes back with the disk given, or with the disk as it is. */
  restart(disk?: Disk): Asked<Message>
}

export const bench = <Disk, Memory, Message, Timer extends string, Config>(
  protocol: Protocol<Disk, Memory, Message, Timer, Config>,
  id: NodeId,
  peers: readonly NodeId[],
  config: Config,
  disk?: Disk,
): Bench<Disk, Memory, Message, Timer, Config> => {
  const node: Bench<Disk, Memory, Message, Timer, Config> = {
    id,
    now: 1_000_000,
    state: protocol.boot(id, peers, copy(disk), config),
    feed: event => {
      const asked = recording<Message>()
      protocol.on(
        node.state,
        { ...copy(event), now: node.now } as NodeEvent<Message, Timer, Config>,
        asked.outbox as Outbox<Message, Timer>,
      )
      return asked
    },
    receive: (from, message) => node.feed({ type: 'message', from, message } as never),
    fire: timer => node.feed({ type: 'timer', timer } as never),
    restart: (kept = copy(node.state.disk)) => {
      node.state = protocol.boot(id, peers, kept, config)
      return node.feed({ type: 'started', restarted: true } as never)
    },
  }
  node.feed({ type: 'started', restarted: false } as never)
  return node
}
