import type { NodeId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { Detector } from '../phenomenon.ts'
import { inSeconds, named } from '../wording.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** A failure detector took a node for dead that was up. */
export const falseSuspicion: Detector<Sightings> = {
  name: 'false-suspicion',
  definition: 'A node took another one for dead that was up and running: slow or cut off looks the same from afar.',
  initial: noSightings,
  observe(state, event, scene) {
    let sightings = state
    for (const effect of event.effects) {
      if (effect.type !== 'note' || effect.text !== 'suspect') continue
      const suspect = (effect.data as { readonly node?: Json } | null)?.node
      if (typeof suspect !== 'string' || scene.status(suspect as NodeId) !== 'up') continue
      sightings = withSighting(sightings, {
        name: 'false-suspicion',
        atUs: event.atUs,
        atIndex: event.index,
        nodes: [effect.node, suspect as NodeId],
        ops: [],
        final: true,
        evidence: `${named(effect.node)} took ${suspect} for dead ${inSeconds.at(event.atUs)}, but ${suspect} was up.`,
      })
    }
    return sightings
  },
  report: listed,
}
