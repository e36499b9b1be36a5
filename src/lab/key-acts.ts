import type { NodeId } from '../kernel/ids.ts'
import type { Deed } from './command.ts'
import type { Lab, LabKey } from './lab.ts'
import type { NodeSet } from './node-set.ts'

/** The sets of nodes that a deed names: it is refused where one of their words means nobody. */
const setsOf = (deed: Deed): readonly NodeSet[] => {
  switch (deed.verb) {
    case 'cut':
    case 'heal':
    case 'link':
      return deed.sides
    case 'request':
      return [deed.clients]
    case 'message':
      return 'id' in deed.pick ? [] : [deed.pick.from ?? [], deed.pick.to ?? []]
    case 'address':
      return deed.node === null ? [] : [[deed.node]]
    case 'key':
    case 'set':
      return []
    default:
      return [deed.nodes]
  }
}

/**
 * Whether a key of the lab can do anything in a run in which these nodes take part: one at least of its commands names nobody who
 * takes no part. Words for roles (`leader`) may always come to mean somebody.
 */
export const keyActs = ({ commands }: LabKey, lab: Lab, present: readonly NodeId[]): boolean => {
  const takesPart = (word: string): boolean => {
    const group = lab.groups[word]
    if (group !== undefined) return group.some(node => present.includes(node))
    return !lab.nodes.some(({ id }) => id === word) || present.some(node => node === word)
  }
  return commands.some(command => setsOf(command.do).flat().every(takesPart))
}
