/**
 * One instance of a service: a pod, a virtual machine. It lives at an address that was somebody else's before and will be again. Whoever
 * opens a connection is shown a proof of what it serves; whether he looks is his business. It carries out every call that comes over a
 * connection it knows, for to a program at a port a call is a call. A connection it does not know, since it is newer than the connection,
 * it resets (RFC 9293, section 3.5.2).
 *
 * With `registers` it tells a registry, again and again, that it serves its name at its address. A crash tells nobody.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { NodeEvent, Outbox, Protocol, State } from '../kernel/protocol.ts'
import type { Copy, NodeView } from '../kernel/view.ts'
import type { ConfigDoc } from './config-doc.ts'
import { execute, isRead, type MachineState } from './kv-machine.ts'
import { addressed, describeNamingMessage, type NamingMessage, type Use } from './naming-wire.ts'

export type InstanceConfig = {
  /** What it serves; empty: the node's own name. */
  readonly name: string
  /** The address that it tells the registry. */
  readonly address: string
  /** The registry; empty: it tells nobody. */
  readonly registers: string
  readonly beatMs: number
}

const defaults: InstanceConfig = { name: '', address: '', registers: '', beatMs: 5000 }

export const instanceDocs: readonly ConfigDoc[] = [
  { key: 'name', kind: 'text', default: '', doc: "What it serves; empty: the node's own name." },
  { key: 'address', kind: 'text', default: '', doc: 'The address that it tells the registry; empty: its own name.' },
  { key: 'registers', kind: 'text', default: '', doc: 'The registry that it tells where it is; empty: nobody.' },
  { key: 'beatMs', kind: 'number', min: 1, default: 5000, doc: 'How often it tells it again.' },
]

const configOf = (config: Partial<InstanceConfig> | null | undefined): InstanceConfig => ({ ...defaults, ...config })

export type InstanceDisk = { applied: number; values: MachineState['values'] }
export type InstanceMemory = {
  readonly self: NodeId
  config: InstanceConfig
  /** Connections that it knows, the oldest first. */
  conns: string[]
  opened: number
}
type InstanceState = State<InstanceDisk, InstanceMemory>
type Out = Outbox<NamingMessage, 'beat'>

/** Connections known at once. */
const connectionLimit = 200

const nameOf = ({ self, config }: InstanceMemory): string => (config.name === '' ? self : config.name)

const beat = (memory: InstanceMemory, out: Out): void => {
  const { config, self } = memory
  if (config.registers === '') return
  const address = config.address === '' ? self : config.address
  out.send(addressed(config.registers), { t: 'register', name: nameOf(memory), address })
  const us = Math.round(config.beatMs * 1000)
  out.setTimer('beat', { minUs: us, maxUs: us })
}

const carryOut = ({ disk, memory }: InstanceState, from: NodeId, call: Use, out: Out): void => {
  const { conn, op, kind, key, input } = call
  if (!memory.conns.includes(conn)) {
    out.send(from, { t: 'reset', conn, op })
    return
  }
  if (!isRead(kind)) disk.applied += 1
  const machine: MachineState = { values: disk.values, sessions: {} }
  const place = { term: 0, index: disk.applied }
  const output = execute(machine, { op, kind, key, input, session: null }, place, (changed, by, over) => {
    out.note('applied', { key: changed, op: by, over, index: disk.applied })
  })
  out.sync()
  out.send(from, { t: 'used', conn, op, result: { outcome: 'ok', output } })
}

const receive = (state: InstanceState, from: NodeId, message: NamingMessage, out: Out): void => {
  const { memory } = state
  switch (message.t) {
    case 'open': {
      const { conn, op, nonce } = message
      if (!memory.conns.includes(conn)) memory.conns = [...memory.conns, conn].slice(-connectionLimit)
      memory.opened += 1
      out.send(from, { t: 'opened', conn, op, proof: out.sign({ name: nameOf(memory), nonce, session: conn }) })
      break
    }
    case 'use':
      carryOut(state, from, message, out)
      break
    case 'probe':
      out.send(from, { t: 'alive', n: message.n, address: message.address })
      break
    default:
      break
  }
}

const on = (state: InstanceState, event: NodeEvent<NamingMessage, 'beat', Partial<InstanceConfig>>, out: Out): void => {
  const { memory } = state
  switch (event.type) {
    case 'started':
    case 'timer':
      beat(memory, out)
      break
    case 'message':
      receive(state, event.from, event.message, out)
      break
    case 'configured':
      memory.config = configOf(event.config)
      if (memory.config.registers === '') out.cancelTimer('beat')
      else beat(memory, out)
      break
    case 'request':
      out.complete(event.request.id, { outcome: 'fail', reason: 'it asks nobody' })
      break
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

const view = ({ disk, memory }: InstanceState): NodeView => {
  const values: { [key: string]: Copy } = {}
  for (const [key, { value, op, index }] of Object.entries(disk.values))
    values[key] = { value, op, version: `v${index}` }
  const facts = [
    { label: 'serves', value: nameOf(memory) },
    { label: 'opened', value: String(memory.opened) },
  ]
  return { role: 'server', values, facts }
}

export const instance: Protocol<InstanceDisk, InstanceMemory, NamingMessage, 'beat', Partial<InstanceConfig>> = {
  name: 'instance',
  revision: 1,
  boot: (self, _peers, disk, config) => ({
    disk: disk ?? { applied: 0, values: {} },
    memory: { self, config: configOf(config), conns: [], opened: 0 },
  }),
  on,
  view,
  describe: describeNamingMessage,
}
