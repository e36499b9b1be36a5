import type { NodeId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { OperationKind } from '../../src/kernel/operation.ts'
import type { Act } from '../../src/sim/spec.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { Choices } from './raft-faults.ts'

/** A random run of a store: clients at work, faults, then calm. A seed decides everything. */
export interface StoreRun {
  readonly seed: number
  readonly setup: Omit<Setup, 'seed'>
  readonly faults: readonly ('cut' | 'cut-one-way' | 'crash' | 'pause' | 'drop' | 'duplicate' | 'clock')[]
  /** What clients ask for, by ordinal. */
  readonly operation: (choices: Choices, ordinal: number) => { kind: OperationKind; key: string; input: Json }
  readonly operations?: number
  /** Mean time between operations, and between faults. */
  readonly everyMs?: number
  readonly faultEveryMs?: number
  /** How long the run goes on without faults at the end. */
  readonly calmMs?: number
  /** Called before each operation. */
  readonly meanwhile?: (run: Laboratory, ordinal: number) => void
}

type Fault = StoreRun['faults'][number]

const faultActs = (run: Laboratory, choices: Choices, kind: Fault, servers: readonly NodeId[]): readonly Act[] => {
  const one = choices.of(servers)
  const others = servers.filter(server => server !== one)
  switch (kind) {
    case 'cut':
      return [{ act: 'cut', from: [one], to: others, oneWay: false }]
    case 'cut-one-way':
      return [{ act: 'cut', from: [one], to: [choices.of(others)], oneWay: true }]
    case 'crash':
      if (run.world.nodes[one]?.status === 'down') return [{ act: 'restart', node: one, disk: 'kept' }]
      return [{ act: 'crash', node: one }]
    case 'pause':
      return [{ act: 'pause', node: one, forUs: 20_000 + choices.below(200_000) }]
    case 'clock':
      return [{ act: 'clock', node: one, stepUs: choices.below(400_000) - 200_000 }]
    case 'drop':
    case 'duplicate': {
      const flying = run.world.queue.flatMap(({ due }) => (due.type === 'deliver' ? [due.parcel.message.id] : []))
      return flying.length === 0 ? [] : [{ act: 'message', message: choices.of(flying), do: kind }]
    }
  }
}

/** Ends all faults that last. */
const calm = (run: Laboratory, servers: readonly NodeId[]): void => {
  run.attempt({ act: 'heal' })
  for (const node of servers) {
    run.attempt({ act: 'resume', node })
    run.attempt({ act: 'restart', node, disk: 'kept' })
  }
}

/** Plays a run to its end. */
export const playStore = (store: StoreRun): Laboratory => {
  const run = new Laboratory({ ...store.setup, seed: store.seed })
  const choices = new Choices(store.seed)
  const servers = run.spec.nodes.filter(({ kind }) => kind === 'server').map(({ id }) => id)
  const clients = run.spec.nodes.filter(({ kind }) => kind === 'client').map(({ id }) => id)
  const { everyMs = 30, faultEveryMs = 100 } = store
  for (let ordinal = 1; ordinal <= (store.operations ?? 30); ordinal += 1) {
    run.run(choices.below(2 * everyMs))
    store.meanwhile?.(run, ordinal)
    const { kind, key, input } = store.operation(choices, ordinal)
    run.ask(choices.of(clients), kind, key, input)
    if (store.faults.length > 0 && choices.chance(everyMs / faultEveryMs)) {
      if (choices.chance(0.3)) calm(run, servers)
      else for (const act of faultActs(run, choices, choices.of(store.faults), servers)) run.attempt(act)
    }
  }
  calm(run, servers)
  return run.run(store.calmMs ?? 3000)
}

/** The seeds for which `wrong` says what is wrong. */
export const failing = (seeds: number, play: (seed: number) => string | null, from = 0): string[] =>
  Array.from({ length: seeds }, (_, i) => from + i).flatMap(seed => {
    const wrong = play(seed)
    return wrong === null ? [] : [`seed ${seed}: ${wrong}`]
  })
