import { nodeId } from '../../src/kernel/ids.ts'
import { middlebox } from '../../src/protocols/middlebox.ts'
import { webClient } from '../../src/protocols/web-client.ts'
import { webServer } from '../../src/protocols/web-server.ts'
import { Laboratory, type Setup } from './laboratory.ts'

/** phone > tun > gate > s1, s2, and desk > gate. The link between phone and tun takes 1,400 bytes. */
export interface WebSetup {
  readonly phone?: object
  readonly desk?: object
  readonly tun?: object
  readonly gate?: object
  readonly server?: object
  readonly s2?: object
  readonly more?: Partial<Setup>
  /** 1,400 where not said. */
  readonly mtu?: number
}

export const web = ({ phone, desk, tun, gate, server, s2, more = {}, mtu = 1400 }: WebSetup = {}): Laboratory => {
  const run = new Laboratory({
    protocol: webServer,
    servers: ['s1', 's2', 'gate', 'tun', 'phone', 'desk'],
    clients: [],
    special: {
      s1: { config: { ...server } },
      s2: { config: { ...server, ...s2 } },
      gate: { protocol: middlebox, config: { servers: ['s1', 's2'], ...gate } },
      tun: { protocol: middlebox, config: { narrowTo: 'phone', linkMtu: 1400, ...tun } },
      phone: { protocol: webClient, config: { via: ['tun', 'gate'], timeoutMs: 4000, ...phone } },
      desk: { protocol: webClient, config: { via: ['gate'], timeoutMs: 4000, ...desk } },
    },
    deadlineMs: 5000,
    ...more,
    network: { latencyMs: 10, fifo: true, ...more.network },
  })
  const [tunnel, near] = [nodeId('tun'), nodeId('phone')] as const
  return run.act({
    act: 'link',
    links: [
      [tunnel, near],
      [near, tunnel],
    ],
    set: { mtu },
  })
}

/** What came of an operation after so long. */
export const outcome = (
  run: Laboratory,
  who: string,
  kind: 'get' | 'put' | 'read',
  key: string,
  input: string | null = null,
  ms = 4500,
): string => {
  const id = run.ask(who, kind, key, input)
  run.run(ms)
  const { outcome: is, output, reason } = run.operation(id)
  return [is, output, reason].filter(part => part !== null && part !== undefined).join(' ')
}

export const labels = (run: Laboratory, from: string, to: string): string[] =>
  run.sent(from, to).map(({ info }) => info.label)
