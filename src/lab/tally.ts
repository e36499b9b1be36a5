import type { TraceEvent } from '../kernel/trace.ts'

/** Counts by node or client. */
export type Counts = { readonly [node: string]: number }

/** What a run's measures need of its trace, so that the trace itself need not be kept. */
export interface Tally {
  /** Messages sent, by sender. */
  readonly messages: Counts
  readonly bytes: Counts
  readonly elections: Counts
  /** Messages that did not arrive, by sender. */
  readonly lost: Counts
  /** Requests that arrived, by server. */
  readonly calls: Counts
  /** Writes applied, by server. */
  readonly applied: Counts
  /** Requests that its client sent so far, by open operation. */
  readonly attempting: Counts
  /** How many closed operations took so many requests, by `alice 3`. */
  readonly attempts: Counts
  /** Messages sent, by purpose. */
  readonly purposes: Counts
  /** Bytes sent, by link `n1>n2`. */
  readonly linkBytes: Counts
}

export const noTally: Tally = {
  messages: {},
  bytes: {},
  elections: {},
  lost: {},
  calls: {},
  applied: {},
  attempting: {},
  attempts: {},
  purposes: {},
  linkBytes: {},
}

type Count = readonly [table: Exclude<keyof Tally, 'attempting' | 'attempts'>, name: string, by: number]

const countsOf = (event: TraceEvent): readonly Count[] => {
  const counts: Count[] = []
  const { cause } = event
  if (cause.type === 'deliver' && cause.message.info.purpose === 'request') counts.push(['calls', cause.node, 1])
  for (const effect of event.effects) {
    if (effect.type === 'sent') {
      const { from, to, info } = effect.message
      counts.push(['messages', from, 1], ['bytes', from, info.bytes], ['purposes', info.purpose, 1])
      counts.push(['linkBytes', `${from}>${to}`, info.bytes])
      if (info.purpose === 'election') counts.push(['elections', from, 1])
    }
    if (effect.type === 'lost') counts.push(['lost', effect.message.from, 1])
    if (effect.type === 'note' && effect.text === 'applied') counts.push(['applied', effect.node, 1])
  }
  return counts
}

const plus = (counts: Counts, name: string, by: number): Counts => ({ ...counts, [name]: (counts[name] ?? 0) + by })

/** Follows the attempts of each open operation, and forgets it when it closes. */
const followAttempts = (tally: Tally, event: TraceEvent): Pick<Tally, 'attempting' | 'attempts'> => {
  let { attempting, attempts } = tally
  if (event.cause.type === 'invoke' && event.cause.waited !== true)
    attempting = plus(attempting, event.cause.request.id, 0)
  for (const effect of event.effects) {
    if (effect.type === 'sent') {
      const { from, info } = effect.message
      const own = info.purpose === 'request' && info.op?.startsWith(`${from}#`) === true ? info.op : undefined
      if (own !== undefined && attempting[own] !== undefined) attempting = plus(attempting, own, 1)
    }
    const closed = effect.type === 'completed' ? attempting[effect.op] : undefined
    if (effect.type === 'completed' && closed !== undefined) {
      attempts = plus(attempts, `${effect.node} ${closed}`, 1)
      const { [effect.op]: _done, ...open } = attempting
      attempting = open
    }
  }
  return { attempting, attempts }
}

/** The tally one event later; the same when the event says nothing to it. */
export const tallyEvent = (tally: Tally, event: TraceEvent): Tally => {
  const counts = countsOf(event)
  const followed = followAttempts(tally, event)
  if (counts.length === 0 && followed.attempting === tally.attempting && followed.attempts === tally.attempts)
    return tally
  const next: { -readonly [table in keyof Tally]: Counts } = { ...tally, ...followed }
  for (const [table, name, by] of counts) next[table] = plus(next[table], name, by)
  return next
}
