import type { NodeId } from '../kernel/ids.ts'
import type { LinkSpec } from '../sim/spec.ts'
import type { LabDefinition } from './definition.ts'
import type { LabNode } from './lab.ts'
import { type DefinitionPath, LabError } from './lab-error.ts'
import { linkMemberTrouble } from './link-text.ts'
import { knownNode } from './resolve-nodes.ts'

type Links = { readonly [link: string]: Partial<LinkSpec> }

/** A link of which the lab says nothing: 10 ms give or take 2, nothing lost, no limit. */
export const DEFAULT_LINK: LinkSpec = {
  latencyMs: { normal: { mean: 10, sd: 2 } },
  minMs: 0.1,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 20,
  fifo: false,
  bandwidth: null,
  queueBytes: null,
  mtu: null,
}

const LOCAL_LINK: Partial<LinkSpec> = { latencyMs: 0.5 }

/** Checks every property of a link's description. */
export const checkedLink = (link: Partial<LinkSpec>, path: DefinitionPath): Partial<LinkSpec> => {
  for (const [name, value] of Object.entries(link)) {
    const trouble = linkMemberTrouble(name, value)
    if (trouble !== null) throw new LabError([...path, name], trouble)
  }
  return link
}

const parsePair = (pair: string, path: DefinitionPath): { from: string; to: string; oneWay: boolean } => {
  const [, from, sign, to] = /^([A-Za-z0-9-]+)\s*([|>])\s*([A-Za-z0-9-]+)$/.exec(pair) ?? []
  if (from === undefined || to === undefined) {
    throw new LabError(path, `"${pair}" names no link; write n1|n2 for both ways or n1>n2 for one.`)
  }
  return { from, to, oneWay: sign === '>' }
}

/** Directed links named one by one: `n1|n2`, `n1>n2`. */
export const resolveLinks = (
  links: Links | undefined,
  nodes: readonly { readonly id: NodeId }[],
  path: DefinitionPath,
): Links => {
  const resolved: { [link: string]: Partial<LinkSpec> } = {}
  for (const [pair, link] of Object.entries(links ?? {})) {
    const { from, to, oneWay } = parsePair(pair, [...path, pair])
    const [a, b] = [knownNode(from, nodes, [...path, pair]), knownNode(to, nodes, [...path, pair])]
    checkedLink(link, [...path, pair])
    resolved[`${a}>${b}`] = { ...resolved[`${a}>${b}`], ...link }
    if (!oneWay) resolved[`${b}>${a}`] = { ...resolved[`${b}>${a}`], ...link }
  }
  return resolved
}

interface Between {
  readonly from: string
  readonly to: string
  readonly link: Partial<LinkSpec>
}

const resolveBetween = (definition: LabDefinition): readonly Between[] => {
  const places = Object.keys(definition.network?.places ?? {})
  return Object.entries(definition.network?.between ?? {}).flatMap(([pair, link]) => {
    const path = ['network', 'between', pair]
    const { from, to, oneWay } = parsePair(pair, path)
    for (const place of [from, to]) {
      if (!places.includes(place))
        throw new LabError(path, `there is no place "${place}"; there are ${places.join(', ')}.`)
    }
    checkedLink(link, path)
    return oneWay || from === to
      ? [{ from, to, link }]
      : [
          { from, to, link },
          { from: to, to: from, link },
        ]
  })
}

const MEMBERS_APART = ['places', 'between', 'links', 'local']

/** The default link and what is different about single directed links, the more special over the more general. */
export const resolveNetwork = (
  definition: LabDefinition,
  nodes: readonly LabNode[],
): { readonly network: LinkSpec; readonly links: Links } => {
  const own = definition.network ?? {}
  const plain = Object.fromEntries(Object.entries(own).filter(([name]) => !MEMBERS_APART.includes(name)))
  const network: LinkSpec = { ...DEFAULT_LINK, ...checkedLink(plain, ['network']) }
  const local = { ...LOCAL_LINK, ...checkedLink(own.local ?? {}, ['network', 'local']) }
  const between = resolveBetween(definition)
  const single = resolveLinks(own.links, nodes, ['network', 'links'])
  const links: { [link: string]: Partial<LinkSpec> } = {}
  const note = (link: string, set: Partial<LinkSpec> | undefined): void => {
    if (set !== undefined && Object.keys(set).length > 0) links[link] = { ...links[link], ...set }
  }
  for (const a of nodes) {
    for (const b of nodes) {
      if (a === b) continue
      const link = `${a.id}>${b.id}`
      for (const { from, to, link: set } of between) if (a.place === from && b.place === to) note(link, set)
      note(link, single[`${a.at ?? a.id}>${b.at ?? b.id}`])
      if (a.at === b.id || b.at === a.id || (a.at !== null && a.at === b.at)) note(link, local)
      note(link, single[link])
    }
  }
  return { network, links }
}
