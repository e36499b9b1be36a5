import { type NodeId, nodeId } from '../../src/kernel/ids.ts'
import { canonicalJson, type Json } from '../../src/kernel/json.ts'
import { raft } from '../../src/protocols/raft.ts'
import type { RaftConfig } from '../../src/protocols/raft-config.ts'
import type { RaftMessage } from '../../src/protocols/raft-messages.ts'
import { type Asked, bench } from './driver.ts'
import { call, type Server } from './raft-bench.ts'

interface Mail {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: RaftMessage
}

/**
 * Servers n1..nN and a mailbox, driven by a script in which every step is a line (in the manner of etcd-io/raft's testdata):
 *
 *     election n1 | heartbeat n1           a timer fires
 *     deliver | deliver n1 n2              everything under way (and what follows from it), or only between these nodes
 *     deliver votes n1 n2 | deliver 3 n1   only the election's messages; only the next three
 *     drop | drop n3                       loses everything under way, or all to and from these nodes
 *     write n1 x=1 | read n1 x             alice's next operation (with `again`: the last one once more; `@alice/1`: session and number)
 *     crash n1 | restart n1                the disk is kept
 *     wait 100                             milliseconds pass on all clocks
 *     status                               what every server knows
 *
 * `run` gives each step back with what came of it.
 */
export class RaftCluster {
  readonly servers: Server[]
  mail: Mail[] = []
  private readonly down = new Set<NodeId>()
  private operations = 0
  private lines: string[] = []

  constructor(size: number, config: Partial<RaftConfig> = {}) {
    const ids = Array.from({ length: size }, (_, i) => nodeId(`n${i + 1}`))
    this.servers = ids.map(id =>
      bench(
        raft,
        id,
        ids.filter(other => other !== id),
        config,
      ),
    )
  }

  server(name: string): Server {
    const found = this.servers.find(({ id }) => id === name)
    if (found === undefined) throw new Error(`no server ${name}`)
    return found
  }

  run(script: string): string {
    this.lines = []
    for (const line of script
      .split('\n')
      .map(each => each.trim())
      .filter(each => each !== '')) {
      this.lines.push(line)
      if (!line.startsWith('#')) this.step(line.split(' '))
    }
    return `${this.lines.join('\n')}\n`
  }

  private say(text: string): void {
    this.lines.push(`    ${text}`)
  }

  private step([word = '', ...rest]: readonly string[]): void {
    const first = rest[0] ?? ''
    if (word === 'election' || word === 'heartbeat') this.took(this.server(first), this.server(first).fire(word))
    else if (word === 'deliver') this.deliver(rest)
    else if (word === 'drop') this.drop(rest)
    else if (word === 'crash') this.down.add(this.server(first).id)
    else if (word === 'restart') {
      this.down.delete(this.server(first).id)
      this.took(this.server(first), this.server(first).restart())
    } else if (word === 'wait') for (const node of this.servers) node.now += Number(first) * 1000
    else if (word === 'write' || word === 'read') this.ask(word, rest)
    else if (word === 'status') for (const node of this.servers) this.say(this.status(node))
    else throw new Error(`no such step: ${word}`)
  }

  private drop(among: readonly string[]): void {
    this.mail = this.mail.filter(({ from, to }) => among.length > 0 && !among.includes(from) && !among.includes(to))
  }

  private ask(kind: 'write' | 'read', [at = '', target = '', ...more]: readonly string[]): void {
    const [key = '', value] = target.split('=')
    const session = more
      .find(each => each.startsWith('@'))
      ?.slice(1)
      .split('/')
    if (!more.includes('again')) this.operations += 1
    const asked = this.server(at).receive(
      nodeId('alice'),
      call(this.operations, kind, key, value === undefined ? null : Number(value), {
        attempt: more.includes('again') ? 2 : 1,
        session: session === undefined ? null : { client: nodeId(session[0] ?? ''), seq: Number(session[1]) },
      }),
    )
    this.took(this.server(at), asked)
  }

  private deliver(words: readonly string[]): void {
    const nodes = words.filter(word => word.startsWith('n'))
    const votesOnly = words.includes('votes')
    const most = Number(words.find(word => /^\d+$/.test(word)) ?? Number.POSITIVE_INFINITY)
    for (let count = 0; count < most; count += 1) {
      const at = this.mail.findIndex(
        ({ from, to, message }) =>
          (nodes.length === 0 || (nodes.includes(from) && nodes.includes(to))) &&
          (!votesOnly || message.t.startsWith('request-vote')),
      )
      const [next] = at < 0 ? [] : this.mail.splice(at, 1)
      if (next === undefined) return
      if (this.down.has(next.to)) continue
      this.say(`${next.from} > ${next.to}  ${raft.describe(next.message).label}`)
      this.took(this.server(next.to), this.server(next.to).receive(next.from, next.message))
    }
  }

  private took(node: Server, asked: Asked<RaftMessage>): void {
    for (const { text, data } of asked.notes) this.say(`${node.id} ${text} ${canonicalJson(data as Json)}`)
    for (const { to, message } of asked.sent)
      if (to === 'alice')
        this.say(`${node.id} answers ${(message as { op: string }).op}: ${raft.describe(message).label}`)
      else this.mail.push({ from: node.id, to, message })
  }

  private status(node: Server): string {
    if (this.down.has(node.id)) return `${node.id} down`
    const { disk, memory } = node.state
    const log = disk.log.map(({ term }) => term).join(' ')
    const start = disk.logStart > 0 ? `(${disk.logStart}) ` : ''
    const x = memory.machine.values.x?.value ?? null
    return `${node.id} ${memory.role} t${disk.currentTerm} commit ${memory.commitIndex} log [${start}${log}] x=${canonicalJson(x)}`
  }
}
