import type { LabNames } from './check-commands.ts'
import type { Lab } from './lab.ts'

/** The names that commands and conditions of this lab may use. */
export const labNames = (lab: Pick<Lab, 'nodes' | 'groups' | 'keys' | 'knobs' | 'prices'>): LabNames => ({
  nodes: lab.nodes.map(node => node.id),
  clients: lab.nodes.filter(node => node.kind === 'client').map(node => node.id),
  groups: Object.keys(lab.groups),
  keys: [...lab.keys.map(key => key.letter), ...lab.knobs.flatMap(knob => (knob.key === null ? [] : [knob.key]))],
  prices: lab.prices.map(price => price.id),
  knobs: Object.fromEntries(lab.knobs.map(knob => [knob.name, knob.values.map(value => value.name)])),
})
