import type { Detector } from '../phenomenon.ts'
import { inSeconds, named } from '../wording.ts'
import { type Authorities, followAuthority, nobody } from './authority.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

interface TwoLeaders {
  readonly authorities: Authorities
  readonly sightings: Sightings
}

/** Two nodes believe that they are in charge of the same thing. Not harmful by itself: see `split-brain`. */
export const twoLeaders: Detector<TwoLeaders> = {
  name: 'two-leaders',
  definition:
    'Two nodes that are not down both believe that they are in charge of the same thing. Harmless as long as only one of them can act on it.',
  initial: { authorities: nobody, sightings: noSightings },
  observe(state, event, scene) {
    const authorities = followAuthority(state.authorities, event, scene)
    if (authorities === state.authorities) return state
    let { sightings } = state
    for (const rivals of authorities.rivals) {
      if (state.authorities.rivals.includes(rivals)) continue
      const { a, b, terms } = rivals
      const what = rivals.over === '*' ? '' : ` of ${rivals.over}`
      sightings = withSighting(sightings, {
        name: 'two-leaders',
        atUs: event.atUs,
        atIndex: event.index,
        nodes: [a, b],
        ops: [],
        final: true,
        evidence: `${named(a)} (term ${terms[0]}) and ${b} (term ${terms[1]}) both took themselves to be in charge${what} ${inSeconds.at(event.atUs)}.`,
      })
    }
    return { authorities, sightings }
  },
  report: state => listed(state.sightings),
}
