import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { nodeId } from '../../src/kernel/ids.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { pbftClient } from '../../src/protocols/pbft-client.ts'
import type { PbftConfig } from '../../src/protocols/pbft-config.ts'
import { genericStrategies } from '../../src/sim/strategies.ts'
import { Laboratory, type Setup } from './laboratory.ts'
import { Choices } from './raft-faults.ts'

// Random runs of PBFT: replicas that lie by generic strategies, a network that loses, copies, delays and reorders, cuts that heal. A seed
// decides everything.

export const lossy = {
  latencyMs: { uniform: { min: 1, max: 25 } },
  loss: 0.1,
  duplicate: 0.1,
  reorder: 0.2,
  reorderMs: 60,
} satisfies Setup['network']

export const setupOf = (config: Partial<PbftConfig> = {}, more: Partial<Setup> = {}): Setup => ({
  protocol: pbft,
  servers: 4,
  config: { timeoutMs: 120, statusMs: 60, checkpointEvery: 3, ...config },
  clients: ['alice', 'bob'],
  clientProtocol: pbftClient,
  clientConfig: { timeoutMs: 80, retries: 100 },
  deadlineMs: 100_000,
  ...more,
})

export interface PbftRun {
  readonly seed: number
  readonly replicas?: number
  readonly config?: Partial<PbftConfig>
  readonly network?: Setup['network']
  /** The liars with their strategies; as many as f, chosen by the seed, when absent. */
  readonly liars?: { readonly [replica: string]: string }
  readonly cuts?: boolean
  readonly operations?: number
}

const chosenLiars = (choices: Choices, replicas: number): { [replica: string]: string } => {
  const names = Array.from({ length: replicas }, (_, i) => `n${i + 1}`)
  const liars: { [replica: string]: string } = {}
  for (let i = 0; i < Math.floor((replicas - 1) / 3); i += 1)
    liars[choices.of(names.filter(name => !Object.hasOwn(liars, name)))] = choices.of(genericStrategies).name
  return liars
}

/** From now on nothing is lost and nothing takes long: what liveness needs (section 3). */
const calm = (lab: Laboratory): void => {
  lab.attempt({ act: 'heal' })
  const names = lab.spec.nodes.map(({ id }) => id)
  const links = names.flatMap(from => names.flatMap(to => (from === to ? [] : [[from, to] as const])))
  lab.act({ act: 'link', links, set: { loss: 0, duplicate: 0, reorder: 0 } })
}

export const playPbft = (run: PbftRun): { readonly run: Laboratory; readonly liars: readonly string[] } => {
  const { seed, replicas = 4, config = {}, network = lossy, cuts = true, operations = 12 } = run
  const choices = new Choices(seed)
  const liars = run.liars ?? chosenLiars(choices, replicas)
  const lab = new Laboratory(setupOf(config, { servers: replicas, network, seed }))
  for (const [node, strategy] of Object.entries(liars)) lab.act({ act: 'byzantine', node: nodeId(node), strategy })
  for (let ordinal = 1; ordinal <= operations; ordinal += 1) {
    lab.run(choices.below(40))
    const [kind, input] = choices.chance(0.7) ? (['write', ordinal] as const) : (['read', null] as const)
    lab.ask(choices.of(['alice', 'bob']), kind, choices.of(['x', 'y']), input)
    if (cuts && choices.chance(0.2)) {
      const one = `n${1 + choices.below(replicas)}`
      const others = lab.spec.nodes.map(({ id }) => id).filter(id => id !== one)
      lab.cut([one], others, choices.chance(0.3))
    }
    if (cuts && choices.chance(0.3)) lab.attempt({ act: 'heal' })
  }
  calm(lab)
  for (let i = 0; i < 150 && lab.history.some(({ outcome }) => outcome !== 'ok'); i += 1) lab.run(200)
  return { run: lab, liars: Object.keys(liars) }
}

/** Two correct replicas that executed different requests with one number. */
export const disagreements = ({ run, liars }: ReturnType<typeof playPbft>): string[] => {
  const first = new Map<string, { node: string; value: string }>()
  return run.notes('decided').flatMap(({ node, data }) => {
    const { about, value } = data as { about: string; value: string }
    if (liars.includes(node)) return []
    const known = first.get(about)
    if (known === undefined) first.set(about, { node, value })
    return known === undefined || known.value === value ? [] : [`${about}: ${known.node} and ${node}`]
  })
}

/** What is wrong with a run: a disagreement, a history that no single copy explains, or a request that was never answered. */
export const troubles = (played: ReturnType<typeof playPbft>): string[] => {
  const { run } = played
  const unsafe = disagreements(played)
  const verdict = checkLinearizable(run.history, models.register)
  return [
    ...unsafe,
    ...(verdict.answer === 'violated' ? ['not linearizable'] : []),
    ...run.history.filter(({ outcome }) => outcome !== 'ok').map(({ id }) => `${id} was not answered`),
  ]
}

export const failingSeeds = (from: number, count: number, play: (seed: number) => readonly string[]): string[] =>
  Array.from({ length: count }, (_, i) => from + i).flatMap(seed => play(seed).map(text => `seed ${seed}: ${text}`))
