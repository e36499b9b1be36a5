import type { NodeId } from '../../kernel/ids.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { Detector } from '../phenomenon.ts'
import { deed, inSeconds, named } from '../wording.ts'
import { type Authorities, followAuthority, nobody, type Rivals } from './authority.ts'
import { completedIn } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

interface SplitBrain {
  readonly authorities: Authorities
  /** Operations that rivals have completed while they were rivals, one for each side. */
  readonly acted: readonly { readonly rivals: Rivals; readonly node: NodeId; readonly op: Operation }[]
  readonly sightings: Sightings
}

const concerns = (rivals: Rivals, op: Operation): boolean => rivals.over === '*' || rivals.over === op.key

/** Two nodes in charge of the same thing at once, and both completed operations meanwhile. */
export const splitBrain: Detector<SplitBrain> = {
  name: 'split-brain',
  definition:
    'Two live nodes were in charge of the same thing at once, and both completed operations of clients meanwhile: two leaders that acted.',
  initial: { authorities: nobody, acted: [], sightings: noSightings },
  observe(state, event, scene) {
    const authorities = followAuthority(state.authorities, event, scene)
    let { sightings } = state
    let acted = state.acted
    const current = (one: SplitBrain['acted'][number]) => authorities.rivals.includes(one.rivals)
    if (!acted.every(current)) acted = acted.filter(current)
    // The answer reaches its client some time after the node gave it; a deed counts from when the two became rivals.
    for (const op of authorities.rivals.length === 0 ? [] : completedIn(event, scene)) {
      const node = op.servedBy
      if (op.outcome !== 'ok' || node === undefined) continue
      for (const rivals of authorities.rivals) {
        if ((rivals.a !== node && rivals.b !== node) || !concerns(rivals, op) || op.invokedUs < rivals.sinceUs) continue
        if (acted.some(one => one.rivals === rivals && one.node === node)) continue
        const other = acted.find(one => one.rivals === rivals)
        acted = [...acted, { rivals, node, op }]
        if (other === undefined) continue
        sightings = withSighting(sightings, {
          name: 'split-brain',
          atUs: event.atUs,
          atIndex: event.index,
          nodes: [other.node, node],
          ...(other.op.key === op.key ? { key: op.key } : {}),
          ops: [other.op.id, op.id],
          final: true,
          evidence:
            `${named(other.node)} and ${node} were both in charge from ${inSeconds.at(rivals.sinceUs).slice(3)} on, and both acted: ` +
            `${named(other.op.client)} ${deed(other.op)} through ${other.node}, ${named(op.client)} ${deed(op)} through ${node}.`,
        })
      }
    }
    const same = authorities === state.authorities && acted === state.acted && sightings === state.sightings
    return same ? state : { authorities, acted, sightings }
  },
  report: state => listed(state.sightings),
}
