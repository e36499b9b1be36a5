import type { NodeId } from '../kernel/ids.ts'
import type { NodeView } from '../kernel/view.ts'
import type { LabDefinition, PriceDefinition } from './definition.ts'
import { type DefinitionPath, LabError } from './lab-error.ts'
import { knownNode, namesOf } from './resolve-nodes.ts'
import type { Tally } from './tally.ts'

/** A price of a lab, its links and nodes looked up. `usd` is for each so much (`PriceDefinition.per`). */
export interface Price {
  readonly id: string
  readonly say: string
  readonly usd: number
  readonly per: PriceDefinition['per']
  /** Directed links, `n1>n2`. */
  readonly links: readonly string[]
  readonly nodes: readonly NodeId[]
}

type Known = readonly { readonly id: NodeId }[]

const linksOf = (pair: string, nodes: Known, path: DefinitionPath): readonly string[] => {
  const [from, to, ...more] = pair.split('>').map(side => side.trim())
  if (from === undefined || to === undefined || more.length > 0)
    throw new LabError(path, `"${pair}" names no link; write n1>n2.`)
  const ids = (side: string): readonly NodeId[] => namesOf(side, path).map(name => knownNode(name, nodes, path))
  return ids(from).flatMap(a => ids(to).map(b => `${a}>${b}`))
}

const resolvePrice = (id: string, own: PriceDefinition, nodes: Known, path: DefinitionPath): Price => {
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    throw new LabError(path, `"${id}" cannot name a price; use lower-case letters, digits and dashes.`)
  if ((own.per === 'GB') !== (own.links !== undefined) || (own.per === 'GB') === (own.nodes !== undefined))
    throw new LabError(path, 'a price for each GB has links; one for each hour or million has nodes.')
  if (!(own.usd >= 0)) throw new LabError([...path, 'usd'], 'a price is a number of US dollars from 0 on.')
  const ids = (own.nodes ?? []).flatMap(word => namesOf(word, path).map(name => knownNode(name, nodes, path)))
  const links = (own.links ?? []).flatMap(pair => linksOf(pair, nodes, [...path, 'links']))
  return { id, say: own.say, usd: own.usd, per: own.per, links, nodes: ids }
}

/** The prices of a lab, in the order of the file. Throws LabError. */
export const resolvePrices = ({ prices }: LabDefinition, nodes: Known): readonly Price[] =>
  Object.entries(prices?.of ?? {}).map(([id, own]) => resolvePrice(id, own, nodes, ['prices', 'of', id]))

/** Milliseconds of processor that a node says it has spent: its fact `cpu`. */
const cpuMs = (node: NodeId, nodes: { view(node: NodeId): NodeView }): number => {
  const said = Number.parseFloat(nodes.view(node).facts.find(({ label }) => label === 'cpu')?.value ?? '0')
  return Number.isNaN(said) ? 0 : said
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** How much of what the price is for a run has used so far, in its own unit: GB, hours or millions. */
export const usageOf = (price: Price, tally: Tally, nodes: { view(node: NodeId): NodeView }): number => {
  switch (price.per) {
    case 'GB':
      return sum(price.links.map(link => tally.linkBytes[link] ?? 0)) / 1e9
    case 'hour':
      return sum(price.nodes.map(node => cpuMs(node, nodes))) / 3_600_000
    case 'million':
      return sum(price.nodes.map(node => tally.calls[node] ?? 0)) / 1e6
  }
}

/** What that comes to, US dollars. */
export const costOf = (price: Price, tally: Tally, nodes: { view(node: NodeId): NodeView }): number =>
  price.usd * usageOf(price, tally, nodes)
