import type { NodeId } from '../../src/kernel/ids.ts'
import { canonicalJson } from '../../src/kernel/json.ts'
import { entryAt, termAt } from '../../src/protocols/raft-log.ts'
import type { RaftState } from '../../src/protocols/raft-state.ts'
import type { World } from '../../src/sim/world.ts'

interface Committed {
  readonly entry: string
  /** A term in which it was committed already: the first observer's. */
  readonly byTerm: number
  readonly entryTerm: number
}

/** Watches the properties of Figure 3 while servers run, one server after each of its events. */
export class RaftWatch {
  readonly violations: string[] = []
  readonly leaders = new Map<number, NodeId>()
  readonly committed = new Map<number, Committed>()
  private highest = 0
  private readonly roles = new Map<NodeId, string>()
  private readonly applied = new Map<NodeId, number>()
  private readonly servers: readonly NodeId[]

  constructor(servers: readonly NodeId[]) {
    this.servers = servers
  }

  see(world: World, id: NodeId): void {
    if (!this.servers.includes(id)) return
    const state = world.nodes[id]?.state as RaftState | null
    if (state === null) {
      this.roles.delete(id)
      this.applied.delete(id)
      return
    }
    const { role } = state.memory
    if (role === 'leader' && this.roles.get(id) !== `leader ${state.disk.currentTerm}`) this.elected(id, state)
    this.roles.set(id, `${role} ${state.disk.currentTerm}`)
    if (state.memory.lastApplied !== this.applied.get(id)) this.advanced(id, state)
  }

  private report(text: string): void {
    if (this.violations.length < 5) this.violations.push(text)
  }

  /** Election Safety, and Leader Completeness for everything known to be committed in an earlier term. */
  private elected(id: NodeId, { disk }: RaftState): void {
    const term = disk.currentTerm
    const other = this.leaders.get(term)
    if (other !== undefined) this.report(`Election Safety: ${other} and ${id} were both elected in term ${term}`)
    this.leaders.set(term, id)
    for (let index = this.highest; index > disk.logStart; index -= 1) {
      const known = this.committed.get(index)
      if (known === undefined || known.byTerm >= term) continue
      if (termAt(disk, index) !== known.entryTerm)
        this.report(
          `Leader Completeness: ${id} leads term ${term} without the committed entry ${index} of term ${known.entryTerm}`,
        )
      return
    }
  }

  /** State Machine Safety: no two servers apply different entries at one index. */
  private advanced(id: NodeId, { disk, memory }: RaftState): void {
    const from = Math.max(this.applied.get(id) ?? 0, disk.logStart)
    this.applied.set(id, memory.lastApplied)
    for (let index = from + 1; index <= memory.lastApplied; index += 1) {
      const found = entryAt(disk, index)
      if (found === undefined) continue
      const entry = `${found.term} ${found.command?.op ?? 'no-op'}`
      const known = this.committed.get(index)
      if (known === undefined) {
        this.committed.set(index, { entry, byTerm: disk.currentTerm, entryTerm: found.term })
        if (index > this.highest) this.highest = index
      } else if (known.entry !== entry)
        this.report(`State Machine Safety: at ${index} ${id} applies ${entry}, another had ${known.entry}`)
    }
  }

  /** Log Matching, and equal state machines where equally much is applied. */
  end(world: World): void {
    const states = this.servers.flatMap(id => (world.nodes[id]?.state ?? []) as RaftState | [])
    const machines = new Map<number, string>()
    for (const { memory } of states) {
      const machine = canonicalJson(memory.machine as never)
      if ((machines.get(memory.lastApplied) ?? machine) !== machine)
        this.report(`State Machine Safety: state machines differ after entry ${memory.lastApplied}`)
      machines.set(memory.lastApplied, machine)
    }
    for (const a of states) for (const b of states) if (a !== b) this.logsMatch(a, b)
  }

  private logsMatch(a: RaftState, b: RaftState): void {
    const last = Math.min(a.disk.logStart + a.disk.log.length, b.disk.logStart + b.disk.log.length)
    let agree = false
    for (let index = last; index > Math.max(a.disk.logStart, b.disk.logStart); index -= 1) {
      const same = termAt(a.disk, index) === termAt(b.disk, index)
      if (agree && !same) this.report(`Log Matching: logs agree after ${index}, not at it`)
      agree ||= same
    }
  }
}
