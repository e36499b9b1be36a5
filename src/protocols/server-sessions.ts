import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Call } from './client-wire.ts'

/**
 * What a server remembers of its clients: the answers to their latest operations, by number (the idempotency keys of the "exactly
 * once" of remote procedure calls: Spector, "Performing Remote Operations Efficiently on a Local Computer Network", CACM 1982), and which
 * number comes next. It lies on disk beside the data: a table that can be lost without the data recognises nothing after a crash.
 */
export type ServerSessions = { [client: string]: ServerSession }
export type ServerSession = {
  /** One past the highest number carried out; where order is kept, the next to carry out. */
  expected: number
  /** Nothing is known any more of numbers up to this one. */
  forgotten: number
  answers: { readonly seq: number; readonly output: Json }[]
}

/** Answers kept for one client. An attempt that comes later than so many newer operations can no longer be told from a new one. */
export const answersKept = 256

/** The session of a client, begun if it is new. */
export const sessionFor = (sessions: ServerSessions, client: NodeId): ServerSession => {
  if (!Object.hasOwn(sessions, client)) sessions[client] = { expected: 1, forgotten: 0, answers: [] }
  return sessions[client] as ServerSession
}

/** The answer given before, `forgotten` where it is too old to tell, or undefined for an operation that is new. */
export const answerGiven = (
  session: ServerSession,
  seq: number,
): { readonly output: Json } | 'forgotten' | undefined => {
  if (seq <= session.forgotten) return 'forgotten'
  return session.answers.findLast(answer => answer.seq === seq)
}

/** Remembers that a call was carried out, and its answer. */
export const remember = (sessions: ServerSessions, call: Call, output: Json): void => {
  if (call.session === null) return
  const session = sessionFor(sessions, call.session.client)
  const { seq } = call.session
  session.expected = Math.max(session.expected, seq + 1)
  session.answers.push({ seq, output })
  const dropped = session.answers.length > answersKept ? session.answers.shift() : undefined
  if (dropped !== undefined) session.forgotten = Math.max(session.forgotten, dropped.seq)
}
