import type { NodeId } from '../../src/kernel/ids.ts'
import type { Protocol } from '../../src/kernel/protocol.ts'

type Disk = { pings: number }
type Memory = { pongs: number; seen: { [from: string]: number }; open: string[]; peers: NodeId[]; heard: number[] }
type Message = { type: 'ping' | 'pong'; number: number; value: number; op?: string }
type Timer = 'beat' | `retry ${string}`
export type PingConfig = { everyUs?: number; jitterUs?: number; bytes?: number; costUs?: number; sync?: boolean }

/** A protocol for the simulator's own tests: nodes ping all peers at intervals, count what they hear, and serve `add`. */
export const pingPong: Protocol<Disk, Memory & { config: PingConfig }, Message, Timer, PingConfig> = {
  name: 'ping-pong',
  revision: 1,
  boot: (_self, peers, disk, config) => ({
    disk: disk ?? { pings: 0 },
    memory: { pongs: 0, seen: {}, open: [], peers: [...peers], heard: [], config },
  }),
  on(state, event, out) {
    const { memory, disk } = state
    const arm = () => {
      const { everyUs = 0, jitterUs = 0 } = memory.config
      if (everyUs > 0) out.setTimer('beat', { minUs: everyUs, maxUs: everyUs + jitterUs })
    }
    switch (event.type) {
      case 'started':
        return arm()
      case 'configured':
        memory.config = event.config
        return arm()
      case 'timer':
        if (event.timer !== 'beat') {
          memory.open = memory.open.filter(op => `retry ${op}` !== event.timer)
          return
        }
        disk.pings++
        if (memory.config.sync) out.sync()
        for (const peer of memory.peers) out.send(peer, { type: 'ping', number: disk.pings, value: disk.pings })
        return arm()
      case 'message': {
        const { message, from } = event
        memory.seen[from] = (memory.seen[from] ?? 0) + 1
        memory.heard.push(message.value)
        if (memory.heard.length > 8) memory.heard.shift()
        if (message.type === 'ping') {
          out.note('heard', { from, value: message.value })
          return out.send(from, { ...message, type: 'pong' })
        }
        memory.pongs++
        if (message.op !== undefined) {
          out.cancelTimer(`retry ${message.op}`)
          memory.open = memory.open.filter(op => op !== message.op)
          out.complete(message.op as never, { outcome: 'ok', output: message.number, servedBy: from })
        }
        return
      }
      case 'request': {
        const { id, input } = event.request
        const to = memory.peers[0]
        memory.open.push(id)
        out.setTimer(`retry ${id}`, { minUs: 1000, maxUs: 900_000 })
        if (to !== undefined) out.send(to, { type: 'ping', number: Number(input), value: Number(input), op: id })
        return
      }
      case 'synced':
        memory.heard.push(-1)
        return
    }
  },
  view: ({ disk, memory }) => ({
    role: 'peer',
    values: { pings: { value: disk.pings, version: `${disk.pings}`, op: null } },
    facts: [{ label: 'pongs', value: `${memory.pongs}` }],
  }),
  describe: message => ({
    label: `${message.type} ${message.number}`,
    purpose: message.type === 'ping' ? 'request' : 'reply',
    bytes: 100,
    costUs: 0,
  }),
}
