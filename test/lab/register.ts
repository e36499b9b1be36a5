import type { NodeId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Protocol } from '../../src/kernel/protocol.ts'
import type { Answer, Call } from '../../src/protocols/client-wire.ts'

interface Disk {
  values: { [key: string]: { value: Json; op: string; version: number } }
}

/** One node that keeps the latest value of every key: the smallest store there is. */
export const register: Protocol<Disk, { asked: number }, Call | Answer, 'none', { costMs?: number }> = {
  name: 'register',
  revision: 1,
  boot: (_self, _peers, disk) => ({ disk: disk ?? { values: {} }, memory: { asked: 0 } }),
  on(state, event, out) {
    if (event.type !== 'message' || event.message.t !== 'call') return
    const { op, attempt, kind, key, input } = event.message
    state.memory.asked++
    const held = state.disk.values[key]
    if (kind === 'write') {
      state.disk.values[key] = { value: input, op, version: (held?.version ?? 0) + 1 }
      out.note('applied', { key, op, over: held?.op ?? null })
    }
    const output = kind === 'read' ? (held?.value ?? null) : null
    out.send(event.from as NodeId, { t: 'answer', op, attempt, result: { outcome: 'ok', output } })
  },
  view: state => ({
    role: 'register',
    values: Object.fromEntries(
      Object.entries(state.disk.values).map(([key, { value, op, version }]) => [
        key,
        { value, op: op as never, version: `v${version}` },
      ]),
    ),
    facts: [{ label: 'asked', value: String(state.memory.asked) }],
  }),
  describe: message => ({
    label: message.t === 'call' ? `${message.kind} ${message.key}` : `answer ${message.op}`,
    purpose: message.t === 'call' ? 'request' : 'reply',
    bytes: 100,
    costUs: 0,
    op: message.op,
  }),
}
