import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Detector } from '../phenomenon.ts'
import { inSeconds, named, plain } from '../wording.ts'
import { appliedIn } from './run-notes.ts'
import { listed, noSightings, type Sightings, withSighting } from './sightings.ts'

/** What one server took from one client: the newest operation, and the numbers it took lately. */
interface Progress {
  readonly newest: number
  readonly op: RequestId
  readonly lately: readonly number[]
}

interface Orders {
  /** By server and client, `n1 alice`. */
  readonly progress: ReadonlyMap<string, Progress>
  readonly sightings: Sightings
}

const kept = 64

/** Client and ordinal of `alice#3`. */
const parts = (op: RequestId): readonly [client: string, ordinal: number] | undefined => {
  const at = op.lastIndexOf('#')
  const ordinal = Number(op.slice(at + 1))
  return at > 0 && Number.isInteger(ordinal) ? [op.slice(0, at), ordinal] : undefined
}

/** A server took operations of one client in another order than the client asked for them. */
export const outOfOrder: Detector<Orders> = {
  name: 'out-of-order',
  definition: 'A server carried out operations of one client in another order than the client had asked for them.',
  initial: { progress: new Map(), sightings: noSightings },
  observe(state, event) {
    let { progress, sightings } = state
    for (const { node, op, key } of appliedIn(event)) {
      const [client, ordinal] = parts(op) ?? []
      if (client === undefined || ordinal === undefined) continue
      const lane = `${node} ${client}`
      const before = progress.get(lane)
      if (before?.lately.includes(ordinal)) continue
      const lately = [...(before?.lately ?? []), ordinal].slice(-kept)
      const ahead = before !== undefined && before.newest > ordinal
      progress = new Map(progress).set(lane, ahead ? { ...before, lately } : { newest: ordinal, op, lately })
      if (!ahead || ordinal < (before.lately[0] ?? 0) - kept) continue
      sightings = withSighting(sightings, {
        name: 'out-of-order',
        atUs: event.atUs,
        atIndex: event.index,
        by: client as NodeId,
        nodes: [node],
        key,
        ops: [before.op, op],
        final: true,
        evidence: `${named(node)} carried out ${plain(op)} ${inSeconds.at(event.atUs)}, after ${plain(before.op)}, which ${named(client)} had asked for later.`,
      })
    }
    return progress === state.progress && sightings === state.sightings ? state : { progress, sightings }
  },
  report: state => listed(state.sightings),
}
