import { assertNever } from '../kernel/assert-never.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Cause } from '../kernel/trace.ts'
import { copyJson } from './copy.ts'
import { linkOf } from './network.ts'
import type { Run } from './run.ts'
import type { Act, LinkSpec, Refusal } from './spec.ts'

type Link = readonly [NodeId, NodeId]
type LinkAct = Extract<Act, { readonly act: 'cut' | 'heal' | 'link' }>

/** Cuts, heals and changes directed links. */
export const actOnLinks = (run: Run, act: LinkAct): Cause | Refusal => {
  switch (act.act) {
    case 'cut': {
      const links = between(act.from, act.to, act.oneWay)
      return change(run, links, act.act, cutLabel(act), (from, to) => {
        linkOf(run.world, from, to).cut = true
      })
    }
    case 'heal': {
      const links = act.links ?? cutLinks(run)
      return change(run, links, act.act, act.links === undefined ? 'every cut heals' : healLabel(links), (from, to) => {
        linkOf(run.world, from, to).cut = false
      })
    }
    case 'link': {
      const wrong = wrongProperty(act.set)
      if (wrong !== undefined) return { refused: wrong }
      const label = `${act.links.map(names).join(', ')}: ${Object.keys(act.set).join(', ')} changed`
      return change(run, act.links, act.act, label, (from, to) => {
        const link = linkOf(run.world, from, to)
        link.set = { ...link.set, ...copyJson(act.set) }
      })
    }
    default:
      return assertNever(act)
  }
}

const change = (
  run: Run,
  links: readonly Link[],
  kind: string,
  label: string,
  apply: (from: NodeId, to: NodeId) => void,
): Cause | Refusal => {
  const stranger = links.flat().find(node => !run.plan.nodes.has(node))
  if (stranger !== undefined) return { refused: `There is no node ${stranger} in this run.` }
  if (links.length === 0)
    return { refused: kind === 'heal' ? 'No link is cut.' : 'There is no link between these nodes.' }
  for (const [from, to] of links) apply(from, to)
  return { type: 'act', kind, label, nodes: [], links: links.map(([from, to]) => [from, to] as const), messages: [] }
}

const between = (from: readonly NodeId[], to: readonly NodeId[], oneWay: boolean): Link[] =>
  from.flatMap(a =>
    to
      .filter(b => b !== a)
      .flatMap((b): Link[] =>
        oneWay
          ? [[a, b]]
          : [
              [a, b],
              [b, a],
            ],
      ),
  )

const cutLinks = (run: Run): Link[] =>
  Object.entries(run.world.links).flatMap(([from, row]) =>
    Object.entries(row)
      .filter(([, link]) => link.cut)
      .map(([to]): Link => [from as NodeId, to as NodeId]),
  )

const names = ([from, to]: Link): string => `${from}>${to}`
const cutLabel = (act: Extract<Act, { readonly act: 'cut' }>): string =>
  `cut ${act.from.join(' ')} ${act.oneWay ? '>' : '|'} ${act.to.join(' ')}`
const healLabel = (links: readonly Link[]): string => `${links.map(names).join(', ')} heal`

const wrongProperty = (set: Partial<LinkSpec>): string | undefined => {
  for (const name of ['loss', 'duplicate', 'reorder'] as const) {
    const value = set[name]
    if (value !== undefined && !(value >= 0 && value <= 1))
      return `${name} is a probability, from 0 to 1, not ${value}.`
  }
  const { bandwidth } = set
  if (bandwidth !== undefined && bandwidth !== null && !(bandwidth > 0)) {
    return `bandwidth is above 0 bytes a second, or null for no limit, not ${bandwidth}; cut the link to stop it.`
  }
  return undefined
}
