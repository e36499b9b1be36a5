import type { LabDefinition, WorkloadDefinition } from './definition.ts'
import type { LabNode, Workload } from './lab.ts'
import { type DefinitionPath, LabError, suggestion } from './lab-error.ts'
import { DISTRIBUTION_HINT, isDistribution } from './link-text.ts'
import { OPERATION_KINDS } from './operation-pick.ts'
import { knownNodes } from './resolve-nodes.ts'

const resolveLoad = (own: WorkloadDefinition, path: DefinitionPath): Workload['load'] => {
  if (own.ratePerS !== undefined && own.thinkMs !== undefined) {
    throw new LabError(path, 'a workload has either ratePerS (an open loop) or thinkMs (a closed one), not both.')
  }
  if (own.ratePerS !== undefined) {
    if (!(own.ratePerS > 0)) throw new LabError([...path, 'ratePerS'], 'ratePerS is a number above 0.')
    return { type: 'open', ratePerS: own.ratePerS, even: own.every === 'even' }
  }
  if (own.thinkMs === undefined)
    throw new LabError(path, 'a workload needs ratePerS (an open loop) or thinkMs (a closed one).')
  if (!isDistribution(own.thinkMs)) throw new LabError([...path, 'thinkMs'], `thinkMs is a time: ${DISTRIBUTION_HINT}`)
  return { type: 'closed', thinkMs: own.thinkMs }
}

const resolveMix = (own: WorkloadDefinition, path: DefinitionPath): Workload['mix'] => {
  const mix = Object.entries(own.mix).map(([name, weight]) => {
    const kind = OPERATION_KINDS.find(one => one === name)
    if (kind === undefined || kind === 'cas' || kind === 'txn') {
      const known = OPERATION_KINDS.filter(one => one !== 'cas' && one !== 'txn')
      throw new LabError([...path, 'mix', name], `a workload cannot ask for "${name}"; ${suggestion(name, known)}`)
    }
    if (!(weight >= 0)) throw new LabError([...path, 'mix', name], 'a weight is a number from 0 on.')
    return { kind, weight }
  })
  if (!mix.some(({ weight }) => weight > 0))
    throw new LabError([...path, 'mix'], 'give at least one kind a weight, like {write: 1}.')
  return mix
}

/** The loads of a lab; a client takes part in one closed loop at most. */
export const resolveWorkloads = (definition: LabDefinition, nodes: readonly LabNode[]): readonly Workload[] =>
  Object.entries(definition.workloads ?? {}).map(([name, own]) => {
    const path = ['workloads', name]
    const clients = knownNodes(own.clients, nodes, [...path, 'clients'])
    const server = clients.find(id => nodes.some(node => node.id === id && node.kind === 'server'))
    if (server !== undefined)
      throw new LabError([...path, 'clients'], `${server} is a server; a workload is for clients.`)
    if (own.keys.length === 0) throw new LabError([...path, 'keys'], 'a workload needs at least one key, like [x].')
    return {
      name,
      clients,
      load: resolveLoad(own, path),
      mix: resolveMix(own, path),
      keys: own.keys,
      startUs: Math.round((own.startMs ?? 0) * 1000),
      endUs: own.endMs === undefined ? Number.MAX_SAFE_INTEGER : Math.round(own.endMs * 1000),
      count: own.count ?? Number.MAX_SAFE_INTEGER,
    }
  })
