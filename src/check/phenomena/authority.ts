import type { NodeId } from '../../kernel/ids.ts'
import type { TraceEvent } from '../../kernel/trace.ts'
import type { NodeView } from '../../kernel/view.ts'
import { sharedFold } from './shared-fold.ts'

type Authority = NonNullable<NodeView['authority']>

/** Two nodes that are in charge of the same thing at once. */
export interface Rivals {
  readonly a: NodeId
  readonly b: NodeId
  /** What both are in charge of; `*` for everything. */
  readonly over: string
  readonly sinceUs: number
  readonly terms: readonly [number, number]
}

/** Who is in charge, as far as the nodes themselves believe. */
export interface Authorities {
  readonly holders: ReadonlyMap<NodeId, Authority>
  readonly rivals: readonly Rivals[]
}

export const nobody: Authorities = { holders: new Map(), rivals: [] }

const shared = (a: Authority, b: Authority): string | undefined =>
  a.over === '*' ? b.over : b.over === '*' || a.over === b.over ? a.over : undefined

const rivalsAmong = (holders: Authorities['holders'], known: readonly Rivals[], nowUs: number): readonly Rivals[] => {
  const all = [...holders]
  const rivals: Rivals[] = []
  for (const [at, [a, mine]] of all.entries()) {
    for (const [b, theirs] of all.slice(at + 1)) {
      const over = shared(mine, theirs)
      if (over === undefined) continue
      const before = known.find(one => (one.a === a && one.b === b) || (one.a === b && one.b === a))
      rivals.push(before ?? { a, b, over, sinceUs: nowUs, terms: [mine.term, theirs.term] })
    }
  }
  return rivals
}

const touchedBy = ({ cause, effects }: TraceEvent): ReadonlySet<NodeId> => {
  const touched = new Set(cause.type === 'act' ? cause.nodes : [cause.node])
  for (const effect of effects) if (effect.type === 'status') touched.add(effect.node)
  return touched
}

/** Keeps track through one event. A node that is down is in charge of nothing; a paused one still believes that it is. */
export const followAuthority = sharedFold<Authorities>((state, event, scene) => {
  let { holders } = state
  for (const node of touchedBy(event)) {
    if (!scene.servers.includes(node)) continue
    const now = scene.status(node) === 'down' ? undefined : scene.view(node).authority
    const before = holders.get(node)
    if (before?.over === now?.over && before?.term === now?.term) continue
    const changed = new Map(holders)
    if (now === undefined) changed.delete(node)
    else changed.set(node, now)
    holders = changed
  }
  if (holders === state.holders) return state
  return { holders, rivals: rivalsAmong(holders, state.rivals, event.atUs) }
})
