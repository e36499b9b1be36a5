import type { NodeId, RequestId } from '../../src/kernel/ids.ts'
import type { ClientRequest } from '../../src/kernel/operation.ts'
import type { Outbox, Protocol, State } from '../../src/kernel/protocol.ts'
import type { Answer, Call } from '../../src/protocols/client-wire.ts'
import { describeRaft } from '../../src/protocols/raft-messages.ts'

// The smallest client that finds a leader: it follows redirects, asks the next server after a while, and uses a session.

type Open = { request: ClientRequest; seq: number; attempt: number; target: number }
type Memory = {
  self: NodeId
  servers: readonly NodeId[]
  retryMs: number
  seq: number
  target: number
  open: { [op: string]: Open }
}
type Wire = Call | Answer
type AskingClientState = State<null, Memory>

export type AskingConfig = { readonly servers: readonly NodeId[]; readonly retryMs: number }

const ask = (memory: Memory, open: Open, out: Outbox<Wire, string>): void => {
  const { id: op, kind, key, input } = open.request
  const to = memory.servers[open.target % memory.servers.length] as NodeId
  const session = { client: memory.self, seq: open.seq }
  out.send(to, { t: 'call', op, attempt: open.attempt, kind, key, input, session })
  const us = memory.retryMs * 1000
  out.setTimer(op, { minUs: us, maxUs: 2 * us })
}

const again = (memory: Memory, op: string, target: number | undefined, out: Outbox<Wire, string>): void => {
  const open = memory.open[op]
  if (open === undefined) return
  open.attempt += 1
  open.target = target ?? open.target + 1
  memory.target = open.target
  ask(memory, open, out)
}

const receive = (memory: Memory, message: Wire, out: Outbox<Wire, string>): void => {
  if (message.t !== 'answer' || memory.open[message.op] === undefined) return
  const { op, result, attempt } = message
  if (result.outcome === 'redirect') {
    // Where nobody knows a leader, the timer asks again later.
    const target = result.to === null ? -1 : memory.servers.indexOf(result.to)
    if (target >= 0 && memory.open[op]?.attempt === attempt && attempt < 20) again(memory, op, target, out)
    return
  }
  delete memory.open[op]
  out.cancelTimer(op)
  out.complete(op as RequestId, result)
}

export const askingClient: Protocol<null, Memory, Wire, string, AskingConfig> = {
  name: 'asking-client',
  revision: 1,
  boot: (self, _peers, _disk, { servers, retryMs }): AskingClientState => ({
    disk: null,
    memory: { self, servers: [...servers], retryMs, seq: 0, target: 0, open: {} },
  }),
  on: ({ memory }, event, out) => {
    if (event.type === 'message') receive(memory, event.message, out)
    else if (event.type === 'timer') again(memory, event.timer, undefined, out)
    else if (event.type === 'request') {
      memory.seq += 1
      const open: Open = { request: event.request, seq: memory.seq, attempt: 1, target: memory.target }
      memory.open[event.request.id] = open
      ask(memory, open, out)
    }
  },
  view: () => ({ role: 'client', values: {}, facts: [] }),
  describe: describeRaft,
}
